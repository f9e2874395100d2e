// A restart under load: the process is told to stop and another takes its place at the same address and database, while clients go on that do no
// more than any client should: send again what was refused, broken off without a word, or answered with 503. Nothing is lost or done twice.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';

import { check, finish, pause, until, within } from './harness.js';
import { GRAPHQL, JSON_TYPE, Server, token } from './server.js';

const CLIENTS = 8;
const TRIES = 500;
const EDIT = 'mutation($input: CompanyUpdateInput!) { companyUpdate(input: $input) { company { version } userErrors { message } } }';
const READ = '{ viewer { company { id version } } }';

const binary = process.argv[2];
const folder = mkdtempSync(join(tmpdir(), 'conformance-restart-'));
const settings = { DATABASE_URL: `sqlite://${folder}/demo.db?mode=rwc` };
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

const old = await Server.start(binary, settings);
const admin = token('ADMIN');

/** Sends once; the status and what was said. */
function send(agent, body) {
  return new Promise((done, fail) => {
    const headers = { 'content-type': JSON_TYPE, accept: GRAPHQL, authorization: `Bearer ${admin}` };
    const request = http.request(old.url, { method: 'POST', headers, agent }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part)).on('error', fail).on('aborted', () => fail(new Error('cut short')));
      response.on('end', () => done({ status: response.statusCode, retryAfter: response.headers['retry-after'], text: Buffer.concat(parts).toString() }));
    });
    request.on('error', fail).end(JSON.stringify(body));
  });
}

const counted = { reads: 0, edits: 0, again: 0 };

/** Sends until it is answered. */
async function insist(agent, body) {
  for (let tries = 0; tries < TRIES; tries += 1) {
    let answer;
    try {
      answer = await send(agent, body);
    } catch (error) {
      assert.match(error.code ?? '', /^(ECONNREFUSED|ECONNRESET|EPIPE)$/, `${error}`);
    }
    if (answer && answer.status !== 503) {
      assert.equal(answer.status, 200, answer.text);
      const { data, errors } = JSON.parse(answer.text);
      assert.equal(errors, undefined, answer.text);
      return data;
    }
    if (answer) assert.ok(Number(answer.retryAfter) > 0, 'a 503 says when to come again');
    counted.again += 1;
    await pause(20);
  }
  throw new Error('never answered');
}

const lasting = new http.Agent({ keepAlive: true });
const { company } = (await insist(lasting, { query: READ })).viewer;
let over = false;

async function client(number) {
  // every other one opens a connection for each request
  const agent = number % 2 ? lasting : new http.Agent({ keepAlive: false });
  for (let turn = 0; !over; turn += 1) {
    await insist(agent, { query: READ });
    counted.reads += 1;
    const input = { id: company.id, description: `of client ${number}, number ${turn}` };
    const { companyUpdate } = await insist(agent, { query: EDIT, variables: { input } });
    assert.deepEqual(companyUpdate.userErrors, []);
    counted.edits += 1;
  }
}

const socket = new WebSocket(old.socketUrl, 'graphql-transport-ws', { headers: { authorization: `Bearer ${admin}` } });
await within(5_000, 'the socket opens', once(socket, 'open'));
const closed = once(socket, 'close');

let young;
const clients = Array.from({ length: CLIENTS }, (_, number) => client(number));
const working = Promise.all(clients);
working.catch(() => {});

await check('a restart under load loses no request that is sent again', async () => {
  await until(10_000, () => counted.edits >= 2 * CLIENTS, () => 'no load came about');
  const stopped = old.stop();
  young = await Server.start(binary, { ...settings, BIND: old.bind });
  await stopped;
  const edits = counted.edits;
  await until(10_000, () => counted.edits >= edits + 2 * CLIENTS, () => 'the new process answers nobody');
  over = true;
  await within(20_000, 'the clients end', working);
});

await check('every edit was done exactly as often as it was answered', async () => {
  const now = (await insist(lasting, { query: READ })).viewer.company;
  assert.equal(now.version - company.version, counted.edits);
});

await check('a socket is told that the service goes away', async () => {
  const [code, reason] = await within(5_000, 'the socket closes', closed);
  assert.deepEqual([code, `${reason}`], [1001, 'Going away']);
});

over = true;
lasting.destroy();
await check('the new process stops when told to, without a panic before', () => young.stop());
console.log(`${counted.reads} reads and ${counted.edits} edits answered, ${counted.again} sent again`);
finish();
