// What relay-compiler made of src/, run by relay-runtime. No React: what its hooks do to a store is done here with the same parts they use.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

import { createClient } from 'graphql-ws';
import Relay from 'relay-runtime';
import WebSocket from 'ws';

import { HTTP, WEBSOCKET, bearer, changeOf, check, finish, leaverHeardOf, somebodyLeaves, within } from '../checks.mjs';

const {
  ConnectionHandler,
  Environment,
  Network,
  Observable,
  RecordSource,
  Store,
  commitMutation,
  createOperationDescriptor,
  fetchQuery,
  getPaginationMetadata,
  getPaginationVariables,
  getRefetchMetadata,
  getSelector,
  requestSubscription,
} = Relay;

const require = createRequire(import.meta.url);
const compiled = (name) => require(`./src/__generated__/${name}.graphql.js`);

// Relay warns on the console of whatever does not fit its store.
const warnings = [];
console.error = (...words) => warnings.push(words.join(' '));

class RequestFailed extends Error {
  constructor(errors) {
    super(errors.map(({ message }) => message).join(' '));
    this.errors = errors;
  }
}

function environmentOf(role) {
  const authorization = bearer(role);
  const socket = createClient({ url: WEBSOCKET, webSocketImpl: WebSocket, connectionParams: { authorization }, retryAttempts: 0 });
  const asked = [];
  const fetchFunction = async ({ name, text }, variables) => {
    asked.push(name);
    const answer = await fetch(HTTP, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json, application/json', authorization },
      body: JSON.stringify({ query: text, operationName: name, variables }),
    });
    const { data, errors, ...rest } = await answer.json();
    if (errors) throw new RequestFailed(errors);
    return { data, ...rest };
  };
  const subscribe = ({ name, text }, variables) =>
    Observable.create((sink) =>
      socket.subscribe(
        { query: text, operationName: name, variables },
        { ...sink, error: (errors) => sink.error(Array.isArray(errors) ? new RequestFailed(errors) : errors) },
      ),
    );
  const store = new Store(new RecordSource());
  // alumnus(id:) finds the record that node(id:) or a list brought.
  const missingFieldHandlers = [{ kind: 'linked', handle: (field, record, { id }) => (field.name === 'alumnus' ? id : undefined) }];
  const environment = new Environment({ network: Network.create(fetchFunction, subscribe), store, missingFieldHandlers });
  return Object.assign(environment, { asked, leave: () => socket.dispose() });
}

/** Asks, and keeps the answer in the store as long as a mounted component would. */
async function load(environment, name, variables = {}, fetchPolicy = 'network-only') {
  const query = compiled(name);
  environment.retain(createOperationDescriptor(query, variables));
  return within(5_000, 'answer', fetchQuery(environment, query, variables, { fetchPolicy }).toPromise());
}

/** What a component whose fragment this is would be shown. */
function read(environment, fragment, reference) {
  const { data, isMissingData } = environment.lookup(getSelector(compiled(fragment), reference));
  assert.equal(isMissingData, false);
  return data;
}

/** What usePaginationFragment's loadNext does. */
async function loadNext(environment, fragment, reference, count) {
  const node = compiled(fragment);
  const { connectionPathInFragmentData: path, paginationRequest, paginationMetadata } = getPaginationMetadata(node, fragment);
  const data = read(environment, fragment, reference);
  const connection = path.reduce((inside, step) => inside[step], data);
  const { owner, variables } = getSelector(node, reference);
  const base = { ...owner.variables, ...variables, ...(data.id && { id: data.id }) };
  const next = getPaginationVariables('forward', count, connection.pageInfo.endCursor, base, {}, paginationMetadata);
  await within(5_000, 'page', fetchQuery(environment, paginationRequest, next, { fetchPolicy: 'network-only' }).toPromise());
}

/** What useRefetchableFragment's refetch does; the fragment's own data are read from the new answer. */
async function refetch(environment, fragment, id, variables) {
  const { refetchableRequest, fragmentRefPathInResponse } = getRefetchMetadata(compiled(fragment), fragment);
  const data = await load(environment, refetchableRequest.params.name, { ...variables, ...(id && { id }) });
  return read(environment, fragment, fragmentRefPathInResponse.reduce((inside, step) => inside[step], data));
}

const write = (environment, name, variables, rest) =>
  within(
    5_000,
    'answer',
    new Promise((resolve, reject) => {
      commitMutation(environment, { mutation: compiled(name), variables, onCompleted: resolve, onError: reject, ...rest });
    }),
  );

function listen(environment, variables = {}) {
  const [seen, waiting] = [[], []];
  let failure;
  const bring = (value) => (waiting.length ? waiting.shift()(value) : seen.push(value));
  const subscription = requestSubscription(environment, {
    subscription: compiled('ChangesSubscription'),
    variables,
    onNext: bring,
    onError: (error) => bring((failure = error)),
  });
  const next = () => (seen.length ? Promise.resolve(seen.shift()) : new Promise((resolve) => waiting.push(resolve)));
  const change = async () => {
    const value = await within(5_000, 'change', next());
    if (failure) throw failure;
    return value.changes;
  };
  return { change, end: () => subscription.dispose() };
}

const idsOf = (connection) => connection.edges.map(({ node }) => node.id);

await check('a @connection on alumni grows page by page through its @refetchable query', async () => {
  const environment = environmentOf('HR');
  const whole = read(environment, 'Directory_list', await load(environment, 'DirectoryQuery', { count: 100 }));
  const other = environmentOf('HR');
  const reference = await load(other, 'DirectoryQuery', { count: 8 });
  let { alumni } = read(other, 'Directory_list', reference);
  assert.equal(alumni.edges.length, 8);
  while (alumni.pageInfo.hasNextPage) {
    await loadNext(other, 'Directory_list', reference, 8);
    ({ alumni } = read(other, 'Directory_list', reference));
  }
  assert.deepEqual(idsOf(alumni), idsOf(whole.alumni));
  assert.equal(alumni.edges.length, alumni.totalCount);
  assert.deepEqual(new Set(other.asked), new Set(['DirectoryQuery', 'DirectoryPageQuery']));
});

await check('a filter has a connection of its own', async () => {
  const environment = environmentOf('HR');
  const everybody = read(environment, 'Directory_list', await load(environment, 'DirectoryQuery', { count: 100 })).alumni;
  const reference = await load(environment, 'DirectoryQuery', { count: 2, filter: { intents: ['REHIRE', 'CONTRACT'] } });
  await loadNext(environment, 'Directory_list', reference, 2);
  const { alumni } = read(environment, 'Directory_list', reference);
  assert.equal(alumni.edges.length, 4);
  assert.ok(alumni.totalCount < everybody.totalCount);
});

await check('a connection is read from its end with null for first and after', async () => {
  const environment = environmentOf('HR');
  const whole = await load(environment, 'DirectoryRecentQuery', { first: 100, after: null, last: null, before: null });
  const other = environmentOf('HR');
  let { alumni } = await load(other, 'DirectoryRecentQuery', { first: null, after: null, last: 10, before: null });
  while (alumni.pageInfo.hasPreviousPage) {
    ({ alumni } = await load(other, 'DirectoryRecentQuery', { first: null, after: null, last: 10, before: alumni.pageInfo.startCursor }));
  }
  assert.deepEqual(idsOf(alumni), idsOf(whole.alumni));
});

await check('node refetches a fragment with other @argumentDefinitions', async () => {
  const environment = environmentOf('HR');
  const { alumni } = read(environment, 'Directory_list', await load(environment, 'DirectoryQuery', { count: 1 }));
  const short = read(environment, 'Card_alumnus', alumni.edges[0].node);
  assert.equal(short.employments, undefined);
  const long = await refetch(environment, 'Card_alumnus', short.id, { stints: true });
  assert.equal(long.version, short.version);
  assert.match(long.employments[0].startedOn, /^\d{4}-\d{2}-\d{2}$/);
});

await check('node refetches a fragment on the interface Person, whoever it is', async () => {
  const environment = environmentOf('HR');
  const { viewer } = await load(environment, 'ProfileQuery');
  const employee = read(environment, 'Profile_me', viewer).person;
  assert.equal(employee.__typename, 'Employee');
  assert.match((await refetch(environment, 'Card_person', employee.id)).workEmail, /@/);
  const { alumni } = read(environment, 'Directory_list', await load(environment, 'DirectoryQuery', { count: 1 }));
  const alumnus = await refetch(environment, 'Card_person', alumni.edges[0].node.id);
  assert.equal(alumnus.id, alumni.edges[0].node.id);
  assert.equal(alumnus.workEmail, undefined);
});

await check('the viewer is refetched, and is the same record', async () => {
  const environment = environmentOf('ALUMNUS');
  const { viewer } = await load(environment, 'ProfileQuery');
  const before = read(environment, 'Profile_me', viewer);
  const after = await refetch(environment, 'Profile_me');
  assert.deepEqual([after.kind, after.roles, after.person.id], ['MEMBER', ['ALUMNUS'], before.person.id]);
  assert.ok(environment.asked.includes('ProfileMeQuery'));
});

await check('what a list brought is found by alumnus(id:) without asking', async () => {
  const environment = environmentOf('HR');
  const { alumni } = read(environment, 'Directory_list', await load(environment, 'DirectoryQuery', { count: 1 }));
  const [{ node }] = alumni.edges;
  await load(environment, 'ProfileAlumnusQuery', { id: node.id }, 'store-or-network');
  const asked = environment.asked.length;
  const { alumnus } = await load(environment, 'ProfileAlumnusQuery', { id: node.id }, 'store-or-network');
  assert.equal(environment.asked.length, asked);
  assert.equal(read(environment, 'Card_alumnus', alumnus).id, node.id);
});

await check('a connection inside a node grows through node', async () => {
  const environment = environmentOf('HR');
  const { engagementEvents } = await load(environment, 'CalendarQuery');
  const crowded = engagementEvents.edges.map(({ node }) => node).sort((one, other) => other.goingCount - one.goingCount)[0];
  let { participations } = read(environment, 'Calendar_guests', crowded);
  assert.equal(participations.edges.length, 3);
  while (participations.pageInfo.hasNextPage) {
    await loadNext(environment, 'Calendar_guests', crowded, 3);
    ({ participations } = read(environment, 'Calendar_guests', crowded));
  }
  assert.equal(participations.edges.length, participations.totalCount);
  assert.equal(new Set(idsOf(participations)).size, participations.totalCount);
  const going = participations.edges.filter(({ node }) => node.state === 'GOING');
  assert.equal(going.length, crowded.goingCount);
  assert.ok(read(environment, 'Card_person', going[0].node.person).displayName);
});

await check('a mutation is shown at once, and then as the server says', async () => {
  const environment = environmentOf('ALUMNUS');
  const { viewer } = await load(environment, 'ProfileQuery');
  const { person } = read(environment, 'Profile_me', viewer);
  const shown = () => read(environment, 'Card_person', read(environment, 'Profile_me', viewer).person).headline;
  const optimisticResponse = {
    alumnusProfileUpdate: { alumnus: { id: person.id, headline: 'Sailing', version: person.version }, userErrors: [] },
  };
  const variables = { input: { headline: '  Sailing home  ', expectedVersion: person.version } };
  const updated = write(environment, 'ProfileUpdateMutation', variables, { optimisticResponse });
  assert.equal(shown(), 'Sailing');
  assert.deepEqual((await updated).alumnusProfileUpdate.userErrors, []);
  assert.equal(shown(), 'Sailing home');
  const stale = await write(environment, 'ProfileUpdateMutation', variables, { optimisticResponse });
  assert.deepEqual(stale.alumnusProfileUpdate.userErrors.map(({ code, field }) => [code, field]), [['STALE_VERSION', ['expectedVersion']]]);
  assert.equal(shown(), 'Sailing home');
});

await check('what a mutation makes is appended to a connection', async () => {
  const environment = environmentOf('HR');
  const { engagementEvents } = await load(environment, 'CalendarQuery');
  const list = ConnectionHandler.getConnectionID('client:root', 'Calendar_engagementEvents', { orderBy: 'STARTS_AT' });
  const input = { kind: 'WEBINAR', title: 'Knots', startsAt: '2031-05-01T09:00:00Z', endsAt: '2031-05-01T10:00:00Z' };
  const made = await write(environment, 'CalendarCreateMutation', { connections: [list], input });
  const { edges } = environment.lookup(createOperationDescriptor(compiled('CalendarQuery'), {}).fragment).data.engagementEvents;
  assert.equal(edges.length, engagementEvents.edges.length + 1);
  assert.equal(edges.at(-1).node.id, made.engagementEventCreate.engagementEvent.id);
});

await check('a refusal reaches the application with its code and path', async () => {
  const error = await load(environmentOf('ALUMNUS'), 'ProfileKeysQuery').catch((error) => error);
  assert.ok(error instanceof RequestFailed, String(error));
  assert.deepEqual(error.errors.map(({ extensions, path }) => [extensions.code, path]), [['FORBIDDEN', ['apiKeys']]]);
});

await check('a subscription fills the store, and resumes after a cursor', async () => {
  const environment = environmentOf('HR');
  const live = listen(environment);
  const change = await leaverHeardOf(live.change);
  assert.equal(change.person.__typename, 'Alumnus');
  assert.equal(environment.getStore().getSource().get(change.person.id).displayName, 'Ada Okafor');
  live.end();
  const nextId = await somebodyLeaves();
  const resumed = listen(environment, { after: change.cursor });
  assert.equal((await changeOf(nextId, resumed.change)).person.id, nextId);
  resumed.end();
  environment.leave();
});

await check('a subscription somebody may not have fails with its code', async () => {
  const environment = environmentOf('ALUMNUS');
  const live = listen(environment);
  const error = await live.change().catch((error) => error);
  assert.equal(error.errors?.[0].extensions.code, 'FORBIDDEN');
  live.end();
  environment.leave();
});

await check('Relay found nothing to warn of', async () => assert.deepEqual(warnings, []));

finish();
