// Subscriptions through the balancer, while changes are made through both instances, and when one of them is killed.

import assert from 'node:assert/strict';

import { check, until } from '../conformance/harness.js';
import { Client, Follower } from './client.js';

const CHANGES = 20;

export async function followers(site) {
  const followed = [];
  const sent = [];
  const clients = site.instances.map((instance) => new Client(instance));
  const { id } = await clients[0].company();
  await clients[0].edit({ id }, 'before anybody follows');

  /** Made through one instance and the other, in turns. */
  async function happen(through) {
    for (let number = 0; number < CHANGES; number += 1) {
      const requestId = `followed-${sent.length}`;
      await through[number % through.length].edit({ id }, requestId, { requestId });
      sent.push(requestId);
    }
  }

  await check('both instances hold sockets and event streams that came through the balancer', async () => {
    for (const [way, metric] of [[Follower.socket, 'graphql_sockets'], [Follower.stream, 'graphql_streams']]) {
      const held = async () => {
        const follower = await Follower.begin(way, site.balancer);
        await until(5_000, () => follower.open, () => `it does not open: ${follower.endings}`);
        followed.push(follower);
        return (await site.counted(metric)).every((count) => count > 0);
      };
      await until(5_000, held, async () => `${metric}: ${await site.counted(metric)}`);
    }
  });

  await check('what happens through one instance is told by both, in order, nothing twice and nothing left out', async () => {
    await happen(clients);
    await Promise.all(followed.map((follower) => follower.heard(sent)));
    assert.deepEqual(followed.flatMap(({ endings }) => endings), []);
  });

  await check('who followed an instance that is killed goes on after the last change on the other', async () => {
    const [, other] = clients;
    await site.kill('one');
    await happen([other]);
    await Promise.all(followed.map((follower) => follower.heard(sent)));
    const endings = new Set(followed.flatMap((follower) => follower.endings));
    assert.deepEqual(endings, new Set([1006, 'ended']), 'a socket and a stream were with it');
  });

  await check('an instance that comes back is sent requests again', async () => {
    await site.balancer.sendsTo('two');
    await site.start('one');
    await site.balancer.sendsTo('one', 'two');
  });
  for (const follower of followed) follower.end();
}
