// A WebSocket that says exactly what it is told to, and keeps what it hears until somebody asks.

import assert from 'node:assert/strict';

import WebSocket from 'ws';

import { within } from './harness.js';

export const PROTOCOL = 'graphql-transport-ws';
const PATIENCE_MS = 5_000;

export class RawSocket {
  static async open(server, { protocols = [PROTOCOL], ...options } = {}) {
    const socket = new WebSocket(server.socketUrl, protocols, { perMessageDeflate: false, ...options });
    const raw = new RawSocket(socket);
    await within(PATIENCE_MS, 'opening', new Promise((done, fail) => socket.once('open', done).once('error', fail)));
    return raw;
  }

  /** One that is acknowledged. */
  static async ready(server, payload, options) {
    const raw = await RawSocket.open(server, options);
    raw.send({ type: 'connection_init', payload });
    assert.deepEqual(await raw.next(), { type: 'connection_ack' });
    return raw;
  }

  constructor(socket) {
    this.socket = socket;
    this.heard = [];
    this.ears = [];
    this.closing = new Promise((done) => {
      socket.on('close', (code, reason) => done({ code, reason: String(reason) }));
    });
    socket.on('error', () => {});
    socket.on('message', (data) => {
      this.heard.push(JSON.parse(data));
      this.ears.shift()?.();
    });
  }

  /** Objects go as JSON; texts and bytes as they are, bytes in a binary frame unless `options` say otherwise. */
  send(message, options) {
    const plain = typeof message === 'string' || Buffer.isBuffer(message);
    this.socket.send(plain ? message : JSON.stringify(message), options);
  }

  subscribe(id, query, variables) {
    this.send({ id, type: 'subscribe', payload: { query, variables } });
  }

  async next(ms = PATIENCE_MS) {
    if (this.heard.length === 0) await within(ms, 'waiting for a message', new Promise((done) => this.ears.push(done)));
    return this.heard.shift();
  }

  /** Whether nothing comes for a while. */
  async silent(ms) {
    await new Promise((done) => setTimeout(done, ms));
    assert.deepEqual(this.heard, []);
  }

  closed(ms = PATIENCE_MS) {
    return within(ms, 'waiting for the end', this.closing);
  }

  close() {
    this.socket.terminate();
  }
}
