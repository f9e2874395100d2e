// graphql-request, as a script or a server-side page uses it: no cache, one call an operation.

import assert from 'node:assert/strict';

import { ClientError, GraphQLClient, batchRequests, rawRequest, request } from 'graphql-request';

import { HTTP, bearer, check, finish } from '../checks.mjs';
import { CREATE_EVENT, EVENTS, PEOPLE, SYNC, WHO } from './documents.js';

const as = (role, options) => new GraphQLClient(HTTP, { headers: { authorization: bearer(role) }, ...options });
const hr = as('HR');

/** The error a call fails with, and of that what the server said. */
async function failureOf(call) {
  const error = await call.then(
    () => assert.fail('it was answered'),
    (error) => error,
  );
  assert.ok(error instanceof ClientError, String(error));
  return { status: error.response.status, codes: (error.response.errors ?? []).map(({ extensions }) => extensions.code), data: error.response.data };
}

await check('a request without a token is nobody’s', async () => {
  const { viewer } = await request(HTTP, WHO);
  assert.deepEqual([viewer.kind, viewer.company], ['ANONYMOUS', null]);
});

await check('a client sends its token with every request, and a call may send another', async () => {
  const { viewer } = await hr.request(WHO);
  assert.equal(viewer.kind, 'MEMBER');
  assert.ok(viewer.permissions.includes('alumni:read'));
  const other = await hr.request({ document: WHO, requestHeaders: { authorization: bearer('ALUMNUS') } });
  assert.equal(other.viewer.company.id, viewer.company.id);
  assert.ok(!other.viewer.permissions.includes('alumni:read'));
});

await check('a loop over pages sees every row once and in order', async () => {
  const rows = [];
  let [after, page] = [null, null];
  do {
    ({ engagementEvents: page } = await hr.request(EVENTS, { first: 3, after }));
    rows.push(...page.nodes);
    after = page.pageInfo.endCursor;
  } while (page.pageInfo.hasNextPage);
  assert.equal(rows.length, page.totalCount);
  assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length);
  const starts = rows.map(({ startsAt }) => Date.parse(startsAt));
  assert.deepEqual(starts, [...starts].sort((one, other) => one - other));
});

await check('queries go by GET', async () => {
  const { engagementEvents } = await as('HR', { method: 'GET' }).request(EVENTS, { first: 2, filter: { states: ['DRAFT'] } });
  assert.ok(engagementEvents.nodes.length > 0);
  assert.ok(engagementEvents.nodes.every(({ state }) => state === 'DRAFT'));
});

await check('a client told to use GET for queries has its mutations done all the same', async () => {
  const { workersSync } = await as('HR', { method: 'GET' }).request(SYNC, { input: { source: 'clients', workers: [] } });
  assert.deepEqual([workersSync.results, workersSync.userErrors], [[], []]);
});

await check('a mutation takes an instant with any offset and answers the same instant', async () => {
  const input = { kind: 'MEETUP', title: 'Reading circle', startsAt: '2031-05-01T18:00:00+09:00', endsAt: '2031-05-01T20:00:00+09:00' };
  const { engagementEventCreate } = await hr.request(CREATE_EVENT, { input });
  assert.deepEqual(engagementEventCreate.userErrors, []);
  assert.equal(engagementEventCreate.engagementEvent.state, 'DRAFT');
  assert.equal(Date.parse(engagementEventCreate.engagementEvent.startsAt), Date.parse(input.startsAt));
});

await check('what a form can show comes as data', async () => {
  const input = { kind: 'MEETUP', title: 'Back in time', startsAt: '2031-05-01T18:00:00Z', endsAt: '2031-05-01T17:00:00Z' };
  const { engagementEventCreate } = await hr.request(CREATE_EVENT, { input });
  assert.equal(engagementEventCreate.engagementEvent, null);
  assert.deepEqual(engagementEventCreate.userErrors.map(({ code, field }) => [code, field.at(-1)]), [['INVALID', 'endsAt']]);
});

await check('rows of a sync are told one by one, and what was made is found by its id', async () => {
  const good = { externalId: 'R-1', familyName: '佐藤', givenName: '花', startedOn: '2016-04-01', lastWorkingDay: '2025-03-31' };
  const { workersSync } = await hr.request(SYNC, { input: { source: 'clients', workers: [good, { externalId: 'R-2' }] } });
  assert.deepEqual(workersSync.results.map(({ status }) => status), ['CREATED', 'INVALID']);
  const { nodes } = await hr.request(PEOPLE, { ids: [workersSync.results[0].personId, 'person_unheard_of'] });
  assert.deepEqual(nodes.map((node) => node?.displayName), ['佐藤 花', undefined]);
});

await check('a refusal is an error with its code, and the request id is that of the header', async () => {
  const error = await as('ALUMNUS')
    .request(SYNC, { input: { source: 'clients', workers: [] } })
    .catch((error) => error);
  assert.equal(error.response.errors[0].extensions.code, 'FORBIDDEN');
  assert.equal(error.response.errors[0].extensions.requestId, error.response.headers.get('x-request-id'));
});

await check('a document that does not hold is refused before it runs, with its code', async () => {
  const { status, codes, data } = await failureOf(hr.request('query Wrong { viewer { shoeSize } }'));
  assert.deepEqual([status, codes, data], [400, ['GRAPHQL_VALIDATION_FAILED'], undefined]);
});

for (const [what, document, variables] of [
  ['a variable of another type than its place', 'query Wrong($first: String) { alumni(first: $first) { totalCount } }'],
  ['a variable that may be null where null may not be', 'query Wrong($id: ID) { alumnus(id: $id) { id } }', { id: 'person_unheard_of' }],
  ['a list for a single value', 'query Wrong($id: [ID!]!) { node(id: $id) { id } }', { id: ['person_unheard_of'] }],
  ['a number past the edge of Int', 'query Wrong { alumni(first: 99999999999) { totalCount } }'],
  ['such a number as a default', 'query Wrong($first: Int = 99999999999) { alumni(first: $first) { totalCount } }'],
  ['a text for the value of an enum', 'query Wrong { alumni(orderBy: "NAME") { totalCount } }'],
  ['a day that is none', 'query Wrong { alumni(filter: { leftOn: { from: "2026-02-30" } }) { totalCount } }'],
]) {
  await check(`${what} is refused before anything runs`, async () => {
    const { status, codes, data } = await failureOf(hr.request(document, variables));
    assert.deepEqual([status, codes, data], [400, ['GRAPHQL_VALIDATION_FAILED'], undefined]);
  });
}

await check('a mutation is not done by half where a value further down does not hold', async () => {
  const me = 'query Me { viewer { person { ... on Alumnus { version } } } }';
  const alumnus = as('ALUMNUS');
  const before = await alumnus.request(me);
  const wrong = `mutation Wrong {
    skillAdd(input: { name: "Rowing", level: BASIC }) { alumnus { id } }
    alumnusProfileUpdate(input: { expectedVersion: 99999999999 }) { alumnus { id } }
  }`;
  await failureOf(alumnus.request(wrong));
  assert.deepEqual(await alumnus.request(me), before);
});

await check('a document that cannot be read is refused with its code', async () => {
  const { status, codes, data } = await failureOf(hr.request('{ viewer {'));
  assert.deepEqual([status, codes, data], [400, ['GRAPHQL_PARSE_FAILED'], undefined]);
});

await check('a token that is none is an error with its code and status', async () => {
  const { status, codes } = await failureOf(request(HTTP, WHO, {}, { authorization: 'Bearer none' }));
  assert.deepEqual([status, codes], [401, ['UNAUTHENTICATED']]);
});

await check('what is not there, or not for you, is null and no error', async () => {
  const { company, node } = await as('ALUMNUS').request('query Both { company { id } node(id: "person_unheard_of") { id } }');
  assert.ok(company.id);
  assert.equal(node, null);
});

await check('a batch of operations is refused as a whole, with a code', async () => {
  const { status, codes } = await failureOf(batchRequests(HTTP, [{ document: WHO }, { document: WHO }]));
  assert.deepEqual([status, codes], [400, ['BAD_REQUEST']]);
});

await check('a raw request sees status and headers', async () => {
  const { status, headers } = await rawRequest(HTTP, WHO);
  assert.equal(status, 200);
  assert.match(headers.get('content-type'), /^application\/(graphql-response\+)?json/);
});

finish();
