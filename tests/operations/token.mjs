// Prints a token of a demo login: node token.mjs SECRET SUBJECT

import { createHmac } from 'node:crypto';

const [secret, subject] = process.argv.slice(2);
const now = Math.floor(Date.now() / 1000);
const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const claims = { iss: 'alumni-api', aud: 'alumni-api', sub: subject, iat: now, exp: now + 3_600 };
const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
console.log(`${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`);
