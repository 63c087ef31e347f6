import { type ConfigKey, configKeys } from './config-keys.ts';

/** What `trx serve --help` prints: every setting with its names, values, standard and meaning. */
export function helpText(): string {
  return [
    'Usage: trx serve [flags]',
    '',
    'Starts the server: accepts tasks over HTTP, keeps them safe, runs them. A flag wins over the environment variable beside it.',
    '',
    ...Object.values(configKeys).flatMap(keyLines),
    '  --help, -h       This text.',
    '  --version        The version.',
    '',
    'Exit codes: 0 stopped or already running, 69 port in use, 70 storage or internal fault, 71 Node.js too old,',
    '75 another server uses the data folder, 78 configuration or data folder unusable, 130 stopped by Ctrl-C.',
    '',
  ].join('\n');
}

function keyLines({ env, aliases = [], flag, isSwitch, values, standard, about }: ConfigKey<unknown>): string[] {
  const names = [...(flag ? [isSwitch ? `--${flag}` : `--${flag} <value>`] : []), env, ...aliases].join(', ');
  return [`  ${names}`, `      ${about}`, `      ${values}; default ${standard === '' ? 'none' : standard}`];
}
