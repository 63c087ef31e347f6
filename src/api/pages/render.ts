import type { FastifyReply, FastifyRequest } from 'fastify';
import { lostScreen } from '../../../frontend/js/views/lost.js';
import { page, type Shell } from '../../../frontend/js/views/shell.js';
import { errorScreen } from '../../../frontend/js/views/states.js';
import type { ProblemBody } from '../errors.ts';
import { setPageHeaders } from '../plugins/headers.ts';
import { isoTime } from '../time.ts';
import { queryOf } from './asked.ts';
import type { Assets } from './assets.ts';
import { elsewhere } from './elsewhere.ts';
import { keepFlash, takeFlash } from './flash.ts';
import { createNotices } from './notices.ts';
import { preferencesOf } from './preferences.ts';
import type { Done, PageDeps, Screen } from './screen.ts';

/** The same page as data, for a browser that has it open: one address, one reading, two forms. */
const pageType = 'application/vnd.taskrouterx.page+json';
/** Of an address that leads nowhere. */
const longestPath = 200;
const shortestRefreshS = 5;
const longestRefreshS = 600;

export interface Renderer {
  /** Reads a screen and sends it. The position of the log is taken before anything is read, so the stream that follows leaves no gap. */
  show(request: FastifyRequest, reply: FastifyReply, read: () => Promise<Screen> | Screen): Promise<FastifyReply>;
  /** Answers a form that was taken. */
  leave(reply: FastifyReply, done: Done): FastifyReply;
  problem(request: FastifyRequest, reply: FastifyReply, problem: ProblemBody): Promise<FastifyReply>;
  /** For an address that leads nowhere. */
  lost(request: FastifyRequest, reply: FastifyReply, problem: ProblemBody): Promise<FastifyReply>;
}

export function createRenderer({ engine, clock, options, auth }: PageDeps, assets: Assets): Renderer {
  const notices = createNotices({ engine, clock, options });

  async function show(request: FastifyRequest, reply: FastifyReply, read: () => Promise<Screen> | Screen): Promise<FastifyReply> {
    const { head } = engine.logBounds();
    const screen = await read();
    const isData = request.headers.accept?.includes(pageType) === true;
    const shell = await shellOf(request, screen, head, isData ? null : takeFlash(request, reply));
    reply.code(screen.status ?? 200).header('vary', 'accept, cookie');
    if (isData) {
      return reply.header('content-type', pageType).send(JSON.stringify({ shell, model: screen.model }));
    }
    // Under `no-referrer` a browser sends `Origin: null` with our own forms, which is what a foreign page would send too.
    return setPageHeaders(reply)
      .header('referrer-policy', 'same-origin')
      .send(page(shell, screen.body(shell.now), screen.model).toString());
  }

  async function shellOf(request: FastifyRequest, { screen, title }: Screen, seq: number, flash: Shell['flash']): Promise<Shell> {
    return {
      title,
      screen,
      path: request.method === 'GET' ? request.url : (request.url.split('?', 1)[0] ?? '/'),
      preferences: preferencesOf(request),
      assets: assets.base,
      seq,
      now: isoTime(clock.now()),
      algorithm: isStranger(request) ? '' : engine.algorithm().name,
      environment: '',
      flash,
      viewer: request.key === null ? null : { name: request.key.name, role: request.key.role, tenant: request.key.tenant },
      notices: mayKnow(request) ? await notices() : [],
      refresh: refreshOf(request),
    };
  }

  /** How the whole system stands is not for strangers at the sign-in page, nor for those of one tenant. */
  function mayKnow(request: FastifyRequest): boolean {
    return !isStranger(request) && (request.key?.tenant ?? null) === null;
  }

  /** Who would have to sign in. */
  function isStranger({ key }: FastifyRequest): boolean {
    const needsKey = options.auth !== 'off' && auth !== undefined && auth.keys.size > 0;
    return needsKey && key === null;
  }

  function leave(reply: FastifyReply, { to, flash }: Done): FastifyReply {
    if (flash !== undefined) keepFlash(reply, flash);
    return reply.code(303).header('location', to).send();
  }

  function problem(request: FastifyRequest, reply: FastifyReply, body: ProblemBody): Promise<FastifyReply> {
    const path = request.method === 'GET' ? request.url : '/';
    const kind = body.status === 404 ? elsewhere(path, request.key) : [];
    const links = [...kind.filter(({ to }) => to !== homeOf(request).to), homeOf(request)];
    return show(request, reply, () => ({
      screen: 'error',
      title: body.title,
      model: {},
      body: () => errorScreen({ problem: body, path, links }),
      status: body.status,
    }));
  }

  function lost(request: FastifyRequest, reply: FastifyReply, { status, code }: ProblemBody): Promise<FastifyReply> {
    const path = request.url.split('?', 1)[0] ?? '/';
    const isAction = code === 'method_not_allowed';
    const links = isStranger(request) ? [] : elsewhere(path, request.key);
    const way = isStranger(request) ? { to: '/login', label: 'Sign in' } : homeOf(request);
    return show(request, reply, () => ({
      screen: 'error',
      title: 'There is no page here',
      model: {},
      body: () => lostScreen({ path: path.slice(0, longestPath), isAction, links, way }),
      status,
    }));
  }

  return { show, leave, problem, lost };
}

function homeOf({ key }: FastifyRequest) {
  return (key?.tenant ?? null) === null ? { to: '/', label: 'Overview' } : { to: '/tasks', label: 'Tasks' };
}

function refreshOf(request: FastifyRequest): number {
  const seconds = Number(queryOf(request).get('refresh'));
  return Number.isInteger(seconds) && seconds >= shortestRefreshS && seconds <= longestRefreshS ? seconds : 0;
}
