// What may change between two releases of the schema, decided from their texts alone.

import { buildSchema, findBreakingChanges, findDangerousChanges, isEnumType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql';

/** What graphql-js says of a change, and the coordinate of what changed. The package is pinned: another wording is noticed, not ignored. */
const COORDINATES = [
  [/^A required arg (\w+) on directive (\w+) was added\.$/, '@$2($1:)'],
  [/^(?:A required|An optional) arg (\w+) on (\w+\.\w+) was added\.$/, '$2($1:)'],
  [/^(?:A required|An optional) field (\w+) on input type (\w+) was added\.$/, '$2.$1'],
  [/^(\w+) was (?:removed from|added to) (?:enum|union) type (\w+)\.$/, '$2.$1'],
  [/^(\w+\.\w+) arg (\w+) (?:was removed|has changed type|has changed defaultValue|defaultValue was removed)\b/, '$1($2:)'],
  [/^(\w+\.\w+) (?:was removed|changed type)\b/, '$1'],
  [/^(\w+) (?:changed from|no longer implements interface)\b/, '$1'],
  [/^\w+ added to interfaces implemented by (\w+)\.$/, '$1'],
  [/^Standard scalar (\w+) was removed\b/, '$1'],
  [/^Repeatable flag was removed from (\w+)\.$/, '@$1'],
];
const OF_DIRECTIVES = {
  DIRECTIVE_REMOVED: [/^(\w+) was removed\.$/, '@$1'],
  DIRECTIVE_ARG_REMOVED: [/^(\w+) was removed from (\w+)\.$/, '@$2($1:)'],
  DIRECTIVE_LOCATION_REMOVED: [/^\w+ was removed from (\w+)\.$/, '@$1'],
  TYPE_REMOVED: [/^(?:Standard scalar )?(\w+) was removed\b.*$/, '$1'],
};

const DEPRECATION = /^Use `([^`]+)` instead\. (?:.*\. )?Removed after (\d{4}-\d{2}-\d{2})\.$/s;
export const DEPRECATION_FORM = 'Use `…` instead. Removed after YYYY-MM-DD.';

function coordinate({ type, description }) {
  const candidates = OF_DIRECTIVES[type] ? [OF_DIRECTIVES[type]] : COORDINATES;
  const found = candidates.find(([pattern]) => pattern.test(description));
  if (!found) throw new Error(`no coordinate is known for: ${description}`);
  const [pattern, template] = found;
  return description.match(pattern).reduce((text, part, at) => text.replaceAll(`$${at}`, part), template);
}

/** Everything that can be deprecated, as [coordinate, its type, what it is]. */
function* elements(schema) {
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__')) continue;
    if (isEnumType(type)) for (const value of type.getValues()) yield [`${type.name}.${value.name}`, type, value];
    if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      yield [`${type.name}.${field.name}`, type, field];
      for (const argument of field.args ?? []) yield [`${type.name}.${field.name}(${argument.name}:)`, type, argument];
    }
  }
}

/** Coordinates the changelog declares in lines like: - Breaking: `Type.field`: what to do. */
export function declared(changelog) {
  const [, unreleased = ''] = changelog.match(/^## Unreleased$(.*?)(?=^## |$(?![\s\S]))/ms) ?? [];
  return new Set([...unreleased.matchAll(/^- Breaking: `([^`]+)`: \S/gm)].map(([, name]) => name));
}

const isDay = (text) => !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text);

/** What is wrong with a deprecation's reason; nothing if it is in the stated form and names what exists. */
function faultOf(reason, type, all) {
  const [, instead, day] = reason.match(DEPRECATION) ?? [];
  if (!instead) return `its reason must read: ${DEPRECATION_FORM}`;
  if (!isDay(day)) return `${day} is no day`;
  if (!all.has(instead) && !all.has(`${type.name}.${instead}`)) return `there is no \`${instead}\` to use instead`;
  return undefined;
}

/**
 * @param {{released: string, current: string, changelog: string, today: string}} texts two schemas in SDL, the changelog, and an ISO day
 * @returns {{breaking: string[], deprecations: string[], early: string[], notes: string[]}} faults by kind, and what is only worth knowing
 */
export function judge({ released, current, changelog, today }) {
  const [before, after] = [buildSchema(released), buildSchema(current)];
  const announced = declared(changelog);
  const changes = findBreakingChanges(before, after).map((change) => ({ ...change, coordinate: coordinate(change) }));
  const ends = new Map([...elements(before)].map(([name, , element]) => [name, element.deprecationReason?.match(DEPRECATION)?.[2]]));
  const now = [...elements(after)];
  const all = new Set(now.map(([name]) => name));
  return {
    breaking: changes.filter((change) => !announced.has(change.coordinate)).map((change) => `\`${change.coordinate}\`: ${change.description}`),
    deprecations: now
      .filter(([, , { deprecationReason }]) => deprecationReason != null)
      .map(([name, type, { deprecationReason }]) => [name, faultOf(deprecationReason, type, all)])
      .filter(([, fault]) => fault)
      .map(([name, fault]) => `\`${name}\`: ${fault}`),
    early: changes
      .filter((change) => !all.has(change.coordinate) && ends.get(change.coordinate) >= today)
      .map((change) => `\`${change.coordinate}\` was promised until ${ends.get(change.coordinate)}`),
    notes: findDangerousChanges(before, after).map((change) => `\`${coordinate(change)}\`: ${change.description}`),
  };
}
