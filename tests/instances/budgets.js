// What one viewer may spend, whichever instance they spend it at.

import assert from 'node:assert/strict';

import { check, pause, until } from '../conformance/harness.js';
import { JSON_TYPE, token } from '../conformance/server.js';

const CAPACITY = 5_000;
const RATE = 50;
const PRICE = 100;
/** Of roles that nobody else has here. */
export const BUDGETS = `ALL=unlimited,SUPPORTER=${CAPACITY}/${RATE},RECRUITER=${CAPACITY}/${RATE},ANONYMOUS=${CAPACITY}/1`;

class Spender {
  static async of(site, role) {
    const spender = new Spender(role);
    const { data } = (await spender.send(site.one, { query: '{ viewer { company { id } } }' })).json;
    return Object.assign(spender, { id: data.viewer.company.id });
  }

  constructor(role) {
    this.headers = { 'content-type': JSON_TYPE, authorization: `Bearer ${token(role)}` };
  }

  send(server, body) {
    return server.send({ headers: this.headers, body: JSON.stringify(body) });
  }

  /** Answers as many objects as it costs. */
  async spend(server, price = PRICE) {
    const query = 'query($ids: [ID!]!) { nodes(ids: $ids) { id } }';
    const answer = await this.send(server, { query, variables: { ids: Array(price).fill(this.id) } });
    if (answer.status === 200) assert.equal(answer.json.extensions.cost.actual, price, answer.text);
    return answer;
  }

  async left(server) {
    return (await this.spend(server, 1)).json.extensions.cost.available;
  }
}

export async function budgets(site) {
  await check('who is not logged in is known by where they call from, whatever they say of it', async () => {
    const left = [];
    for (let number = 1; number <= 10; number += 1) {
      const headers = { 'content-type': JSON_TYPE, 'x-forwarded-for': `192.0.2.${number}` };
      const answer = await site.balancer.send({ headers, body: JSON.stringify({ query: '{ __typename }' }) });
      left.push(answer.json.extensions.cost.available);
    }
    assert.ok(Math.min(...left) <= CAPACITY - 5, `${left}`);
  });

  await check('what was spent at one instance is gone at the other', async () => {
    const spender = await Spender.of(site, 'SUPPORTER');
    for (let number = 0; number < 20; number += 1) assert.equal((await spender.spend(site.one)).status, 200);
    const both = () => Promise.all(site.instances.map((instance) => spender.left(instance)));
    const told = async () => (await both()).every((left) => left < CAPACITY - 10 * PRICE);
    await until(5_000, told, async () => `left: ${await both()}; owed: ${await site.primary.ask('SELECT * FROM cost_budget')}`);
  });

  await check('both together let at most a tenth more pass, and say when to come again', async () => {
    const spender = await Spender.of(site, 'RECRUITER');
    const begun = performance.now();
    let [spent, refused] = [0, []];
    while (refused.length < 2) {
      const answers = await Promise.all(site.instances.map((instance) => spender.spend(instance)));
      spent += answers.filter(({ status }) => status === 200).length * PRICE;
      refused = answers.filter(({ status }) => status === 429);
    }
    const restored = ((performance.now() - begun) / 1_000 + 1) * RATE;
    assert.ok(spent <= CAPACITY * 1.1 + restored, `${spent} of ${CAPACITY}, ${restored} restored`);
    assert.ok(spent >= CAPACITY - 2 * PRICE, `${spent} of ${CAPACITY}`);
    let [answer] = refused;
    // what the other let pass meanwhile is told within a second: then the wait is longer, once
    for (let waited = 0; answer.status === 429 && waited < 15_000; ) {
      const wait = answer.json.errors[0].extensions.retryAfterMs;
      assert.equal(Number(answer.headers['retry-after']), Math.ceil(wait / 1_000));
      await pause(wait);
      waited += wait;
      answer = await spender.spend(site.one);
    }
    assert.equal(answer.status, 200, answer.text);
  });
}
