// Two instances on one PostgreSQL with a replica, behind the balancer: what must hold across both.
//
//   node run.js PATH_TO_BINARY FOLDER

import assert from 'node:assert/strict';
import { resolve } from 'node:path';

import { check, finish, pause } from '../conformance/harness.js';
import { budgets } from './budgets.js';
import { Client } from './client.js';
import { followers } from './followers.js';
import { accessLog, idempotency, jobs } from './once.js';
import { promotion, replica } from './replica.js';
import { restarts } from './restarts.js';
import { Site } from './site.js';

const LONGEST_MS = 240_000;
const [binary, folder] = process.argv.slice(2);
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));
pause(LONGEST_MS).then(() => check('it ends in time', () => Promise.reject(new Error(`not within ${LONGEST_MS} ms`))).then(finish));

async function spread(site) {
  await check('the balancer sends requests to both', async () => {
    const before = await site.counted('graphql_operations_total');
    const client = new Client(site.balancer);
    for (let number = 0; number < 20; number += 1) await client.company();
    const after = await site.counted('graphql_operations_total');
    assert.deepEqual(after.map((count, place) => count - before[place]), [10, 10]);
  });
  await check('what is for the operator is not had through the balancer', async () => {
    for (const path of ['/metrics', '/readyz', '/healthz']) assert.equal((await site.balancer.send({ method: 'GET', path })).status, 404);
  });
}

try {
  const site = await Site.open(resolve(binary), folder);
  const jobsWereTakenOnce = await jobs(site);
  await spread(site);
  await followers(site);
  await idempotency(site);
  await accessLog(site);
  await budgets(site);
  await replica(site);
  await restarts(site);
  await promotion(site);
  await jobsWereTakenOnce();
  for (const name of ['one', 'two']) await check(`the instance "${name}" stops when told to, without a panic before`, () => site[name].stop());
} catch (error) {
  await check('the checks ran to their end', () => Promise.reject(error));
}
finish();
