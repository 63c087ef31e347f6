import { isIP } from 'node:net';
import { parseArgs } from 'node:util';
import { type ConfigKey, configKeys, foreignKeys, laterKeys, type Refusal } from './config-keys.ts';
import { nearest } from './core/domain/near.ts';

type Keys = typeof configKeys;
type KeyName = keyof Keys;
type Values = { readonly [K in KeyName]: Exclude<ReturnType<Keys[K]['parse']>, Refusal> };

/** Where a value comes from: a flag wins over the environment, that over the standard. */
export type Origin = 'flag' | 'env' | 'standard';

/** Everything the server can be told, checked and frozen. Units and ranges are in config-keys.ts. */
export interface Config extends Values {
  readonly origins: Readonly<Record<KeyName, Origin>>;
}

export type ConfigResult =
  | { readonly kind: 'config'; readonly config: Config }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  /** All that is wrong, a sentence each. */
  | { readonly kind: 'errors'; readonly errors: readonly string[] };

type Env = Readonly<Record<string, string | undefined>>;
type Flags = Map<string, string>;

const entries = Object.entries(configKeys) as [KeyName, ConfigKey<unknown>][];

/** @param args what follows `trx` on the command line, `serve` included or not */
export function readConfig(args: readonly string[], env: Env): ConfigResult {
  const errors: string[] = [];
  const flags = readFlags(args, errors);
  if (flags.has('help')) return { kind: 'help' };
  if (flags.has('version')) return { kind: 'version' };
  refuseUnknownEnv(env, errors);

  const values: Partial<Record<KeyName, unknown>> = {};
  const origins: Partial<Record<KeyName, Origin>> = {};
  for (const [name, key] of entries) {
    const { text, origin, from } = findText(key, flags, env);
    const value = key.parse(text);
    if (isRefusal(value)) errors.push(`${from} ${value.refusal}; it is "${text}".`);
    else values[name] = value;
    origins[name] = origin;
  }
  // Each key of the table was read above.
  const config = Object.freeze({ ...(values as Values), origins: origins as Record<KeyName, Origin> });
  refuseDatabaseUrl(config, env, errors);
  return errors.length > 0 ? { kind: 'errors', errors } : { kind: 'config', config };
}

function readFlags(args: readonly string[], errors: string[]): Flags {
  const switches = new Set(['help', 'version', ...entries.flatMap(([, key]) => (key.isSwitch && key.flag ? [key.flag] : []))]);
  const known = [...switches, ...entries.flatMap(([, { flag }]) => (flag ? [flag] : []))];
  const options = Object.fromEntries(
    known.map((flag) => [flag, { type: switches.has(flag) ? ('boolean' as const) : ('string' as const) }]),
  );
  const { tokens } = parseArgs({
    args: [...args],
    options: { ...options, help: { type: 'boolean', short: 'h' } },
    strict: false,
    tokens: true,
  });
  const flags: Flags = new Map();
  let mayBeValue = false;
  for (const token of tokens) {
    // What follows an unknown flag is most likely its value: one mistake, one sentence.
    const isItsValue = mayBeValue && token.kind === 'positional';
    mayBeValue = false;
    if (token.kind === 'positional' && !isItsValue && !(token.index === 0 && token.value === 'serve'))
      errors.push(`"${token.value}" is not a command or flag; see --help.`);
    if (token.kind !== 'option') continue;
    const { rawName, name, value, inlineValue } = token;
    if (!known.includes(name)) {
      errors.push(`${rawName} is not a flag of trx serve${maybe(name, known, '--')}; see --help.`);
      mayBeValue = !inlineValue;
    } else if (switches.has(name)) flags.set(name, value ?? '1');
    else if (value === undefined || (!inlineValue && value.startsWith('--'))) errors.push(`${rawName} needs a value.`);
    else flags.set(name, value);
  }
  return flags;
}

function refuseUnknownEnv(env: Env, errors: string[]): void {
  const known = entries.map(([, key]) => key.env);
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith('TRX_') || text === undefined || text === '' || known.includes(name) || foreignKeys.includes(name)) continue;
    if (laterKeys.includes(name)) errors.push(`${name} is not available in this version; leave it out.`);
    else errors.push(`${name} is not a setting of trx serve${maybe(name, known, '')}; see --help.`);
  }
}

function findText(key: ConfigKey<unknown>, flags: Flags, env: Env): { text: string; origin: Origin; from: string } {
  const flagged = key.flag === undefined ? undefined : flags.get(key.flag);
  if (flagged !== undefined) return { text: flagged, origin: 'flag', from: `--${key.flag}` };
  for (const name of [key.env, ...(key.aliases ?? [])]) {
    const text = env[name]?.trim();
    // Empty is how a compose file says "not set".
    if (text) return { text, origin: 'env', from: name };
  }
  return { text: key.standard, origin: 'standard', from: key.env };
}

function maybe(word: string, known: readonly string[], prefix: string): string {
  const [near] = nearest(
    word,
    known.map((each) => each.toLowerCase()),
  );
  const meant = known.find((each) => each.toLowerCase() === near);
  return meant === undefined ? '' : `, did you mean ${prefix}${meant}`;
}

function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'refusal' in value;
}

/** Whether a host can be reached from this machine only. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '');
  return bare === 'localhost' || bare === '::1' || (isIP(bare) === 4 && bare.startsWith('127.'));
}

/**
 * The original kept its database where DATABASE_URL said. Ours is a folder of several files with a mode of its own, so no URL of a file can
 * be followed without surprise. Whoever names a data folder has decided, and the URL may belong to another program.
 */
function refuseDatabaseUrl({ origins }: Config, env: Env, errors: string[]): void {
  const url = env['DATABASE_URL'];
  if (!url || origins.dataDir !== 'standard') return;
  errors.push(
    /^sqlite/i.test(url)
      ? 'DATABASE_URL names a SQLite file; this server keeps a folder of its own and leaves that file alone. Set TRX_DATA_DIR to the folder you want (DATABASE_URL is then passed over).'
      : 'DATABASE_URL names a database server; this version keeps its data in a folder. Set TRX_DATA_DIR (DATABASE_URL is then passed over), or unset DATABASE_URL.',
  );
}
