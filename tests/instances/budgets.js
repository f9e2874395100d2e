// What one viewer may spend, whichever instance they spend it at.

import assert from 'node:assert/strict';

import { check, pause, until } from '../conformance/harness.js';
import { JSON_TYPE, token } from '../conformance/server.js';

/** Of the role nobody else is here. */
export const BUDGET = { role: 'SUPPORTER', capacity: 5_000, rate: 50 };
const PRICE = 100;
const headers = { 'content-type': JSON_TYPE, authorization: `Bearer ${token(BUDGET.role)}` };

/** Answers as many objects as it costs. */
async function spend(server, id, price = PRICE) {
  const variables = { ids: Array(price).fill(id) };
  const answer = await server.send({ headers, body: JSON.stringify({ query: 'query($ids: [ID!]!) { nodes(ids: $ids) { id } }', variables }) });
  return { status: answer.status, headers: answer.headers, ...answer.json };
}

export async function budgets(site) {
  const { id } = (await spend(site.one, 'x', 1), JSON.parse((await site.one.send({ headers, body: JSON.stringify({ query: '{ viewer { company { id } } }' }) })).text).data.viewer.company);

  await check('what was spent at one instance is gone at the other', async () => {
    for (let number = 0; number < 20; number += 1) assert.equal((await spend(site.one, id)).status, 200);
    const left = async () => (await spend(site.two, id, 1)).extensions.cost.available;
    await until(10_000, async () => (await left()) < BUDGET.capacity - 19 * PRICE, async () => `left: ${await left()}`);
  });

  await check('both together let at most a tenth more pass, and say when to come again', async () => {
    // whole again
    const left = async () => (await spend(site.one, id, 1)).extensions.cost.available;
    await until(60_000, async () => (await left()) >= BUDGET.capacity - 60, async () => `left: ${await left()}`);
    const begun = performance.now();
    let [spent, refused] = [0, []];
    while (refused.length < 2) {
      const answers = await Promise.all(site.instances.map((instance) => spend(instance, id)));
      spent += answers.filter(({ status }) => status === 200).length * PRICE;
      refused = answers.filter(({ status }) => status === 429);
    }
    const restored = ((performance.now() - begun) / 1_000 + 1) * BUDGET.rate;
    assert.ok(spent <= BUDGET.capacity * 1.1 + restored, `${spent} of ${BUDGET.capacity}`);
    assert.ok(spent >= BUDGET.capacity - 2 * PRICE - 60, `${spent} of ${BUDGET.capacity}`);
    const waits = refused.map(({ errors }) => errors[0].extensions.retryAfterMs);
    for (const [place, answer] of refused.entries()) assert.equal(Number(answer.headers['retry-after']), Math.ceil(waits[place] / 1_000));
    // what the other one took meanwhile is told within a second
    await pause(Math.max(...waits) + 1_100);
    assert.equal((await spend(site.one, id)).status, 200);
  });
}
