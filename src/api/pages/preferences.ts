import { fastifyCookie } from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Preferences } from '../../../frontend/js/views/shell.js';
import type { FormValues } from './context.ts';

const name = 'trx_display';
const yearS = 31_536_000;

const themes = ['auto', 'light', 'dark', 'contrast'] as const;
const densities = ['normal', 'compact'] as const;

/** How this browser wants its pages, from its cookie: painted by the server, so nothing flashes. It gives no rights. */
export function preferencesOf({ headers: { cookie = '' } }: FastifyRequest): Preferences {
  const [theme, density, shortcuts] = (fastifyCookie.parse(cookie)[name] ?? '').split('.');
  return chosen({ theme: theme ?? '', density: density ?? '', shortcuts: shortcuts ?? '' });
}

export function keepPreferences(reply: FastifyReply, values: FormValues): void {
  const { theme, density, shortcuts } = chosen(values);
  const text = `${theme}.${density}.${shortcuts ? 'on' : 'off'}`;
  reply.header('set-cookie', fastifyCookie.serialize(name, text, { path: '/', maxAge: yearS, sameSite: 'strict', httpOnly: true }));
}

/** Unknown words are the standard ones. */
function chosen({ theme, density, shortcuts }: FormValues): Preferences {
  return {
    theme: themes.find((each) => each === theme) ?? 'auto',
    density: densities.find((each) => each === density) ?? 'normal',
    shortcuts: shortcuts !== 'off',
  };
}
