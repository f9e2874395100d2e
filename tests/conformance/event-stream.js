// One answer of the type text/event-stream as it arrives: its events, its comments, and its end.

import http from 'node:http';

import { pause, until, within } from './harness.js';

export const EVENT_STREAM = 'text/event-stream';
const PATIENCE_MS = 5_000;

export class EventStream {
  /** Sends a request and comes back with its head; what is no stream is read to its end as `text`. */
  static open(server, { method = 'POST', path = '/graphql', headers = {}, body }) {
    const opened = new Promise((done, fail) => {
      const request = http.request(`http://${server.bind}${path}`, { method, headers: { accept: EVENT_STREAM, ...headers }, agent: false });
      request.on('error', fail).on('response', (response) => done(new EventStream(request, response)));
      request.end(body);
    });
    return within(PATIENCE_MS, 'the head of an answer', opened);
  }

  constructor(request, response) {
    this.request = request;
    this.status = response.statusCode;
    this.headers = response.headers;
    this.text = '';
    this.over = false;
    response.setEncoding('utf8').on('data', (part) => (this.text += part));
    const end = () => (this.over = true);
    response.on('end', end).on('error', end).on('close', end);
  }

  /** Blocks that are complete, each as its fields; the values of a repeated field are joined by line breaks. */
  get blocks() {
    const blocks = this.text.split(/\r\n\r\n|\n\n|\r\r/).slice(0, -1);
    return blocks.map((block) => {
      const fields = {};
      for (const line of block.split(/\r\n|\n|\r/)) {
        const [, name, value] = line.match(/^([^:]*):? ?(.*)$/s);
        fields[name] = name in fields ? `${fields[name]}\n${value}` : value;
      }
      return fields;
    });
  }

  get events() {
    return this.blocks.filter((block) => 'event' in block || 'data' in block).map(({ event, data }) => ({ event, data: data && JSON.parse(data) }));
  }

  get comments() {
    return this.text.split(/\r\n|\n|\r/).filter((line) => line.startsWith(':')).length;
  }

  /** Every event once there are so many. */
  async first(count, ms = PATIENCE_MS) {
    await until(ms, () => this.events.length >= count, () => `${count} events were awaited, there are: ${JSON.stringify(this.text)}`);
    return this.events;
  }

  async end(ms = PATIENCE_MS) {
    await until(ms, () => this.over, () => `the stream goes on: ${JSON.stringify(this.text)}`);
    return this.events;
  }

  async silent(ms) {
    const { length } = this.events;
    await pause(ms);
    return this.events.length === length;
  }

  drop() {
    this.request.destroy();
  }
}
