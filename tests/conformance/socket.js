// graphql-transport-ws, spoken by the client of the package graphql-ws and, for everything that client would never say, by raw sockets.

import assert from 'node:assert/strict';

import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

import { check, pause, within, withServers } from './harness.js';
import { PROTOCOL, RawSocket } from './raw-socket.js';
import { token } from './server.js';

const CHANGES = 'subscription { changes { kind subjectKind } }';
const VIEWER = '{ viewer { kind roles } }';
const QUICK = 'socketHeartbeatMs=200,socketOperations=3,socketMessageBytes=4096,socketInitTimeoutMs=500';
const INIT = { type: 'connection_init' };
const bearer = (role, claims) => `Bearer ${token(role, claims)}`;
const subscribe = (id, payload = { query: CHANGES }) => ({ id, type: 'subscribe', payload });

/** What is said after the acknowledgement, and the code the socket is closed with for it. */
const BREACHES = [
  ['text that is no JSON', ['hello'], 4400],
  ['an empty text', [''], 4400],
  ['a list', ['[]'], 4400],
  ['null', ['null'], 4400],
  ['a message without a type', [{}], 4400],
  ['a type that is no text', [{ type: 1 }], 4400],
  ['an unknown type', [{ type: 'connection_terminate' }], 4400],
  ["the older protocol's `start`", [{ type: 'start', id: '1', payload: { query: VIEWER } }], 4400],
  ["the server's own `connection_ack`", [{ type: 'connection_ack' }], 4400],
  ["the server's own `next`", [{ type: 'next', id: '1', payload: { data: {} } }], 4400],
  ['a subscribe without an id', [{ type: 'subscribe', payload: { query: VIEWER } }], 4400],
  ['a subscribe with an empty id', [subscribe('')], 4400],
  ['a subscribe with a number as id', [subscribe(1)], 4400],
  ['a subscribe without a payload', [{ type: 'subscribe', id: '1' }], 4400],
  ['a subscribe without a query', [subscribe('1', {})], 4400],
  ['a query that is no text', [subscribe('1', { query: 1 })], 4400],
  ['variables that are no object', [subscribe('1', { query: VIEWER, variables: 'x' })], 4400],
  ['variables that are a list', [subscribe('1', { query: VIEWER, variables: [] })], 4400],
  ['an operation name that is no text', [subscribe('1', { query: VIEWER, operationName: 1 })], 4400],
  ['extensions that are no object', [subscribe('1', { query: VIEWER, extensions: 'x' })], 4400],
  ['a batch of queries', [subscribe('1', [{ query: VIEWER }])], 4400],
  ['a complete without an id', [{ type: 'complete' }], 4400],
  ['a ping with a list', [{ type: 'ping', payload: [] }], 4400],
  ['a binary frame', [Buffer.from('{"type":"ping"}')], 4400],
  ['an id that is under way', [subscribe('1'), subscribe('1')], 4409, 'Subscriber for 1 already exists'],
  ['a second initialisation', [INIT], 4429, 'Too many initialisation requests'],
];

async function breaches(usual) {
  for (const [name, messages, code, reason] of BREACHES) {
    await check(`${name} closes the socket with ${code}`, async () => {
      const socket = await RawSocket.ready(usual, { Authorization: bearer('HR') });
      for (const message of messages) socket.send(message);
      const closed = await socket.closed();
      assert.equal(closed.code, code);
      assert.equal(closed.reason, reason ?? 'Invalid message received');
    });
  }
  const refusals = [
    ['a subscribe before the initialisation', [subscribe('1')], 4401, 'Unauthorized'],
    ['two initialisations at once', [INIT, INIT], 4429, 'Too many initialisation requests'],
    ['an initialisation with a list', [{ ...INIT, payload: [] }], 4400, 'Invalid message received'],
    ['a token that is nonsense', [{ ...INIT, payload: { token: 'nonsense' } }], 4403, 'Forbidden'],
    ['a token that is over', [{ ...INIT, payload: { token: token('HR', { exp: 1 }) } }], 4403, 'Forbidden'],
    ['a token of another issuer', [{ ...INIT, payload: { token: token('HR', { iss: 'x' }) } }], 4403, 'Forbidden'],
    ['a token that is no text', [{ ...INIT, payload: { Authorization: {} } }], 4403],
  ];
  for (const [name, messages, code, reason] of refusals) {
    await check(`${name} closes the socket with ${code}`, async () => {
      const socket = await RawSocket.open(usual);
      for (const message of messages) socket.send(message);
      const closed = await socket.closed();
      assert.deepEqual([closed.code, reason && closed.reason], [code, reason]);
    });
  }
  for (const protocols of [[], ['graphql-ws'], ['soap']]) {
    await check(`the subprotocol ${protocols[0] ?? '(none)'} is closed with 4406`, async () => {
      // The package refuses a handshake that answers none of its protocols, so they go in as a header of ours.
      const headers = protocols.length ? { 'sec-websocket-protocol': protocols.join(', ') } : {};
      const socket = await RawSocket.open(usual, { protocols: [], headers });
      assert.deepEqual(await socket.closed(), { code: 4406, reason: 'Subprotocol not acceptable' });
    });
  }
  await check('of several subprotocols ours is chosen', async () => {
    const socket = await RawSocket.ready(usual, undefined, { protocols: ['graphql-ws', PROTOCOL] });
    assert.equal(socket.socket.protocol, PROTOCOL);
    socket.close();
  });
  await check('text that is no UTF-8 closes the socket with 1007', async () => {
    const socket = await RawSocket.ready(usual);
    socket.send(Buffer.from([0x22, 0xff, 0x22]), { binary: false });
    assert.equal((await socket.closed()).code, 1007);
  });
  await check('a token that is wrong already in the header closes the socket with 4403', async () => {
    const socket = await RawSocket.open(usual, { headers: { authorization: 'Bearer nonsense' } });
    socket.send(INIT);
    assert.equal((await socket.closed()).code, 4403);
  });
  await check('without an initialisation the socket is closed with 4408 after the usual three seconds', async () => {
    const socket = await RawSocket.open(usual);
    const begun = performance.now();
    assert.deepEqual(await socket.closed(), { code: 4408, reason: 'Connection initialisation timeout' });
    const ms = performance.now() - begun;
    assert.ok(ms > 2_500 && ms < 4_000, `${ms} ms`);
  });
}

async function conversation(usual) {
  await check('a ping is answered before and after the acknowledgement, with its payload', async () => {
    const socket = await RawSocket.open(usual);
    socket.send({ type: 'ping' });
    assert.deepEqual(await socket.next(), { type: 'pong' });
    socket.send(INIT);
    assert.deepEqual(await socket.next(), { type: 'connection_ack' });
    socket.send({ type: 'pong' });
    socket.send({ type: 'ping', payload: { at: 7 } });
    assert.deepEqual(await socket.next(), { type: 'pong', payload: { at: 7 } });
    socket.close();
  });
  for (const [name, query, code, variables] of [
    ['a syntax error', '{', 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', 'subscription { nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    ['a wrong variable', 'query($f: Int) { alumni(first: $f) { totalCount } }', 'BAD_USER_INPUT', { f: 'x' }],
    ['a subscription one may not have', CHANGES, 'UNAUTHENTICATED'],
    ['a subscription with a forged cursor', 'subscription { changes(after: "garbage") { kind } }', 'BAD_USER_INPUT'],
  ]) {
    await check(`${name} is told by an \`error\` message, after which the id is free and the socket goes on`, async () => {
      const socket = await RawSocket.ready(usual, code === 'UNAUTHENTICATED' ? undefined : { Authorization: bearer('HR') });
      socket.subscribe('1', query, variables);
      const { payload, ...rest } = await socket.next();
      assert.deepEqual(rest, { type: 'error', id: '1' });
      assert.deepEqual([payload.length, payload[0].extensions.code], [1, code]);
      assert.equal(typeof payload[0].extensions.requestId, 'string');
      socket.subscribe('1', '{ __typename }');
      assert.deepEqual(await socket.next(), { type: 'next', id: '1', payload: { data: { __typename: 'Query' } } });
      assert.deepEqual(await socket.next(), { type: 'complete', id: '1' });
      socket.close();
    });
  }
  await check('a field that fails is told by a `next` with errors and data, then `complete`', async () => {
    const socket = await RawSocket.ready(usual);
    socket.subscribe('1', '{ alumni { totalCount } }');
    const { payload, type } = await socket.next();
    assert.deepEqual([type, payload.data, payload.errors[0].path], ['next', null, ['alumni']]);
    assert.equal((await socket.next()).type, 'complete');
    socket.close();
  });
  await check('a completed subscription says nothing more, its id is free at once, and completing an unknown id is no breach', async () => {
    const socket = await RawSocket.ready(usual, { Authorization: bearer('HR') });
    for (let round = 0; round < 3; round += 1) {
      socket.subscribe('1', CHANGES);
      await pause(100);
      socket.send({ type: 'complete', id: '1' });
    }
    socket.send({ type: 'complete', id: 'never begun' });
    await usual.happen();
    await socket.silent(300);
    socket.subscribe('1', '{ __typename }');
    assert.deepEqual((await socket.next()).payload, { data: { __typename: 'Query' } });
    socket.close();
  });
  await check('a message in several frames is one message', async () => {
    const socket = await RawSocket.ready(usual);
    const text = JSON.stringify(subscribe('1', { query: '{ __typename }' }));
    for (const [part, fin] of [[text.slice(0, 9), false], [text.slice(9, 20), false], [text.slice(20), true]]) {
      socket.socket.send(part, { fin });
    }
    assert.equal((await socket.next()).type, 'next');
    socket.close();
  });
}

/** Everything a client of graphql-ws tells of one operation. */
async function collect(client, request, enough = Infinity, meanwhile = async () => {}) {
  const results = [];
  const done = new Promise((resolve, reject) => {
    const stop = client.subscribe(request, {
      next: (result) => {
        results.push(result);
        if (results.length >= enough) stop();
      },
      error: reject,
      complete: resolve,
    });
  });
  done.catch(() => {});
  await meanwhile();
  await within(5_000, 'the operation', done);
  return results;
}

async function client(usual) {
  const options = { url: usual.socketUrl, webSocketImpl: WebSocket, retryAttempts: 0 };
  class WithHeader extends WebSocket {
    constructor(url, protocols) {
      super(url, protocols, { headers: { authorization: bearer('HR') } });
    }
  }
  const ways = {
    'in `Authorization` of connection_init': { connectionParams: { Authorization: bearer('HR') } },
    'in `token` of connection_init': { connectionParams: { token: token('HR') } },
    'in the header of the upgrade': { webSocketImpl: WithHeader },
  };
  for (const [way, more] of Object.entries(ways)) {
    await check(`graphql-ws: with the token ${way} a query knows who asks, and a subscription hears of a change`, async () => {
      const asking = createClient({ ...options, ...more });
      assert.deepEqual(await collect(asking, { query: VIEWER }), [{ data: { viewer: { kind: 'MEMBER', roles: ['HR', 'EMPLOYEE'] } } }]);
      const meanwhile = () => pause(200).then(() => usual.happen());
      const heard = await collect(asking, { query: CHANGES }, 1, meanwhile);
      assert.deepEqual(heard, [{ data: { changes: { kind: 'company.updated', subjectKind: 'COMPANY' } } }]);
      await asking.dispose();
    });
  }
  await check('graphql-ws: a mutation runs, and is told of to a subscription on the same socket', async () => {
    const asking = createClient({ ...options, connectionParams: { Authorization: bearer('ADMIN') } });
    const [{ data }] = await collect(asking, { query: '{ viewer { company { id } } }' });
    const input = { id: data.viewer.company.id, description: 'by a socket' };
    const query = 'mutation($input: CompanyUpdateInput!) { companyUpdate(input: $input) { company { description } } }';
    const meanwhile = async () => {
      await pause(200);
      const edited = await collect(asking, { query, variables: { input } });
      assert.deepEqual(edited, [{ data: { companyUpdate: { company: { description: 'by a socket' } } } }]);
    };
    assert.equal((await collect(asking, { query: CHANGES }, 1, meanwhile)).length, 1);
    await asking.dispose();
  });
  await check('graphql-ws: what cannot run arrives at the sink as GraphQL errors', async () => {
    const asking = createClient(options);
    const errors = await collect(asking, { query: '{ nothing }' }).then(() => assert.fail('it ran'), (error) => error);
    assert.equal(errors[0].extensions.code, 'GRAPHQL_VALIDATION_FAILED');
    await asking.dispose();
  });
}

async function limits(quick) {
  await check('the time for the initialisation can be set', async () => {
    assert.equal((await (await RawSocket.open(quick)).closed(1_500)).code, 4408);
  });
  await check('one operation too many is told by an `error` with the numbers; completing another makes room', async () => {
    const socket = await RawSocket.ready(quick, { Authorization: bearer('HR') });
    for (const id of ['1', '2', '3', '4']) socket.subscribe(id, CHANGES);
    const { type, id, payload } = await socket.next();
    assert.deepEqual([type, id, payload[0].extensions.code], ['error', '4', 'RATE_LIMITED']);
    assert.deepEqual(payload[0].extensions.limit, { name: 'socketOperations', value: 4, maximum: 3 });
    socket.send({ type: 'complete', id: '2' });
    socket.subscribe('4', '{ __typename }');
    assert.deepEqual([(await socket.next()).type, (await socket.next()).type], ['next', 'complete']);
    socket.close();
  });
  for (const [name, ping, frames] of [['one frame', 5_000, 1], ['many frames', 5_000, 10], ['a frame no server should read to its end', 4_000_000, 1]]) {
    await check(`a message that is too long, in ${name}, closes the socket with 1009`, async () => {
      const socket = await RawSocket.ready(quick);
      const text = JSON.stringify({ type: 'ping', payload: { a: 'x'.repeat(ping) } });
      const length = Math.ceil(text.length / frames);
      for (let at = 0; at < text.length; at += length) socket.socket.send(text.slice(at, at + length), { fin: at + length >= text.length });
      assert.equal((await socket.closed()).code, 1009);
    });
  }
  await check('a token that ends ends the socket with 4403 "token expired", subscriptions included', async () => {
    const claims = { exp: Math.floor(Date.now() / 1_000) + 2 };
    const socket = await RawSocket.ready(quick, { Authorization: bearer('HR', claims) });
    socket.subscribe('1', CHANGES);
    assert.deepEqual(await socket.closed(4_000), { code: 4403, reason: 'token expired' });
    assert.ok(Date.now() / 1_000 >= claims.exp, 'it ended too early');
  });
  await check('a key that is revoked ends the socket with 4403 "token revoked"', async () => {
    const create = 'mutation($input: ApiKeyCreateInput!) { apiKeyCreate(input: $input) { secret apiKey { id } } }';
    const { apiKeyCreate: made } = await quick.ask(create, { input: { name: 'socket', scopes: ['CHANGES_READ'] } }, 'ADMIN');
    const socket = await RawSocket.ready(quick, { Authorization: `Bearer ${made.secret}` });
    socket.subscribe('1', CHANGES);
    const revoke = 'mutation($input: ApiKeyRevokeInput!) { apiKeyRevoke(input: $input) { userErrors { code } } }';
    await quick.ask(revoke, { input: { id: made.apiKey.id } }, 'ADMIN');
    // at once, not at the check of rights every five seconds
    assert.deepEqual(await socket.closed(2_500), { code: 4403, reason: 'token revoked' });
  });
  await check('a socket that answers no ping is given up, and one that does is kept', async () => {
    const silent = await RawSocket.ready(quick, undefined, { autoPong: false });
    const lively = await RawSocket.ready(quick);
    await silent.closed(2_000);
    lively.send({ type: 'ping' });
    assert.deepEqual(await lively.next(), { type: 'pong' });
    lively.close();
  });
  await check('when the service stops, sockets are told so with 1001', async () => {
    const socket = await RawSocket.ready(quick);
    quick.child.kill('SIGTERM');
    assert.equal((await socket.closed()).code, 1001);
  });
}

await withServers({ usual: {}, quick: { ALUMNI_LIMITS: QUICK } }, async ({ usual, quick }) => {
  await breaches(usual);
  await conversation(usual);
  await client(usual);
  await limits(quick);
});
