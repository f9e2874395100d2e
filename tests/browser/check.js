// Uses the playground of a running server as a newcomer would, in a browser that reaches this machine alone.
//
//   node check.js http://127.0.0.1:8080 HR=<token> ALUMNUS=<token> … (one for each role)
//
// Each role of playground/src/tabs.js needs its token, except ANONYMOUS. Screenshots land in target/ci/.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { LOOK_UP, TABS, tabsOf } from '../../playground/src/tabs.js';
import { Playground, launch } from './playground.js';

const [base, ...pairs] = process.argv.slice(2);
const tokens = Object.fromEntries(pairs.map((pair) => pair.split(/=(.*)/s)));
const roles = [...new Set(TABS.map((tab) => tab.role))].filter((role) => role !== 'ANONYMOUS');
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

/** What the tab promises: a list with something in it, or an object. */
function assertRows(tab, answer) {
  const rows = tab.rows.split('.').reduce((part, name) => part?.[name], answer.data);
  assert.ok(Array.isArray(rows) ? rows.length > 0 : rows, `no rows at ${tab.rows}: ${JSON.stringify(answer.data).slice(0, 300)}`);
}

async function ask(query, variables, role) {
  const answer = await fetch(new URL('/graphql', base), {
    method: 'POST',
    headers: { authorization: `Bearer ${tokens[role]}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  return answer.json();
}

/** Presses the button of a tab once, and looks at its answer. */
async function runTab(playground, index, tab) {
  await playground.open(index);
  if (!tab.query.startsWith('subscription')) {
    const answer = await playground.run();
    assertGood(answer);
    return assertRows(tab, answer);
  }
  // A live tab answers when something happens: a worker nobody has pushed before.
  const sync = TABS.find(({ query }) => query.includes('workersSync'));
  const { input } = sync.variables();
  const [worker] = input.workers;
  const pushed = { ...input, workers: [{ ...worker, externalId: `check-${process.pid}-${Date.now()}` }] };
  const change = await playground.run(async () => assertGood(await ask(sync.query, { input: pushed }, tab.role)));
  await playground.stop();
  assertGood(change);
  return assertRows(tab, change);
}

async function useAs(browser, role, screen) {
  const playground = await Playground.enter(browser, base, { token: tokens[role], ...SCREENS[screen] });
  await check(`${screen}: ${role} opens the playground, and the token leaves the address bar`, async () => {
    await playground.ready();
    assert.equal(playground.address(), new URL('/graphiql', base).href);
    assert.equal(await playground.tabCount(), tabsOf([role]).length);
  });
  for (const [index, tab] of tabsOf([role]).entries()) {
    const name = tab.query.match(/\w+ (\w+)/)[1];
    await check(`${screen}: ${role} runs ${name}, and it returns rows`, () => runTab(playground, index, tab));
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
  await check('a caller without a token gets a tab that runs, and one with a pasted token uses it in the next tab', async () => {
    const playground = await Playground.enter(browser, base, SCREENS.desktop);
    await playground.ready();
    const [anonymous] = tabsOf();
    assert.equal(await playground.tabCount(), 1);
    await runTab(playground, 0, anonymous);
    await playground.pasteHeaders(JSON.stringify({ Authorization: `Bearer ${tokens[roles[0]]}` }));
    assertGood(await playground.run());
    await playground.add();
    assert.match(await playground.headers(), /Bearer/);
    await playground.leave();
  });
} finally {
  await browser.close();
}

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
