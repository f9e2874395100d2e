// A certified OpenID Connect provider (npm oidc-provider) on a loopback port, and the authorization-code flow by which a person signs in.

import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import http from 'node:http';

import { Provider } from 'oidc-provider';

/** The client and the resource that tokens are for. */
export const CLIENT = 'alumni-portal';
export const RESOURCE = 'urn:alumni-api';
const REDIRECT = 'http://127.0.0.1/callback';
const KEYS = {
  RS256: () => generateKeyPairSync('rsa', { modulusLength: 2_048 }),
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
};

const newKey = (algorithm) => ({
  ...KEYS[algorithm]().privateKey.export({ format: 'jwk' }),
  kid: randomUUID(),
  alg: algorithm,
  use: 'sig',
});

export class Idp {
  /**
   * @param {'RS256' | 'ES256'} algorithm
   * @param {Record<string, object>} people claims of each person, by `sub`
   */
  static async start(algorithm, people) {
    const idp = new Idp(algorithm, people);
    await new Promise((done) => idp.server.listen(0, '127.0.0.1', done));
    idp.issuer = `http://127.0.0.1:${idp.server.address().port}`;
    idp.rotate();
    return idp;
  }

  constructor(algorithm, people) {
    Object.assign(this, { algorithm, people, paths: [] });
    this.server = http.createServer((request, response) => {
      this.paths.push(request.url);
      this.handler(request, response);
    });
  }

  /** Replaces the only key while the provider runs. */
  rotate() {
    this.key = newKey(this.algorithm);
    const find = (_, sub) => this.people[sub] && { accountId: sub, claims: () => ({ sub, ...this.people[sub] }) };
    const provider = new Provider(this.issuer, {
      jwks: { keys: [this.key] },
      cookies: { keys: [randomBytes(16).toString('hex')] },
      clients: [
        {
          client_id: CLIENT,
          application_type: 'native',
          redirect_uris: [REDIRECT],
          response_types: ['code'],
          grant_types: ['authorization_code'],
          token_endpoint_auth_method: 'none',
          id_token_signed_response_alg: this.algorithm,
        },
      ],
      claims: { openid: ['sub'], profile: ['email', 'email_verified', 'employee_number', 'groups'] },
      conformIdTokenClaims: false,
      findAccount: find,
      extraTokenClaims: (_, token) => this.people[token.accountId],
      features: {
        devInteractions: { enabled: true },
        resourceIndicators: {
          enabled: true,
          defaultResource: () => RESOURCE,
          useGrantedResource: () => true,
          getResourceServerInfo: (_, audience) => ({
            scope: 'openid',
            audience,
            accessTokenTTL: 3_600,
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg: this.algorithm } },
          }),
        },
      },
      ttl: { AccessToken: 3_600, IdToken: 3_600, Session: 3_600, Grant: 3_600, Interaction: 600 },
    });
    provider.on('server_error', (_, error) => console.error(error));
    this.handler = provider.callback();
  }

  /**
   * Signs a person in by the authorization-code flow with PKCE, as a browser and a portal do it together.
   * @param {string} sub
   * @returns {Promise<{ access_token: string, id_token: string }>}
   */
  async signIn(sub) {
    const verifier = randomBytes(32).toString('base64url');
    const query = new URLSearchParams({
      client_id: CLIENT,
      redirect_uri: REDIRECT,
      response_type: 'code',
      scope: 'openid profile',
      state: 'state',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    });
    const browser = new Browser();
    let response = await browser.get(`${this.issuer}/auth?${query}`);
    // a form to sign in, then a form to consent
    for (const fields of [{ prompt: 'login', login: sub, password: 'any' }, { prompt: 'consent' }]) {
      const page = await response.text();
      assert.equal(response.status, 200, page);
      const form = /action="([^"]+)"/.exec(page);
      response = await browser.post(new URL(form[1], browser.address), fields);
    }
    const answer = new URL(response.headers.get('location'));
    assert.equal(answer.searchParams.get('state'), 'state', answer.href);
    const token = await fetch(`${this.issuer}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: CLIENT,
        redirect_uri: REDIRECT,
        code: answer.searchParams.get('code'),
        code_verifier: verifier,
      }),
    });
    const body = await token.json();
    assert.equal(token.status, 200, JSON.stringify(body));
    return body;
  }

  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }
}

/** Follows redirects within the provider and keeps its cookies. */
class Browser {
  cookies = new Map();

  get(address) {
    return this.#send(address, { method: 'GET' });
  }

  post(address, fields) {
    return this.#send(address, { method: 'POST', body: new URLSearchParams(fields) });
  }

  async #send(address, request) {
    let response;
    let next = new URL(address);
    let options = request;
    for (let hops = 0; hops < 10; hops += 1) {
      this.address = next;
      const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      response = await fetch(next, { ...options, redirect: 'manual', headers: { cookie } });
      for (const line of response.headers.getSetCookie()) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
        if (value) this.cookies.set(name, value);
        else this.cookies.delete(name);
      }
      const location = response.headers.get('location');
      if (!location || location.startsWith(REDIRECT)) return response;
      next = new URL(location, next);
      options = { method: 'GET' };
    }
    throw new Error(`too many redirects, the last to ${next}`);
  }
}
