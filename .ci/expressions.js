// The dashboard's expressions as recording rules, so that promtool can read them: node .ci/expressions.js DASHBOARD > RULES
const { readFileSync } = require('node:fs');

const { panels } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const expressions = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
const plain = (expr) => expr.replaceAll('$__rate_interval', '5m').replaceAll(/\$\w+/g, '.*');
const rules = expressions.map((expr, at) => ({ record: `panel:${at}`, expr: plain(expr) }));
console.log(JSON.stringify({ groups: [{ name: 'dashboard', rules }] }, null, 2));
