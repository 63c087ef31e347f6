import { beforeEach, describe, expect, it } from 'vitest';
import { type ApiKeySpec, allows, type Role, roles } from '../../../src/core/domain/api-key.ts';
import { createKeyring, type Keyring } from '../../../src/core/engine/keyring.ts';
import { createVirtualClock } from '../../../src/core/replay/virtual-clock.ts';
import { createSecrets } from '../../../src/core/system/secrets.ts';
import { createMemoryStore, type MemoryStore } from '../../../src/store/memory/memory-store.ts';

const logger = { info() {}, warn() {}, error() {} };
const spec = (changes: Partial<ApiKeySpec> = {}): ApiKeySpec => ({
  ...{ name: 'ops', role: 'admin', tenant: null, pool: null, expiresAt: null },
  ...changes,
});

describe('the keyring', () => {
  let clock: ReturnType<typeof createVirtualClock>;
  let store: MemoryStore;
  let keys: Keyring;
  const secrets = createSecrets();
  beforeEach(() => {
    clock = createVirtualClock();
    store = createMemoryStore({ clock, logger });
    keys = createKeyring({ store, clock, secrets });
  });
  const settled = async <T>(promise: Promise<T>): Promise<T> => {
    await clock.settleTo(clock.monotonicMs() + 100, () => new Promise<void>((resolve) => void setImmediate(resolve)));
    return promise;
  };
  const add = (changes?: Partial<ApiKeySpec>) => settled(keys.add(spec(changes), 'test'));

  it('tells a key once and keeps only its digest', async () => {
    const { key, listed } = await add();
    expect(key).toMatch(/^trx_[a-z2-7]{10}_[A-Za-z0-9_-]{43}$/);
    expect(keys.holder(key)).toMatchObject({ name: 'ops', prefix: listed.prefix });
    const stored = JSON.stringify([await store.apiKeys(), keys.all()]);
    expect(stored).not.toContain(key.slice(15));
    expect(JSON.stringify(keys.all())).not.toContain('hash');
  });

  it('knows its keys again from the store', async () => {
    const { key } = await add();
    const again = createKeyring({ store, clock, secrets });
    expect(again.holder(key)).toBeUndefined();
    await again.load();
    expect(again.holder(key)).toMatchObject({ name: 'ops' });
  });

  it('opens to nothing that is not exactly a key', async () => {
    const { key } = await add();
    const last = key.at(-1) === 'A' ? 'B' : 'A';
    for (const wrong of [
      '',
      'trx',
      key.slice(0, -1),
      `${key}A`,
      key.slice(0, -1) + last,
      key.toUpperCase(),
      ` ${key}`,
      'x'.repeat(1_000_000),
    ]) {
      expect(keys.holder(wrong)).toBeUndefined();
    }
    expect(keys.holder(key.replace(/^trx_.{10}/, 'trx_aaaaaaaaaa'))).toBeUndefined();
  });

  it('lets a key end', async () => {
    await add();
    const { key } = await add({ name: 'brief', role: 'read', expiresAt: clock.now() + 10_000 });
    expect(keys.holder(key)).toBeDefined();
    await clock.settleTo(clock.monotonicMs() + 10_000, async () => {});
    expect(keys.holder(key)).toBeUndefined();
  });

  it.each([
    ['a first key that could make no other', { role: 'operate' }, 'role'],
    ['a first key that would leave nobody in', { expiresAt: Number.MAX_SAFE_INTEGER }, 'role'],
    ['a tenant of one who runs the whole', { tenant: 'acme' }, 'tenant'],
    ['a pool of one who is no node', { pool: 'cpu' }, 'pool'],
    ['an end that is over', { expiresAt: 0 }, 'expires_at'],
    ['a name that is none', { name: 'a b' }, 'name'],
  ] as const)('refuses %s', async (_what, changes, field) => {
    await expect(keys.add(spec(changes), 'test')).rejects.toMatchObject({
      code: 'validation_failed',
      errors: [{ path: `/body/${field}` }],
    });
    expect(keys.size).toBe(0);
  });

  it('refuses a second key of a name', async () => {
    await add();
    const again = keys.add(spec(), 'test').catch((error: unknown) => error);
    expect(await settled(again)).toMatchObject({ code: 'already_exists' });
    expect(keys.size).toBe(1);
  });

  it('keeps one that can make others while there are others', async () => {
    const { listed } = await add();
    const { listed: reader } = await add({ name: 'reader', role: 'read' });
    await expect(keys.remove(listed.prefix, 'test')).rejects.toMatchObject({ code: 'wrong_status' });
    const second = await add({ name: 'second' });
    await settled(keys.remove(listed.prefix, 'test'));
    await settled(keys.remove(reader.prefix, 'test'));
    await settled(keys.remove(second.listed.prefix, 'test'));
    expect(keys.size).toBe(0);
    await expect(keys.remove(listed.prefix, 'test')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('keeps the last one where the server would be open to all', async () => {
    const guarded = createKeyring({ store, clock, secrets, mustStay: true });
    const { listed } = await settled(guarded.add(spec(), 'test'));
    await expect(guarded.remove(listed.prefix, 'test')).rejects.toMatchObject({ code: 'wrong_status' });
  });
});

describe('a role', () => {
  const may: Readonly<Record<Role, readonly Role[]>> = {
    read: ['read'],
    submit: ['read', 'submit'],
    operate: ['read', 'submit', 'operate'],
    node: ['node'],
    admin: ['read', 'submit', 'operate', 'node', 'admin'],
  };
  it.each(roles)('%s contains what it contains and no more', (role) => {
    expect(roles.filter((needed) => allows(role, [needed]))).toEqual(may[role]);
  });
});
