// Which pages of other origins may call: none unless they are listed, and then those and no others.

import assert from 'node:assert/strict';

import { check, withServers } from './harness.js';

const ORIGINS = ['https://portal.example.com', 'http://localhost:5173'];
const STRANGERS = [
  'https://portal.example.com.evil.example',
  'https://evil.example',
  'http://portal.example.com',
  'https://portal.example.com:444',
  'https://PORTAL.example.com@evil.example',
  'null',
];
const ASKED = 'authorization,content-type,idempotency-key,traceparent,tracestate';

const corsHeaders = (answer) => Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'));
const simple = (server, origin, request = { query: '{ __typename }' }) => server.post(request, { headers: { origin } });
const preflight = (server, origin) =>
  server.send({
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': ASKED },
  });

const LOOPBACK = ['http://localhost', 'http://localhost:5173', 'http://127.0.0.1:3000', 'http://[::1]:8080'];
const NOT_LOOPBACK = [
  'https://portal.example.com',
  'https://localhost:5173',
  'http://localhost.evil.example',
  'http://localhost:80@evil.example',
  'http://127.0.0.1.evil.example',
  'http://127.0.0.2',
  'null',
];

await withServers({ usual: {}, opened: { ALUMNI_CORS_ORIGINS: ORIGINS.join(',') } }, async ({ usual, opened }) => {
  await check('in development without a list, pages of this machine may call, and no others', async () => {
    for (const origin of LOOPBACK) {
      for (const answer of [await simple(usual, origin), await preflight(usual, origin)]) {
        assert.equal(answer.headers['access-control-allow-origin'], origin);
      }
    }
    for (const origin of NOT_LOOPBACK) {
      for (const answer of [await simple(usual, origin), await preflight(usual, origin)]) {
        assert.equal(answer.headers['access-control-allow-origin'], undefined, origin);
      }
    }
  });
  await check('a list replaces the pages of this machine', async () => {
    for (const answer of [await simple(opened, 'http://localhost:3000'), await preflight(opened, 'http://127.0.0.1:5173')]) {
      assert.equal(answer.headers['access-control-allow-origin'], undefined);
    }
  });
  for (const origin of ORIGINS) {
    await check(`${origin} may call where it is listed, without cookies`, async () => {
      const { headers } = await simple(opened, origin);
      assert.deepEqual([headers['access-control-allow-origin'], headers['access-control-allow-credentials']], [origin, undefined]);
      assert.match(headers.vary, /origin/i);
    });
    await check(`${origin} is told before it calls what it may send`, async () => {
      const { headers, status } = await preflight(opened, origin);
      assert.ok([200, 204].includes(status), `${status}`);
      assert.equal(headers['access-control-allow-origin'], origin);
      assert.match(headers['access-control-allow-methods'], /POST/);
      assert.doesNotMatch(headers['access-control-allow-methods'], /PUT|DELETE|\*/);
      const allowed = headers['access-control-allow-headers'].toLowerCase().split(/,\s*/);
      for (const name of ASKED.split(',')) assert.ok(allowed.includes(name), name);
    });
    await check(`${origin} can read why it was refused`, async () => {
      const refused = [await simple(opened, origin, '[]'), await simple(opened, origin, { query: '{' })];
      refused.push(await opened.send({ headers: { origin, 'content-type': 'text/plain' }, body: '{}' }));
      assert.deepEqual(refused.map(({ status }) => status), [400, 400, 415]);
      for (const answer of refused) assert.equal(answer.headers['access-control-allow-origin'], origin);
    });
  }
  for (const origin of STRANGERS) {
    await check(`${origin} may not call where others are listed`, async () => {
      for (const answer of [await simple(opened, origin), await preflight(opened, origin)]) {
        assert.equal(answer.headers['access-control-allow-origin'], undefined);
      }
    });
  }
});
