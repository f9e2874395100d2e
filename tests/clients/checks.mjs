// What the JavaScript clients share: where the server is, who asks, and how a check is told. No dependencies.

const need = (name) => {
  const value = process.env[name];
  if (!value) {
    console.error(`${name} is not set; tests/clients/run sets it`);
    process.exit(2);
  }
  return value;
};

const base = need('BASE_URL');
export const HTTP = new URL('/graphql', base).href;
export const WEBSOCKET = HTTP.replace(/^http/, 'ws');
export const TOKENS = Object.fromEntries(['HR', 'ALUMNUS', 'EMPLOYEE'].map((role) => [role, need(`TOKEN_${role}`)]));

export const bearer = (role) => `Bearer ${TOKENS[role]}`;

/** Asks without any client, for what stands beside the thing under test: somebody else's write, say. */
export async function ask(role, query, variables) {
  const answer = await fetch(HTTP, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: bearer(role) },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await answer.json();
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

let workers = 0;

/** What refuses a document of one's own, sent without any client; null where it was run. */
export async function refusalOf(role, query) {
  const answer = await fetch(HTTP, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: bearer(role) },
    body: JSON.stringify({ query }),
  });
  const { errors } = await answer.json();
  return errors?.[0].extensions.code ?? null;
}

/** HR pushes a worker nobody has pushed before, who left; what to look for in the changes is their person's id. */
export async function somebodyLeaves() {
  workers += 1;
  const query = `mutation Push($input: WorkersSyncInput!) { workersSync(input: $input) { results { status personId } } }`;
  const worker = { externalId: `C-${workers}`, familyName: 'Okafor', givenName: 'Ada', startedOn: '2019-09-02', lastWorkingDay: '2025-03-31' };
  const { workersSync } = await ask('HR', query, { input: { source: 'clients', workers: [worker] } });
  const [{ status, personId }] = workersSync.results;
  if (status !== 'CREATED') throw new Error(`the worker is ${status}`);
  return personId;
}

/** Fails instead of waiting for ever. */
export function within(milliseconds, what, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no ${what} within ${milliseconds} ms`)), milliseconds);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * The first change of such a subject that a live subscription tells of; `next` reads one. Nothing says when a subscription has begun, so
 * `happens` is done until it is heard of. Nobody else writes to this server.
 */
export async function heardOf(subjectKind, happens, next) {
  let heard;
  const listening = (async () => {
    let change = await next();
    while (change.subjectKind !== subjectKind) change = await next();
    heard = change;
  })();
  while (!heard) {
    await happens();
    await Promise.race([listening, pause(300)]);
  }
  return heard;
}

/** The first change a live subscription tells of a person, while people leave. */
export const leaverHeardOf = (next) => heardOf('PERSON', somebodyLeaves, next);

/** Reads a subscription until it tells of this subject. */
export async function changeOf(subjectId, next) {
  let change = await next();
  while (change.subjectId !== subjectId) change = await next();
  return change;
}

let passed = 0;
let failed = 0;

export async function check(name, what) {
  try {
    await within(20_000, 'end', what());
    passed += 1;
    console.log(`ok      ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}\n        ${String(error.stack ?? error).replaceAll('\n', '\n        ')}`);
  }
}

/** The last line; ends the process, whatever a client still holds open. */
export function finish() {
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed === 0 && passed > 0 ? 0 : 1);
}
