// Apollo Client with the manifest its own tool made of documents.js, on a server that runs nothing else.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { getMainDefinition } from '@apollo/client/utilities';
import { generatePersistedQueryIdsFromManifest } from '@apollo/persisted-query-lists';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

import { HTTP, WEBSOCKET, bearer, check, finish, heardOf, refusalOf, within } from '../checks.mjs';
import { CHANGES, DIRECTORY, ME, UPDATE_PROFILE } from './documents.js';

const MANIFEST = JSON.parse(readFileSync(new URL('persisted-query-manifest.json', import.meta.url), 'utf8'));

function clientOf(role, { useGETForHashedQueries = false } = {}) {
  const sent = [];
  const authorization = bearer(role);
  const counted = (address, options) => (sent.push({ address, ...JSON.parse(options.body ?? '{}') }), fetch(address, options));
  const socket = createClient({ url: WEBSOCKET, webSocketImpl: WebSocket, connectionParams: { authorization }, retryAttempts: 0 });
  const isLive = ({ query }) => getMainDefinition(query).operation === 'subscription';
  const persisted = new PersistedQueryLink({
    ...generatePersistedQueryIdsFromManifest({ loadManifest: () => MANIFEST }),
    useGETForHashedQueries,
  });
  const http = new HttpLink({ uri: HTTP, headers: { authorization }, fetch: counted });
  const client = new ApolloClient({
    link: persisted.concat(ApolloLink.split(isLive, new GraphQLWsLink(socket), http)),
    cache: new InMemoryCache({ possibleTypes: { Person: ['Alumnus', 'Employee'] } }),
  });
  return Object.assign(client, { sent, leave: () => (client.stop(), socket.dispose()) });
}

await check('the server runs nothing of one’s own', async () => {
  assert.equal(await refusalOf('HR', '{ viewer { kind } }'), 'PERSISTED_QUERY_ID_REQUIRED');
  assert.equal(await refusalOf('HR', '{ viewer'), 'PERSISTED_QUERY_ID_REQUIRED');
});

await check('queries go by the manifest’s ids, the text never', async () => {
  for (const useGETForHashedQueries of [false, true]) {
    const client = clientOf('HR', { useGETForHashedQueries });
    const { data } = await client.query({ query: DIRECTORY, variables: { first: 3 } });
    assert.equal(data.alumni.edges.length, 3);
    assert.equal(client.sent.length, 1);
    assert.equal(client.sent[0].query, undefined);
    assert.equal(client.sent[0].address.includes('persistedQuery'), useGETForHashedQueries);
    client.leave();
  }
});

await check('mutations too, and they update what is on the screen', async () => {
  const client = clientOf('ALUMNUS');
  const { data: before } = await client.query({ query: ME });
  const input = { headline: 'Trusted', expectedVersion: before.viewer.person.version };
  const { data } = await client.mutate({ mutation: UPDATE_PROFILE, variables: { input } });
  assert.deepEqual(data.alumnusProfileUpdate.userErrors, []);
  assert.equal(client.readQuery({ query: ME }).viewer.person.headline, 'Trusted');
  assert.deepEqual(client.sent.map(({ query }) => query), [undefined, undefined]);
  client.leave();
});

await check('a subscription goes over the socket as the manifest has it', async () => {
  const [client, writer] = [clientOf('HR'), clientOf('ALUMNUS')];
  const heard = [];
  const waiting = [];
  const live = client.subscribe({ query: CHANGES }).subscribe(({ data, error }) => {
    const told = error ? Promise.reject(error) : data.changes;
    if (waiting.length) waiting.shift()(told);
    else heard.push(told);
  });
  const next = () => (heard.length ? heard.shift() : new Promise((resolve) => waiting.push(resolve)));
  let count = 0;
  const writes = () => writer.mutate({ mutation: UPDATE_PROFILE, variables: { input: { headline: `Trusted ${(count += 1)}` } } });
  const change = await within(15_000, 'change', heardOf('PERSON', writes, next));
  assert.equal(typeof change.cursor, 'string');
  live.unsubscribe();
  client.leave();
  writer.leave();
});

await check('what is in no manifest is refused, with a code', async () => {
  const client = clientOf('HR');
  // as an older manifest would know it, of which the server was told no more
  const forgotten = gql`query Forgotten { viewer { kind } }`;
  const id = '0'.repeat(64);
  MANIFEST.operations.push({ id, name: 'Forgotten', type: 'query', body: '' });
  const other = clientOf('HR');
  const error = await other.query({ query: forgotten }).catch((error) => error);
  assert.ok(CombinedGraphQLErrors.is(error), String(error));
  assert.equal(error.errors[0].extensions.code, 'PERSISTED_QUERY_ID_REQUIRED');
  assert.equal(other.sent.length, 1);
  client.leave();
  other.leave();
});

finish();
