// The gate must shut: each of these schemas is wrong in one way, and would pass were the gate to forget about it.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

import { declared, judge } from './rules.js';

const RELEASED = `
  directive @mark(a: Int) repeatable on FIELD | QUERY
  scalar Old
  interface Node { id: ID! }
  union Found = Person | Company
  enum Colour { RED BLUE }
  input Filter { text: String at: Old }
  type Person implements Node { id: ID! name: String! nick(short: Boolean, first: Int = 5): String age: Int @deprecated(reason: "Use \`name\` instead. Removed after 2030-01-31.") }
  type Company { id: ID! }
  type Query { node(id: ID!): Node found: [Found] people(filter: Filter): [Person!]! colour: Colour }
`;

const look = (current, { changelog = '## Unreleased\n', today = '2029-06-01', released = RELEASED } = {}) => judge({ released, current, changelog, today });
const NOTHING = { breaking: [], deprecations: [], early: [], notes: [] };

test('the same schema, and one with more to read, pass', () => {
  assert.deepEqual(look(RELEASED), NOTHING);
  assert.deepEqual(look(RELEASED.replace('name: String!', 'name: String! other: Int')), NOTHING);
});

for (const [name, from, to, coordinate] of [
  ['a field that is gone', 'name: String!', '', 'Person.name'],
  ['a field that may be null now', 'name: String!', 'name: String', 'Person.name'],
  ['a field of another type', 'name: String!', 'name: Int!', 'Person.name'],
  ['an argument that is gone', 'short: Boolean, ', '', 'Person.nick(short:)'],
  ['an argument of another type', 'short: Boolean', 'short: Int', 'Person.nick(short:)'],
  ['an argument that is needed now', 'node(id: ID!)', 'node(id: ID!, kind: Int!)', 'Query.node(kind:)'],
  ['an input field that is gone', 'text: String', '', 'Filter.text'],
  ['an input field that is needed now', 'text: String', 'text: String more: Int!', 'Filter.more'],
  ['an enum value that is gone', 'RED BLUE', 'RED', 'Colour.BLUE'],
  ['a member of a union that is gone', 'Person | Company', 'Person', 'Found.Company'],
  ['an interface that is implemented no more', 'Person implements Node', 'Person', 'Person'],
  ['a type that is another kind', 'scalar Old', 'enum Old { A }', 'Old'],
  ['a type that is gone', /scalar Old|at: Old/g, '', 'Old'],
  ['a directive that is gone', /directive.*/, '', '@mark'],
  ["a directive's argument that is gone", '(a: Int)', '', '@mark(a:)'],
  ["a directive's argument that is needed now", '(a: Int)', '(a: Int b: Int!)', '@mark(b:)'],
  ['a directive that may stand once now', 'repeatable ', '', '@mark'],
  ['a directive that may not stand there now', 'FIELD | QUERY', 'FIELD', '@mark'],
]) {
  test(`${name} is refused, and passes once it is declared`, () => {
    const current = RELEASED.replace(from, to);
    const { breaking } = look(current);
    assert.ok(breaking.some((fault) => fault.startsWith(`\`${coordinate}\`: `)), breaking.join('\n'));
    const lines = breaking.map((fault) => `- Breaking: ${fault.slice(0, fault.indexOf(': '))}: use something else.`);
    assert.deepEqual(look(current, { changelog: `# Changelog\n\n## Unreleased\n\n${lines.join('\n')}\n\n## 0.1.0\n` }).breaking, []);
  });
}

test('a declaration counts in its form and in the unreleased section only', () => {
  const current = RELEASED.replace('name: String!', '');
  for (const changelog of [
    '',
    '## Unreleased\n\n## 0.1.0\n\n- Breaking: `Person.name`: gone.\n',
    '## 0.1.0\n\n- Breaking: `Person.name`: gone.\n',
    '## Unreleased\n\n- Breaking: Person.name: gone.\n',
    '## Unreleased\n\n- Breaking: `Person.name`\n',
    '## Unreleased\n\n- Removed: `Person.name`: gone.\n',
    '## Unreleased\n\n- Breaking: `Person`: gone.\n',
  ]) {
    assert.equal(look(current, { changelog }).breaking.length, 1, changelog);
  }
  assert.deepEqual([...declared('## Unreleased\n- Breaking: `A.b`: c.\n- Added: d.\n- Breaking: `@e(f:)`: g.')], ['A.b', '@e(f:)']);
});

test('a deprecation without what to use instead, without a day, or with one that is none is refused', () => {
  for (const reason of ['', 'No longer supported', 'Use `name` instead.', 'Removed after 2030-01-31.', 'Use name instead. Removed after 2030-01-31.', 'Use `name` instead. Removed after soon.', 'Use `name` instead. Removed after 2030-02-31.', 'Use `nothing` instead. Removed after 2030-01-31.']) {
    const current = RELEASED.replace(/reason: "[^"]*"/, `reason: "${reason}"`);
    assert.equal(look(current).deprecations.length, 1, reason);
  }
  for (const [from, to] of [['RED BLUE', 'RED BLUE @deprecated'], ['text: String', 'text: String @deprecated'], ['short: Boolean', 'short: Boolean @deprecated(reason: "old")']]) {
    assert.equal(look(RELEASED.replace(from, to)).deprecations.length, 1, to);
  }
});

test('a deprecation in the stated form passes, with more sentences too', () => {
  for (const reason of ['Use `Company.id` instead. Removed after 2030-01-31.', 'Use `name` instead. It holds the same. Removed after 2030-01-31.']) {
    assert.deepEqual(look(RELEASED.replace(/reason: "[^"]*"/, `reason: "${reason}"`)).deprecations, []);
  }
});

test('what was promised until a day does not go before it, declared or not', () => {
  const current = RELEASED.replace(/age: Int @deprecated\([^)]*\)/, '');
  const changelog = '## Unreleased\n\n- Breaking: `Person.age`: use `name`.\n';
  assert.deepEqual(look(current, { changelog, today: '2030-01-31' }).early, ['`Person.age` was promised until 2030-01-31']);
  assert.deepEqual(look(current, { changelog, today: '2030-02-01' }), NOTHING);
});

test('what may surprise a client is told', () => {
  const told = (from, to) => look(RELEASED.replace(from, to)).notes.map((note) => note.slice(1, note.indexOf('`', 1)));
  assert.deepEqual(told('RED BLUE', 'RED BLUE GREEN'), ['Colour.GREEN']);
  assert.deepEqual(told('first: Int = 5', 'first: Int = 50'), ['Person.nick(first:)']);
  assert.deepEqual(told('short: Boolean', 'short: Boolean, long: Boolean'), ['Person.nick(long:)']);
  assert.deepEqual(told('text: String', 'text: String more: Int'), ['Filter.more']);
  assert.deepEqual(told('type Company {', 'type Company implements Node {'), ['Company']);
});

test('the command fails where the rules do, and passes where they do', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gate-'));
  const path = (name, text) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const gate = fileURLToPath(new URL('gate.js', import.meta.url));
  const texts = [path('released', RELEASED), path('current', RELEASED.replace('RED BLUE', 'RED')), path('changelog', '## Unreleased\n')];
  const shut = spawnSync(process.execPath, [gate, ...texts], { encoding: 'utf8' });
  assert.deepEqual([shut.status, shut.stdout.includes('`Colour.BLUE`'), shut.stdout.endsWith('2 passed, 1 failed\n')], [1, true, true]);
  path('changelog', '## Unreleased\n\n- Breaking: `Colour.BLUE`: use RED.\n');
  assert.match(execFileSync(process.execPath, [gate, ...texts], { encoding: 'utf8' }), /3 passed, 0 failed\n$/);
  rmSync(folder, { recursive: true });
});

test('the last release still is a schema', () => {
  const released = readFileSync(new URL('released.graphql', import.meta.url), 'utf8');
  assert.deepEqual(look(released, { released }), NOTHING);
});
