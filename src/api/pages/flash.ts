import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Flash } from '../../../frontend/js/views/states.js';
import { readCookie, writeCookie } from '../cookies.ts';

const name = 'trx_flash';
const shownForS = 60;
const longest = 400;

/** The message of an action, for the page it leads to. Only text: what a forged cookie says is shown as text too. */
export function keepFlash(reply: FastifyReply, flash: Flash): void {
  const short = { ...flash, text: flash.text.slice(0, longest) };
  writeCookie(reply, name, JSON.stringify(short), shownForS);
}

/** Reads the message and takes it away: it is shown once. */
export function takeFlash(request: FastifyRequest, reply: FastifyReply): Flash | null {
  const text = readCookie(request, name);
  if (!text) return null;
  writeCookie(reply, name, '', 0);
  return flashOf(text);
}

function flashOf(json: string): Flash | null {
  try {
    const { tone, text, to, label } = JSON.parse(json) as Record<string, unknown>;
    if (typeof text !== 'string') return null;
    return {
      tone: tone === 'bad' ? 'bad' : 'ok',
      text: text.slice(0, longest),
      ...(typeof to === 'string' ? { to } : {}),
      ...(typeof label === 'string' ? { label } : {}),
    };
  } catch {
    return null;
  }
}
