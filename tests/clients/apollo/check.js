// Apollo Client as a single-page application uses it: one normalised cache, HTTP for queries and mutations, a WebSocket beside it.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';

import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { getMainDefinition, relayStylePagination } from '@apollo/client/utilities';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

import { HTTP, WEBSOCKET, ask, bearer, changeOf, check, finish, leaverHeardOf, somebodyLeaves, within } from '../checks.mjs';
import { ADD_SKILL, ALUMNUS, CHANGES, DIRECTORY, KEYS, ME, RESPOND, UPCOMING, UPDATE_PROFILE } from './documents.js';

/** What Apollo's documentation calls generating possibleTypes: which types stand behind an interface. */
async function possibleTypes() {
  const { __schema } = await ask('HR', '{ __schema { types { kind name possibleTypes { name } } } }');
  const abstract = __schema.types.filter(({ kind }) => kind === 'INTERFACE' || kind === 'UNION');
  return Object.fromEntries(abstract.map((type) => [type.name, type.possibleTypes.map(({ name }) => name)]));
}

// Browsers have one, and Apollo's link looks for it; Node.js has one from 22 on.
globalThis.WebSocket ??= WebSocket;

const POSSIBLE_TYPES = await possibleTypes();

function clientOf(role, { authorization = bearer(role), useGETForQueries = false } = {}) {
  const socket = createClient({ url: WEBSOCKET, connectionParams: { authorization }, retryAttempts: 0 });
  const isLive = ({ query }) => {
    const definition = getMainDefinition(query);
    return definition.kind === 'OperationDefinition' && definition.operation === 'subscription';
  };
  const client = new ApolloClient({
    link: ApolloLink.split(isLive, new GraphQLWsLink(socket), new HttpLink({ uri: HTTP, headers: { authorization }, useGETForQueries })),
    cache: new InMemoryCache({
      possibleTypes: POSSIBLE_TYPES,
      typePolicies: {
        Query: {
          fields: {
            alumni: relayStylePagination(['filter', 'orderBy']),
            alumnus: { read: (_, { args, toReference }) => toReference({ __typename: 'Alumnus', id: args.id }) },
          },
        },
      },
    }),
  });
  return Object.assign(client, { leave: () => (client.stop(), socket.dispose()) });
}

/** The values an observable brings, one after the other; `data` passes over those without any, as while it is loading. */
function watch(observable) {
  const [seen, waiting] = [[], []];
  const subscription = observable.subscribe({
    next: (value) => (waiting.length ? waiting.shift().resolve(value) : seen.push(value)),
    error: (error) => waiting.forEach(({ reject }) => reject(error)),
  });
  const next = () => (seen.length ? Promise.resolve(seen.shift()) : new Promise((resolve, reject) => waiting.push({ resolve, reject })));
  const soon = () => within(5_000, 'value', next());
  const data = async () => {
    let value = await soon();
    while (!value.data) value = await soon();
    return value.data;
  };
  return { next: soon, data, end: () => subscription.unsubscribe() };
}

const idsOf = (connection) => connection.edges.map(({ node }) => node.id);

await check('the persisted query link sends a document once, and its hash from then on', async () => {
  const sent = [];
  const counted = (address, options) => (sent.push(options.body ?? address), fetch(address, options));
  const remembering = () => new ApolloClient({
    link: new PersistedQueryLink({ sha256: (text) => createHash('sha256').update(text).digest('hex'), useGETForHashedQueries: true })
      .concat(new HttpLink({ uri: HTTP, headers: { authorization: bearer('HR') }, fetch: counted })),
    cache: new InMemoryCache(),
  });
  const answers = [];
  for (const client of [remembering(), remembering()]) {
    const { data } = await client.query({ query: DIRECTORY, variables: { first: 3 } });
    answers.push(data.alumni.edges.length);
    client.stop();
  }
  assert.deepEqual(answers, [3, 3]);
  // the hash, which is not known; the document with it; the other's hash
  assert.deepEqual(sent.map((what) => what.includes('query Directory') || what.includes('"query":')), [false, true, false]);
});

await check('fetchMore and relayStylePagination put the pages of the directory together', async () => {
  const client = clientOf('HR');
  const whole = await client.query({ query: DIRECTORY, variables: { first: 100 }, fetchPolicy: 'no-cache' });
  const directory = client.watchQuery({ query: DIRECTORY, variables: { first: 7 } });
  const screen = watch(directory);
  let page = (await screen.data()).alumni;
  assert.equal(page.edges.length, 7);
  while (page.pageInfo.hasNextPage) {
    page = (await directory.fetchMore({ variables: { after: page.pageInfo.endCursor } })).data.alumni;
  }
  const merged = client.readQuery({ query: DIRECTORY, variables: { first: 7 } }).alumni;
  assert.deepEqual(idsOf(merged), idsOf(whole.data.alumni));
  assert.equal(new Set(idsOf(merged)).size, merged.totalCount);
  assert.equal(merged.pageInfo.hasNextPage, false);
  screen.end();
  client.leave();
});

await check('a filter keeps a list of its own, and its rows are the same rows', async () => {
  const client = clientOf('HR');
  await client.query({ query: DIRECTORY, variables: { first: 50 } });
  const before = Object.keys(client.cache.extract()).filter((key) => key.startsWith('Alumnus:')).length;
  const { data } = await client.query({ query: DIRECTORY, variables: { first: 50, filter: { intents: ['REHIRE'] } } });
  assert.ok(data.alumni.edges.length > 0 && data.alumni.edges.length < before);
  const cached = client.cache.extract();
  assert.equal(Object.keys(cached).filter((key) => key.startsWith('Alumnus:')).length, before);
  assert.equal(Object.keys(cached.ROOT_QUERY).filter((key) => key.startsWith('alumni:')).length, 2);
  client.leave();
});

await check('one alumnus is read out of what the list brought, without asking again', async () => {
  const client = clientOf('HR');
  const { data: list } = await client.query({ query: DIRECTORY, variables: { first: 5 } });
  const [{ node }] = list.alumni.edges;
  const { data } = await client.query({ query: ALUMNUS, variables: { id: node.id }, fetchPolicy: 'cache-only' });
  assert.deepEqual(data.alumnus, node);
  client.leave();
});

await check('a mutation’s payload updates what is on the screen', async () => {
  const client = clientOf('ALUMNUS');
  const screen = watch(client.watchQuery({ query: ME }));
  const before = (await screen.data()).viewer.person;
  const input = { headline: 'Back from the sea', expectedVersion: before.version, intents: ['SPEAK', 'MENTOR'], links: [{ label: 'Boat', url: 'https://boat.example.com' }] };
  const { data } = await client.mutate({ mutation: UPDATE_PROFILE, variables: { input } });
  assert.deepEqual(data.alumnusProfileUpdate.userErrors, []);
  const after = (await screen.data()).viewer.person;
  assert.equal(after.id, before.id);
  assert.equal(after.headline, 'Back from the sea');
  assert.equal(after.version, before.version + 1);
  assert.deepEqual([...after.intents].sort(), ['MENTOR', 'SPEAK']);
  assert.equal(after.displayName, before.displayName);
  const { data: added } = await client.mutate({ mutation: ADD_SKILL, variables: { input: { name: 'Sailing', level: 'EXPERT' } } });
  assert.deepEqual(added.skillAdd.userErrors, []);
  const sailing = (await screen.data()).viewer.person.skills.find(({ name }) => name === 'Sailing');
  assert.equal(sailing.level, 'EXPERT');
  assert.equal(client.cache.extract()[`Skill:${sailing.skill.id}`].name, 'Sailing');
  screen.end();
  client.leave();
});

await check('answering an event updates the event in the list, through the participation', async () => {
  const client = clientOf('ALUMNUS');
  const { data: list } = await client.query({ query: UPCOMING });
  const event = list.engagementEvents.nodes.find(({ myParticipation }) => !['GOING', 'WAITING'].includes(myParticipation?.state));
  assert.ok(event, 'every event is answered already');
  const input = { eventId: event.id, answer: 'GOING' };
  const { data } = await client.mutate({ mutation: RESPOND, variables: { input } });
  assert.deepEqual(data.participationRespond.userErrors, []);
  const { data: now } = await client.query({ query: UPCOMING, fetchPolicy: 'cache-only' });
  const changed = now.engagementEvents.nodes.find(({ id }) => id === event.id);
  assert.ok(['GOING', 'WAITING'].includes(changed.myParticipation.state));
  assert.equal(changed.goingCount + changed.waitingCount, event.goingCount + event.waitingCount + 1);
  const { data: fresh } = await client.query({ query: UPCOMING, fetchPolicy: 'network-only' });
  assert.deepEqual(fresh.engagementEvents.nodes, now.engagementEvents.nodes);
  client.leave();
});

await check('what a form can show comes as data and leaves the cache as it was', async () => {
  const client = clientOf('ALUMNUS');
  const { data: before } = await client.query({ query: ME });
  const { data } = await client.mutate({ mutation: UPDATE_PROFILE, variables: { input: { phone: 'call me' } } });
  assert.equal(data.alumnusProfileUpdate.alumnus, null);
  const [fault] = data.alumnusProfileUpdate.userErrors;
  assert.deepEqual([fault.code, fault.field.at(-1)], ['INVALID', 'phone']);
  assert.deepEqual((await client.query({ query: ME, fetchPolicy: 'cache-only' })).data, before);
  client.leave();
});

/** The one GraphQL error a query fails with. */
async function failureOf(client, options) {
  const error = await client.query({ fetchPolicy: 'network-only', ...options }).then(
    () => assert.fail('it was answered'),
    (error) => error,
  );
  client.leave();
  assert.ok(CombinedGraphQLErrors.is(error), String(error));
  assert.equal(error.errors.length, 1);
  return error.errors[0];
}

await check('a refusal reaches the application with its code, path and request id', async () => {
  const error = await failureOf(clientOf('ALUMNUS'), { query: KEYS });
  assert.equal(error.extensions.code, 'FORBIDDEN');
  assert.deepEqual(error.path, ['apiKeys']);
  assert.match(error.extensions.requestId, /^[0-9a-f-]{36}$/);
});

await check('variables that do not fit reach it so, although nothing ran and the status is 400', async () => {
  const error = await failureOf(clientOf('HR'), { query: DIRECTORY, variables: { first: 'seven' } });
  assert.equal(error.extensions.code, 'BAD_USER_INPUT');
});

await check('a token that is none reaches it so, although the status is 401', async () => {
  const error = await failureOf(clientOf('HR', { authorization: 'Bearer none' }), { query: ME });
  assert.equal(error.extensions.code, 'UNAUTHENTICATED');
});

await check('queries go by GET where the link is told so, and mutations still by POST', async () => {
  const client = clientOf('ALUMNUS', { useGETForQueries: true });
  const { data } = await client.query({ query: ME });
  const input = { expectedVersion: data.viewer.person.version, location: 'Kōbe' };
  const { data: updated } = await client.mutate({ mutation: UPDATE_PROFILE, variables: { input } });
  assert.equal(updated.alumnusProfileUpdate.alumnus.version, input.expectedVersion + 1);
  client.leave();
});

await check('a subscription brings what happens, resumes after a cursor, and fills the cache', async () => {
  const client = clientOf('HR');
  const live = watch(client.subscribe({ query: CHANGES }));
  const change = await leaverHeardOf(async () => (await live.data()).changes);
  assert.equal(change.person.displayName, 'Ada Okafor');
  assert.equal(client.cache.extract()[`Alumnus:${change.subjectId}`].displayName, 'Ada Okafor');
  live.end();
  const nextId = await somebodyLeaves();
  const resumed = watch(client.subscribe({ query: CHANGES, variables: { after: change.cursor } }));
  assert.equal((await changeOf(nextId, async () => (await resumed.data()).changes)).person.id, nextId);
  resumed.end();
  client.leave();
});

await check('a subscription somebody may not have fails with its code', async () => {
  const client = clientOf('ALUMNUS');
  const live = watch(client.subscribe({ query: CHANGES }));
  const { error } = await live.next();
  assert.ok(CombinedGraphQLErrors.is(error), String(error));
  assert.equal(error.errors[0].extensions.code, 'FORBIDDEN');
  live.end();
  client.leave();
});

finish();
