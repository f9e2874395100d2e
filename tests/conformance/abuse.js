// Abuse as data: every case of abuse.json is refused or answered as it says, and after each the server still answers an ordinary query
// correctly and at once. In the end its memory has come back.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import * as attacks from './attacks.js';
import { check, pause, until, withServers } from './harness.js';
import { write } from './recipe.js';
import { GRAPHQL, JSON_TYPE, token } from './server.js';

const AT_ONCE_MS = 1_000;
const LARGEST_ANSWER_BYTES = 20_000;
const MEMORY_MAY_GROW_MIB = 64;
const MEMORY_RETURNS_WITHIN_MS = 15_000;
const BODY_TIMEOUT_MS = 1_000;
const SOCKET_INIT_TIMEOUT_MS = 1_500;

const ORDINARY = '{ alumni(first: 3, orderBy: NAME) { totalCount nodes { id displayName employments { position department { name } } } } }';

const cases = JSON.parse(readFileSync(new URL('abuse.json', import.meta.url)));

function requestOf({ query, variables, operationName, body, method = 'POST', path, as, headers = {}, headerCount = 0 }) {
  const more = Object.entries(headers).map(([name, value]) => [name, write(value).toString()]);
  const numbered = Array.from({ length: headerCount }, (_, at) => [`x-${at}`, '1']);
  const parts = [`{"query":${JSON.stringify(write(query).toString())}`];
  if (operationName) parts.push(`,"operationName":${JSON.stringify(operationName)}`);
  if (variables) parts.push(',"variables":', write(variables));
  return {
    method,
    path: path && write(path).toString(),
    headers: {
      ...(method === 'POST' && { 'content-type': JSON_TYPE }),
      accept: GRAPHQL,
      ...(as && { authorization: `Bearer ${token(as)}` }),
      ...Object.fromEntries([...more, ...numbered]),
    },
    body: method === 'POST' ? (body ? write(body) : Buffer.concat([...parts, '}'].map((part) => Buffer.from(part)))) : undefined,
  };
}

const listed = (expected) => (Array.isArray(expected) ? expected : [expected]);

async function send(server, abuse) {
  const answer = await server.send({ ...requestOf(abuse), agent: false });
  const shown = answer.text.slice(0, 300);
  const most = abuse.under ?? LARGEST_ANSWER_BYTES;
  assert.ok(listed(abuse.status).includes(answer.status), `${answer.status}: ${shown}`);
  assert.ok(answer.text.length < most, `the answer has ${answer.text.length} bytes: ${shown}`);
  assert.ok(answer.ms < AT_ONCE_MS, `it took ${Math.round(answer.ms)} ms`);
  // Said below GraphQL, before anybody knows what is asked for.
  if (abuse.plain) return;
  if (abuse.code !== undefined) assert.ok(listed(abuse.code).includes(answer.code ?? null), shown);
  if (abuse.limit) {
    const { name, value, maximum } = answer.error.extensions.limit ?? {};
    assert.equal(name, abuse.limit, shown);
    assert.ok(value > maximum, shown);
  }
  if (answer.status === 400) assert.equal('data' in answer.json, false, shown);
  assert.notEqual(answer.code, 'INTERNAL_SERVER_ERROR');
}

const limits = `bodyTimeoutMs=${BODY_TIMEOUT_MS},socketInitTimeoutMs=${SOCKET_INIT_TIMEOUT_MS}`;
await withServers({ usual: { ALUMNI_LIMITS: limits } }, async ({ usual }) => {
  Object.assign(usual, { bodyTimeoutMs: BODY_TIMEOUT_MS, socketInitTimeoutMs: SOCKET_INIT_TIMEOUT_MS });
  const expected = await usual.ask(ORDINARY, {}, 'HR');
  const alive = async () => {
    const begun = performance.now();
    assert.deepEqual(await usual.ask(ORDINARY, {}, 'HR'), expected, 'an ordinary query is answered otherwise');
    const ms = performance.now() - begun;
    assert.ok(ms < AT_ONCE_MS, `afterwards an ordinary query took ${Math.round(ms)} ms`);
  };
  // What a server holds once it has served a little.
  for (let round = 0; round < 200; round += 1) await alive();
  const before = usual.memory();
  const peak = { memory: before, name: 'nothing' };
  for (const abuse of cases) {
    await check(abuse.name, async () => {
      try {
        if (abuse.attack) await attacks[abuse.attack](usual, abuse.count, alive);
        else await send(usual, abuse);
      } finally {
        const memory = usual.memory();
        if (memory > peak.memory) Object.assign(peak, { memory, name: abuse.name });
        await alive();
      }
    });
  }
  const grown = () => usual.memory() - before;
  await check(`its memory has returned to within ${MEMORY_MAY_GROW_MIB} MiB`, async () => {
    await pause(500);
    await until(MEMORY_RETURNS_WITHIN_MS, () => grown() <= MEMORY_MAY_GROW_MIB, () => `it grew by ${Math.round(grown())} MiB`);
  });
  console.log(`memory: ${Math.round(before)} MiB before, ${Math.round(peak.memory)} after "${peak.name}", ${Math.round(usual.memory())} in the end`);
});
