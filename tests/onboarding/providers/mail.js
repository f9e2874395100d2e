// A mail server (npm smtp-server) that accepts every message and reads it (npm mailparser).

import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';

/** Starts one on a free loopback port. */
export async function mailServer() {
  const messages = [];
  const listeners = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, _, done) {
      simpleParser(stream).then((message) => {
        messages.push(message);
        for (const listener of listeners) listener(message);
        done();
      }, done);
    },
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return {
    messages,
    port: server.server.address().port,
    onMessage: (listener) => listeners.push(listener),
    stop: () => server.close(),
  };
}
