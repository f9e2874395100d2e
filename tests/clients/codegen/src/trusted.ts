// The documents by the hashes graphql-codegen wrote into them, on a server that trusts its persisted-documents.json and runs nothing else.

import assert from 'node:assert/strict';

import type { TypedDocumentNode } from '@graphql-typed-document-node/core';

import { HTTP, bearer, check, finish, refusalOf } from '../../checks.mjs';
import type { Role } from '../../checks.mjs';
import { unmask } from './generated/fragment-masking.js';
import { AlumniRowsDocument, AlumnusRowFragmentDoc, MyPlacesDocument, TakePlaceDocument } from './generated/graphql.js';

interface Persisted {
  __meta__?: { hash?: string };
}

/** What it answers, and by which status. */
async function execute<Result, Variables>(
  role: Role,
  document: TypedDocumentNode<Result, Variables> & Persisted,
  variables?: Variables,
  by: (id: string) => string = (id) => id,
): Promise<{ status: number; data: Result; code: string | undefined }> {
  const id = document.__meta__?.hash;
  assert.ok(id, 'the document has no hash');
  const answer = await fetch(HTTP, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', authorization: bearer(role) },
    body: JSON.stringify({ documentId: by(id), variables }),
  });
  const { data, errors } = (await answer.json()) as { data: Result; errors?: { extensions: { code: string } }[] };
  return { status: answer.status, data, code: errors?.[0]?.extensions.code };
}

await check('the server runs nothing of one’s own', async () => {
  assert.equal(await refusalOf('HR', '{ viewer { kind } }'), 'PERSISTED_QUERY_ID_REQUIRED');
});

await check('a query goes by its hash', async () => {
  const { status, data } = await execute('HR', AlumniRowsDocument, { first: 7, orderBy: 'LEFT_ON' });
  assert.equal(status, 200);
  assert.equal(unmask(AlumnusRowFragmentDoc, data.alumni.nodes).length, 7);
});

await check('a mutation goes by its hash', async () => {
  const places = await execute('ALUMNUS', MyPlacesDocument);
  const [event] = places.data.engagementEvents.nodes;
  assert.ok(event);
  const taken = await execute('ALUMNUS', TakePlaceDocument, { input: { eventId: event.id, answer: 'GOING' } });
  assert.deepEqual(taken.data.participationRespond.userErrors, []);
});

await check('a hash nobody trusts is refused', async () => {
  const { status, data, code } = await execute('ALUMNUS', MyPlacesDocument, undefined, (id) => id.toUpperCase());
  assert.deepEqual([status, data, code], [400, undefined, 'PERSISTED_QUERY_NOT_IN_LIST']);
});

finish();
