// One line for each thing that was checked, and the count at the end, which run.js reads.

import { setTimeout as pause } from 'node:timers/promises';

import { Server } from './server.js';

let passed = 0;
let failed = 0;

export async function check(name, what) {
  try {
    await what();
    passed += 1;
    console.log(`ok      ${name}`);
  } catch (error) {
    failed += 1;
    const said = error instanceof Error ? error.message || String(error) : String(error);
    console.log(`FAILED  ${name}\n        ${said.slice(0, 2_000).replaceAll('\n', '\n        ')}`);
  }
}

export function finish() {
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed === 0 ? 0 : 1);
}

export { pause };

/** What a promise comes to, unless it takes longer than `ms`. */
export async function within(ms, what, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: nothing within ${ms} ms`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Asks again until the answer is true, and fails with what `saying` makes of the last one. */
export async function until(ms, holds, saying) {
  const end = performance.now() + ms;
  for (;;) {
    if (await holds()) return;
    if (performance.now() > end) throw new Error(await saying());
    await pause(50);
  }
}

/**
 * Starts a server for each group of settings, hands them to `checks`, ends them, and counts a panic in any of their logs as a failure.
 * @param {Record<string, Record<string, string>>} settings environment by the server's name
 * @param {(servers: Record<string, Server>) => Promise<void>} checks
 */
export async function withServers(settings, checks) {
  const binary = process.argv[2];
  if (!binary) {
    console.error(`usage: node ${process.argv[1].split('/').at(-1)} PATH_TO_BINARY`);
    process.exit(2);
  }
  const servers = {};
  try {
    for (const [name, environment] of Object.entries(settings)) servers[name] = await Server.start(binary, environment);
    await checks(servers);
  } catch (error) {
    await check('the checks ran to their end', () => Promise.reject(error));
  } finally {
    for (const [name, server] of Object.entries(servers)) {
      await check(`the server "${name}" stops when told to, without a panic before`, () => server.stop());
    }
  }
  finish();
}
