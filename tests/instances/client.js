// Clients that do no more than any client should: send again, under the same idempotency key, what was refused, broken off without an answer,
// or answered with 502, 503 or 504; and go on after the last change they have seen when a subscription breaks off.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import http from 'node:http';

import { EventStream } from '../conformance/event-stream.js';
import { pause, until } from '../conformance/harness.js';
import { RawSocket } from '../conformance/raw-socket.js';
import { GRAPHQL, JSON_TYPE, token } from '../conformance/server.js';

const TRIES = 500;
const EDIT = 'mutation($input: CompanyUpdateInput!) { companyUpdate(input: $input) { company { version description } userErrors { message } } }';
const READ = '{ viewer { company { id version description } } }';
const CHANGES = 'subscription($after: String) { changes(after: $after) { cursor requestId person { id } } }';
const LATEST = '{ auditTrail(first: 1) { nodes { cursor } } }';
const authorization = `Bearer ${token('ADMIN')}`;

export class Client {
  constructor(server, agent = new http.Agent({ keepAlive: true })) {
    Object.assign(this, { server, agent, again: 0 });
  }

  /** Sends until it is answered; the answer's body. */
  async insist(body, { key, requestId, ...more } = {}) {
    const headers = { 'content-type': JSON_TYPE, accept: GRAPHQL, authorization, ...more };
    if (key) headers['idempotency-key'] = key;
    if (requestId) headers['x-request-id'] = requestId;
    for (let tries = 0; tries < TRIES; tries += 1) {
      let answer;
      try {
        answer = await this.server.send({ headers, body: JSON.stringify(body), agent: this.agent });
      } catch (error) {
        assert.match(error.code ?? '', /^(ECONNREFUSED|ECONNRESET|EPIPE)$/, `${error}`);
      }
      const text = answer?.text ?? '';
      if (answer && ![502, 503, 504].includes(answer.status) && !text.includes('"retryable":true')) {
        assert.equal(answer.status, 200, text);
        assert.equal(answer.json.errors, undefined, text);
        return answer.json;
      }
      this.again += 1;
      await pause(20);
    }
    throw new Error('never answered');
  }

  async company(headers) {
    return (await this.insist({ query: READ }, headers)).data.viewer.company;
  }

  /** Describes the company anew; what it is then. */
  async edit(company, description, { key = randomUUID(), requestId } = {}) {
    const { data } = await this.insist({ query: EDIT, variables: { input: { id: company.id, description } } }, { key, requestId });
    assert.deepEqual(data.companyUpdate.userErrors, []);
    return data.companyUpdate.company;
  }
}

/** Follows the changes from now on, by a way that comes back with what follows a cursor until it ends. */
export class Follower {
  static socket = (server, after, tell) => overSocket(server, after, tell);
  static stream = (server, after, tell) => overStream(server, after, tell);

  static async begin(way, server) {
    const { data } = await new Client(server).insist({ query: LATEST });
    return new Follower(way, server, data.auditTrail.nodes[0].cursor);
  }

  constructor(way, server, cursor) {
    Object.assign(this, { way, server, cursor, requests: [], endings: [], onChange: undefined, open: false, over: false });
    this.#follow();
  }

  async #follow() {
    while (!this.over) {
      const tell = {
        opened: (drop) => Object.assign(this, { open: true, drop }),
        change: ({ cursor, requestId }) => {
          this.cursor = cursor;
          this.requests.push(requestId);
          this.onChange?.(requestId);
        },
      };
      const ending = await this.way(this.server, this.cursor, tell).catch(String);
      this.open = false;
      this.endings.push(ending);
      await pause(20);
    }
  }

  end() {
    this.over = true;
    this.drop?.();
  }

  /** Fails unless it was told of just these requests' changes, in their order. */
  async heard(requests, ms = 10_000) {
    await until(ms, () => this.requests.length >= requests.length, () => `heard ${this.requests.length} of ${requests.length}; it ended with ${this.endings}`);
    assert.deepEqual(this.requests, requests);
  }
}

async function overSocket(server, after, tell) {
  const socket = await RawSocket.ready(server, { Authorization: authorization });
  socket.subscribe('changes', CHANGES, { after });
  tell.opened(() => socket.socket.terminate());
  const closed = socket.closing.then(({ code }) => code);
  for (;;) {
    const message = await Promise.race([socket.next(600_000), closed]);
    if (typeof message === 'number') return message;
    assert.equal(message.type, 'next', JSON.stringify(message));
    tell.change(message.payload.data.changes);
  }
}

async function overStream(server, after, tell) {
  const body = JSON.stringify({ query: CHANGES, variables: { after } });
  const stream = await EventStream.open(server, { headers: { 'content-type': JSON_TYPE, authorization }, body });
  assert.equal(stream.status, 200, stream.text);
  tell.opened(() => stream.drop());
  for (let told = 0; ; ) {
    const { events, over } = stream;
    for (const { event, data } of events.slice(told)) {
      assert.equal(event, 'next');
      tell.change(data.data.changes);
    }
    told = events.length;
    if (over) return 'ended';
    await pause(10);
  }
}
