import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * Small cookies of this browser's own, read and written where they are needed. The plugin for cookies hooks into every request of its
 * scope, and without it cannot be used.
 * @see https://www.rfc-editor.org/rfc/rfc6265
 */
export function readCookie({ headers: { cookie = '' } }: FastifyRequest, name: string): string | undefined {
  for (const pair of cookie.split(';')) {
    const at = pair.indexOf('=');
    if (at !== -1 && pair.slice(0, at).trim() === name) return decoded(pair.slice(at + 1).trim());
  }
  return undefined;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined; // not ours
  }
}

/** @param maxAgeS 0 takes it away */
export function writeCookie(reply: FastifyReply, name: string, value: string, maxAgeS: number, isSecure = false): void {
  const secure = isSecure ? '; Secure' : '';
  reply.header('set-cookie', `${name}=${encodeURIComponent(value)}; Path=/; Max-Age=${maxAgeS}; SameSite=Strict; HttpOnly${secure}`);
}
