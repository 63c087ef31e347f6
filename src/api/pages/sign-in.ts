import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { signInScreen } from '../../../frontend/js/views/sign-in.js';
import { TaskRouterError } from '../../core/domain/errors.ts';
import { readCookie, writeCookie } from '../cookies.ts';
import type { Auth } from '../deps.ts';
import { sessionCookie, sessionMs } from '../sessions.ts';
import { backTo, formOf, queryOf } from './asked.ts';
import type { Renderer } from './render.ts';
import { type PageDeps, screenOf } from './screen.ts';

/** `/login`: a key opens a session of this browser; `/logout` ends it. */
export function signInPages(app: FastifyInstance, { auth }: PageDeps, { show, leave }: Renderer): void {
  if (auth === undefined) return;
  const schema = { hide: true };

  app.get('/login', { schema }, (request, reply) => {
    const back = backTo({ back: queryOf(request).get('next') ?? '/' }, '/');
    return ask(request, reply, back);
  });

  app.post('/login', { schema }, async (request, reply) => {
    const values = formOf(request);
    const back = backTo(values, '/');
    const prefix = openedBy(auth, request, (values['key'] ?? '').trim());
    if (prefix === undefined) return ask(request, reply, back, 'This key opens nothing here. Look for one that was cut off or removed.');
    openSession(auth, prefix, request, reply);
    return leave(reply, { to: back });
  });

  app.post('/logout', { schema }, async (request, reply) => {
    const cookie = readCookie(request, sessionCookie);
    if (cookie !== undefined) auth.sessions.close(cookie);
    writeCookie(reply, sessionCookie, '', 0);
    return leave(reply, { to: '/login' });
  });

  function ask(request: FastifyRequest, reply: FastifyReply, back: string, problem?: string): Promise<FastifyReply> {
    const model = problem === undefined ? { back } : { back, problem };
    return show(request, reply, () => screenOf('sign-in', 'Sign in', signInScreen, model, problem === undefined ? 200 : 401));
  }
}

/** From here on a cookie of this browser stands for the key. */
export function openSession({ sessions }: Auth, prefix: string, request: FastifyRequest, reply: FastifyReply): void {
  const isSecure = request.protocol === 'https' || request.headers['x-forwarded-proto'] === 'https';
  writeCookie(reply, sessionCookie, sessions.open(prefix), sessionMs / 1_000, isSecure);
}

/** @returns the public part of a key that is good. @throws TaskRouterError `rate_limited` */
function openedBy({ keys, guesses }: Auth, request: FastifyRequest, key: string): string | undefined {
  const holder = keys.holder(key);
  if (holder === undefined) {
    guesses.wrong(request.ip);
    return undefined;
  }
  if (holder.role === 'node') throw new TaskRouterError('forbidden', 'A key of worker nodes opens no pages. Sign in with another one.');
  return holder.prefix;
}
