import type { FastifyInstance, FastifyRequest } from 'fastify';
import { allows } from '../../core/domain/api-key.ts';
import { TaskRouterError } from '../../core/domain/errors.ts';
import type { ListedKey } from '../../core/engine/keyring.ts';
import { type Access, accessOf } from '../access.ts';
import { readCookie } from '../cookies.ts';
import type { Auth } from '../deps.ts';
import { sessionCookie } from '../sessions.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
  }
  interface FastifyRequest {
    /** The key it came with; `null` while there are none, and where nobody needs one. */
    key: ListedKey | null;
  }
}

/** One that the table was not asked about, as it was made before the door: closed to all but those who may do everything. */
const unknownRoute: Access = { roles: ['admin'], ofOneTenant: false };

export interface Door {
  /**
   * Lets a request in, or not. While there are no keys everybody may do everything: the server then listens on loopback only.
   * @throws TaskRouterError `unauthenticated`, `forbidden`, `rate_limited`
   */
  admit(request: FastifyRequest): void;
  /** Who signed in here, where nothing is asked for: a page that is not there still says whose it is. */
  recognise(request: FastifyRequest): void;
}

/** @param auth `undefined`: whoever reaches the port may do everything */
export function createDoor(app: FastifyInstance, auth: Auth | undefined): Door {
  app.decorateRequest('key', null);
  app.addHook('onRoute', (route) => {
    route.config = { ...route.config, access: accessOf(String([route.method].flat()[0]), route.url) };
  });

  function admit(request: FastifyRequest): void {
    if (auth === undefined || auth.keys.size === 0) return;
    const { access = unknownRoute } = request.routeOptions.config;
    const { roles } = access;
    if (roles === 'open') return;
    const key = keyOf(request, auth);
    if (!allows(key.role, roles)) {
      const needed = roles.join(' or ');
      throw new TaskRouterError('forbidden', `This takes a key with the role ${needed}; yours, ${key.name}, has ${key.role}.`);
    }
    if (key.tenant !== null && !access.ofOneTenant) {
      throw new TaskRouterError('forbidden', `This shows more than one tenant; your key, ${key.name}, is for ${key.tenant} alone.`);
    }
    request.key = key;
  }

  /** @throws TaskRouterError `unauthenticated`, `rate_limited` */
  function keyOf(request: FastifyRequest, auth: Auth): ListedKey {
    const { authorization } = request.headers;
    if (authorization === undefined) return bySession(request, auth);
    const [, text = ''] = /^Bearer +(\S+) *$/i.exec(authorization) ?? [];
    const key = auth.keys.holder(text);
    if (key !== undefined) return key;
    auth.guesses.wrong(request.ip);
    throw unauthenticated();
  }

  function bySession(request: FastifyRequest, auth: Auth): ListedKey {
    const key = signedIn(request, auth);
    if (key === undefined) throw unauthenticated();
    return key;
  }

  function signedIn(request: FastifyRequest, { keys, sessions }: Auth): ListedKey | undefined {
    const cookie = readCookie(request, sessionCookie);
    const prefix = cookie === undefined || isForeign(request) ? undefined : sessions.prefixOf(cookie);
    return prefix === undefined ? undefined : keys.byPrefix(prefix);
  }

  function recognise(request: FastifyRequest): void {
    if (auth !== undefined && auth.keys.size > 0) request.key = signedIn(request, auth) ?? null;
  }

  return { admit, recognise };
}

/** A page of another site asks with our cookie. Browsers say so where they hold the connection for safe; elsewhere SameSite keeps it back. */
function isForeign({ headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site'];
  return site === 'cross-site' || site === 'same-site';
}

function unauthenticated(): TaskRouterError {
  return new TaskRouterError(
    'unauthenticated',
    'This server wants a key: send Authorization: Bearer trx_…, set TRX_API_KEY for trx, or sign in at /login.',
  );
}
