// Runs the `sh` blocks of docs/guide/production.md in order, as they are written there, against two identity providers and a mail server,
// from an empty database. Only values that a reader replaces are replaced: addresses, tokens, the link of the e-mail.
//
//   node guide.js PATH_TO_BINARY FOLDER DATABASE_URL

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { check, finish } from '../conformance/harness.js';
import { Idp, RESOURCE } from './providers/idp.js';
import { mailServer } from './providers/mail.js';

const [binary, folder, database] = process.argv.slice(2);
const guide = join(dirname(fileURLToPath(import.meta.url)), '../../docs/guide/production.md');
const LEAVERS = 50;

const freePort = () =>
  new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });

/** The blocks of the guide: their text, and whether a block runs the service. */
function blocks() {
  const found = readFileSync(guide, 'utf8').matchAll(/^```sh( serve)?\n(.*?)^```$/gms);
  return [...found].map(([, serve, text]) => ({ serve: Boolean(serve), text }));
}

/** Replaces `export NAME=…` by the value for this run. */
function replaced(text, values) {
  return text.replace(/^export ([A-Z_]+)=.*$/gm, (line, name) => (name in values ? `export ${name}=${values[name]}` : line));
}

const people = {
  'first-admin': { email: 'admin@example.com', email_verified: true },
  'first-hr': { email: 'hr@example.com', email_verified: true },
  'employee-1': { email: 'Employee.One@work.example', email_verified: true },
  'employee-2': { email: 'employee.two@work.example', email_verified: false },
  'alumnus-1': { email: 'leaver1@private.example', email_verified: true },
};
const employees = await Idp.start('RS256', people);
const alumni = await Idp.start('ES256', people);
const mail = await mailServer();
const bind = `127.0.0.1:${await freePort()}`;
const link = join(folder, 'join_link');
mail.onMessage((message) => {
  if (!message.to.text.includes('leaver1@private.example')) return;
  const [, token] = /[?&]token=([\w.-]+)/.exec(message.text);
  writeFileSync(link, token);
});
const token = async (idp, sub) => (await idp.signIn(sub)).access_token;
const values = {
  BIND: bind,
  DATABASE_URL: database,
  ALUMNI_ACCESS_SPOOL: join(folder, 'access-log'),
  ALUMNI_SMTP_URL: `'smtp://127.0.0.1:${mail.port}?tls=none'`,
  EMPLOYEES_ISSUER: employees.issuer,
  MEMBERS_ISSUER: alumni.issuer,
  AUDIENCE: RESOURCE,
  ADMIN_TOKEN: await token(employees, 'first-admin'),
  HR_TOKEN: await token(employees, 'first-hr'),
  ALUMNUS_TOKEN: await token(alumni, 'alumnus-1'),
  JOIN_LINK: `$(timeout 60 bash -c 'until [ -s join_link ]; do sleep 0.1; done'; cat join_link)`,
};
const rows = Array.from({ length: LEAVERS }, (_, place) => {
  const number = place + 1;
  return `L${number},Leaver${number},Taro,leaver${number}@private.example,,2015-04-01,2026-03-31`;
});
rows.push('E1,Employee,One,,employee.one@work.example,2015-04-01,', 'E2,Employee,Two,,employee.two@work.example,2015-04-01,');
const header = 'Employee ID,Last Name,First Name,Personal Email,Work Email,Hire Date,Last Working Day';
writeFileSync(join(folder, 'leavers.csv'), `${[header, ...rows].join('\n')}\n`);
mkdirSync(join(folder, 'bin'));
const serve = (text) => `${text.trim()} > service.log 2>&1 &
SERVICE=$!
trap 'kill $SERVICE 2>/dev/null; wait $SERVICE 2>/dev/null' EXIT
timeout 60 bash -c 'until curl -sf "http://$BIND/readyz" > ready.json; do sleep 0.1; done'
`;
const ME = '{ viewer { kind roles } }';
const script = [
  'set -euo pipefail',
  'export ALUMNI_LOOPBACK_PROVIDERS=true MAIL_TEST_ADDRESS=operator@example.com',
  ...blocks().map((block) => (block.serve ? serve(block.text) : replaced(block.text, values))),
  `api ${await token(employees, 'employee-1')} '${ME}' > employee.json`,
  `api ${await token(employees, 'employee-2')} '${ME}' > unverified.json`,
  `api ${await token(alumni, 'first-admin')} '${ME}' > elsewhere.json`,
  'alumni-api account list --company example > accounts.txt',
].join('\n');
writeFileSync(join(folder, 'guide.sh'), script);

const ended = await new Promise((done) => {
  const environment = { PATH: `${join(folder, 'bin')}:${dirname(resolve(binary))}:${process.env.PATH}`, HOME: folder };
  const child = spawn('bash', [join(folder, 'guide.sh')], { cwd: folder, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (data) => (output += data));
  child.stderr.on('data', (data) => (output += data));
  child.once('exit', (code) => done({ code, output }));
});
const read = (file) => {
  const answer = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  assert.ok(!answer.errors, JSON.stringify(answer));
  return answer.data;
};

await check('every command of the guide ends well', () => assert.equal(ended.code, 0, ended.output.slice(-3_000)));
await check('the admin claimed the account by the link', () =>
  assert.deepEqual(read('claimed.json').accountClaim, { roles: ['ADMIN'], userErrors: [] }));
await check(`${LEAVERS} leavers were invited`, () => {
  const { invitedCount, withoutAddressCount, results, userErrors } = read('invited.json').membershipInvite;
  assert.deepEqual([invitedCount, withoutAddressCount, results, userErrors], [LEAVERS, 0, [], []]);
});
await check('an alumnus joined through the alumni provider and answers the event', () => {
  assert.deepEqual(read('joined.json').membershipJoin, { state: 'ACTIVE', userErrors: [] });
  assert.deepEqual(read('answered.json').participationRespond, { participation: { state: 'GOING' }, userErrors: [] });
});
await check('an employee gets the account at the first sign-in by the verified work address', () =>
  assert.deepEqual(read('employee.json').viewer, { kind: 'MEMBER', roles: ['EMPLOYEE'] }));
await check('an address that is not verified gets none', () =>
  assert.deepEqual(read('unverified.json').viewer, { kind: 'LOGIN', roles: [] }));
await check('the same subject of the other provider is somebody else', () =>
  assert.deepEqual(read('elsewhere.json').viewer, { kind: 'LOGIN', roles: [] }));
await check('every invitation and the test message arrived once', async () => {
  const end = Date.now() + 60_000;
  while (mail.messages.length < LEAVERS + 1 && Date.now() < end) await new Promise((done) => setTimeout(done, 100));
  const recipients = mail.messages.map((message) => message.to.text);
  assert.equal(new Set(recipients).size, LEAVERS + 1);
  assert.equal(recipients.length, LEAVERS + 1);
});
for (const part of [employees, alumni, mail]) part.stop();
finish();
