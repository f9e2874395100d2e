// The playground as a person sees it: what can be opened, pressed and read, and what went wrong meanwhile.

import assert from 'node:assert/strict';

import { chromium } from 'playwright-core';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // No name resolves: what the page would fetch elsewhere fails loudly.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];

export const launch = () =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });

/** One visit, in a browser profile of its own. */
export class Playground {
  static async enter(browser, base, { token, width, height }) {
    const context = await browser.newContext({ viewport: { width, height } });
    const page = await context.newPage();
    const playground = new Playground(context, page, new URL(base).host);
    await page.addInitScript(() => {
      globalThis.violations = [];
      addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
        globalThis.violations.push(`${effectiveDirective}: ${blockedURI}`);
      });
    });
    await page.goto(new URL(token ? `/graphiql#token=${token}` : '/graphql', base).href);
    return playground;
  }

  constructor(context, page, host) {
    this.context = context;
    this.page = page;
    this.foreign = [];
    this.errors = [];
    const remember = (address) => {
      const { protocol, host: asked } = new URL(address);
      if (!['data:', 'blob:'].includes(protocol) && asked !== host) this.foreign.push(address);
    };
    context.on('request', (request) => remember(request.url()));
    page.on('websocket', (socket) => remember(socket.url()));
    page.on('console', (message) => message.type() === 'error' && this.errors.push(message.text()));
    page.on('pageerror', (error) => this.errors.push(String(error)));
  }

  address = () => this.page.url();

  tabCount = () => this.page.getByRole('tablist').locator('[id^=graphiql-session-tab-]').count();

  /** Waits until the editors stand and the schema has been read. */
  async ready() {
    await this.page.locator('.graphiql-query-editor .monaco-editor').waitFor();
    await this.page.waitForFunction(() => globalThis.__MONACO?.editor.getModels().length >= 4);
    await this.page.locator('.graphiql-response .graphiql-spinner').waitFor({ state: 'detached' });
  }

  /** The text of one editor: `operation.graphql`, `request-headers.json`, `response.json`. */
  text(name) {
    return this.page.evaluate((end) => {
      const models = globalThis.__MONACO.editor.getModels();
      return models.find((model) => model.uri.path.endsWith(end)).getValue();
    }, name);
  }

  /** Opens an empty tab. */
  async add() {
    const count = await this.tabCount();
    await this.page.getByRole('button', { name: 'New tab' }).click();
    await this.page.locator(`#graphiql-session-tab-${count}`).waitFor();
  }

  headers = () => this.text('request-headers.json');

  /** Brings a tab to the front; the one that is there already is left as the page opened it. */
  async open(index) {
    const panel = this.page.locator(`[role=tabpanel][aria-labelledby=graphiql-session-tab-${index}]`);
    if (await panel.isVisible()) return;
    await this.page.locator(`#graphiql-session-tab-${index}`).click();
    await panel.waitFor();
  }

  /** Presses the button and reads the answer; `meanwhile` runs once a subscription is accepted. */
  async run(meanwhile) {
    const press = this.page.locator('.graphiql-execute-button').click();
    await Promise.all([press, meanwhile && this.subscribed()]);
    await meanwhile?.();
    await this.page.waitForFunction(() => {
      const models = globalThis.__MONACO.editor.getModels();
      return models.find((model) => model.uri.path.endsWith('response.json')).getValue() !== '';
    });
    return JSON.parse(await this.text('response.json'));
  }

  /** Resolves when the socket has carried the page's `subscribe` message. */
  async subscribed() {
    const socket = await this.page.waitForEvent('websocket');
    await socket.waitForEvent('framesent', ({ payload }) => String(payload).includes('"subscribe"'));
  }

  /** Ends a running subscription. */
  stop = () => this.page.locator('.graphiql-execute-button').click();

  async pasteHeaders(content) {
    await this.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await this.page.evaluate((text) => navigator.clipboard.writeText(text), content);
    await this.page.getByRole('button', { name: 'Headers' }).click();
    await this.page.locator('[aria-label=Headers] .monaco-editor:visible').click();
    await this.page.keyboard.press('Control+A');
    await this.page.keyboard.press('Control+V');
  }

  async readDocumentation() {
    await this.page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    await this.page.locator('.graphiql-doc-explorer').getByRole('link', { name: 'Query', exact: true }).click();
    await this.page.locator('.graphiql-doc-explorer-field-name, .graphiql-doc-explorer-item').first().waitFor();
    await this.page.getByRole('button', { name: 'Hide Documentation Explorer' }).click();
  }

  async readHistory() {
    await this.page.getByRole('button', { name: 'Show History' }).click();
    await this.page.locator('.graphiql-history-item').first().waitFor();
    await this.page.getByRole('button', { name: 'Hide History' }).click();
  }

  async reload() {
    await this.page.reload();
    await this.ready();
  }

  /** Nothing scrolls sideways, and question, button and answer are all within the window. */
  async assertFits() {
    const { width, height } = this.page.viewportSize();
    const scrolled = await this.page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(scrolled <= width, `the page is ${scrolled} px wide in a window of ${width}`);
    for (const part of ['.graphiql-query-editor', '.graphiql-execute-button', '.graphiql-response .result-window']) {
      const box = await this.page.locator(part).boundingBox();
      const inside = box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height;
      assert.ok(inside, `${part} reaches outside the window: ${JSON.stringify(box)}`);
      assert.ok(box.width >= 32 && box.height >= 32, `${part} is too small: ${JSON.stringify(box)}`);
    }
  }

  picture = (path) => this.page.screenshot({ path });

  async trouble() {
    const violations = await this.page.evaluate(() => globalThis.violations);
    return { foreign: this.foreign, errors: this.errors, violations };
  }

  leave = () => this.context.close();
}
