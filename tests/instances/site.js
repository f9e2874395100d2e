// All of it: PostgreSQL and its replica, two instances as production runs them, and the balancer before them.

import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { freePort, Server } from '../conformance/server.js';
import { Balancer } from './balancer.js';
import { BUDGETS } from './budgets.js';
import { Postgres } from './postgres.js';

const run = promisify(execFile);
const NAMES = ['one', 'two'];
/** How late the replica may be, and longest time an answer of a mutation waits for it. */
export const MAX_LAG_MS = 1_000;
/** Longer than the balancer takes to see that an instance stops. */
const DRAIN_DELAY_MS = 1_800;

const SECRETS = {
  ALUMNI_MODE: 'production',
  ALUMNI_JWT_SECRET: 'of-the-conformance-checks-and-of-nobody-else',
  ALUMNI_LINK_SECRET: 'of-the-checks-of-instances-and-nobody-elses',
};

export class Site {
  /** In a folder of its own, which its caller removes. */
  static async open(binary, folder) {
    const primary = await Postgres.primary(join(folder, 'postgres'));
    // demo data is refused in production
    const env = { PATH: process.env.PATH, ...SECRETS, ALUMNI_MODE: 'development', DATABASE_URL: primary.url };
    for (const command of [['migrate', 'up'], ['seed']]) await run(binary, command, { env });
    const replica = await Postgres.replica(join(folder, 'postgres'), primary);
    const site = new Site(binary, folder, primary, replica);
    for (const name of NAMES) site.binds[name] = `127.0.0.1:${await freePort()}`;
    await Promise.all(NAMES.map((name) => site.start(name)));
    mkdirSync(join(folder, 'balancer'));
    site.balancer = await Balancer.start(join(folder, 'balancer'), site.binds.one, site.binds.two);
    return site;
  }

  constructor(binary, folder, primary, replica) {
    Object.assign(this, { binary, folder, primary, replica, binds: {} });
  }

  get instances() {
    return NAMES.map((name) => this[name]);
  }

  async start(name) {
    this[name] = await Server.start(this.binary, {
      ...SECRETS,
      BIND: this.binds[name],
      DATABASE_URL: this.primary.url,
      DATABASE_REPLICA_URL: this.replica.url,
      ALUMNI_REPLICA_MAX_LAG_MS: String(MAX_LAG_MS),
      ALUMNI_DRAIN_DELAY_MS: String(DRAIN_DELAY_MS),
      ALUMNI_BUDGETS: BUDGETS,
      ALUMNI_TRUSTED_PROXIES: '1',
      ALUMNI_ACCESS_SPOOL: join(this.folder, `spool-${name}`),
    });
  }

  /** As the machine's kernel would. */
  async kill(name) {
    this[name].child.kill('SIGKILL');
    await this[name].ended;
  }

  /** Sum of a metric over its labels, by instance. */
  async counted(metric) {
    const count = async (server) => {
      const found = Object.entries(await server.metrics()).filter(([key]) => key.split('{')[0] === metric);
      return found.reduce((sum, [, value]) => sum + value, 0);
    };
    return Promise.all(this.instances.map(count));
  }
}
