// Runs every check against a binary, one after the other, each on servers of its own.
//
//   node run.js PATH_TO_BINARY [NAME…]

import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

const SUITES = {
  gate: ['schema/gate.js'],
  'gate-test': ['--test', '--test-reporter=tap', 'schema/gate.test.js'],
  audit: ['audit.js'],
  http: ['http.js'],
  cors: ['cors.js'],
  validation: ['validation.js'],
  execution: ['execution.js'],
  limits: ['limits.js'],
  socket: ['socket.js'],
  sse: ['sse.js'],
  abuse: ['abuse.js'],
  restart: ['restart.js'],
};

const [binary, ...chosen] = process.argv.slice(2);
const unknown = chosen.filter((name) => !(name in SUITES));
if (!binary || unknown.length) {
  console.error(`usage: node run.js PATH_TO_BINARY [${Object.keys(SUITES).join('|')}]…`);
  process.exit(2);
}

/** Shows what a suite says, and counts it: by its last line, or by what the test runner sums up. */
async function run(name) {
  const ofSchema = name.startsWith('gate');
  const child = spawn(process.execPath, [...SUITES[name], ...(ofSchema ? [] : [resolve(binary)])], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part) => {
    text += part;
    process.stdout.write(part);
  });
  const status = await new Promise((done) => child.once('close', done));
  const count = (...patterns) => Number(patterns.map((pattern) => text.match(pattern)?.[1]).find((found) => found) ?? 0);
  const passed = count(/^(\d+) passed, \d+ failed$/m, /^# pass (\d+)$/m);
  const failed = count(/^\d+ passed, (\d+) failed$/m, /^# fail (\d+)$/m);
  // A suite that broke without saying so is one failure.
  return { passed, failed: status === 0 ? failed : Math.max(failed, 1) };
}

const total = { passed: 0, failed: 0 };
const lines = [];
for (const name of chosen.length ? chosen : Object.keys(SUITES)) {
  const begun = performance.now();
  console.log(`\n--- ${name}`);
  const { passed, failed } = await run(name);
  total.passed += passed;
  total.failed += failed;
  lines.push(`${((performance.now() - begun) / 1_000).toFixed(1).padStart(6)} s  ${name}: ${passed} passed, ${failed} failed`);
}
console.log(`\n${lines.join('\n')}`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 ? 0 : 1);
