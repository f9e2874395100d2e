// Every limit the service states: that it is told by `serviceLimits`, can be set, lets through what just fits, and refuses what is more,
// with its name and both numbers. And that whoever may not know the schema learns no name of it from an error.

import assert from 'node:assert/strict';

import { check, withServers } from './harness.js';
import { RawSocket } from './raw-socket.js';
import { GRAPHQL, Server, assertRefused } from './server.js';

/** What holds where nothing is set. */
const USUAL = {
  depth: 15,
  aliases: 30,
  rootFields: 20,
  directives: 50,
  documentBytes: 100_000,
  tokens: 15_000,
  bodyBytes: 2_000_000,
  bodyTimeoutMs: 10_000,
  largeBodies: 4,
  operations: 80,
  waitingOperations: 1_280,
  operationWaitMs: 2_000,
  filterValues: 300,
  valueBytes: 6_000_000,
  queryTimeoutMs: 10_000,
  mutationTimeoutMs: 30_000,
  socketInitTimeoutMs: 3_000,
  socketOperations: 100,
  socketMessageBytes: 256_000,
};

const LOW = {
  depth: 3,
  aliases: 4,
  rootFields: 5,
  directives: 6,
  documentBytes: 2_000,
  tokens: 100,
  nesting: 12,
  expandedFields: 61,
  complexity: 100,
  introspectionDepth: 4,
  introspectionComplexity: 402,
};
const BODY_BYTES = 20_000;

const times = (count, text) => Array.from({ length: count }, (_, at) => text.replaceAll('#', at)).join(' ');

/** By limit: documents that come to exactly a number. */
const COMING_TO = {
  depth: { 3: '{ viewer { company { id } } }', 4: '{ viewer { company { departments { totalCount } } } }' },
  aliases: (count) => `{ viewer { ${times(count - 2, 'a#: kind')} ...F } viewer { ...F } } fragment F on Viewer { b: kind }`,
  rootFields: (count) => `{ ${times(count - 2, 'viewer { kind }')} ...F } fragment F on Query { __typename __typename }`,
  directives: (count) => `{ viewer { ${times(count - 1, 'kind @include(if: true)')} ... @skip(if: false) { roles } } }`,
  documentBytes: (bytes) => '{ __typename } #'.padEnd(bytes, '#'),
  tokens: (count) => `{ alumni(first: 1, filter: { intents: [${times(count - 19, 'REHIRE')}] }) { totalCount } }`,
  nesting: (levels) => `{ ${'... { '.repeat(levels - 1)} __typename ${'} '.repeat(levels)}`,
  expandedFields: (count) => `{ viewer { ${times((count - 11) / 10, '...F')} } } fragment F on Viewer { ${times(10, 'kind')} }`,
  complexity: (price) => `{ alumni(first: ${price - 1}) { nodes { id } } }`,
  introspectionDepth: { 4: '{ __schema { queryType { fields { name } } } }', 5: '{ __schema { queryType { fields { type { name } } } } }' },
  introspectionComplexity: { 402: '{ __schema { types { name kind } } }', 602: '{ __schema { types { name kind description } } }' },
};
const OVER = { ...Object.fromEntries(Object.entries(LOW).map(([name, most]) => [name, most + 1])), expandedFields: 71, introspectionComplexity: 602 };

function documentOf(name, number) {
  const comes = COMING_TO[name];
  return typeof comes === 'function' ? comes(number) : comes[number];
}

async function edges(server) {
  for (const [name, maximum] of Object.entries(LOW)) {
    const value = OVER[name];
    await check(`${name}: ${maximum} of ${maximum} are taken`, async () => {
      await server.ask(documentOf(name, maximum), {}, 'HR');
    });
    await check(`${name}: ${value} of ${maximum} are refused with these numbers, whichever way they come`, async () => {
      const query = documentOf(name, value);
      const path = `/graphql?${new URLSearchParams({ query })}`;
      for (const answer of [await server.post({ query }, { as: 'HR' }), await server.send({ method: 'GET', path, headers: { accept: GRAPHQL } })]) {
        assertRefused(answer, 400, 'GRAPHQL_VALIDATION_FAILED');
        assert.deepEqual(answer.error.extensions.limit, { name, value, maximum });
      }
      const socket = await RawSocket.ready(server);
      socket.subscribe('1', query);
      const { type, payload } = await socket.next();
      assert.deepEqual([type, payload[0].extensions.limit], ['error', { name, value, maximum }]);
      socket.close();
    });
  }
  await check('bodyBytes: a body that just fits is taken, one byte more is answered 413', async () => {
    const body = (bytes) => '{"query":"{ __typename }"}'.padEnd(bytes, ' ');
    assert.equal((await server.post(body(BODY_BYTES))).status, 200);
    const answer = await server.post(body(BODY_BYTES + 1));
    assertRefused(answer, 413, 'BAD_REQUEST');
    assert.deepEqual(answer.error.extensions.limit, { name: 'bodyBytes', value: BODY_BYTES + 1, maximum: BODY_BYTES });
  });
}

async function told(usual, low) {
  const read = async (server) => {
    const { __type } = await server.ask('{ __type(name: "ServiceLimits") { fields { name } } }');
    const names = __type.fields.map(({ name }) => name);
    return (await server.ask(`{ serviceLimits { ${names.join(' ')} } }`)).serviceLimits;
  };
  await check('serviceLimits tells the usual numbers, to anybody', async () => {
    const limits = await read(usual);
    for (const [name, most] of Object.entries(USUAL)) assert.equal(limits[name], most, name);
    for (const [name, most] of Object.entries(limits)) assert.ok(Number.isInteger(most) && most > 0, name);
  });
  await check('serviceLimits tells what was set', async () => {
    const names = [...Object.keys(LOW), 'bodyBytes'];
    const parts = [names.slice(0, 6), names.slice(6)];
    for (const part of parts) {
      const { serviceLimits } = await low.ask(`{ serviceLimits { ${part.join(' ')} } }`);
      for (const name of part) assert.equal(serviceLimits[name], { ...LOW, bodyBytes: BODY_BYTES }[name], name);
    }
  });
  await check('a limit that does not exist is refused at the start, by its name', async () => {
    await assert.rejects(Server.start(process.argv[2], { ALUMNI_LIMITS: 'dpth=3' }), /dpth/);
  });
}

/** By the field that waited for the database, or, where that was no sooner, by the operation's own clock. */
function assertLate(answer, field, limit) {
  assert.deepEqual([answer.error.extensions.code, answer.error.path], ['TIMEOUT', [field]], answer.text);
  if (answer.status === 504) assert.deepEqual([answer.json.data, answer.error.extensions.limit], [undefined, { name: limit, maximum: 1 }]);
  else assert.deepEqual([answer.status, answer.json.data], [200, null]);
}

async function clocks(hurried) {
  const most = `id displayName biography skills { name level } employments { position department { name } } participations(first: 20) { nodes { state } }`;
  await check('queryTimeoutMs: a query that takes longer is stopped and says so', async () => {
    const answer = await hurried.post({ query: `{ alumni(first: 100) { nodes { ${most} } } }` }, { as: 'HR' });
    // a fast server is stopped after its first statement: each field that waits for the next one says so
    if (answer.json.data?.alumni) {
      for (const { extensions, path } of answer.json.errors) assert.deepEqual([extensions.code, path[0]], ['TIMEOUT', 'alumni'], answer.text);
      assert.equal(answer.status, 200);
    } else assertLate(answer, 'alumni', 'queryTimeoutMs');
  });
  await check('mutationTimeoutMs: a mutation that takes longer is stopped, and nothing of it is kept', async () => {
    const workers = Array.from({ length: 1_000 }, (_, at) => ({ externalId: `late-${at}`, familyName: 'Late', startedOn: '2020-01-01' }));
    const query = 'mutation($input: WorkersSyncInput!) { workersSync(input: $input) { results { status } } }';
    const answer = await hurried.post({ query, variables: { input: { source: 'late', workers } } }, { as: 'HR' });
    assertLate(answer, 'workersSync', 'mutationTimeoutMs');
    const kept = await hurried.post({ query: '{ employees(filter: { nameStartsWith: "Late" }) { totalCount } }' }, { as: 'HR' });
    assert.match(kept.text, /"totalCount":0|TIMEOUT/);
  });
}

async function names(usual, closed) {
  const misspelt = { query: '{ viewer { knd } alumn { totalCount } __schem { types { name } } }' };
  const suggests = /did you mean/i;
  await check('nobody in particular is told names that exist', async () => {
    for (const server of [usual, closed]) {
      assert.doesNotMatch((await server.post(misspelt)).text, suggests);
      for (const query of [
        '{ engagementEvents(filter: { kinds: [SEMINR] }) { totalCount } }',
        '{ engagementEvents(filter: { knds: [SEMINAR] }) { totalCount } }',
        '{ alumni(frst: 1) { totalCount } }',
        '{ viewer @inclde(if: true) { kind } }',
        'query($f: AlumnusFiltr) { alumni(filter: $f) { totalCount } }',
        '{ viewer { ... on Viewr { kind } } }',
      ]) {
        assert.doesNotMatch((await server.post({ query })).text, /did you mean|SEMINAR|"kinds"|"first"|include"|AlumnusFilter"|"Viewer"/i, query);
      }
    }
  });
  await check('with introspection off not even a login is told them, and the schema does not speak of itself', async () => {
    assert.doesNotMatch((await closed.post(misspelt, { as: 'ADMIN' })).text, suggests);
    for (const query of [
      '{ __schema { types { name } } }',
      '{ a: __type(name: "Query") { name } }',
      '{ ...A } fragment A on Query { ... { __schema { queryType { name } } } }',
      'query A { __typename } query B { __schema { queryType { name } } }',
    ]) {
      const operationName = query.includes('B {') ? 'B' : undefined;
      assertRefused(await closed.post({ query, operationName }, { as: 'ADMIN' }), 400, 'GRAPHQL_VALIDATION_FAILED');
    }
    assert.deepEqual(await closed.ask('{ __typename serviceLimits { depth } }'), { __typename: 'Query', serviceLimits: { depth: 15 } });
  });
}

const set = (limits) => ({ ALUMNI_LIMITS: Object.entries(limits).map((pair) => pair.join('=')).join(',') });
const settings = {
  usual: {},
  low: set({ ...LOW, bodyBytes: BODY_BYTES }),
  hurried: set({ queryTimeoutMs: 1, mutationTimeoutMs: 1 }),
  closed: { ALUMNI_INTROSPECTION: 'false' },
};
await withServers(settings, async ({ usual, low, hurried, closed }) => {
  await told(usual, low);
  await edges(low);
  await clocks(hurried);
  await names(usual, closed);
});
