// A PostgreSQL primary and a streaming replica of it, on loopback ports and in a folder of their own.

import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { freePort } from '../conformance/server.js';

const run = promisify(execFile);
const PROGRAMS = '/usr/lib/postgresql';
/** Nothing of it outlives the run, so it need not survive a power cut. */
const OPTIONS = ['fsync=off', 'listen_addresses=127.0.0.1', 'max_connections=100', 'wal_level=replica', 'max_wal_senders=5', 'hot_standby=on'];

const isRoot = process.getuid() === 0;
/** initdb and the server refuse to run as root. */
const asPostgres = (program, parts) => (isRoot ? ['runuser', ['-u', 'postgres', '--', program, ...parts]] : [program, parts]);

function programs() {
  const folders = readdirSync(PROGRAMS).sort((one, other) => Number(one) - Number(other));
  const bins = folders.map((folder) => join(PROGRAMS, folder, 'bin'));
  const bin = bins.findLast((folder) => existsSync(join(folder, 'initdb')));
  if (!bin) throw new Error(`no initdb under ${PROGRAMS}`);
  return bin;
}

export class Postgres {
  /** A new cluster. */
  static async primary(folder) {
    const cluster = await Postgres.#at(folder, 'primary');
    await cluster.#run('initdb', ['--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync', `--pgdata=${cluster.data}`]);
    await cluster.start();
    return cluster;
  }

  /** One that follows it. */
  static async replica(folder, primary) {
    const cluster = await Postgres.#at(folder, 'replica');
    const from = ['--host=127.0.0.1', `--port=${primary.port}`, '--username=postgres'];
    await cluster.#run('pg_basebackup', [...from, '--checkpoint=fast', '--wal-method=stream', '--write-recovery-conf', '--no-sync', `--pgdata=${cluster.data}`]);
    await cluster.start();
    return cluster;
  }

  static async #at(folder, name) {
    const data = join(folder, name);
    mkdirSync(folder, { recursive: true });
    if (isRoot) execFileSync('chown', ['postgres', folder]);
    return new Postgres(folder, data, await freePort());
  }

  constructor(folder, data, port) {
    Object.assign(this, { folder, data, port, bin: programs() });
    this.url = `postgres://postgres@127.0.0.1:${port}/postgres`;
    this.leave = () => this.#stopNow();
    process.once('exit', this.leave);
  }

  #run(program, parts) {
    return run(...asPostgres(join(this.bin, program), parts), { cwd: '/' });
  }

  start() {
    const options = ['-p', this.port, '-k', this.folder, ...OPTIONS.flatMap((option) => ['-c', option])].join(' ');
    return this.#run('pg_ctl', ['start', '--silent', '--wait', `--pgdata=${this.data}`, `--log=${this.data}.log`, `--options=${options}`]);
  }

  /** As if its machine went. */
  kill() {
    return this.#run('pg_ctl', ['stop', '--silent', '--wait', '--mode=immediate', `--pgdata=${this.data}`]);
  }

  /** No longer a replica: from now on it would take writes of its own. */
  promote() {
    return this.#run('pg_ctl', ['promote', '--silent', '--wait', `--pgdata=${this.data}`]);
  }

  /** Stops all its processes where they are, as a machine that hangs does. */
  freeze() {
    return this.#signal('STOP');
  }

  thaw() {
    return this.#signal('CONT');
  }

  async #signal(signal) {
    const [postmaster] = readFileSync(join(this.data, 'postmaster.pid'), 'utf8').split('\n');
    const children = readFileSync(`/proc/${postmaster}/task/${postmaster}/children`, 'utf8').trim().split(' ');
    await run('kill', [`-${signal}`, postmaster, ...children]);
  }

  #stopNow() {
    try {
      // of what is frozen nothing else is heard
      const [postmaster] = readFileSync(join(this.data, 'postmaster.pid'), 'utf8').split('\n');
      execFileSync('kill', ['-CONT', postmaster]);
      execFileSync(...asPostgres(join(this.bin, 'pg_ctl'), ['stop', '--silent', '--mode=immediate', `--pgdata=${this.data}`]), { cwd: '/', stdio: 'ignore' });
    } catch {
      // it does not run
    }
  }

  /** What a statement answers: its rows as lines, their columns with a bar between. */
  async ask(sql) {
    const { stdout } = await run('psql', [this.url, '--no-psqlrc', '--quiet', '--no-align', '--tuples-only', '--set=ON_ERROR_STOP=1', `--command=${sql}`]);
    return stdout.trim();
  }
}
