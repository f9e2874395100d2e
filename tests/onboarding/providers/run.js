// The service in development mode with two identity providers in its configuration file, and people who sign in by the code flow.
//
//   node run.js PATH_TO_BINARY FOLDER

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { check, finish, until } from '../../conformance/harness.js';
import { Server } from '../../conformance/server.js';
import { CLIENT, Idp, RESOURCE } from './idp.js';

const [binary, folder] = process.argv.slice(2);
const program = resolve(binary);
const database = join(folder, 'providers.db');
const settings = { DATABASE_URL: `sqlite://${database}?mode=rwc` };
const environment = { PATH: process.env.PATH, ...settings };
const VIEWER = '{ viewer { kind roles company { slug } } }';
/** A key that nobody knows yet is asked for every half minute at most. */
const ROTATED_WITHIN_MS = 45_000;

// The demo companies and their accounts. The HR accounts are given to the providers, as invitations will do it.
const people = {
  'hr@aozora': { email: 'hr@aozora.example', email_verified: true, groups: ['people'] },
  'hr@meridian': { email: 'hr@meridian.example', email_verified: false },
  stranger: { email: 'stranger@example.com', email_verified: true },
};
const employees = await Idp.start('RS256', people);
const alumni = await Idp.start('ES256', people);
execFileSync(program, ['seed'], { env: environment, stdio: 'ignore' });
const MOVE = `
import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
for subject, issuer in zip(sys.argv[2::2], sys.argv[3::2]):
    database.execute('UPDATE account SET issuer = ? WHERE subject = ?', (issuer, subject))
database.commit()
`;
execFileSync('python3', ['-c', MOVE, database, 'hr@aozora', employees.issuer, 'hr@meridian', alumni.issuer]);
const config = join(folder, 'alumni.toml');
const table = (name, company, idp) => `
[[identity_provider]]
name = "${name}"
company = "${company}"
issuer = "${idp.issuer}"
audiences = ["${RESOURCE}"]
authorized_parties = ["${CLIENT}"]
algorithms = ["${idp.algorithm}"]
[identity_provider.claims]
groups = "groups"
`;
writeFileSync(config, table('Single sign-on', 'aozora', employees) + table('Portal', 'meridian', alumni));
const token = (role, company) => execFileSync(program, ['token', '--as', role, '--company', company], { env: environment, encoding: 'utf8' }).trim();

const server = await Server.start(program, {
  ...settings,
  ALUMNI_CONFIG: config,
  ALUMNI_JWT_SECRET: 'development-only-secret-known-to-everyone',
});
async function send(bearer, query, variables) {
  return server.post({ query, variables }, { headers: { authorization: `Bearer ${bearer}` } });
}

const viewer = (bearer) => send(bearer, VIEWER);

async function accepted(bearer, expected) {
  const answer = await viewer(bearer);
  assert.equal(answer.status, 200, answer.text);
  assert.deepEqual(answer.json.data.viewer, expected);
}

async function refused(bearer, sentence) {
  const answer = await viewer(bearer);
  assert.equal(answer.status, 401, answer.text);
  assert.equal(answer.json.errors[0].message, sentence);
}

const OF_AOZORA = { kind: 'MEMBER', roles: ['HR', 'EMPLOYEE'], company: { slug: 'aozora' } };
const OF_MERIDIAN = { kind: 'MEMBER', roles: ['HR', 'EMPLOYEE'], company: { slug: 'meridian' } };
const NO_ACCOUNT = { kind: 'LOGIN', roles: [], company: null };
const LIST = '{ identityProviders { nodes { id name source keyStatus { keys { kid algorithm } error } } } }';

async function run() {
  const [one, two] = [await employees.signIn('hr@aozora'), await alumni.signIn('hr@meridian')];
  await check('access tokens of both providers sign in, each to its company', async () => {
    await accepted(one.access_token, OF_AOZORA);
    await accepted(two.access_token, OF_MERIDIAN);
  });
  await check('a company sees its own provider, with the key that was read', async () => {
    const answer = await send(token('ADMIN', 'aozora'), LIST);
    const [node, ...others] = answer.json.data.identityProviders.nodes;
    assert.deepEqual(others, []);
    const { id, ...told } = node;
    assert.match(id, /^identityprovider_/);
    const keys = [{ kid: employees.key.kid, algorithm: 'RS256' }];
    assert.deepEqual(told, { name: 'Single sign-on', source: 'CONFIGURATION', keyStatus: { keys, error: null } });
  });
  await check('an ID token, which is for the portal, is refused for its audience', () =>
    refused(one.id_token, 'The token is meant for another audience.'));
  await check('somebody without an account signs in and sees no company', async () => {
    const { access_token } = await employees.signIn('stranger');
    await accepted(access_token, NO_ACCOUNT);
  });
  await check('a test explains a token of the provider', async () => {
    const query = `mutation($token: String!) { identityProviderTest(input: { token: $token }) {
      result { accepted account steps { step outcome message } } userErrors { message } } }`;
    const answer = await send(token('ADMIN', 'aozora'), query, { token: one.access_token });
    const { result } = answer.json.data.identityProviderTest;
    assert.deepEqual([result.accepted, result.account], [true, 'FOUND']);
    assert.deepEqual(result.steps.map(({ outcome }) => outcome), Array(9).fill('PASSED'));
    const claims = result.steps.find(({ step }) => step === 'CLAIMS').message;
    assert.equal(claims, 'E-mail address `hr@aozora.example`, verified. No employee number. Groups people: they give no role.');
  });
  await check('a provider by mutation accepts the ID token, and is disabled at once', async () => {
    const admin = token('ADMIN', 'aozora');
    const create = `mutation($input: IdentityProviderCreateInput!) { identityProviderCreate(input: $input) {
      identityProvider { id } userErrors { message } } }`;
    const input = { name: 'ID tokens', purpose: 'EMPLOYEES', issuer: employees.issuer, audiences: [CLIENT] };
    const created = await send(admin, create, { input });
    const { identityProvider, userErrors } = created.json.data.identityProviderCreate;
    assert.deepEqual(userErrors, []);
    await accepted(one.id_token, OF_AOZORA);
    const disable = `mutation($id: ID!) { identityProviderDisable(input: { id: $id }) { userErrors { message } } }`;
    const disabled = await send(admin, disable, { id: identityProvider.id });
    assert.deepEqual(disabled.json.data.identityProviderDisable, { userErrors: [] });
    await refused(one.id_token, 'The token is meant for another audience.');
    await accepted(one.access_token, OF_AOZORA);
  });
  await check('a rotated key is read while the service runs, and the old one is no longer accepted', async () => {
    employees.rotate();
    const rotated = await employees.signIn('hr@aozora');
    const answers = async () => (await viewer(rotated.access_token)).status === 200;
    await until(ROTATED_WITHIN_MS, answers, async () => (await viewer(rotated.access_token)).text);
    await accepted(rotated.access_token, OF_AOZORA);
    await refused(one.access_token, 'The token is signed with a key that is not known here.');
    await accepted(two.access_token, OF_MERIDIAN);
  });
  await check('a provider that is down signs in with the keys that are known', async () => {
    alumni.stop();
    await accepted(two.access_token, OF_MERIDIAN);
  });
  await check('the log has the issuer and the key of refused tokens, and no token', () => {
    const log = readFileSync(server.log, 'utf8');
    const lines = log.split('\n').filter((line) => line.includes('refused a token'));
    assert.ok(lines.some((line) => line.includes(employees.issuer) && line.includes('another audience')), log);
    const tokens = [one.access_token, one.id_token, two.access_token];
    for (const part of tokens.flatMap((text) => text.split('.'))) assert.ok(!log.includes(part), 'a part of a token is logged');
  });
}

try {
  await run();
} catch (error) {
  await check('the checks ran to their end', () => Promise.reject(error));
}
employees.stop();
await check('the server stops when told to, without a panic before', () => server.stop());
finish();
