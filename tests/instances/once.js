// What is to be done once, be it asked of both instances.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

import { check, until } from '../conformance/harness.js';
import { token } from '../conformance/server.js';
import { Client } from './client.js';

const TWINS = 20;
const READS = 20;
const EDIT = 'mutation($input: CompanyUpdateInput!) { companyUpdate(input: $input) { company { version } } }';

export async function idempotency(site) {
  const clients = site.instances.map((instance) => new Client(instance));
  const before = await clients[0].company();
  let last;

  /** The same at both, at once. */
  async function twins(key, description) {
    const body = { query: EDIT, variables: { input: { id: before.id, description } } };
    return Promise.all(clients.map((client) => client.insist(body, { key })));
  }

  await check('the same mutation under the same key, sent to both at once, is done once', async () => {
    for (let number = 0; number < TWINS; number += 1) {
      last = { key: randomUUID(), description: `twin ${number}` };
      const answers = await twins(last.key, last.description);
      assert.deepEqual(answers[0].data, answers[1].data);
      const replayed = answers.map(({ extensions }) => extensions.idempotent.replayed).sort();
      assert.deepEqual(replayed, [false, true]);
      last.data = answers[0].data;
    }
    const after = await clients[1].company();
    assert.equal(after.version - before.version, TWINS);
  });

  await check('what one instance did, the other tells again', async () => {
    for (const { data, extensions } of await twins(last.key, last.description)) {
      assert.deepEqual([data, extensions.idempotent.replayed], [last.data, true]);
    }
  });
}

/** Writes down which due times of periodic work were taken from now on; what comes back looks that none was taken twice. */
export async function jobs(site) {
  await site.primary.ask(`
    CREATE TABLE taken (name text, due_at timestamptz, backend integer);
    CREATE FUNCTION take() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      INSERT INTO taken VALUES (OLD.name, OLD.due_at, pg_backend_pid()); RETURN NULL; END $$;
    CREATE TRIGGER take AFTER UPDATE ON job FOR EACH ROW
      WHEN (NEW.due_at >= OLD.due_at + interval '9 minutes') EXECUTE FUNCTION take();`);
  return () =>
    check('periodic work that is due is taken by one instance, each time', async () => {
      const seals = async () => Number(await site.primary.ask("SELECT count(*) FROM taken WHERE name = 'audit.seal'"));
      await until(30_000, async () => (await seals()) >= 3, () => 'audit.seal, every 5 s, was not taken three times');
      assert.equal(await site.primary.ask('SELECT name, due_at FROM taken GROUP BY name, due_at HAVING count(*) > 1'), '');
      // the work itself: one chain of seals, without a gap or a second number
      const client = new Client(site.balancer);
      const { data } = await client.insist({ query: '{ auditVerify { intact } }' });
      assert.equal(data.auditVerify.intact, true);
    });
}

export async function accessLog(site) {
  await check('what is read through either instance is in the access log, each reading once', async () => {
    const { data } = await new Client(site.balancer).insist({ query: '{ alumni(first: 1) { nodes { id } } }' });
    const { id } = data.alumni.nodes[0];
    const body = JSON.stringify({ query: 'query($id: ID!) { alumnus(id: $id) { personalEmail } }', variables: { id } });
    const mark = `read-${randomUUID()}`;
    for (let number = 0; number < READS; number += 1) {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token('HR')}`, 'x-request-id': `${mark}-${number}` };
      const answer = await site.instances[number % 2].send({ headers, body });
      assert.equal(answer.status, 200, answer.text);
    }
    const entries = (what) => site.primary.ask(`SELECT ${what} FROM access_log_entry WHERE request_id LIKE '${mark}-%'`);
    await until(20_000, async () => (await entries('count(DISTINCT request_id)')) === String(READS), async () => `in: ${await entries('count(*)')}`);
    assert.equal(await entries('count(*)'), String(READS));
  });
}
