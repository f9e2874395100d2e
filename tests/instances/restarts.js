// Instances come and go while clients work.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';

import { check, until, within } from '../conformance/harness.js';
import { Client, Follower } from './client.js';

const CLIENTS = 8;

/** Clients at work until `end`, who count. */
class Load {
  constructor(balancer, company) {
    Object.assign(this, { company, edits: 0, reads: 0, over: false });
    this.clients = Array.from({ length: CLIENTS }, (_, number) => new Client(balancer, new http.Agent({ keepAlive: number % 2 === 0 })));
    this.working = Promise.all(this.clients.map((client, number) => this.#work(client, number)));
    this.working.catch(() => {});
  }

  async #work(client, number) {
    for (let turn = 0; !this.over; turn += 1) {
      const { description } = await client.edit(this.company, `of client ${number}, number ${turn}`);
      assert.equal(description, `of client ${number}, number ${turn}`);
      this.edits += 1;
      await client.company();
      this.reads += 1;
    }
  }

  get again() {
    return this.clients.reduce((sum, client) => sum + client.again, 0);
  }

  async goesOn() {
    const { edits } = this;
    await until(15_000, () => this.edits >= edits + 2 * CLIENTS, () => 'nobody is answered any more');
  }

  async end() {
    this.over = true;
    await within(20_000, 'the clients end', this.working);
  }
}

export async function restarts(site) {
  const company = await new Client(site.balancer).company();
  const follower = await Follower.begin(Follower.socket, site.balancer);
  await until(5_000, () => follower.open, () => 'it does not open');
  const load = new Load(site.balancer, company);
  await load.goesOn();

  await check('an instance told to stop says so at once, and goes on answering until the balancer has seen it', async () => {
    const { one } = site;
    one.child.kill('SIGTERM');
    const ready = () => one.send({ method: 'GET', path: '/readyz', agent: false });
    let said;
    await until(5_000, async () => (said = await ready()).status === 503, () => `it answers ${said.status}`);
    assert.deepEqual(said.json.missing.map(({ what }) => what), ['process']);
    await site.balancer.sendsTo('two');
    // it is asked on a new connection
    assert.equal((await new Client(one, false).company()).id, company.id);
    await one.stop();
    await site.start('one');
    await site.balancer.sendsTo('one', 'two');
    await load.goesOn();
  });

  await check('the other is restarted likewise, and of all requests under way none had to be sent again', async () => {
    await site.two.stop();
    await site.start('two');
    await site.balancer.sendsTo('one', 'two');
    await load.goesOn();
    assert.equal(load.again, 0);
    assert.deepEqual([...new Set(follower.endings)], [1001], 'whoever follows is told that the service goes away');
  });

  await check('an instance killed under load costs nothing but sending again', async () => {
    await site.kill('one');
    await load.goesOn();
    await site.start('one');
    await site.balancer.sendsTo('one', 'two');
    await load.goesOn();
    await load.end();
  });

  await check('every edit was done once, and told once', async () => {
    const now = await new Client(site.balancer).company();
    assert.equal(now.version - company.version, load.edits);
    await until(10_000, () => follower.requests.length >= load.edits, () => `told of ${follower.requests.length} of ${load.edits}`);
    assert.equal(new Set(follower.requests).size, load.edits);
    assert.equal(follower.requests.length, load.edits);
  });
  follower.end();
  console.log(`        ${load.reads} reads and ${load.edits} edits answered, ${load.again} sent again`);
}
