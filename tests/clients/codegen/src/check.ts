// A program that knows of the API only what was generated: that it compiles is half the check, that the answers are so the other half.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { buildClientSchema, buildSchema, getIntrospectionQuery, lexicographicSortSchema, print, printSchema } from 'graphql';
import type { IntrospectionQuery } from 'graphql';

import { HTTP, ask, bearer, check, finish } from '../../checks.mjs';
import type { Role } from '../../checks.mjs';
import { unmask } from './generated/fragment-masking.js';
import { AlumniRowsDocument, AlumnusRowFragmentDoc, MyPlacesDocument, PushWorkersDocument, SomebodyDocument, TakePlaceDocument } from './generated/graphql.js';
import type { AlumniRowsQuery, AlumniRowsQueryVariables, AlumnusRowFragment, UserErrorCode } from './generated/graphql.js';

/** Variables may be left out only where the document has none. */
async function execute<Result, Variables extends object>(
  role: Role,
  document: TypedDocumentNode<Result, Variables>,
  ...[variables]: Record<string, never> extends Variables ? [] : [Variables]
): Promise<Result> {
  const answer = await fetch(HTTP, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: bearer(role) },
    body: JSON.stringify({ query: print(document), variables }),
  });
  const { data, errors } = (await answer.json()) as { data?: Result; errors?: { message: string }[] };
  if (errors || !data) throw new Error(JSON.stringify(errors));
  return data;
}

async function* everyAlumnus(variables: Omit<AlumniRowsQueryVariables, 'after'>): AsyncGenerator<AlumnusRowFragment> {
  let after: string | null = null;
  do {
    const { alumni }: AlumniRowsQuery = await execute('HR', AlumniRowsDocument, { ...variables, after });
    for (const row of unmask(AlumnusRowFragmentDoc, alumni.nodes)) yield row;
    after = alumni.pageInfo.hasNextPage ? alumni.pageInfo.endCursor : null;
  } while (after);
}

await check('the server describes itself as schema.graphql does', async () => {
  const described = buildClientSchema(
    await ask<IntrospectionQuery>('HR', getIntrospectionQuery({ schemaDescription: true, specifiedByUrl: true, inputValueDeprecation: true })),
  );
  const written = buildSchema(readFileSync(new URL('../../../../schema.graphql', import.meta.url), 'utf8'));
  assert.equal(printSchema(lexicographicSortSchema(described)), printSchema(lexicographicSortSchema(written)));
});

await check('rows of a list, page by page', async () => {
  const days: string[] = [];
  for await (const { leftOn, membership } of everyAlumnus({ first: 10, orderBy: 'LEFT_ON', filter: { membershipStates: ['ACTIVE'] } })) {
    assert.equal(membership?.state, 'ACTIVE');
    days.push(leftOn ?? '');
  }
  assert.ok(days.length > 10);
  assert.deepEqual(days, [...days].sort());
});

await check('a node is told from others by its type', async () => {
  const { viewer, engagementEvents } = await execute('EMPLOYEE', MyPlacesDocument);
  assert.ok(viewer.person);
  const ids = [viewer.person.id, engagementEvents.nodes[0]?.id ?? ''];
  const told: string[] = [];
  for (const id of ids) {
    const { node } = await execute('HR', SomebodyDocument, { id });
    switch (node?.__typename) {
      case 'Employee':
        told.push(node.workEmail?.includes('@') ? node.displayName : '');
        break;
      case 'EngagementEvent':
        told.push(new Date(node.startsAt).toISOString() && node.title);
        break;
      default:
        assert.fail(`it is ${node?.__typename}`);
    }
  }
  assert.equal(told.length, 2);
  assert.equal(told[0], viewer.person.displayName);
});

/** Every code the schema has; a new one would not compile. */
function advice(code: UserErrorCode): string {
  switch (code) {
    case 'INVALID':
    case 'REQUIRED':
    case 'TOO_LONG':
      return 'correct it';
    case 'NOT_FOUND':
    case 'STALE_VERSION':
      return 'read again';
    case 'REFUSED':
    case 'TAKEN':
      return 'choose another';
    default: {
      const never: never = code;
      return never;
    }
  }
}

await check('a mutation answers the object or says what to correct', async () => {
  const { engagementEvents } = await execute('ALUMNUS', MyPlacesDocument);
  const [event] = engagementEvents.nodes;
  assert.ok(event);
  const taken = await execute('ALUMNUS', TakePlaceDocument, { input: { eventId: event.id, answer: 'GOING' } });
  assert.deepEqual(taken.participationRespond.userErrors, []);
  const { participation } = taken.participationRespond;
  assert.ok(participation?.state === 'GOING' || (participation?.state === 'WAITING' && participation.waitingPosition !== null));
  const wordy = await execute('ALUMNUS', TakePlaceDocument, { input: { eventId: event.id, answer: 'GOING', note: 'and '.repeat(5_000) } });
  assert.equal(wordy.participationRespond.participation, null);
  assert.deepEqual(wordy.participationRespond.userErrors.map(({ code, field }) => [advice(code), field?.at(-1)]), [['correct it', 'note']]);
});

await check('a bulk write answers row by row', async () => {
  const { workersSync } = await execute('HR', PushWorkersDocument, {
    input: { source: 'clients', workers: [{ externalId: 'G-1', familyName: 'Mbeki', startedOn: '2020-01-01', status: 'ACTIVE' }, { externalId: 'G-2' }] },
  });
  const results = workersSync.results?.map(({ externalId, status, errors }) => [externalId, status, errors.length > 0]);
  assert.deepEqual(results, [
    ['G-1', 'CREATED', false],
    ['G-2', 'INVALID', true],
  ]);
});

// Never called: what must not compile.
export function refused(row: AlumnusRowFragment): unknown {
  return [
    // @ts-expect-error The document has variables.
    execute('HR', AlumniRowsDocument),
    // @ts-expect-error There is no such answer.
    execute('ALUMNUS', TakePlaceDocument, { input: { eventId: row.id, answer: 'PERHAPS' } }),
    // @ts-expect-error An answer needs its event.
    execute('ALUMNUS', TakePlaceDocument, { input: { answer: 'GOING' } }),
    // @ts-expect-error There is no such filter.
    execute('HR', AlumniRowsDocument, { first: 1, filter: { shoeSize: 43 } }),
    // @ts-expect-error The fragment did not ask for it.
    row.headline,
    // @ts-expect-error It may be null.
    row.leftOn.length,
  ];
}

finish();
