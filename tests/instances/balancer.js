// HAProxy with the configuration of deploy/, which is told the addresses, and a socket of its own on which it says whom it sends requests to.

import { spawn } from 'node:child_process';
import { openSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';

import { until } from '../conformance/harness.js';
import { freePort, Server } from '../conformance/server.js';

const CONFIGURATION = join(import.meta.dirname, '../../deploy/haproxy/haproxy.cfg');

export class Balancer extends Server {
  static async start(folder, one, two) {
    const bind = `127.0.0.1:${await freePort()}`;
    const ours = join(folder, 'ours.cfg');
    writeFileSync(ours, `global\n    stats socket ${join(folder, 'haproxy.sock')} mode 600 level user\n`);
    const log = join(folder, 'haproxy.log');
    const output = openSync(log, 'a');
    const child = spawn('haproxy', ['-db', '-f', CONFIGURATION, '-f', ours], {
      env: { PATH: `${process.env.PATH}:/usr/sbin`, BALANCER_BIND: bind, INSTANCE_ONE: one, INSTANCE_TWO: two },
      stdio: ['ignore', output, output],
    });
    const balancer = new Balancer(child, bind, folder, log);
    await balancer.sendsTo('one', 'two');
    return balancer;
  }

  constructor(child, bind, folder, log) {
    super(child, bind, folder, log);
    child.once('error', (error) => (this.broken = error));
  }

  /** Waits until requests go to these and no other. */
  async sendsTo(...names) {
    let now;
    const asked = async () => {
      if (this.broken || this.child.exitCode !== null) throw new Error(`the balancer does not run: ${this.broken ?? readFileSync(this.log, 'utf8')}`);
      now = await this.#up().catch((error) => [String(error)]);
      return String(now) === String(names);
    };
    await until(15_000, asked, () => `the balancer sends requests to ${now}, not to ${names}`);
  }

  async #up() {
    const text = await this.#say('show stat\n');
    const rows = text.split('\n').map((line) => line.split(','));
    const [pool, server, status] = ['# pxname', 'svname', 'status'].map((name) => rows[0].indexOf(name));
    const instances = rows.filter((row) => row[pool] === 'alumni' && row[server] !== 'BACKEND');
    return instances.filter((row) => row[status].startsWith('UP')).map((row) => row[server]);
  }

  #say(words) {
    return new Promise((done, fail) => {
      const parts = [];
      const line = net.connect(join(this.folder, 'haproxy.sock'), () => line.end(words));
      line.on('data', (part) => parts.push(part)).on('error', fail).on('end', () => done(Buffer.concat(parts).toString()));
    });
  }
}
