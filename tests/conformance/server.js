// A server of our own on a free loopback port with a database of its own, and requests to it that are sent to the byte.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const SECRET = 'of-the-conformance-checks-and-of-nobody-else';
const STOPS_WITHIN_MS = 5_000;
const STARTS_WITHIN_MS = 20_000;

export const GRAPHQL = 'application/graphql-response+json';
export const JSON_TYPE = 'application/json';

export function freePort() {
  return new Promise((done, fail) => {
    const probe = net.createServer().once('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

/** A token of a demo login; `claims` go before the usual ones. */
export function token(role, claims = {}) {
  const now = Math.floor(Date.now() / 1000);
  const sub = `${role.toLowerCase()}@aozora`;
  const usual = { iss: 'alumni-api', aud: 'alumni-api', sub, iat: now, exp: now + 3_600 };
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ ...usual, ...claims })}`;
  return `${signed}.${createHmac('sha256', SECRET).update(signed).digest('base64url')}`;
}

export class Server {
  static async start(binary, settings = {}) {
    const folder = mkdtempSync(join(tmpdir(), 'conformance-'));
    const bind = settings.BIND ?? `127.0.0.1:${await freePort()}`;
    const log = join(folder, 'log');
    const output = openSync(log, 'a');
    const child = spawn(binary, [], {
      // Nothing of our own environment may change what is checked.
      env: {
        PATH: process.env.PATH,
        BIND: bind,
        DATABASE_URL: `sqlite://${folder}/demo.db?mode=rwc`,
        ALUMNI_JWT_SECRET: SECRET,
        ALUMNI_LOG: 'warn',
        ALUMNI_BUDGETS: 'ALL=unlimited',
        ...settings,
      },
      stdio: ['ignore', output, output],
    });
    const server = new Server(child, bind, folder, log);
    await server.#ready();
    return server;
  }

  constructor(child, bind, folder, log) {
    Object.assign(this, { child, bind, folder, log, pid: child.pid });
    this.url = `http://${bind}/graphql`;
    this.socketUrl = `ws://${bind}/graphql`;
    this.agent = new http.Agent({ keepAlive: true });
    this.ended = new Promise((done) => {
      child.once('exit', done).once('error', done);
    });
    this.leave = () => {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    };
    process.once('exit', this.leave);
  }

  async #ready() {
    const end = performance.now() + STARTS_WITHIN_MS;
    while (this.child.exitCode === null && performance.now() < end) {
      const answer = await this.send({ method: 'GET', path: '/readyz' }).catch(() => undefined);
      if (answer?.status === 200) return;
      await pause(50);
    }
    throw new Error(`the server did not become ready:\n${readFileSync(this.log, 'utf8').slice(-2_000)}`);
  }

  async stop() {
    this.agent.destroy();
    this.child.kill('SIGTERM');
    const late = pause(STOPS_WITHIN_MS).then(() => 'late');
    const how = await Promise.race([this.ended, late]);
    const said = readFileSync(this.log, 'utf8');
    process.removeListener('exit', this.leave);
    this.leave();
    const panics = said.split('\n').filter((line) => /panicked|broke/.test(line));
    assert.deepEqual(panics, [], 'its log speaks of panics');
    assert.equal(how, 0, `it did not end with 0 within ${STOPS_WITHIN_MS} ms`);
  }

  /** Resident memory in MiB. */
  memory() {
    return Number(readFileSync(`/proc/${this.pid}/status`, 'utf8').match(/VmRSS:\s+(\d+) kB/)[1]) / 1_024;
  }

  /** A connection on which anything can be said. */
  dial() {
    const [host, port] = this.bind.split(':');
    const socket = net.connect({ host, port: Number(port) });
    return new Promise((done, fail) => {
      socket.once('error', fail).once('connect', () => {
        socket.removeListener('error', fail);
        // Being cut off is an outcome here, seen by its `close`.
        done(socket.on('error', () => {}));
      });
    });
  }

  /** Sends exactly these headers (besides Host and what frames the body) and reads the whole answer. */
  send({ method = 'POST', path = '/graphql', headers = {}, body, agent = this.agent }) {
    const begun = performance.now();
    return new Promise((done, fail) => {
      const request = http.request(`http://${this.bind}${path}`, { method, headers, agent });
      request.on('error', (error) => {
        // The service closed the idle connection while the request was sent: clients send it again (RFC 9112, 9.3.1).
        if (request.reusedSocket && error.code === 'ECONNRESET') done(this.send({ method, path, headers, body, agent: false }));
        else fail(error);
      });
      request.on('response', (response) => {
        const parts = [];
        const end = () => {
          const text = Buffer.concat(parts).toString('utf8');
          done(new Answer(response.statusCode, response.headers, text, performance.now() - begun));
        };
        response.on('data', (part) => parts.push(part)).on('end', end).on('error', end);
      });
      if (body === undefined && method === 'POST') request.setHeader('content-length', 0);
      // Node.js frames no body of a DELETE, and what follows it would be taken for another request.
      if (body !== undefined && method === 'DELETE') request.setHeader('content-length', Buffer.byteLength(body));
      request.end(body);
    });
  }

  /** Posts JSON as a well-behaved client does. `request` is an object, or the body's text as it is. */
  post(request, { accept = GRAPHQL, as, headers } = {}) {
    return this.send({
      headers: {
        'content-type': JSON_TYPE,
        accept,
        ...(as && { authorization: `Bearer ${token(as)}` }),
        ...headers,
      },
      body: typeof request === 'string' || Buffer.isBuffer(request) ? request : JSON.stringify(request),
    });
  }

  /** The data of a query that must succeed. */
  async ask(query, variables, as) {
    const answer = await this.post({ query, variables }, { as });
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(answer.json.errors ?? [], []);
    return answer.json.data;
  }

  /** Makes something happen in the demo company that its changes tell of. */
  async happen() {
    const { viewer } = await this.ask('{ viewer { company { id } } }', {}, 'ADMIN');
    const input = { id: viewer.company.id, description: `changed at ${performance.now()}` };
    const edit = 'mutation($input: CompanyUpdateInput!) { companyUpdate(input: $input) { userErrors { message } } }';
    assert.deepEqual(await this.ask(edit, { input }, 'ADMIN'), { companyUpdate: { userErrors: [] } });
  }

  /** What `/metrics` says, by name and labels as they stand there. */
  async metrics() {
    const { text } = await this.send({ method: 'GET', path: '/metrics' });
    const lines = text.split('\n').filter((line) => line && !line.startsWith('#'));
    return Object.fromEntries(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]));
  }
}

export class Answer {
  constructor(status, headers, text, ms) {
    Object.assign(this, { status, headers, text, ms });
  }

  get json() {
    try {
      return JSON.parse(this.text);
    } catch {
      throw new Error(`the answer (${this.status}) is no JSON: ${JSON.stringify(this.text.slice(0, 200))}`);
    }
  }

  get error() {
    return this.json.errors?.[0];
  }

  get code() {
    return this.error?.extensions?.code;
  }

  get type() {
    return this.headers['content-type'];
  }
}

/** Fails unless the answer is a refusal: errors with codes, and nothing that looks as if something had run. */
export function assertRefused(answer, status, code) {
  assert.deepEqual([answer.status, answer.code], [status, code], answer.text.slice(0, 500));
  const { errors, ...rest } = answer.json;
  assert.deepEqual(Object.keys(rest), [], 'there is more than `errors`');
  for (const error of errors) {
    assert.equal(typeof error.message, 'string');
    assert.notEqual(error.message, '');
    assert.equal(error.extensions.requestId, answer.headers['x-request-id']);
  }
}
