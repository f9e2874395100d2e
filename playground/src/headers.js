// Who the playground asks as. The token arrives in the address (`#token=…`, which browsers never send to a server) or is
// pasted into the headers editor; it is kept for this browser tab only, so that a reload does not lose it.

import { useGraphiQL } from '@graphiql/react';
import { useEffect } from 'react';

import { forgetTabs } from './storage.js';

const KEPT = 'alumni-api:headers';

const EMPTY = `{
  // "Authorization": "Bearer <paste a token here>"
}`;

/** Moves a token from the address bar into this browser tab's memory; true when there was one. */
function takeTokenFromAddress() {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (!token) return false;
  history.replaceState(null, '', location.pathname + location.search);
  sessionStorage.setItem(KEPT, JSON.stringify({ Authorization: `Bearer ${token}` }, null, 2));
  forgetTabs();
  return true;
}

/** The content of the headers editor in a tab that has none of its own. */
export function defaultHeaders() {
  takeTokenFromAddress();
  addEventListener('hashchange', () => takeTokenFromAddress() && location.reload());
  return sessionStorage.getItem(KEPT) ?? EMPTY;
}

/** The headers an editor's content stands for; none while it is not plain JSON. */
export function headersToSend(content) {
  try {
    return JSON.parse(content);
  } catch {
    return {};
  }
}

/** Carries headers typed in one tab to the tabs that still hold the untouched ones. Shows nothing. */
export function KeepHeaders() {
  const { editor, opened, initial } = useGraphiQL((state) => ({
    editor: state.headerEditor,
    opened: state.tabs[state.activeTabIndex]?.id,
    initial: state.defaultHeaders,
  }));
  useEffect(() => {
    if (!editor) return undefined;
    const kept = sessionStorage.getItem(KEPT);
    if (kept && editor.getValue() === initial) editor.setValue(kept);
    const typing = editor.onDidChangeModelContent(({ isFlush }) => {
      if (!isFlush) sessionStorage.setItem(KEPT, editor.getValue()); // a flush is another tab's content coming in
    });
    return () => typing.dispose();
  }, [editor, opened, initial]);
  return null;
}
