// Holds the checked-in schema against the last release's: what breaks a client must be declared in the changelog, and what is deprecated
// must say what to use instead and until when it stays.
//
//   node schema/gate.js [RELEASED CURRENT CHANGELOG]

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { check, finish } from '../harness.js';
import { judge } from './rules.js';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const [released, current, changelog] = [
  process.argv[2] ?? here('released.graphql'),
  process.argv[3] ?? here('../../../schema.graphql'),
  process.argv[4] ?? here('../../../CHANGELOG.md'),
].map((path) => readFileSync(path, 'utf8'));

const { breaking, deprecations, early, notes } = judge({ released, current, changelog, today: new Date().toISOString().slice(0, 10) });
const none = (faults) => assert.equal(faults.join('\n'), '', faults.join('\n'));

for (const note of notes) console.log(`note    ${note}`);
await check('what breaks a client is declared in the changelog, as: - Breaking: `Type.field`: …', () => none(breaking));
await check('what is deprecated says what to use instead, and until when it stays', () => none(deprecations));
await check('what was deprecated has stayed until its day', () => none(early));
finish();
