// Lints the schema and every client's documents, and proves that the rules bite: each sentence below breaks one.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { ESLint } from 'eslint';

import { check, finish } from '../checks.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));
// The plugin reads the schema and the documents from where the process is.
process.chdir(root);
const eslint = new ESLint({ cwd: root, overrideConfigFile: 'tests/clients/eslint/eslint.config.js' });
const text = (file) => readFileSync(new URL(file, `file://${root}`), 'utf8');

async function rulesBrokenBy(filePath, code) {
  const [{ messages }] = await eslint.lintText(code, { filePath });
  return [...new Set(messages.map(({ ruleId, message }) => ruleId?.replace('@graphql-eslint/', '') ?? message))];
}

for (const [what, patterns, files] of [
  ['the schema', ['schema.graphql'], 1],
  ['the documents', ['tests/clients'], 10],
]) {
  await check(`every rule holds for ${what}`, async () => {
    const results = await eslint.lintFiles(patterns);
    const said = (await eslint.loadFormatter('stylish')).format(results);
    assert.ok(results.length >= files, `only ${results.length} files were read`);
    assert.equal(await said, '');
  });
}

await check('in a schema a thing without an id, a list that is no connection and a type without a description are found', async () => {
  const schema = text('schema.graphql');
  const broken = `${schema}
"""A thing."""
type Thing { thingName: String! }
"""A connection."""
type ThingConnection { edges: [Thing!]! }
type Bare { id: ID! }
extend type Query { things: ThingConnection! }`;
  const rules = await rulesBrokenBy('schema.graphql', broken);
  for (const rule of ['strict-id-in-types', 'no-typename-prefix', 'relay-connection-types', 'relay-arguments', 'require-description']) {
    assert.ok(rules.includes(rule), `${rule} is not among ${rules}`);
  }
});

await check('in a document a field that is not there, one without its id and one chosen twice are found', async () => {
  const broken = `query GetMe { viewer { shoeSize kind kind person { displayName } } }`;
  const rules = await rulesBrokenBy('tests/clients/codegen/src/documents.graphql', broken);
  assert.deepEqual(rules.sort(), ['fields-on-correct-type', 'naming-convention', 'no-duplicate-fields', 'require-selections']);
});

await check('documents inside of programs are read', async () => {
  for (const client of ['apollo', 'urql', 'graphql-request', 'relay/src']) {
    const file = `tests/clients/${client}/${client === 'relay/src' ? 'Card' : 'documents'}.js`;
    const rules = await rulesBrokenBy(file, text(file).replace('displayName', 'shoeSize').replace('kind', 'shoeSize'));
    assert.deepEqual(rules, ['fields-on-correct-type'], file);
  }
});

finish();
