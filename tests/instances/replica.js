// The replica: what it answers, what nobody may miss by it, and what happens where it is late, hangs or goes.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

import { check, until } from '../conformance/harness.js';
import { token } from '../conformance/server.js';
import { Client, Follower } from './client.js';
import { MAX_LAG_MS } from './site.js';

const EDITS = 20;
/** What a wait that nothing enforces must not come to. */
const AT_ONCE_MS = 500;

/** What each instance says of the replica; nothing where it reads from it. */
async function said(site) {
  const answers = await Promise.all(site.instances.map((instance) => instance.send({ method: 'GET', path: '/readyz' })));
  assert.deepEqual(answers.map(({ status }) => status), [200, 200], 'no instance goes for that');
  return answers.map(({ json }) => json.replica);
}

const used = (site) => until(15_000, async () => (await said(site)).every((why) => why === undefined), async () => `not read from: ${await said(site)}`);
const aside = (site, words) => until(10_000, async () => (await said(site)).every((why) => words.test(why)), async () => `said: ${await said(site)}`);

/** Edits through each instance in turns, and looks for it through the other, as somebody else, too. */
async function nobodyMisses(site, company, edits) {
  const clients = site.instances.map((instance) => new Client(instance));
  const hr = { authorization: `Bearer ${token('HR')}` };
  for (let number = 0; number < edits; number += 1) {
    const description = `${performance.now()}`;
    await clients[number % 2].edit(company, description);
    const [own, others] = await Promise.all([clients[(number + 1) % 2].company(), clients[(number + 1) % 2].company(hr)]);
    assert.deepEqual([own.description, others.description], [description, description]);
  }
}

/** Edits, and whoever is told of it by one instance looks for it through the other. */
async function whoIsToldFinds(site, company, edits) {
  const [one, two] = site.instances;
  const [editor, client] = [new Client(two), new Client(two)];
  const follower = await Follower.begin(Follower.socket, one);
  await until(5_000, () => follower.open, () => 'it does not open');
  const asked = [];
  follower.onChange = (requestId) => asked.push(client.company().then(({ description }) => [requestId, description]));
  const told = Array.from({ length: edits }, (_, number) => `told-${number}-${randomUUID()}`);
  for (const name of told) await editor.edit(company, name, { requestId: name });
  await until(5_000, () => asked.length >= edits, () => `told ${asked.length} of ${edits}`);
  follower.end();
  for (const [requestId, description] of await Promise.all(asked)) {
    assert.ok(told.indexOf(description) >= told.indexOf(requestId), `told of ${requestId}, found ${description}`);
  }
}

export async function replica(site) {
  const company = await new Client(site.balancer).company();

  await check('queries are answered by the replica, on both instances', async () => {
    await used(site);
    const before = await site.counted('database_replica_answers_total');
    const client = new Client(site.balancer);
    const read = async () => {
      await client.company();
      const counts = await site.counted('database_replica_answers_total');
      return counts.every((count, place) => count > before[place]);
    };
    await until(5_000, read, async () => `${before} ${await site.counted('database_replica_answers_total')}`);
  });

  await check('what a mutation through one instance has answered, whoever asks the other sees', async () => {
    const before = await site.counted('database_replica_answers_total');
    const waits = await waited(site);
    await nobodyMisses(site, company, EDITS);
    const after = await site.counted('database_replica_answers_total');
    // each edit is looked for twice, and a connection made meanwhile is not read by yet
    assert.ok(after[0] + after[1] - before[0] - before[1] > EDITS, `the replica was hardly asked: ${before} ${after}`);
    const [seconds, answers] = (await waited(site)).map((sum, place) => sum - waits[place]);
    console.log(`        ${answers} answers of mutations waited ${((seconds / answers) * 1_000).toFixed(1)} ms on average`);
  });

  await check('what an event has told, whoever asks the other instance because of it sees', async () => {
    await whoIsToldFinds(site, company, EDITS);
  });

  await check('with its replay stopped, nobody misses what was answered, for as long as that takes; then nobody waits for it', async () => {
    await pause(site);
    await whoIsToldFinds(site, company, 2);
    await nobodyMisses(site, company, 4);
    await aside(site, /too late/);
    await nobodyMisses(site, company, EDITS);
    const client = new Client(site.balancer);
    let took;
    const edit = async () => {
      const begun = performance.now();
      await client.edit(company, `${begun}`);
      took = performance.now() - begun;
      return took < AT_ONCE_MS;
    };
    await until(10_000, edit, () => `an edit takes ${took} ms`);
    assert.ok(await edit(), `and the next takes ${took} ms`);
  });

  await check('once it goes on it is read from again, and nobody misses anything meanwhile', async () => {
    await site.replica.ask('SELECT pg_wal_replay_resume()');
    const back = used(site);
    let over = false;
    back.finally(() => (over = true)).catch(() => {});
    while (!over) await nobodyMisses(site, company, 2);
    await back;
  });

  await check('what nobody was told of may be missing for as long as the replica may be late, and no longer', async () => {
    await pause(site);
    const client = new Client(site.two);
    const description = `${performance.now()}`;
    await site.primary.ask(`UPDATE company SET description = '${description}' WHERE slug = 'aozora'`);
    const begun = performance.now();
    assert.notEqual((await client.company()).description, description, 'it was read from the replica');
    await until(10_000, async () => (await client.company()).description === description, () => 'it never shows');
    const took = performance.now() - begun;
    assert.ok(took < MAX_LAG_MS + AT_ONCE_MS, `it showed after ${took} ms`);
    await site.replica.ask('SELECT pg_wal_replay_resume()');
    await used(site);
  });

  await check('a replica that hangs holds nobody up for long', async () => {
    await site.replica.freeze();
    const client = new Client(site.balancer);
    for (let number = 0; number < 10; number += 1) {
      const begun = performance.now();
      await client.company();
      const took = performance.now() - begun;
      assert.ok(took < 2 * MAX_LAG_MS, `a query took ${took} ms`);
    }
    await nobodyMisses(site, company, 4);
    await aside(site, /does not answer/);
    await site.replica.thaw();
    await used(site);
  });

  await check('with the replica killed under load, queries and mutations go on; restarted, it is read from again', async () => {
    const clients = site.instances.map((instance) => new Client(instance));
    let over = false;
    const reading = Promise.all(clients.map(async (client) => {
      while (!over) await client.company();
      return client.again;
    }));
    reading.catch(() => {});
    await site.replica.kill();
    await nobodyMisses(site, company, 4);
    await aside(site, /does not answer/);
    await nobodyMisses(site, company, 4);
    await site.replica.start();
    await used(site);
    await nobodyMisses(site, company, 4);
    over = true;
    assert.deepEqual(await reading, [0, 0], 'requests sent again');
    const counted = await site.counted('database_replica_set_aside_total');
    assert.ok(counted.every((count) => count > 0), `${counted}`);
  });
}

/** Last of all: what was a replica takes writes of its own. */
export async function promotion(site) {
  await check('a replica that was promoted is read from no more', async () => {
    const company = await new Client(site.balancer).company();
    await site.replica.promote();
    await site.replica.ask("UPDATE company SET description = 'of another world' WHERE slug = 'aozora'");
    await nobodyMisses(site, company, 4);
    await aside(site, /names no replica/);
    await nobodyMisses(site, company, 4);
  });
}

/** How long answers have waited, in seconds, and how many did, on both instances. */
async function waited(site) {
  const parts = await Promise.all(['sum', 'count'].map((what) => site.counted(`database_replica_wait_seconds_${what}`)));
  return parts.map((counts) => counts[0] + counts[1]);
}

async function pause(site) {
  await site.replica.ask('SELECT pg_wal_replay_pause()');
  const paused = async () => (await site.replica.ask('SELECT pg_get_wal_replay_pause_state()')) === 'paused';
  await until(5_000, paused, () => 'the replay goes on');
}
