// What relay-compiler persisted of src/, run by its ids on a server that runs nothing else: documentId, as GraphQL over HTTP has it.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

import { createClient } from 'graphql-ws';
import Relay from 'relay-runtime';
import WebSocket from 'ws';

import { HTTP, WEBSOCKET, bearer, check, finish, heardOf, refusalOf, within } from '../checks.mjs';

const { Environment, Network, Observable, RecordSource, Store, commitMutation, createOperationDescriptor, fetchQuery, requestSubscription } = Relay;

const require = createRequire(import.meta.url);
const compiled = (name) => require(`./src/__generated__/${name}.graphql.js`);

class RequestFailed extends Error {
  constructor(errors) {
    super(errors.map(({ message }) => message).join(' '));
    this.errors = errors;
  }
}

function environmentOf(role) {
  const authorization = bearer(role);
  const socket = createClient({ url: WEBSOCKET, webSocketImpl: WebSocket, connectionParams: { authorization }, retryAttempts: 0 });
  const fetchFunction = async ({ id }, variables) => {
    const answer = await fetch(HTTP, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json, application/json', authorization },
      body: JSON.stringify({ documentId: id, variables }),
    });
    const { data, errors } = await answer.json();
    if (errors) throw new RequestFailed(errors);
    return { data };
  };
  const subscribe = ({ id }, variables) =>
    Observable.create((sink) =>
      socket.subscribe(
        // graphql-ws sends nothing without a `query`
        { documentId: id, query: '', variables },
        { ...sink, error: (errors) => sink.error(Array.isArray(errors) ? new RequestFailed(errors) : errors) },
      ),
    );
  const environment = new Environment({ network: Network.create(fetchFunction, subscribe), store: new Store(new RecordSource()) });
  return Object.assign(environment, { leave: () => socket.dispose() });
}

const load = (environment, name, variables = {}) =>
  within(5_000, 'answer', fetchQuery(environment, compiled(name), variables, { fetchPolicy: 'network-only' }).toPromise());

const write = (environment, name, variables) =>
  within(
    5_000,
    'answer',
    new Promise((resolve, reject) => {
      commitMutation(environment, { mutation: compiled(name), variables, onCompleted: resolve, onError: reject });
    }),
  );

const idsOf = (connection) => connection.edges.map(({ node }) => node.id);

await check('the server runs nothing of one’s own', async () => {
  assert.equal(await refusalOf('HR', '{ viewer { kind } }'), 'PERSISTED_QUERY_ID_REQUIRED');
  assert.equal(await refusalOf('HR', compiled('ProfileQuery').params.text), null);
});

await check('queries go by their ids, page by page', async () => {
  const environment = environmentOf('HR');
  const whole = await load(environment, 'DirectoryRecentQuery', { first: 100, after: null, last: null, before: null });
  const { alumni } = await load(environment, 'DirectoryRecentQuery', { first: null, after: null, last: 10, before: null });
  assert.deepEqual(idsOf(alumni), idsOf(whole.alumni).slice(-10));
  environment.leave();
});

let made = 0;
const input = () => ({ kind: 'WEBINAR', title: `Knots ${(made += 1)}`, startsAt: '2031-05-01T09:00:00Z', endsAt: '2031-05-01T10:00:00Z' });

await check('mutations and subscriptions too', async () => {
  const environment = environmentOf('HR');
  const [heard, waiting] = [[], []];
  const bring = (value) => (waiting.length ? waiting.shift()(value) : heard.push(value));
  const live = requestSubscription(environment, {
    subscription: compiled('ChangesSubscription'),
    variables: {},
    onNext: ({ changes }) => bring(changes),
    onError: (error) => bring(Promise.reject(error)),
  });
  const next = () => (heard.length ? heard.shift() : new Promise((resolve) => waiting.push(resolve)));
  const writes = () => write(environment, 'CalendarCreateMutation', { connections: [], input: input() });
  const change = await within(15_000, 'change', heardOf('ENGAGEMENT_EVENT', writes, next));
  assert.equal(change.kind, 'engagement_event.created');
  live.dispose();
  environment.leave();
});

await check('a refusal of the operation’s own reaches the application as ever', async () => {
  const environment = environmentOf('ALUMNUS');
  const error = await load(environment, 'ProfileKeysQuery').catch((error) => error);
  assert.ok(error instanceof RequestFailed, String(error));
  assert.deepEqual(error.errors.map(({ extensions, path }) => [extensions.code, path]), [['FORBIDDEN', ['apiKeys']]]);
  environment.leave();
});

finish();
