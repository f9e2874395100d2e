// Sends what stands in the editors: queries and mutations as POST, subscriptions over a socket to the same address.

import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { Kind, parse } from 'graphql';

/** The document's operation when it has just one; undefined when it has several or does not parse. */
function read(query) {
  try {
    const documentAST = parse(query);
    const operations = documentAST.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
    return operations.length === 1 ? { documentAST, operationName: operations[0].name?.value } : undefined;
  } catch {
    return undefined;
  }
}

export function fetcherFor(endpoint) {
  const live = new URL(endpoint);
  live.protocol = endpoint.protocol === 'https:' ? 'wss:' : 'ws:';
  const send = createGraphiQLFetcher({
    url: endpoint.href,
    // The headers editor's content is also the payload of the socket's connection_init.
    subscriptionUrl: live.href,
    enableIncrementalDelivery: false,
  });
  return (request, options) => {
    // GraphiQL notices a moment late which operation a tab holds: whoever presses the button at once after changing the
    // tab would run the new document under the old one's name.
    const { documentAST, operationName } = read(request.query) ?? { ...options, ...request };
    return send({ ...request, operationName }, { ...options, documentAST });
  };
}
