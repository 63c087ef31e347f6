import { hostname } from 'node:os';
import { resolve } from 'node:path';

/** A text that is no value of a key; the message says what would be. */
export interface Refusal {
  readonly refusal: string;
}

/** One setting: its names, what it means and what it may be. `parse` is the one place where its range is kept. */
export interface ConfigKey<T> {
  readonly env: string;
  /** Other environment variables that mean the same, after `env`. */
  readonly aliases?: readonly string[];
  /** Command line flag, without the dashes. */
  readonly flag?: string;
  /** The flag takes no value: naming it means on. */
  readonly isSwitch?: boolean;
  /** As it would be written. */
  readonly standard: string;
  /** What may be written, with its unit. */
  readonly values: string;
  readonly about: string;
  parse(text: string): T | Refusal;
}

const refuse = (refusal: string): Refusal => ({ refusal });

function integer(range: { min: number; max: number; unit?: string }): Pick<ConfigKey<number>, 'values' | 'parse'> {
  const { min, max, unit } = range;
  const values = `${min}-${max}${unit ? ` ${unit}` : ''}`;
  return {
    values,
    parse(text) {
      const value = Number(text);
      return /^\d+$/.test(text) && value >= min && value <= max ? value : refuse(`must be a whole number, ${values}`);
    },
  };
}

function choice<const T extends string>(...words: readonly T[]): Pick<ConfigKey<T>, 'values' | 'parse'> {
  return {
    values: words.join(' | '),
    parse: (text) => words.find((word) => word === text) ?? refuse(`must be ${words.join(' or ')}`),
  };
}

function pattern(shape: RegExp, values: string): Pick<ConfigKey<string>, 'values' | 'parse'> {
  return { values, parse: (text) => (shape.test(text) ? text : refuse(`must be ${values}`)) };
}

function list(one: (text: string) => boolean, values: string): Pick<ConfigKey<readonly string[]>, 'values' | 'parse'> {
  return {
    values,
    parse(text) {
      const items = text === '' ? [] : text.split(',').map((item) => item.trim());
      const wrong = items.find((item) => !one(item));
      return wrong === undefined ? items : refuse(`must be ${values}; "${wrong}" is none`);
    },
  };
}

const path: Pick<ConfigKey<string>, 'values' | 'parse'> = { values: 'path', parse: (text) => resolve(text) };

const onOff: Pick<ConfigKey<boolean>, 'values' | 'parse'> = {
  values: '1 | 0',
  parse(text) {
    if (['1', 'true', 'on', 'yes'].includes(text)) return true;
    return ['0', 'false', 'off', 'no'].includes(text) ? false : refuse('must be 1 or 0');
  },
};

function isOrigin(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) && url.origin === text;
}

const name = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Every setting of `trx serve`, in the order in which help shows them. */
export const configKeys = {
  port: {
    env: 'TRX_PORT',
    aliases: ['PORT'],
    flag: 'port',
    standard: '8000',
    about: 'Where it listens; 0 takes any free port. When nobody chose and 8000 is taken, the next free one up to 8019.',
    ...integer({ min: 0, max: 65_535 }),
  },
  host: {
    env: 'TRX_HOST',
    flag: 'host',
    standard: '127.0.0.1',
    about: 'Address it listens on. Other than loopback needs a key (trx keys add), or TRX_AUTH=off.',
    ...pattern(/^[^\s/]{1,253}$/, 'a host name or an address'),
  },
  dataDir: {
    env: 'TRX_DATA_DIR',
    flag: 'data-dir',
    standard: './data',
    about: 'Folder of the database; made if missing, for this user only.',
    ...path,
  },
  catalogue: {
    env: 'TRX_CATALOG',
    flag: 'catalog',
    standard: 'built in',
    about: 'JSON file of the pools and types that an empty database starts with.',
    values: 'path',
    parse: (text: string) => (text === 'built in' ? undefined : resolve(text)),
  },
  region: {
    env: 'TRX_REGION',
    flag: 'region',
    standard: 'us-east',
    about: 'Home region of tasks that name none.',
    ...pattern(name, 'a name'),
  },
  algorithm: {
    env: 'TRX_ALGORITHM',
    flag: 'algorithm',
    standard: 'fifo',
    about: 'Strategy of an empty database; later the stored one holds.',
    ...pattern(/^[a-z][a-z0-9_]{0,63}$/, 'the name of a strategy, such as fifo'),
  },
  durability: {
    env: 'TRX_DURABILITY',
    flag: 'durability',
    standard: 'full',
    about: 'full: what was accepted outlives a power cut. normal: the last moments before one may be lost.',
    ...choice('full', 'normal'),
  },
  auth: {
    env: 'TRX_AUTH',
    flag: 'auth',
    standard: 'keys',
    about: 'Who may call. keys: who has one; while there are none, this machine only. off: whoever reaches the port.',
    ...choice('keys', 'off'),
  },
  hosts: {
    env: 'TRX_HOSTS',
    flag: 'hosts',
    standard: '',
    about: 'Further names that the Host header may carry, besides localhost, 127.0.0.1, [::1] and the one listened on.',
    ...list((text) => /^[^\s/:]+$|^\[[0-9a-f:.]+\]$/i.test(text), 'names with commas between them, without port'),
  },
  corsOrigins: {
    env: 'TRX_CORS_ORIGINS',
    flag: 'cors-origins',
    standard: 'http://localhost:3000,http://127.0.0.1:3000',
    about: 'Origins whose pages may use the API.',
    ...list(isOrigin, 'origins such as http://localhost:3000 with commas between them'),
  },
  nodeName: {
    env: 'TRX_NODE_NAME',
    flag: 'node-name',
    standard: hostname(),
    about: 'What initiated_by and handled_by say for this server.',
    ...pattern(/^[\x21-\x7e]{1,128}$/, 'up to 128 visible characters'),
  },
  handlersDir: {
    env: 'TRX_HANDLERS_DIR',
    flag: 'handlers-dir',
    standard: './handlers',
    about: 'Folder of your own handlers: NAME.js or NAME.mjs is the task type NAME.',
    ...path,
  },
  functionThreads: {
    env: 'TRX_FUNCTION_THREADS',
    flag: 'function-threads',
    standard: '16',
    about: 'Handlers that run at once on a thread of their own, over all pools.',
    ...integer({ min: 1, max: 256 }),
  },
  functionHeapMb: {
    env: 'TRX_FUNCTION_HEAP_MB',
    flag: 'function-heap-mb',
    standard: '256',
    about: 'JavaScript heap of one such thread.',
    ...integer({ min: 16, max: 16_384, unit: 'MiB' }),
  },
  maxQueued: {
    env: 'TRX_MAX_QUEUED',
    flag: 'max-queued',
    standard: '2000000',
    about: 'Tasks that may wait at once; beyond that a submit is answered 503.',
    ...integer({ min: 1, max: 16_000_000 }),
  },
  maxConnections: {
    env: 'TRX_MAX_CONNECTIONS',
    flag: 'max-connections',
    standard: '500',
    about: 'Connections at once.',
    ...integer({ min: 10, max: 100_000 }),
  },
  nodeLeaseMs: {
    env: 'TRX_NODE_LEASE_MS',
    flag: 'node-lease-ms',
    standard: '30000',
    about: 'A worker node that is not heard of for so long has lost what it ran. Its heartbeats come three times as often.',
    ...integer({ min: 1_000, max: 3_600_000, unit: 'ms' }),
  },
  maxNodes: {
    env: 'TRX_MAX_NODES',
    flag: 'max-nodes',
    standard: '2000',
    about: 'Worker nodes at once. Each keeps a connection open: see TRX_MAX_CONNECTIONS.',
    ...integer({ min: 0, max: 100_000 }),
  },
  retentionDays: {
    env: 'TRX_RETENTION_DAYS',
    flag: 'retention-days',
    standard: '30',
    about: 'Ended tasks are kept this long.',
    ...integer({ min: 1, max: 36_500, unit: 'days' }),
  },
  retentionTasks: {
    env: 'TRX_RETENTION_TASKS',
    flag: 'retention-tasks',
    standard: '2000000',
    about: 'Ended tasks that are kept; the oldest go first.',
    ...integer({ min: 1_000, max: 1_000_000_000 }),
  },
  retentionLogDays: {
    env: 'TRX_RETENTION_LOG_DAYS',
    flag: 'retention-log-days',
    standard: '30',
    about: 'Log entries are kept this long.',
    ...integer({ min: 1, max: 36_500, unit: 'days' }),
  },
  retentionFilesDays: {
    env: 'TRX_RETENTION_FILES_DAYS',
    flag: 'retention-files-days',
    standard: '30',
    about: 'Files of ended bundles are kept this long, unless their type says otherwise.',
    ...integer({ min: 1, max: 36_500, unit: 'days' }),
  },
  retentionFilesTasks: {
    env: 'TRX_RETENTION_FILES_TASKS',
    flag: 'retention-files-tasks',
    standard: '10000',
    about: 'Ended bundles that keep files; those of the oldest go first.',
    ...integer({ min: 1, max: 1_000_000 }),
  },
  retentionFilesMb: {
    env: 'TRX_RETENTION_FILES_MB',
    flag: 'retention-files-mb',
    standard: '10240',
    about: 'What files of ended bundles take together; those of the oldest go first.',
    ...integer({ min: 1, max: 1_000_000_000, unit: 'MiB' }),
  },
  runDir: {
    env: 'TRX_RUN_DIR',
    flag: 'run-dir',
    standard: 'below /var/tmp',
    about: 'Where bundles run, emptied at every start. Other users must be able to walk through what is above it.',
    values: 'path',
    parse: (text: string) => (text === 'below /var/tmp' ? undefined : resolve(text)),
  },
  requireIfMatch: {
    env: 'TRX_REQUIRE_IF_MATCH',
    flag: 'require-if-match',
    isSwitch: true,
    standard: '0',
    about: 'Refuse changes of pools, types and the algorithm that do not say which version they mean.',
    ...onOff,
  },
  currency: {
    env: 'TRX_CURRENCY',
    flag: 'currency',
    standard: '$',
    about: 'Label of prices; nothing is converted.',
    ...pattern(/^\S{1,8}$/, '1-8 characters without blanks'),
  },
  logLevel: {
    env: 'TRX_LOG_LEVEL',
    flag: 'log-level',
    standard: 'info',
    about: 'What the log on standard error holds.',
    ...choice(...logLevels),
  },
  demo: { env: 'TRX_DEMO', flag: 'demo', isSwitch: true, standard: '0', about: 'Begin with 60 s of simulated traffic.', ...onOff },
} as const satisfies Record<string, ConfigKey<unknown>>;

/** Names that belong to programs beside the server and mean nothing to it. */
export const foreignKeys = ['TRX_SERVER', 'TRX_API_KEY', 'TRX_API_KEY_FILE', 'TRX_CHROMIUM', 'TRX_ORIGINALS', 'TRX_FAIL'];

/** Settings of what this version does not have. To pass them over would promise what is not there. */
export const laterKeys = [
  'TRX_COMPAT',
  'TRX_COMPAT_AUTH',
  'TRX_SANDBOX',
  'TRX_CONFIG',
  'TRX_TRUST_PROXY',
  'TRX_DEAD_LETTER_LOG',
  'TRX_RANDOM_FACT_URL',
  'TRX_TASKGRID_WAIT_MS',
  'TRX_MATH_WIZARD_RATE',
  'TRX_MATH_WIZARD_BREAKER',
  'TRX_MATH_WIZARD_GATEWAY',
  'TRX_MATH_WIZARD_WORK_MS',
  'TRX_MATH_WIZARD_WORDS',
  'TRX_JOB_ORCHESTRATOR_UPLOAD_BYTES',
  'TRX_JOB_ORCHESTRATOR_SCRIPT_RULES',
];
