import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Secrets } from '../ports/secrets.ts';

const letters = 'abcdefghijklmnopqrstuvwxyz234567';

export function createSecrets(): Secrets {
  const sha256 = (text: string) => createHash('sha256').update(text).digest();
  return {
    secret: () => randomBytes(32).toString('base64url'),
    prefix: () => Array.from(randomBytes(10), (byte) => letters[byte % letters.length]).join(''),
    digest: (text) => sha256(text).toString('hex'),
    matches: (text, digest) => timingSafeEqual(sha256(text), Buffer.from(digest, 'hex')),
  };
}
