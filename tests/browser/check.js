// Uses the playground of a running server as a newcomer would, in a browser that reaches this machine alone.
//
//   node check.js http://127.0.0.1:8080 HR=<token> ALUMNUS=<token> EMPLOYEE=<token>
//
// Every role named in playground/src/tabs.js needs its token. Screenshots land in target/ci/.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { LOOK_UP, TABS } from '../../playground/src/tabs.js';
import { Playground, launch } from './playground.js';

const [base, ...pairs] = process.argv.slice(2);
const tokens = Object.fromEntries(pairs.map((pair) => pair.split(/=(.*)/s)));
const roles = [...new Set(TABS.map((tab) => tab.role))];
if (!base || roles.some((role) => !tokens[role])) {
  console.error(`usage: node check.js BASE_URL ${roles.map((role) => `${role}=TOKEN`).join(' ')}`);
  process.exit(2);
}

const SCREENS = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };
const pictures = fileURLToPath(new URL('../../target/ci/', import.meta.url));
mkdirSync(pictures, { recursive: true });

let passed = 0;
let failed = 0;

async function check(name, what) {
  try {
    await what();
    passed += 1;
    console.log(`ok      ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}\n        ${String(error.message).replaceAll('\n', '\n        ')}`);
  }
}

/** An answer is good when it has data, no errors, and no `userErrors` anywhere inside. */
function assertGood(answer) {
  assert.deepEqual(answer.errors ?? [], []);
  assert.ok(answer.data, 'the answer has no data');
  JSON.stringify(answer.data, (key, value) => {
    if (key === 'userErrors') assert.deepEqual(value, []);
    return value;
  });
}

async function ask(query, variables, role) {
  const answer = await fetch(new URL('/graphql', base), {
    method: 'POST',
    headers: { authorization: `Bearer ${tokens[role]}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  return answer.json();
}

/** Runs tab number `index` and looks at its answer. */
async function runTab(playground, index) {
  await playground.open(index);
  const { role, query, variables } = TABS[index];
  if (!query.startsWith('subscription')) return assertGood(await playground.run());
  // A live tab answers when something happens: a worker nobody has pushed before.
  const sync = TABS.find((tab) => tab.query.includes('workersSync'));
  const { input } = sync.variables();
  const [worker] = input.workers;
  const pushed = { ...input, workers: [{ ...worker, externalId: `check-${process.pid}-${Date.now()}` }] };
  const change = await playground.run(async () => assertGood(await ask(sync.query, { input: pushed }, role)));
  await playground.stop();
  return assertGood(change);
}

async function useAs(browser, role, screen) {
  const playground = await Playground.enter(browser, base, { token: tokens[role], ...SCREENS[screen] });
  await check(`${screen}: ${role} opens the playground, and the token leaves the address bar`, async () => {
    await playground.ready();
    assert.equal(playground.address(), new URL('/graphiql', base).href);
    assert.equal(await playground.tabCount(), TABS.length);
  });
  for (const [index, tab] of TABS.entries()) {
    if (tab.role !== role) continue;
    const name = tab.query.match(/\w+ (\w+)/)[1];
    await check(`${screen}: ${role} runs ${name}`, () => runTab(playground, index));
  }
  await playground.picture(`${pictures}playground-${screen}-${role.toLowerCase()}.png`);
  await check(`${screen}: ${role} had everything on the screen`, () => playground.assertFits());
  await check(`${screen}: ${role} caused no foreign request, console error or policy violation`, async () => {
    assert.deepEqual(await playground.trouble(), { foreign: [], errors: [], violations: [] });
  });
  return playground;
}

const browser = await launch();
try {
  await check('the look-up behind the tabs is answered for every role', async () => {
    for (const role of roles) assertGood(await ask(LOOK_UP, {}, role));
  });
  for (const screen of Object.keys(SCREENS)) {
    for (const role of roles) {
      const playground = await useAs(browser, role, screen);
      if (role === roles[0]) {
        await check(`${screen}: the documentation opens and describes the query type`, () => playground.readDocumentation());
        await check(`${screen}: the history lists what was run`, () => playground.readHistory());
        await check(`${screen}: the token survives a reload`, async () => {
          await playground.reload();
          await playground.open(0);
          assertGood(await playground.run());
        });
      }
      await playground.leave();
    }
  }
  await check('a token pasted in one tab is used by the next', async () => {
    const playground = await Playground.enter(browser, base, SCREENS.desktop);
    await playground.ready();
    const [first, second] = [...TABS.keys()].filter((index) => TABS[index].role === roles[0]);
    await playground.open(first);
    await playground.pasteHeaders(JSON.stringify({ Authorization: `Bearer ${tokens[roles[0]]}` }));
    assertGood(await playground.run());
    await playground.open(second);
    assert.match(await playground.headers(), /Bearer/);
    await playground.leave();
  });
} finally {
  await browser.close();
}

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
