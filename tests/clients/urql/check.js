// urql with graphcache told the schema, as the server itself describes it: the strictest of the caches about what an answer holds.

import assert from 'node:assert/strict';

import { Client, fetchExchange, subscriptionExchange } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';
import { minifyIntrospectionQuery } from '@urql/introspection';
import { getIntrospectionQuery } from 'graphql';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

import { HTTP, WEBSOCKET, ask, bearer, changeOf, check, finish, leaverHeardOf, somebodyLeaves, within } from '../checks.mjs';
import { ALUMNUS, CHANGES, DIRECTORY, INVITATIONS, INVITE, KEYS, ME, REMOVE_SKILL, UPDATE_PROFILE } from './documents.js';

const schema = minifyIntrospectionQuery(await ask('HR', getIntrospectionQuery()));
const complaints = [];
const methods = [];

function clientOf(role, { authorization = bearer(role), preferGetMethod = false } = {}) {
  const socket = createClient({ url: WEBSOCKET, webSocketImpl: WebSocket, connectionParams: { authorization }, retryAttempts: 0 });
  const cache = cacheExchange({
    schema,
    logger: (severity, message) => severity !== 'debug' && complaints.push(message),
    // What has no id belongs to what holds it.
    keys: { PersonSkill: () => null, ProfileLink: () => null, Viewer: () => null, Change: () => null },
    resolvers: {
      Query: {
        alumni: relayPagination(),
        alumnus: (_, { id }) => ({ __typename: 'Alumnus', id }),
      },
    },
    optimistic: {
      alumnusProfileUpdate: ({ input }, cache) => ({
        __typename: 'AlumnusProfileUpdatePayload',
        alumnus: { __typename: 'Alumnus', id: input.id, headline: input.headline, version: cache.resolve({ __typename: 'Alumnus', id: input.id }, 'version') },
        userErrors: [],
      }),
    },
    updates: {
      Mutation: {
        candidateInvite: (payload, _, cache) => {
          if (payload.candidateInvite.candidateInvitation) cache.invalidate('Query', 'candidateInvitations', { first: 10, orderBy: 'NEWEST' });
        },
      },
    },
  });
  const live = subscriptionExchange({
    forwardSubscription: ({ query, variables, operationName }) => ({
      subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query, variables, operationName }, sink) }),
    }),
  });
  const client = new Client({
    url: HTTP,
    exchanges: [cache, fetchExchange, live],
    fetch: (address, options) => (methods.push(options.method), fetch(address, options)),
    fetchOptions: { headers: { authorization } },
    preferGetMethod,
  });
  return Object.assign(client, { leave: () => socket.dispose() });
}

/** The results of an operation, one after the other. */
function watch(source) {
  const [seen, waiting] = [[], []];
  const { unsubscribe } = source.subscribe((result) => (waiting.length ? waiting.shift()(result) : seen.push(result)));
  const next = () => (seen.length ? Promise.resolve(seen.shift()) : new Promise((resolve) => waiting.push(resolve)));
  const soon = () => within(5_000, 'result', next());
  const data = async () => {
    const { data, error } = await soon();
    assert.equal(error, undefined);
    return data;
  };
  return { next: soon, data, end: unsubscribe };
}

async function read(client, document, variables, context) {
  const { data, error } = await within(5_000, 'result', client.query(document, variables, context).toPromise());
  assert.equal(error, undefined);
  return data;
}

async function write(client, document, input) {
  const { data, error } = await within(5_000, 'result', client.mutation(document, { input }).toPromise());
  assert.equal(error, undefined);
  const [payload] = Object.values(data).filter((value) => typeof value === 'object');
  assert.deepEqual(payload.userErrors, []);
  return payload;
}

const idsOf = (connection) => connection.edges.map(({ node }) => node.id);

await check('relayPagination puts pages from the start together', async () => {
  const client = clientOf('HR');
  const whole = await read(clientOf('HR'), DIRECTORY, { first: 100 });
  let { alumni } = await read(client, DIRECTORY, { first: 9 });
  assert.equal(alumni.edges.length, 9);
  while (alumni.pageInfo.hasNextPage) {
    ({ alumni } = await read(client, DIRECTORY, { first: 9, after: alumni.pageInfo.endCursor }));
  }
  assert.deepEqual(idsOf(alumni), idsOf(whole.alumni));
  assert.equal(alumni.pageInfo.endCursor, whole.alumni.pageInfo.endCursor);
});

await check('relayPagination puts pages from the end together', async () => {
  const client = clientOf('HR');
  const whole = await read(clientOf('HR'), DIRECTORY, { first: 100 });
  let { alumni } = await read(client, DIRECTORY, { last: 9 });
  while (alumni.pageInfo.hasPreviousPage) {
    ({ alumni } = await read(client, DIRECTORY, { last: 9, before: alumni.pageInfo.startCursor }));
  }
  assert.deepEqual(idsOf(alumni), idsOf(whole.alumni));
  assert.equal(alumni.pageInfo.startCursor, whole.alumni.pageInfo.startCursor);
});

await check('knowing what may be null, the cache shows what it has while it asks for the rest', async () => {
  const client = clientOf('HR');
  const { alumni } = await read(client, DIRECTORY, { first: 3 });
  const { node } = alumni.edges[0];
  const page = watch(client.query(ALUMNUS, { id: node.id }));
  const partial = await page.next();
  assert.equal(partial.stale, true);
  assert.equal(partial.data.alumnus.displayName, node.displayName);
  assert.equal(partial.data.alumnus.currentEmployer, null);
  const complete = await page.next();
  assert.equal(complete.stale, false);
  assert.equal(complete.data.alumnus.leftOn, node.leftOn);
  page.end();
});

await check('a mutation is shown before and after the server answered', async () => {
  const client = clientOf('ALUMNUS');
  const screen = watch(client.query(ME, {}));
  const me = (await screen.data()).viewer.person;
  const update = write(client, UPDATE_PROFILE, { id: me.id, headline: 'On the way', expectedVersion: me.version });
  const hoped = (await screen.data()).viewer.person;
  assert.deepEqual([hoped.headline, hoped.version], ['On the way', me.version]);
  const { alumnus } = await update;
  assert.equal(alumnus.version, me.version + 1);
  const told = (await screen.data()).viewer.person;
  assert.deepEqual([told.headline, told.version], ['On the way', me.version + 1]);
  const [{ skill }] = told.skills;
  await write(client, REMOVE_SKILL, { skillId: skill.id });
  const fewer = (await screen.data()).viewer.person.skills;
  assert.deepEqual(fewer, told.skills.slice(1));
  screen.end();
});

await check('a refused mutation takes the hoped-for value back', async () => {
  const client = clientOf('ALUMNUS');
  const { viewer } = await read(client, ME, {});
  const { id, version, headline } = viewer.person;
  const input = { id, headline: 'Too late', expectedVersion: version - 1 };
  const { data } = await client.mutation(UPDATE_PROFILE, { input }).toPromise();
  assert.deepEqual(data.alumnusProfileUpdate.userErrors.map(({ code }) => code), ['STALE_VERSION']);
  assert.equal((await read(client, ME, {}, { requestPolicy: 'cache-only' })).viewer.person.headline, headline);
});

await check('a list that a mutation makes longer is asked for again', async () => {
  const client = clientOf('EMPLOYEE');
  const screen = watch(client.query(INVITATIONS, {}));
  const { candidateInvitations: before, opportunities } = await screen.data();
  const input = { opportunityId: opportunities.nodes[0].id, name: 'Grace Mbeki', email: 'grace.mbeki@example.com' };
  const { candidateInvitation } = await write(client, INVITE, input);
  let longer = await screen.data();
  while (longer.candidateInvitations.totalCount === before.totalCount) longer = await screen.data();
  assert.equal(longer.candidateInvitations.totalCount, before.totalCount + 1);
  assert.deepEqual(longer.candidateInvitations.nodes[0], candidateInvitation);
  screen.end();
});

for (const preferGetMethod of [false, 'force']) {
  const method = preferGetMethod ? 'GET' : 'POST';
  await check(`a refusal by ${method} reaches the application with its code`, async () => {
    const { error } = await clientOf('ALUMNUS', { preferGetMethod }).query(KEYS, {}).toPromise();
    assert.equal(error.graphQLErrors[0].extensions.code, 'FORBIDDEN');
    assert.deepEqual(error.graphQLErrors[0].path, ['apiKeys']);
    assert.equal(error.networkError, undefined);
    assert.equal(methods.at(-1), method);
  });
  await check(`variables that do not fit reach it so by ${method}`, async () => {
    const { error } = await clientOf('HR', { preferGetMethod }).query(DIRECTORY, { first: 'nine' }).toPromise();
    assert.equal(error.graphQLErrors[0]?.extensions.code, 'BAD_USER_INPUT');
  });
  await check(`a token that is none reaches it so by ${method}`, async () => {
    const { error } = await clientOf('HR', { authorization: 'Bearer none', preferGetMethod }).query(ME, {}).toPromise();
    assert.equal(error.graphQLErrors[0]?.extensions.code, 'UNAUTHENTICATED');
    assert.equal(error.response.status, 401);
  });
}

await check('a subscription brings what happens and resumes after a cursor', async () => {
  const client = clientOf('HR');
  const live = watch(client.subscription(CHANGES, {}));
  const change = await leaverHeardOf(async () => (await live.data()).changes);
  assert.equal(change.person.displayName, 'Ada Okafor');
  live.end();
  const nextId = await somebodyLeaves();
  const resumed = watch(client.subscription(CHANGES, { after: change.cursor }));
  assert.equal((await changeOf(nextId, async () => (await resumed.data()).changes)).person.id, nextId);
  resumed.end();
  client.leave();
});

await check('a subscription somebody may not have fails with its code', async () => {
  const client = clientOf('ALUMNUS');
  const live = watch(client.subscription(CHANGES, {}));
  const { error } = await live.next();
  assert.equal(error.graphQLErrors[0].extensions.code, 'FORBIDDEN');
  live.end();
  client.leave();
});

await check('the cache found nothing to complain of', async () => assert.deepEqual(complaints, []));

finish();
