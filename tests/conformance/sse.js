// GraphQL over server-sent events in distinct connections mode: by the client of the package graphql-sse, and by hand for what the bytes
// must be.

import assert from 'node:assert/strict';
import { readdirSync, readlinkSync } from 'node:fs';

import { createClient } from 'graphql-sse';

import { EVENT_STREAM, EventStream } from './event-stream.js';
import { Server, GRAPHQL, JSON_TYPE, token } from './server.js';
import { check, pause, until, within, withServers } from './harness.js';

const CHANGES = 'subscription { changes { kind subjectKind } }';
const CHANGED = { data: { changes: { kind: 'company.updated', subjectKind: 'COMPANY' } } };
const MANY = 100;

const bearer = (role, claims) => ({ authorization: `Bearer ${token(role, claims)}` });
const post = (request, headers) => ({ headers: { 'content-type': JSON_TYPE, ...headers }, body: typeof request === 'string' ? request : JSON.stringify(request) });
/** Open connections of the process; its files come and go by themselves. */
function sockets(server) {
  const folder = `/proc/${server.pid}/fd`;
  const leads = (file) => {
    try {
      return readlinkSync(`${folder}/${file}`).startsWith('socket:');
    } catch {
      return false;
    }
  };
  return readdirSync(folder).filter(leads).length;
}
const gauges = async (server) => Object.entries(await server.metrics()).filter(([name]) => /stream|socket|subscription/.test(name) && !/total|second/.test(name));

function assertStream(stream) {
  assert.equal(stream.status, 200, stream.text);
  assert.match(stream.headers['content-type'], /^text\/event-stream(; ?charset=utf-8)?$/);
  assert.match(stream.headers['cache-control'], /no-store|no-cache/);
  assert.equal(stream.headers['content-length'], undefined);
}

async function streams(server) {
  const answered = { event: 'next', data: { data: { viewer: { kind: 'MEMBER' } } } };
  const complete = { event: 'complete', data: undefined };
  const plain = (events) => events.map(({ event, data }) => ({ event, data: data || undefined }));
  await check('a query is answered by one `next` and a `complete`, then the stream ends', async () => {
    const stream = await EventStream.open(server, post({ query: '{ viewer { kind } }' }, bearer('HR')));
    assertStream(stream);
    assert.deepEqual(plain(await stream.end()), [answered, complete]);
  });
  await check('a `complete` has an empty data field, without which browsers do not see it', async () => {
    const stream = await EventStream.open(server, post({ query: '{ __typename }' }));
    await stream.end();
    assert.equal(stream.blocks.at(-1).data, '', stream.text);
  });
  await check('a GET is as good for a query, as browsers send it', async () => {
    const path = `/graphql?${new URLSearchParams({ query: '{ viewer { kind } }' })}`;
    const stream = await EventStream.open(server, { method: 'GET', path, headers: bearer('HR') });
    assertStream(stream);
    assert.deepEqual(plain(await stream.end()), [answered, complete]);
  });
  await check('a mutation runs', async () => {
    const { viewer } = await server.ask('{ viewer { company { id } } }', {}, 'ADMIN');
    const query = 'mutation($input: CompanyUpdateInput!) { companyUpdate(input: $input) { company { description } } }';
    const stream = await EventStream.open(server, post({ query, variables: { input: { id: viewer.company.id, description: 'by a stream' } } }, bearer('ADMIN')));
    const [{ data }] = await stream.end();
    assert.deepEqual(data, { data: { companyUpdate: { company: { description: 'by a stream' } } } });
  });
  await check('a subscription is opened at once, tells each change as it happens, and goes on', async () => {
    const stream = await EventStream.open(server, post({ query: CHANGES }, bearer('HR')));
    assertStream(stream);
    for (const round of [1, 2, 3]) {
      await server.happen();
      const events = await stream.first(round, 2_000);
      assert.deepEqual(events.at(-1), { event: 'next', data: CHANGED });
    }
    assert.equal(stream.over, false);
    stream.drop();
  });
  await check('a subscription by GET is one too', async () => {
    const path = `/graphql?${new URLSearchParams({ query: CHANGES })}`;
    const stream = await EventStream.open(server, { method: 'GET', path, headers: bearer('HR') });
    assertStream(stream);
    await server.happen();
    assert.deepEqual((await stream.first(1)).at(0).data, CHANGED);
    stream.drop();
  });
  await check('line breaks in an answer do not end an event', async () => {
    const { viewer } = await server.ask('{ viewer { company { id } } }', {}, 'ADMIN');
    const description = 'one\ntwo\r\nthree\n\nevent: complete\ndata:\n\n';
    const query = 'mutation($input: CompanyUpdateInput!) { companyUpdate(input: $input) { company { description } userErrors { message } } }';
    const stream = await EventStream.open(server, post({ query, variables: { input: { id: viewer.company.id, description } } }, bearer('ADMIN')));
    const events = await stream.end();
    assert.deepEqual(events.map(({ event }) => event), ['next', 'complete']);
    const { company } = (await server.ask('{ viewer { company { description } } }', {}, 'ADMIN')).viewer;
    assert.equal(events[0].data.data.companyUpdate.company.description, company.description);
  });
  await check('a field that fails is told by a `next` with its errors', async () => {
    const stream = await EventStream.open(server, post({ query: '{ alumni { totalCount } }' }));
    const [{ data }] = await stream.end();
    assert.deepEqual([data.data, data.errors[0].path, data.errors[0].extensions.code], [null, ['alumni'], 'UNAUTHENTICATED']);
  });
  for (const [name, query, code] of [
    ['an unknown field', 'subscription { nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    ['a missing variable', 'query($id: ID!) { node(id: $id) { id } }', 'BAD_USER_INPUT'],
    ['a subscription one may not have', CHANGES, 'UNAUTHENTICATED'],
  ]) {
    await check(`${name} is told on the stream that was accepted: a \`next\` with errors and no data, then \`complete\``, async () => {
      const stream = await EventStream.open(server, post({ query }));
      assertStream(stream);
      const events = await stream.end();
      assert.deepEqual(events.map(({ event }) => event), ['next', 'complete']);
      assert.deepEqual([events[0].data.errors[0].extensions.code, 'data' in events[0].data], [code, false]);
    });
  }
}

async function refusals(server) {
  const mutation = new URLSearchParams({ query: 'mutation { __typename }' });
  for (const [name, request, status] of [
    ['JSON that breaks off', post('{"query":'), 400],
    ['no query', post({}), 400],
    ['a list of requests', post([{ query: '{ __typename }' }]), 400],
    ['a syntax error', post({ query: '{' }), 400],
    ['an unknown operation', post({ query: 'query A { __typename }', operationName: 'B' }), 400],
    ['a token that does not hold', post({ query: CHANGES }, { authorization: 'Bearer nonsense' }), 401],
    ['a mutation by GET', { method: 'GET', path: `/graphql?${mutation}` }, 405],
    ['a body that is too long', post({ query: '{ __typename }', extensions: { a: 'x'.repeat(2_100_000) } }), 413],
    ['text/plain', { headers: { 'content-type': 'text/plain' }, body: '{"query":"{ __typename }"}' }, 415],
    ['no content type', { body: '{"query":"{ __typename }"}' }, 415],
    ['PUT, which the other mode begins with', { method: 'PUT' }, 405],
  ]) {
    await check(`${name} is answered ${status} in JSON, before any stream`, async () => {
      const answer = await EventStream.open(server, request);
      await answer.end();
      assert.equal(answer.status, status, answer.text);
      assert.match(answer.headers['content-type'], /^application\/(graphql-response\+)?json/);
      const { errors, ...rest } = JSON.parse(answer.text);
      assert.deepEqual([errors.length, rest], [1, {}]);
    });
  }
  for (const [accept, type] of [
    [`${EVENT_STREAM};q=0.5, ${JSON_TYPE}`, JSON_TYPE],
    [`${JSON_TYPE};q=0.5, ${EVENT_STREAM}`, EVENT_STREAM],
    [`${EVENT_STREAM}, ${GRAPHQL};q=0.9`, EVENT_STREAM],
    ['*/*', JSON_TYPE],
    [`${EVENT_STREAM};q=0, */*`, JSON_TYPE],
  ]) {
    await check(`Accept: ${accept} is answered with ${type}`, async () => {
      const answer = await EventStream.open(server, post({ query: '{ __typename }' }, { accept }));
      await answer.end();
      assert.equal(answer.headers['content-type'].split(';')[0], type);
    });
  }
}

async function client(server) {
  const options = { url: server.url, headers: bearer('HR'), retryAttempts: 0 };
  await check('graphql-sse: a query is one result', async () => {
    const results = [];
    for await (const result of createClient(options).iterate({ query: '{ viewer { kind } }' })) results.push(result);
    assert.deepEqual(results, [{ data: { viewer: { kind: 'MEMBER' } } }]);
  });
  await check('graphql-sse: a subscription hears of a change', async () => {
    const asking = createClient(options);
    const changes = asking.iterate({ query: CHANGES });
    const first = changes.next();
    first.catch(() => {});
    await pause(300);
    await server.happen();
    assert.deepEqual((await within(5_000, 'the change', first)).value, CHANGED);
    await changes.return();
    asking.dispose();
  });
  await check('graphql-sse: what is not valid arrives as GraphQL errors', async () => {
    const { value } = await within(5_000, 'the errors', createClient(options).iterate({ query: 'subscription { nothing }' }).next());
    assert.equal(value.errors[0].extensions.code, 'GRAPHQL_VALIDATION_FAILED');
  });
}

async function endings(server) {
  await check('an idle stream is kept alive by comments, which are no events', async () => {
    const stream = await EventStream.open(server, post({ query: CHANGES }, bearer('HR')));
    await until(3_000, () => stream.comments >= 2, () => `comments: ${JSON.stringify(stream.text)}`);
    assert.deepEqual(stream.events, []);
    stream.drop();
  });
  await check(`dropping ${MANY} connections ends what they were waiting for`, async () => {
    // What the checks before dropped is to be over first.
    const idle = async () => (await gauges(server)).every(([, number]) => number === 0);
    await until(3_000, idle, async () => JSON.stringify(await gauges(server)));
    const [socketsBefore, gaugesBefore] = [sockets(server), await gauges(server)];
    const open = await Promise.all(Array.from({ length: MANY }, () => EventStream.open(server, post({ query: CHANGES }, bearer('HR')))));
    for (const stream of open) assertStream(stream);
    // Earlier ones may have ended meanwhile.
    assert.ok(sockets(server) >= MANY, `${sockets(server)} connections are open`);
    assert.notDeepEqual(await gauges(server), gaugesBefore, '/metrics counts no streams under way');
    for (const stream of open) stream.drop();
    await until(3_000, () => sockets(server) <= socketsBefore + 2, () => `${sockets(server)} connections are open, ${socketsBefore} were`);
    await until(3_000, async () => JSON.stringify(await gauges(server)) === JSON.stringify(gaugesBefore), async () => JSON.stringify(await gauges(server)));
  });
  await check('the token that ends ends the stream, in good form', async () => {
    const exp = Math.floor(Date.now() / 1_000) + 2;
    const stream = await EventStream.open(server, post({ query: CHANGES }, bearer('HR', { exp })));
    assertStream(stream);
    const events = await stream.end(4_000);
    assert.ok(Date.now() / 1_000 >= exp, 'it ended too early');
    assert.equal(events.at(-1)?.event, 'complete');
  });
  await check('when the service stops, streams end', async () => {
    const stream = await EventStream.open(server, post({ query: CHANGES }, bearer('HR')));
    server.child.kill('SIGTERM');
    await stream.end(3_000);
  });
}

/** Sets every heartbeat there is to a fifth of a second, whatever they are called. */
async function heartbeats() {
  const asked = await Server.start(process.argv[2]);
  const { __type } = await asked.ask('{ __type(name: "ServiceLimits") { fields { name } } }');
  await asked.stop();
  const names = __type.fields.map(({ name }) => name).filter((name) => /heartbeat/i.test(name));
  return { ALUMNI_LIMITS: names.map((name) => `${name}=200`).join(',') };
}

await withServers({ usual: {}, quick: process.argv[2] ? await heartbeats() : {} }, async ({ usual, quick }) => {
  await streams(usual);
  await refusals(usual);
  await client(usual);
  await endings(quick);
});
