// What GraphiQL opens with: the examples of tabs.js for the caller's role, with the ids of things of the caller's company.

import { tabsAreKept } from './storage.js';
import { LOOK_UP, tabsOf } from './tabs.js';

/** What the viewer's company has to offer to the examples; nothing when nobody is signed in or the server cannot say. */
async function lookUp(endpoint, headers) {
  if (!headers.Authorization) return undefined;
  try {
    const answer = await fetch(endpoint, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', accept: 'application/graphql-response+json' },
      body: JSON.stringify({ query: LOOK_UP }),
      signal: AbortSignal.timeout(3000),
    });
    return (await answer.json()).data;
  } catch {
    return undefined;
  }
}

const comment = (text) => text.replace(/(.{1,56})(\s|$)/g, '# $1\n');

/** GraphiQL's properties for a first visit; none when this browser tab still has its tabs. */
export async function opening(endpoint, headers) {
  if (tabsAreKept()) return {};
  const found = await lookUp(endpoint, headers);
  const defaultTabs = tabsOf(found?.viewer?.roles).map(({ title, query, variables }) => ({
    query: `${comment(title)}${query}\n`,
    variables: JSON.stringify(variables(found), null, 2),
  }));
  // GraphiQL takes the first tab's query by itself, but not its variables.
  return { defaultTabs, initialVariables: defaultTabs[0].variables };
}
