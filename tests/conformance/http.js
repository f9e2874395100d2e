// GraphQL over HTTP beyond what the audits ask: exact statuses, headers and bodies, and that what was refused did not run.

import assert from 'node:assert/strict';

import { check, withServers } from './harness.js';
import { GRAPHQL, JSON_TYPE, assertRefused, token } from './server.js';

const RENAME = 'mutation($input: CompanyUpdateInput!) { companyUpdate(input: $input) { company { name } userErrors { code } } }';
const COERCED = 'query($first: Int) { alumni(first: $first) { totalCount } }';

/** Requests that cannot be run, with the code of their error. */
const UNRUNNABLE = [
  ['a document with a syntax error', { query: '{ viewer { kind }' }, 'GRAPHQL_PARSE_FAILED'],
  ['an empty document', { query: '' }, 'GRAPHQL_PARSE_FAILED'],
  ['a document of fragments alone', { query: 'fragment A on Query { __typename }' }, undefined],
  ['an unknown field', { query: '{ nothing }' }, 'GRAPHQL_VALIDATION_FAILED'],
  ['a literal of the wrong type', { query: '{ alumni(first: "x") { totalCount } }' }, 'GRAPHQL_VALIDATION_FAILED'],
  ['an undefined variable', { query: '{ node(id: $id) { id } }' }, 'GRAPHQL_VALIDATION_FAILED'],
  ['a variable of the wrong type', { query: COERCED, variables: { first: 'x' } }, 'BAD_USER_INPUT'],
  ['a required variable that is missing', { query: 'query($id: ID!) { node(id: $id) { id } }' }, 'BAD_USER_INPUT'],
  ['a required variable that is null', { query: 'query($id: ID!) { node(id: $id) { id } }', variables: { id: null } }, 'BAD_USER_INPUT'],
  ['an unknown operation', { query: 'query A { __typename }', operationName: 'B' }, 'OPERATION_RESOLUTION_FAILURE'],
  ['several operations and no name', { query: 'query A { __typename } query B { __typename }' }, 'OPERATION_RESOLUTION_FAILURE'],
  ['a subscription by POST', { query: 'subscription { changes { kind } }' }, 'BAD_REQUEST'],
];

/** Bodies that are no request at all: 400, whatever the client accepts. */
const MALFORMED = [
  ['no body', ''],
  ['a list of requests', '[{"query":"{ __typename }"},{"query":"{ __typename }"}]'],
  ['an empty list', '[]'],
  ['a JSON string', '"{ __typename }"'],
  ['null', 'null'],
  ['JSON that breaks off', '{"query":"{ __typename }"'],
  ['something after the object', '{"query":"{ __typename }"} {}'],
  ['a trailing comma', '{"query":"{ __typename }",}'],
  ['the document itself', '{ __typename }'],
  ['invalid UTF-8 in the query', Buffer.from('{"query":"{ __typename }\xff"}', 'latin1')],
  ['an overlong UTF-8 form', Buffer.from('{"query":"{ __typename }#\xc0\xaf"}', 'latin1')],
  ['a surrogate in UTF-8', Buffer.from('{"query":"{ __typename }#\xed\xa0\x80"}', 'latin1')],
  ['UTF-16', Buffer.from('\ufeff{"query":"{ __typename }"}', 'utf16le')],
  ['a lone surrogate as an escape', '{"query":"{ __typename }#\\ud800"}'],
  ['a raw control character in a string', '{"query":"{ __typename }\u0000"}'],
  ['`query` twice', '{"query":"{ __typename }","query":"{ viewer { kind } }"}'],
  ['`query` twice, once by an escape', '{"query":"{ __typename }","q\\u0075ery":"{ viewer { kind } }"}'],
  ['`variables` twice', '{"query":"{ __typename }","variables":{},"variables":{}}'],
  ['persisted query without a query', '{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"00"}}}'],
];

const REFUSED_TYPES = [
  ['text/plain'],
  ['text/plain; charset=utf-8'],
  ['application/x-www-form-urlencoded'],
  ['multipart/form-data; boundary=x'],
  ['application/graphql'],
  ['application/graphql+json'],
  ['application/jsonp'],
  ['text/plain; application/json'],
  ['application/json; charset=utf-16'],
  ['application/json; charset=shift_jis'],
  ['application/json', { 'content-encoding': 'gzip' }],
  ['application/json', { 'content-encoding': 'identity, br' }],
  [['text/plain', 'application/json']],
  ['multipart/form-data; boundary=x', { 'apollo-require-preflight': 'true', 'graphql-preflight': '1' }],
  [undefined],
];

/** What is answered to each `Accept`: a type, or none and 406. */
const ACCEPTS = [
  [undefined, JSON_TYPE],
  ['*/*', JSON_TYPE],
  ['application/*', JSON_TYPE],
  [JSON_TYPE, JSON_TYPE],
  [GRAPHQL, GRAPHQL],
  [`${GRAPHQL}, ${JSON_TYPE};q=0.9`, GRAPHQL],
  [`${JSON_TYPE};q=0.9, ${GRAPHQL}`, GRAPHQL],
  [`${GRAPHQL};q=0.1, ${JSON_TYPE}`, JSON_TYPE],
  [`${GRAPHQL};q=0.5, */*;q=0.6`, JSON_TYPE],
  [`${JSON_TYPE};q=0, */*;q=0.1`, GRAPHQL],
  ['Application/GraphQL-Response+JSON; Charset="UTF-8"; Q=1.000', GRAPHQL],
  [`text/html;q=0.9, ${GRAPHQL};q=0.001`, GRAPHQL],
  ['text/plain', null],
  ['image/*, text/css', null],
  [`${JSON_TYPE};q=0`, null],
  ['*/*;q=0', null],
  [`${GRAPHQL}; charset=iso-8859-1`, null],
  ['application', null],
];

const address = (parameters) => `/graphql?${new URLSearchParams(parameters)}`;

/** Does what is wanted, and makes sure that nothing in the demo company changed by it. */
async function changingNothing(server, what) {
  const read = async () => {
    const { viewer } = await server.ask('{ viewer { company { id name version } } }', {}, 'ADMIN');
    return viewer.company;
  };
  const before = await read();
  await what({ query: RENAME, variables: { input: { id: before.id, name: 'renamed' } } });
  assert.deepEqual(await read(), before, 'the refused mutation ran');
}

async function requests(usual) {
  for (const [name, request, code] of UNRUNNABLE) {
    await check(`${name} is answered 400 without data to ${GRAPHQL}, and 200 to ${JSON_TYPE}`, async () => {
      const fresh = await usual.post(request);
      assertRefused(fresh, 400, code ?? fresh.code);
      assert.equal(fresh.type, `${GRAPHQL}; charset=utf-8`);
      const old = await usual.post(request, { accept: JSON_TYPE });
      assertRefused(old, 200, fresh.code);
      assert.equal(old.type, `${JSON_TYPE}; charset=utf-8`);
    });
  }
  for (const [name, body] of MALFORMED) {
    await check(`${name} is answered 400`, async () => {
      for (const accept of [GRAPHQL, JSON_TYPE]) assertRefused(await usual.post(body, { accept }), 400, 'BAD_REQUEST');
    });
  }
  for (const [type, more] of REFUSED_TYPES) {
    await check(`a mutation sent as ${type ?? 'nothing'} ${more ? JSON.stringify(more) : ''} is answered 415 and not run`, () =>
      changingNothing(usual, async (request) => {
        const headers = { ...(type && { 'content-type': type }), authorization: `Bearer ${token('ADMIN')}`, ...more };
        assertRefused(await usual.send({ headers, body: JSON.stringify(request) }), 415, 'BAD_REQUEST');
      }),
    );
  }
  await check('a form that a foreign page can post with a mutation in its address is not run', () =>
    changingNothing(usual, async ({ query, variables }) => {
      const path = address({ query, variables: JSON.stringify(variables) });
      const headers = { 'content-type': 'application/x-www-form-urlencoded', authorization: `Bearer ${token('ADMIN')}` };
      assertRefused(await usual.send({ path, headers, body: 'a=b' }), 415, 'BAD_REQUEST');
    }),
  );
  await check('a body in UTF-8 is taken with and without its charset, in any case', async () => {
    for (const type of ['application/json', 'application/json; charset=utf-8', 'Application/JSON;Charset="UTF-8"']) {
      const query = 'query($name: String!) { __type(name: $name) { name } }';
      const answer = await usual.post({ query, variables: { name: '山田🏃' } }, { headers: { 'content-type': type } });
      assert.deepEqual([answer.status, answer.json], [200, { data: { __type: null } }]);
    }
  });
  await check('of two values of one variable field the last counts, as for JSON.parse', async () => {
    const body = '{"query":"query($n: String!) { __type(name: $n) { name } }","variables":{"n":"Query","n":"Mutation"}}';
    assert.deepEqual((await usual.post(body)).json, { data: { __type: { name: 'Mutation' } } });
  });
}

async function answers(usual) {
  for (const [accept, type] of ACCEPTS) {
    await check(`Accept: ${accept ?? '(none)'} is answered with ${type ?? '406'}`, async () => {
      const headers = { 'content-type': JSON_TYPE, ...(accept && { accept }) };
      const answer = await usual.send({ headers, body: '{"query":"{ __typename }"}' });
      if (type === null) return assertRefused(answer, 406, 'BAD_REQUEST');
      assert.deepEqual([answer.status, answer.type], [200, `${type}; charset=utf-8`]);
      assert.deepEqual(answer.json, { data: { __typename: 'Query' } });
      assert.match(answer.headers.vary, /accept/i);
    });
  }
  await check('a field that fails is answered 200 with data, its path and a code', async () => {
    const answer = await usual.post({ query: '{ viewer { kind } alumni { totalCount } }' });
    assert.deepEqual([answer.status, answer.json.data, answer.code], [200, null, 'UNAUTHENTICATED']);
    assert.deepEqual(answer.error.path, ['alumni']);
    assert.deepEqual(Object.keys(answer.json)[0], 'errors', 'errors come first');
  });
  await check('a token that does not hold is answered 401 with a challenge, whatever the type', async () => {
    for (const accept of [GRAPHQL, JSON_TYPE]) {
      const answer = await usual.post({ query: '{ __typename }' }, { accept, headers: { authorization: 'Bearer nonsense' } });
      assertRefused(answer, 401, 'UNAUTHENTICATED');
      assert.match(answer.headers['www-authenticate'], /^Bearer /);
    }
  });
  await check('an answer carries the id it was asked under, says no more than it must, and is not kept', async () => {
    const answer = await usual.post({ query: '{ nothing }' }, { headers: { 'x-request-id': 'check-1' } });
    assert.equal(answer.error.extensions.requestId, 'check-1');
    const { headers } = answer;
    assert.deepEqual(
      [headers['cache-control'], headers['x-content-type-options'], headers.server, headers['x-powered-by']],
      ['no-store', 'nosniff', undefined, undefined],
    );
  });
}

async function methods(usual) {
  await check('GET runs a query with its variables and its name', async () => {
    const query = 'query A { a: __typename } query B($n: String!) { __type(name: $n) { name } }';
    const path = address({ query, operationName: 'B', variables: '{"n":"Query"}', extensions: '' });
    const answer = await usual.send({ method: 'GET', path, headers: { accept: GRAPHQL } });
    assert.deepEqual([answer.status, answer.json], [200, { data: { __type: { name: 'Query' } } }]);
  });
  for (const method of ['GET', 'HEAD']) {
    await check(`${method} with a mutation is answered 405 with Allow: POST and not run`, () =>
      changingNothing(usual, async ({ query, variables }) => {
        const path = address({ query, variables: JSON.stringify(variables) });
        const headers = { accept: GRAPHQL, authorization: `Bearer ${token('ADMIN')}` };
        const answer = await usual.send({ method, path, headers });
        assert.deepEqual([answer.status, answer.headers.allow], [405, 'POST']);
      }),
    );
  }
  for (const method of ['PUT', 'DELETE', 'PATCH']) {
    await check(`${method} is answered 405 with what there is, and not run`, () =>
      changingNothing(usual, async (request) => {
        const headers = { 'content-type': JSON_TYPE, authorization: `Bearer ${token('ADMIN')}` };
        const answer = await usual.send({ method, headers, body: JSON.stringify(request) });
        assert.equal(answer.status, 405);
        assert.match(answer.headers.allow, /GET.*POST/);
      }),
    );
  }
  await check('HEAD is answered like GET, without the body', async () => {
    const path = address({ query: '{ __typename }' });
    const [head, get] = [await usual.send({ method: 'HEAD', path }), await usual.send({ method: 'GET', path })];
    assert.deepEqual([head.status, head.type, head.text], [get.status, get.type, '']);
    assert.equal(get.text, '{"data":{"__typename":"Query"}}');
  });
  for (const [name, query] of [['nothing', ''], ['two queries', 'query={a}&query={b}'], ['variables that are no JSON', 'query={__typename}&variables={'], ['invalid UTF-8', 'query=%FF']]) {
    await check(`GET with ${name} is answered 400`, async () =>
      assertRefused(await usual.send({ method: 'GET', path: `/graphql?${query}` }), 400, 'BAD_REQUEST'),
    );
  }
}

async function bodies(usual) {
  const longer = JSON.stringify({ query: '{ __typename }', extensions: { a: 'x'.repeat(3_000_000) } });
  for (const [how, headers] of [['its length announced', { 'content-length': longer.length }], ['in chunks', { 'transfer-encoding': 'chunked' }]]) {
    await check(`a body that is too long, ${how}, is answered 413 with the limit's numbers`, async () => {
      const answer = await usual.send({ headers: { 'content-type': JSON_TYPE, accept: GRAPHQL, ...headers }, body: longer, agent: false });
      assertRefused(answer, 413, 'BAD_REQUEST');
      const { name, value, maximum } = answer.error.extensions.limit;
      assert.deepEqual([name, maximum], ['bodyBytes', 2_000_000]);
      assert.ok(value > maximum && value <= longer.length, `${value}`);
    });
  }
}

await withServers({ usual: {} }, async ({ usual }) => {
  await requests(usual);
  await answers(usual);
  await methods(usual);
  await bodies(usual);
});
