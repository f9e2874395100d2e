// What an answer holds, by the specification's chapters on execution and response: every selected field in its order, once and no more,
// null where something failed, and variables that were made into what the document says they are.

import assert from 'node:assert/strict';

import { check, withServers } from './harness.js';
import { assertRefused } from './server.js';

const ANSWERED = [
  ['nothing selected by a skip leaves an empty object', '{ viewer { kind @skip(if: true) } }', { viewer: {} }],
  ['nothing selected at the root leaves an empty object', '{ __typename @skip(if: true) }', {}],
  ['@skip goes before @include', '{ viewer { kind roles @skip(if: true) @include(if: true) } }', { viewer: { kind: 'ANONYMOUS' } }],
  ['a skipped fragment is not there', '{ ... @skip(if: true) { viewer { kind } } __typename }', { __typename: 'Query' }],
  ['a fragment that is not included is not there', '{ ...F @include(if: false) __typename } fragment F on Query { viewer { kind } }', { __typename: 'Query' }],
  ['fields stand where they were first selected', '{ z: __typename viewer { roles kind } a: __typename viewer { person { id } } }', { z: 'Query', viewer: { roles: [], kind: 'ANONYMOUS', person: null }, a: 'Query' }],
  ['selections of one field are one', '{ viewer { kind } ... { viewer { roles } } ...F } fragment F on Query { viewer { company { id } } }', { viewer: { kind: 'ANONYMOUS', roles: [], company: null } }],
  ['a condition on the root type is met', '{ ... on Query { __typename } }', { __typename: 'Query' }],
  ['an alias names the answer, also of __typename', '{ a: viewer { b: __typename c: kind } }', { a: { b: 'Viewer', c: 'ANONYMOUS' } }],
  ['a default stands for a variable that is missing', 'query($n: String! = "Query") { __type(name: $n) { name } }', { __type: { name: 'Query' } }],
  ['a variable stands before its default', 'query($n: String! = "Query") { __type(name: $n) { name } }', { __type: { name: 'Mutation' } }, { n: 'Mutation' }],
  ['a variable decides on an inclusion', 'query($yes: Boolean!) { viewer { kind @include(if: $yes) roles @skip(if: $yes) } }', { viewer: { kind: 'ANONYMOUS' } }, { yes: true }],
  ['a variable nobody declared is of no account', '{ __typename }', { __typename: 'Query' }, { n: { a: [1] } }],
];

/** Values of one variable: taken, or refused before anything runs. */
const COERCED = [
  ['Int', '{ alumni(first: $v) { totalCount } }', [0, 100, 1.0, null], ['1', true, 1.5, [1], {}, 2_147_483_648, -2_147_483_649, 9_007_199_254_740_993n, 1e300]],
  ['Int!', '{ alumni(first: $v) { totalCount } }', [1], [null, undefined]],
  ['ID!', '{ node(id: $v) { id } }', ['x', 1, ''], [1.5, true, ['x'], {}, null, undefined]],
  ['[ID!]!', '{ nodes(ids: $v) { id } }', [['x'], 'x', [], [1, 'x']], [[null], [['x']], null, [true], undefined]],
  ['Boolean!', '{ viewer { kind @include(if: $v) } }', [true, false], ['true', 1, 0, null, [true], undefined]],
  ['String', '{ alumni(filter: { search: $v }) { totalCount } }', ['a', '', null], [1, true, ['a'], {}]],
  ['AlumnusOrder', '{ alumni(orderBy: $v) { totalCount } }', ['NAME', null], ['name', 'NOTHING', 1, ['NAME'], {}, '', 'NAME ']],
  ['[Intent!]', '{ alumni(filter: { intents: $v }) { totalCount } }', [['REHIRE'], 'REHIRE', [], null], [[null], ['NOTHING'], [['REHIRE']]]],
  ['AlumnusFilter', '{ alumni(filter: $v) { totalCount } }', [{}, { search: 'a' }, { and: [{ search: 'a' }] }, { and: { search: 'a' } }], ['a', [], { nothing: 1 }, { search: 1 }, { and: [null] }, { not: { nothing: 1 } }, { leftOn: { from: 1 } }]],
  ['NaiveDate', '{ alumni(filter: { leftOn: { from: $v } }) { totalCount } }', ['2024-02-29', null], ['2023-02-29', '2024-2-9', '29.02.2024', 'yesterday', '', 20240229, true, '2024-02-29T00:00:00Z', '0000-01-01']],
  ['DateTime', '{ engagementEvents(filter: { startsAt: { from: $v } }) { totalCount } }', ['2024-02-29T12:00:00Z', '2024-02-29T12:00:00.123456+09:00', null], ['2024-02-29', '2024-02-29T12:00:00', '2024-02-29T25:00:00Z', '+10000-01-01T00:00:00Z', '9999-12-31T23:59:59-01:00', 'now', 0, true, {}]],
];

/** Literals that the scalar itself must refuse, and with it the document. */
const BAD_LITERALS = [
  '{ alumni(filter: { leftOn: { from: "2023-02-29" } }) { totalCount } }',
  '{ alumni(filter: { leftOn: { from: 20240229 } }) { totalCount } }',
  '{ alumni(filter: { leftOn: { from: YESTERDAY } }) { totalCount } }',
  '{ engagementEvents(filter: { startsAt: { from: "2024-02-29" } }) { totalCount } }',
  '{ engagementEvents(filter: { startsAt: { from: {} } }) { totalCount } }',
  'query($v: NaiveDate = "2023-02-29") { alumni(filter: { leftOn: { from: $v } }) { totalCount } }',
];

/** JSON as it is; `undefined` is a variable that is not there. */
function body(query, value) {
  const variables = value === undefined ? '{}' : `{"v":${typeof value === 'bigint' ? value : JSON.stringify(value)}}`;
  return `{"query":${JSON.stringify(query)},"variables":${variables}}`;
}

async function answers(server) {
  for (const [name, query, data, variables] of ANSWERED) {
    await check(`${name}: ${query}`, async () => {
      const { text, status } = await server.post({ query, variables });
      assert.deepEqual([status, text], [200, JSON.stringify({ data })]);
    });
  }
}

async function failures(server) {
  const codes = (answer) => answer.json.errors.map(({ path, extensions }) => [path.join('.'), extensions.code]);
  await check('a field that may not be null takes what holds it along: at the root, all of it', async () => {
    const answer = await server.post({ query: '{ viewer { kind } alumni { totalCount } }' });
    assert.deepEqual([codes(answer), answer.json.data], [[['alumni', 'UNAUTHENTICATED']], null]);
  });
  await check('… also under an alias, and in a fragment', async () => {
    const answer = await server.post({ query: '{ viewer { kind } ...F } fragment F on Query { a: alumni { totalCount } }' });
    assert.deepEqual([codes(answer), answer.json.data], [[['a', 'UNAUTHENTICATED']], null]);
  });
  await check('… below the root, up to the first that may be null', async () => {
    const answer = await server.post({ query: '{ viewer { company { id departments(first: 101) { totalCount } } } }' }, { as: 'HR' });
    assert.deepEqual([codes(answer), answer.json.data], [[['viewer.company.departments', 'BAD_USER_INPUT']], { viewer: { company: null } }]);
  });
  await check('a field that may be null is null where it failed, and the others are there', async () => {
    const answer = await server.post({ query: '{ alumnus(id: "nonsense") { id } viewer { kind } }' }, { as: 'HR' });
    assert.deepEqual([codes(answer), answer.json.data], [[['alumnus', 'BAD_USER_INPUT']], { alumnus: null, viewer: { kind: 'MEMBER' } }]);
  });
}

async function mutations(server) {
  const create = (selections) => `mutation($input: ApiKeyCreateInput!) { ${selections} }`;
  const count = async (name) => {
    const { apiKeys } = await server.ask('{ apiKeys(first: 100) { nodes { name } } }', {}, 'ADMIN');
    return apiKeys.nodes.filter((node) => node.name === name).length;
  };
  for (const [name, selections] of [
    ['beside each other', 'apiKeyCreate(input: $input) { apiKey { id } } apiKeyCreate(input: $input) { secret }'],
    ['in a fragment', 'apiKeyCreate(input: $input) { apiKey { id } } ... { apiKeyCreate(input: $input) { secret } }'],
    ['under one alias', 'a: apiKeyCreate(input: $input) { apiKey { id } } a: apiKeyCreate(input: $input) { secret }'],
  ]) {
    await check(`a mutation that is selected twice ${name} runs once`, async () => {
      await server.ask(create(selections), { input: { name, scopes: ['CHANGES_READ'] } }, 'ADMIN');
      assert.equal(await count(name), 1);
    });
  }
  await check('mutations run one after the other, and answer in that order', async () => {
    const { viewer } = await server.ask('{ viewer { company { id } } }', {}, 'ADMIN');
    const edits = Array.from({ length: 8 }, (_, at) => `e${at}: companyUpdate(input: { id: "${viewer.company.id}", description: "${at}" }) { company { description version } }`);
    const data = await server.ask(`mutation { ${edits.join(' ')} }`, {}, 'ADMIN');
    assert.deepEqual(Object.keys(data), edits.map((_, at) => `e${at}`));
    const versions = Object.values(data).map(({ company }) => company.version);
    assert.deepEqual(versions, versions.map((_, at) => versions[0] + at));
  });
}

async function coercion(server) {
  for (const [type, selection, good, bad] of COERCED) {
    const query = `query($v: ${type}) ${selection}`;
    for (const value of good) {
      await check(`${type} takes ${JSON.stringify(value)}`, async () => {
        const answer = await server.post(body(query, value), { as: 'HR' });
        assert.deepEqual([answer.status, answer.json.errors], [200, undefined], answer.text);
      });
    }
    for (const value of bad) {
      await check(`${type} refuses ${typeof value === 'bigint' ? value : JSON.stringify(value)}, a document seen before as well`, async () => {
        for (const text of [query, query.replace('query(', 'query A(')]) assertRefused(await server.post(body(text, value), { as: 'HR' }), 400, 'BAD_USER_INPUT');
      });
    }
  }
  for (const query of BAD_LITERALS) {
    await check(`refuses the literal in ${query}`, async () => {
      const answer = await server.post({ query }, { as: 'HR' });
      assertRefused(answer, 400, answer.code);
    });
  }
}

await withServers({ usual: {} }, async ({ usual }) => {
  await answers(usual);
  await failures(usual);
  await mutations(usual);
  await coercion(usual);
});
