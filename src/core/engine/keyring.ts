import { type ApiKey, type ApiKeySpec, allows } from '../domain/api-key.ts';
import { type FieldError, TaskRouterError } from '../domain/errors.ts';
import { isName, nameRule } from '../domain/name.ts';
import type { EpochMs } from '../domain/units.ts';
import type { Clock } from '../ports/clock.ts';
import type { KeyStore } from '../ports/key-store.ts';
import type { Secrets } from '../ports/secrets.ts';
import { createTurns } from './in-turn.ts';

/** A key without what it is checked by, and when it last opened something. */
export interface ListedKey extends Omit<ApiKey, 'hash'> {
  /** Since this server started; `null`: not since then. */
  readonly lastUsedAt: EpochMs | null;
}

/** The keys that open the API: read from memory, written through the store. While there is none, nobody needs one. */
export interface Keyring {
  load(): Promise<void>;
  readonly size: number;
  /** In order of their names. */
  all(): readonly ListedKey[];
  /**
   * @returns the whole key, which is told once and kept nowhere
   * @throws TaskRouterError `validation_failed` (a tenant or a pool that its role has no use for, an end that is over, a first key without
   * the role `admin`), `already_exists`.
   */
  add(spec: ApiKeySpec, by: string): Promise<{ readonly listed: ListedKey; readonly key: string }>;
  /** It opens nothing from now on. @throws TaskRouterError `not_found`, `wrong_status`: the last that may make others. */
  remove(prefix: string, by: string): Promise<void>;
  /** Whose key this is; `undefined` for what is no key, is unknown, was removed or is over. */
  holder(key: string): ListedKey | undefined;
  /** The same by the public part, for sessions that a key has opened. */
  byPrefix(prefix: string): ListedKey | undefined;
  /** Whether it opens anything still; asking is no use of it. */
  isOpen(prefix: string): boolean;
}

interface KeyringDeps {
  readonly store: KeyStore;
  readonly clock: Clock;
  readonly secrets: Secrets;
  /** Without keys anybody could come in who reaches the port: the last one stays. */
  readonly mustStay?: boolean;
}

const form = /^trx_([a-z2-7]{10})_([A-Za-z0-9_-]{43})$/;

export function createKeyring({ store, clock, secrets, mustStay = false }: KeyringDeps): Keyring {
  const keys = new Map<string, ApiKey>();
  const usedAt = new Map<string, EpochMs>();
  const inTurn = createTurns();

  async function load(): Promise<void> {
    for (const key of await store.apiKeys()) keys.set(key.prefix, key);
  }

  async function add(spec: ApiKeySpec, by: string): Promise<{ listed: ListedKey; key: string }> {
    const now = clock.now();
    check(spec, now);
    const secret = secrets.secret();
    const key: ApiKey = { ...spec, prefix: secrets.prefix(), hash: secrets.digest(secret), createdAt: now, createdBy: by };
    if (!(await store.addApiKey(key))) throw new TaskRouterError('already_exists', `A key named ${spec.name} is there already.`);
    keys.set(key.prefix, key);
    return { listed: listed(key), key: `trx_${key.prefix}_${secret}` };
  }

  function check({ name, role, tenant, pool, expiresAt }: ApiKeySpec, now: EpochMs): void {
    if (!isName(name)) throw refused('name', `must be ${nameRule}`);
    if (tenant !== null && role !== 'read' && role !== 'submit') throw refused('tenant', 'goes with the roles read and submit only');
    if (pool !== null && role !== 'node') throw refused('pool', 'goes with the role node only');
    if (expiresAt !== null && expiresAt <= now) throw refused('expires_at', 'must be in the future');
    if (!isAdminLeft() && (role !== 'admin' || expiresAt !== null)) {
      throw refused('role', 'must be admin, without an end, for the first key: it makes the others');
    }
  }

  async function remove(prefix: string, by: string): Promise<void> {
    const key = keys.get(prefix);
    if (key === undefined) throw new TaskRouterError('not_found', `There is no key ${prefix}.`);
    const isLast = keys.size === 1;
    if (isLast && mustStay) {
      throw new TaskRouterError('wrong_status', 'This is the last key, and without one the server would be open to all who reach it.');
    }
    if (!isLast && isLasting(key) && !isAdminLeft(prefix)) {
      throw new TaskRouterError('wrong_status', `${key.name} is the last key that can make others. Remove the others first.`);
    }
    await store.removeApiKey(prefix, clock.now(), by);
    keys.delete(prefix);
    usedAt.delete(prefix);
  }

  function isAdminLeft(without?: string): boolean {
    return [...keys.values()].some((key) => key.prefix !== without && isLasting(key));
  }

  function holder(text: string): ListedKey | undefined {
    const [, prefix = '', secret = ''] = form.exec(text) ?? [];
    const key = keys.get(prefix);
    if (key === undefined || !secrets.matches(secret, key.hash)) return undefined;
    return byPrefix(prefix);
  }

  function byPrefix(prefix: string): ListedKey | undefined {
    const key = keys.get(prefix);
    const now = clock.now();
    if (key === undefined || isOver(key, now)) return undefined;
    usedAt.set(prefix, now);
    return listed(key);
  }

  function isOpen(prefix: string): boolean {
    const key = keys.get(prefix);
    return key !== undefined && !isOver(key, clock.now());
  }

  function listed({ hash: _hash, ...key }: ApiKey): ListedKey {
    return { ...key, lastUsedAt: usedAt.get(key.prefix) ?? null };
  }

  return {
    load,
    get size() {
      return keys.size;
    },
    all: () => [...keys.values()].sort((a, b) => (a.name < b.name ? -1 : 1)).map(listed),
    add: (...call) => inTurn(() => add(...call)),
    remove: (...call) => inTurn(() => remove(...call)),
    holder,
    byPrefix,
    isOpen,
  };
}

function isOver({ expiresAt }: ApiKey, now: EpochMs): boolean {
  return expiresAt !== null && expiresAt <= now;
}

/** Can make others, for good. */
function isLasting({ role, expiresAt }: ApiKey): boolean {
  return allows(role, ['admin']) && expiresAt === null;
}

function refused(field: string, message: string): TaskRouterError {
  const error: FieldError = { path: `/body/${field}`, message };
  return new TaskRouterError('validation_failed', `${field} ${message}.`, { errors: [error] });
}
