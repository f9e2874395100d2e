import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './style.css';

import { GraphiQL } from 'graphiql';
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';

import { fetcherFor } from './fetcher.js';
import { defaultHeaders, headersToSend, KeepHeaders } from './headers.js';
import { opening } from './opening.js';
import { storage } from './storage.js';

const endpoint = new URL('../graphql', document.baseURI);
const content = defaultHeaders();
const headers = headersToSend(content);

createRoot(document.getElementById('playground')).render(
  createElement(
    GraphiQL,
    {
      fetcher: fetcherFor(endpoint),
      storage,
      defaultHeaders: content,
      // Where the token goes, to whoever has none yet.
      defaultEditorToolsVisibility: headers.Authorization ? 'variables' : 'headers',
      ...(await opening(endpoint, headers)),
      inputValueDeprecation: true,
      schemaDescription: true,
    },
    createElement(GraphiQL.Logo, null, 'alumni-api'),
    createElement(KeepHeaders),
  ),
);
