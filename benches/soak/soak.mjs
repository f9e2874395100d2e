// Starts the service on a scratch database, sends a mixed load, samples it every minute, and compares the halves of the run.

import { spawn, spawnSync } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { mkdtempSync, openSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const [binary, minutesText] = process.argv.slice(2);
const MINUTES = Number(minutesText);
const CONNECTIONS = Number(process.env.SOAK_CONNECTIONS ?? 16);
const RATE = Number(process.env.SOAK_RATE ?? 0);
const ADMIN = process.env.SOAK_POSTGRES;
const SECRET = 'of-the-soak-and-of-nobody-else-at-all';
const MIB = 1024 * 1024;

const folder = mkdtempSync(join(tmpdir(), 'alumni-soak-'));
const log = join(folder, 'log');
const database = ADMIN ? `alumni_soak_${process.pid}` : join(folder, 'soak.db');

function command(program, ...parameters) {
  const done = spawnSync(program, parameters, { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${program}: ${done.error ?? done.stderr}`);
  return done.stdout.trim();
}

/** The URL of the scratch database on the server of ADMIN. */
function sibling() {
  const url = new URL(ADMIN);
  url.pathname = `/${database}`;
  return url.href;
}

const databaseUrl = ADMIN ? sibling() : `sqlite://${database}?mode=rwc`;
const sql = (text) =>
  ADMIN ? command('psql', databaseUrl, '-XAtqc', text) : command('sqlite3', '-readonly', database, text);

function freePort() {
  return new Promise((done, fail) => {
    const probe = net.createServer().once('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

function token(subject) {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: 'alumni-api', aud: 'alumni-api', sub: subject, iat: now, exp: now + MINUTES * 60 + 3_600 };
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', SECRET).update(signed).digest('base64url')}`;
}

const port = await freePort();
const environment = {
  PATH: process.env.PATH,
  BIND: `127.0.0.1:${port}`,
  DATABASE_URL: databaseUrl,
  ALUMNI_ACCESS_SPOOL: join(folder, 'access-log'),
  ALUMNI_JWT_SECRET: SECRET,
  ALUMNI_LOG: 'warn',
  ALUMNI_BUDGETS: 'ALL=unlimited',
};

const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS + 2 });

function send(method, path, headers, body) {
  return new Promise((done, fail) => {
    const request = http.request({ host: '127.0.0.1', port, method, path, headers, agent }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => done({ status: response.statusCode, text: Buffer.concat(parts).toString() }));
      response.on('error', fail);
    });
    request.on('error', fail);
    request.end(body);
  });
}

async function ask(bearer, query, variables = {}) {
  const headers = {
    authorization: `Bearer ${bearer}`,
    'content-type': 'application/json',
    accept: 'application/graphql-response+json',
  };
  const { status, text } = await send('POST', '/graphql', headers, JSON.stringify({ query, variables }));
  if (status !== 200) throw new Error(`${status}: ${text.slice(0, 300)}`);
  const answer = JSON.parse(text);
  if (answer.errors || text.includes('"userErrors":[{')) throw new Error(text.slice(0, 300));
  return answer.data;
}

let server;

async function start() {
  const output = openSync(log, 'a');
  server = spawn(binary, ['serve'], { env: environment, stdio: ['ignore', output, output] });
  server.exited = new Promise((done) => server.once('exit', done).once('error', done));
  const end = Date.now() + 120_000;
  while (Date.now() < end && server.exitCode === null) {
    const ready = await send('GET', '/readyz', {}).catch(() => undefined);
    if (ready?.status === 200) return;
    await pause(100);
  }
  throw new Error(`the service did not become ready: ${readFileSync(log, 'utf8').slice(-1_000)}`);
}

/** Descriptors and private memory of the service: without the pages of mapped files, as SQLite maps its database. */
function footprint() {
  const rollup = readFileSync(`/proc/${server.pid}/smaps_rollup`, 'utf8');
  const kib = Number(rollup.match(/^Anonymous:\s+(\d+) kB/m)[1]);
  return { descriptors: readdirSync(`/proc/${server.pid}/fd`).length, memory: kib / 1024 };
}

async function metrics() {
  const { text } = await send('GET', '/metrics', {});
  const value = (name) => Number(text.match(new RegExp(`^${name} (\\S+)$`, 'm'))?.[1] ?? 0);
  return {
    bytes: value('access_log_spool_bytes'),
    files: value('access_log_spool_files'),
    oldest: value('access_log_spool_oldest_seconds'),
    limit: value('access_log_spool_max_bytes'),
  };
}

const tokens = Object.fromEntries(['hr', 'alumnus', 'employee'].map((role) => [role, token(`${role}@aozora`)]));
let minute = { times: [], failed: 0 };
let entries = 0;
let lastFailure;

async function prepare() {
  const page = await ask(tokens.hr, '{ alumni(first: 100) { nodes { id displayName } } }');
  entries += page.alumni.nodes.length;
  // one row per person and operation, of people with a name
  const ids = page.alumni.nodes.map((node) => node.id);
  const events = await ask(tokens.alumnus, '{ engagementEvents(first: 20, filter: { states: [PUBLISHED] }, orderBy: STARTS_AT_DESC) { nodes { id } } }');
  const key = await ask(
    token('admin@aozora'),
    'mutation($input: ApiKeyCreateInput!) { apiKeyCreate(input: $input) { secret userErrors { code field message } } }',
    { input: { name: `soak ${randomUUID()}`, scopes: ['WORKERS_SYNC'] } },
  );
  return { ids, event: events.engagementEvents.nodes[0].id, key: key.apiKeyCreate.secret };
}

function operations({ ids, event, key }) {
  const pick = (list) => list[Math.floor(Math.random() * list.length)];
  let answer = 0;
  let title = 0;
  return [
    [40, async () => {
      const data = await ask(tokens.hr, 'query Page($first: Int!) { alumni(first: $first, orderBy: NAME) { nodes { id displayName personalEmail } } }', { first: 5 });
      return data.alumni.nodes.length;
    }],
    [30, async () => {
      await ask(tokens.hr, 'query Card($id: ID!) { alumnus(id: $id) { id displayName headline skills { name } } }', { id: pick(ids) });
      return 1;
    }],
    [10, async () => {
      await ask(tokens.alumnus, '{ viewer { person { id displayName } permissions } }');
      return 0;
    }],
    [10, async () => {
      await ask(tokens.employee, '{ engagementEvents(first: 10) { nodes { id title startsAt goingCount } } }');
      return 0;
    }],
    [8, async () => {
      answer += 1;
      await ask(
        tokens.alumnus,
        'mutation Answer($input: ParticipationRespondInput!) { participationRespond(input: $input) { participation { id state } userErrors { code field message } } }',
        { input: { eventId: event, answer: answer % 2 ? 'GOING' : 'DECLINED' } },
      );
      return 0;
    }],
    [2, async () => {
      title += 1;
      await ask(
        key,
        'mutation Sync($input: WorkersSyncInput!) { workersSync(input: $input) { results { status } userErrors { code field message } } }',
        { input: { source: 'soak', workers: [{ externalId: `S-${title % 50}`, familyName: '佐藤', givenName: '健', startedOn: '2019-04-01', position: `Engineer ${title}` }] } },
      );
      return 0;
    }],
  ];
}

/** One connection: sends, waits for the answer, sends again. */
async function loop(choices, end) {
  while (performance.now() < end) {
    let draw = Math.random() * 100;
    const [, run] = choices.find(([share]) => (draw -= share) < 0) ?? choices[0];
    const begun = performance.now();
    try {
      const answered = await run();
      entries += answered;
      minute.times.push(performance.now() - begun);
    } catch (error) {
      minute.failed += 1;
      lastFailure = error;
      await pause(100);
    }
    if (RATE > 0) await pause(Math.max(0, (1_000 * CONNECTIONS) / RATE - (performance.now() - begun)));
  }
}

const quantile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

async function sample(number, seconds) {
  const { times, failed } = minute;
  minute = { times: [], failed: 0 };
  const sorted = Float64Array.from(times).sort();
  const backlog = await metrics();
  const row = {
    minute: number,
    rate: times.length / seconds,
    p50: quantile(sorted, 0.5),
    p99: quantile(sorted, 0.99),
    failed,
    ...footprint(),
    ...backlog,
  };
  const cells = [number, row.rate.toFixed(0), row.p50.toFixed(1), row.p99.toFixed(1), failed, row.descriptors, row.memory.toFixed(0), (row.bytes / MIB).toFixed(1), row.files, row.oldest.toFixed(0)];
  console.log(line(cells));
  return row;
}

const WIDTHS = [6, 10, 8, 8, 7, 11, 11, 12, 6, 9];
const line = (cells) => cells.map((cell, place) => String(cell).padStart(WIDTHS[place])).join(' ');

function verdicts(rows, stored) {
  const steady = rows.slice(Math.max(1, Math.floor(rows.length / 5)));
  const middle = Math.floor(steady.length / 2);
  const [before, after] = [steady.slice(0, middle), steady.slice(middle)];
  const most = (part, name) => Math.max(...part.map((row) => row[name]));
  const median = (part, name) => quantile(part.map((row) => row[name]).sort((one, other) => one - other), 0.5);
  const failed = rows.reduce((sum, row) => sum + row.failed, 0);
  const checks = [['failed requests', failed, 0]];
  if (before.length > 0) {
    checks.push(
      ['descriptors', most(after, 'descriptors'), most(before, 'descriptors') + 4],
      ['private memory, MiB', most(after, 'memory'), most(before, 'memory') * 1.25 + 16],
      ['backlog, MiB', most(after, 'bytes') / MIB, (most(before, 'bytes') / MIB) * 1.25 + 4],
      ['files of the backlog', most(after, 'files'), most(before, 'files') * 1.25 + 4],
      ['p99, ms', median(after, 'p99'), median(before, 'p99') * 1.5 + 5],
    );
  } else {
    console.log('too short to compare halves: give at least 3 minutes');
  }
  const limit = most(rows, 'limit');
  if (limit > 0) checks.push(['backlog of all minutes, MiB', most(rows, 'bytes') / MIB, limit / MIB / 2]);
  checks.push(['entries missing in the database', entries - stored, 0], ['entries too many in the database', stored - entries, 0]);
  return checks;
}

async function stop() {
  server.kill('SIGTERM');
  await Promise.race([server.exited, pause(60_000)]);
  if (server.exitCode === null) server.kill('SIGKILL');
}

let code = 2;
try {
  if (ADMIN) command('psql', ADMIN, '-Xqc', `CREATE DATABASE ${database}`);
  await start();
  const seeded = Number(sql('SELECT count(*) FROM access_log_entry'));
  const choices = operations(await prepare());
  const backlog = await metrics();
  console.log(`${ADMIN ? 'PostgreSQL' : 'SQLite'}, ${MINUTES} minutes, ${CONNECTIONS} connections, ${RATE || 'no limit of'} requests/s, limit of the backlog ${(backlog.limit / MIB).toFixed(0)} MiB`);
  console.log(line(['minute', 'requests/s', 'p50 ms', 'p99 ms', 'failed', 'descriptors', 'private MiB', 'backlog MiB', 'files', 'oldest s']));
  const end = performance.now() + MINUTES * 60_000;
  const loops = Array.from({ length: CONNECTIONS }, () => loop(choices, end));
  const rows = [];
  for (let number = 1; number <= MINUTES; number += 1) {
    const begun = performance.now();
    await pause(60_000);
    rows.push(await sample(number, (performance.now() - begun) / 1_000));
  }
  await Promise.all(loops);
  // the pauses between steps end when the service stops; what is left is stored by the next start
  await stop();
  await start();
  const late = performance.now() + 600_000;
  while ((await metrics()).bytes > 0 && performance.now() < late) await pause(500);
  await stop();
  const stored = Number(sql('SELECT count(*) FROM access_log_entry')) - seeded;
  console.log(`entries answered ${entries}, in the database ${stored}`);
  const checks = verdicts(rows, stored);
  const wrong = checks.filter(([, value, maximum]) => !(value <= maximum));
  for (const [name, value, maximum] of checks) {
    const verdict = value <= maximum ? 'ok    ' : 'FAILED';
    console.log(`${verdict}  ${name}: ${value.toFixed(1)} (at most ${maximum.toFixed(1)})`);
  }
  if (lastFailure) console.log(`the last failure: ${lastFailure.message}`);
  code = wrong.length > 0 ? 1 : 0;
} catch (error) {
  console.error(error);
} finally {
  if (server && server.exitCode === null) server.kill('SIGKILL');
  agent.destroy();
  if (ADMIN) spawnSync('psql', [ADMIN, '-Xqc', `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`]);
  rmSync(folder, { recursive: true, force: true });
}
process.exit(code);
