import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Preferences } from '../../../frontend/js/views/shell.js';
import { readCookie, writeCookie } from '../cookies.ts';
import type { FormValues } from './asked.ts';

const name = 'trx_display';
const yearS = 31_536_000;

const themes = ['auto', 'light', 'dark', 'contrast'] as const;
const densities = ['normal', 'compact'] as const;

/** How this browser wants its pages, from its cookie: painted by the server, so nothing flashes. It gives no rights. */
export function preferencesOf(request: FastifyRequest): Preferences {
  const [theme, density, shortcuts] = (readCookie(request, name) ?? '').split('.');
  return chosen({ theme: theme ?? '', density: density ?? '', shortcuts: shortcuts ?? '' });
}

export function keepPreferences(reply: FastifyReply, values: FormValues): void {
  const { theme, density, shortcuts } = chosen(values);
  writeCookie(reply, name, `${theme}.${density}.${shortcuts ? 'on' : 'off'}`, yearS);
}

/** Unknown words are the standard ones. */
function chosen({ theme, density, shortcuts }: FormValues): Preferences {
  return {
    theme: themes.find((each) => each === theme) ?? 'auto',
    density: densities.find((each) => each === density) ?? 'normal',
    shortcuts: shortcuts !== 'off',
  };
}
