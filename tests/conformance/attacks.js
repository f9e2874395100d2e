// Abuse that is no single request: many connections that are slow, silent, deaf or gone. Each takes a server and a number, and looks
// meanwhile whether others are still served.

import assert from 'node:assert/strict';

import { pause, until, within } from './harness.js';
import { RawSocket } from './raw-socket.js';
import { token } from './server.js';

const HEAD = 'POST /graphql HTTP/1.1\r\nHost: check\r\nContent-Type: application/json\r\n';
const CHANGES = 'subscription { changes { kind } }';

const many = (count, what) => Promise.all(Array.from({ length: count }, (_, at) => what(at)));

/** Everything a connection says until it is closed by the other side. */
function heard(socket) {
  let text = '';
  socket.on('data', (part) => (text += part));
  return new Promise((done) => socket.on('close', () => done(text)));
}

export async function dribblingBodies(server, count, alive) {
  const sockets = await many(count, () => server.dial());
  const answers = sockets.map(heard);
  for (const socket of sockets) socket.write(`${HEAD}Content-Length: 1000\r\n\r\n{`);
  const dribble = setInterval(() => sockets.forEach((socket) => socket.writable && socket.write(' ')), 200);
  await alive();
  const texts = await within(server.bodyTimeoutMs + 3_000, 'the end of slow bodies', Promise.all(answers)).finally(() => clearInterval(dribble));
  for (const text of texts) assert.match(text, /^HTTP\/1\.1 408 /);
}

export async function missingBodies(server, count, alive) {
  const sockets = await many(count, () => server.dial());
  const answers = sockets.map(heard);
  for (const socket of sockets) socket.write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`);
  await alive();
  for (const text of await within(server.bodyTimeoutMs + 3_000, 'the end of missing bodies', Promise.all(answers))) assert.match(text, /^HTTP\/1\.1 408 /);
}

export async function brokenBodies(server, count, alive) {
  const sockets = await many(count, () => server.dial());
  for (const [at, socket] of sockets.entries()) {
    socket.write(`${HEAD}Content-Length: 1000000\r\n\r\n{"query":"`);
    if (at % 2) socket.end();
    else socket.resetAndDestroy();
  }
  await alive();
  sockets.forEach((socket) => socket.destroy());
}

export async function goneAskers(server, count, alive) {
  const query = '{ alumni(first: 100) { totalCount nodes { displayName skills { name } employments { position department { name } } } } }';
  const body = JSON.stringify({ query });
  const request = `${HEAD}Authorization: Bearer ${token('HR')}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const sockets = await many(count, () => server.dial());
  await many(count, (at) => new Promise((done) => sockets[at].write(request, done)));
  sockets.forEach((socket) => socket.resetAndDestroy());
  await alive();
}

export async function idleConnections(server, count, alive) {
  const sockets = await many(count, () => server.dial());
  await alive();
  sockets.forEach((socket) => socket.destroy());
}

/** A header that never ends holds a connection for as long as nobody puts an end to it. */
export async function halfHeaders(server, count, alive) {
  const sockets = await many(count, () => server.dial());
  const ends = sockets.map(heard);
  for (const socket of sockets) socket.write('POST /graphql HTTP/1.1\r\nHost: check\r\nX-Slow: ');
  await alive();
  try {
    await within(35_000, 'the end of connections with half a header', Promise.all(ends));
  } finally {
    sockets.forEach((socket) => socket.destroy());
  }
}

export async function idleSockets(server, count, alive) {
  const sockets = await many(count, () => RawSocket.open(server));
  await alive();
  const closed = await many(count, (at) => sockets[at].closed(server.socketInitTimeoutMs + 5_000));
  assert.deepEqual([...new Set(closed.map(({ code }) => code))], [4408]);
}

export async function leftSubscriptions(server, count, alive) {
  const sockets = await many(count, () => RawSocket.ready(server, { token: token('HR') }));
  for (const socket of sockets) socket.subscribe('1', CHANGES);
  await pause(200);
  await server.happen();
  await Promise.all(sockets.map((socket) => socket.next()));
  await alive();
  for (const socket of sockets) socket.close();
  const open = async () => (await server.metrics()).graphql_sockets;
  await until(5_000, async () => (await open()) === 0, async () => `${await open()} sockets are counted as open`);
}

export async function floodedSocket(server, count, alive) {
  const socket = await RawSocket.ready(server, { token: token('HR') });
  for (let at = 0; at < count; at += 1) {
    socket.subscribe('1', at % 2 ? CHANGES : '{ viewer { kind } }');
    socket.send({ type: 'complete', id: '1' });
    if (at % 1_000 === 0) {
      socket.heard.length = 0;
      socket.send({ type: 'ping', payload: { at } });
      await until(5_000, () => socket.heard.some(({ type, payload }) => type === 'pong' && payload.at === at), () => 'a ping was not answered');
    }
  }
  await alive();
  socket.close();
}

/** Asks for far more than fits into the connection and never reads a byte of it. */
export async function deafReaders(server, count, alive) {
  const query = '{ alumni(first: 100) { nodes { id displayName biography skills { name level } employments { position department { name } } } } }';
  const body = JSON.stringify({ query });
  const request = `${HEAD}Authorization: Bearer ${token('HR')}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const sockets = await many(count, () => server.dial());
  for (const socket of sockets) socket.pause().write(request.repeat(100));
  await alive();
  await pause(500);
  await alive();
  sockets.forEach((socket) => socket.resetAndDestroy());
}

export async function noHttp(server, count, alive) {
  const noise = [Buffer.alloc(100_000, 0xff), '\u0016\u0003\u0001\u0002\u0000', 'GET\r\n\r\n', 'GET /graphql HTTP/9.9\r\n\r\n', '\r\n'.repeat(50_000), `${HEAD}Content-Length: -1\r\n\r\n`, `${HEAD}Content-Length: 5\r\nContent-Length: 6\r\n\r\n`];
  const sockets = await many(count, () => server.dial());
  for (const [at, socket] of sockets.entries()) socket.end(noise[at % noise.length]);
  await alive();
  await pause(200);
  sockets.forEach((socket) => socket.destroy());
}
