// Whether a document is valid, as graphql-js sees it: it is the specification's own implementation, so where the two differ the server is
// wrong. documents.json only lists what to try; which of it is valid is asked, by the schema the server itself tells.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { buildClientSchema, getIntrospectionQuery, parse, validate } from 'graphql';

import { check, withServers } from './harness.js';
import { RawSocket } from './raw-socket.js';
import { assertRefused, token } from './server.js';

const groups = JSON.parse(readFileSync(new URL('documents.json', import.meta.url)));

/** Why a document must be refused; nothing where it is valid. */
function fault(schema, text) {
  try {
    return validate(schema, parse(text))[0]?.message;
  } catch (error) {
    return error.message;
  }
}

async function asked(server, query, faulty) {
  const answer = await server.post({ query }, { as: 'ADMIN' });
  if (faulty) return assertRefused(answer, 400, answer.code);
  // It may fail for want of a variable, or where it runs; but not for what it is.
  assert.doesNotMatch(answer.text, /GRAPHQL_PARSE_FAILED|GRAPHQL_VALIDATION_FAILED|INTERNAL_SERVER_ERROR/);
}

/** Subscriptions are refused by every other way in, whatever they are. */
async function askedBySocket(server, query, faulty) {
  const socket = await RawSocket.ready(server, { token: token('ADMIN') });
  socket.subscribe('1', query);
  const { type } = await socket.next(500).catch(() => ({ type: 'silence' }));
  socket.close();
  assert.equal(type, faulty ? 'error' : 'silence');
}

await withServers({ usual: {} }, async ({ usual }) => {
  const introspection = getIntrospectionQuery({ specifiedByUrl: true, directiveIsRepeatable: true, inputValueDeprecation: true, oneOf: true });
  const schema = buildClientSchema(await usual.ask(introspection));
  for (const [group, documents] of Object.entries(groups)) {
    for (const query of documents) {
      const reason = fault(schema, query);
      const shown = JSON.stringify(query).slice(1, -1);
      await check(`${group}: ${shown} is ${reason ? `refused: ${reason.split('\n')[0]}` : 'taken'}`, async () => {
        const way = query.startsWith('subscription') ? askedBySocket : asked;
        await way(usual, query, reason !== undefined);
        // What was valid is remembered, and must be answered alike.
        await way(usual, query, reason !== undefined);
      });
    }
  }
});
