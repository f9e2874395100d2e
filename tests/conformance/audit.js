// The server audits of the package graphql-http: the GraphQL over HTTP specification, requirement by requirement. What it would only
// warn of counts as a failure here.

import assert from 'node:assert/strict';

import { serverAudits } from 'graphql-http';

import { check, withServers } from './harness.js';

const KNOWN_AUDITS = 61;

await withServers({ usual: {} }, async ({ usual }) => {
  const audits = serverAudits({ url: usual.url });
  await check('the suite is as large as it was', () => assert.equal(audits.length, KNOWN_AUDITS));
  for (const { id, name, fn } of audits) {
    await check(`${id} ${name}`, async () => {
      const result = await fn();
      assert.equal(result.status, 'ok', `${result.status}: ${result.reason}`);
    });
  }
});
