import { describe, expect, it } from 'vitest';
import type { ApiKey } from '../../src/core/domain/api-key.ts';
import type { Bench } from './store.contract.ts';
import { noon } from './store-builders.ts';

const aKey = (changes: Partial<ApiKey> = {}): ApiKey => ({
  ...{ prefix: 'abcdefghij', name: 'ops', hash: 'f'.repeat(64), role: 'admin', tenant: null, pool: null },
  ...{ createdAt: noon, createdBy: 'api', expiresAt: null },
  ...changes,
});

export function keysContract({ open, crash }: Bench): void {
  describe('keys', () => {
    it('are added under a name and a prefix of their own, and removed', async () => {
      const store = await open();
      const second = aKey({ prefix: 'bbbbbbbbbb', name: 'acme', role: 'submit', tenant: 'acme', expiresAt: noon + 5 });
      expect(await store.apiKeys()).toEqual([]);
      expect(await store.addApiKey(aKey())).toBe(true);
      expect(await store.addApiKey(aKey({ prefix: 'cccccccccc' }))).toBe(false);
      expect(await store.addApiKey(aKey({ name: 'other' }))).toBe(false);
      expect(await store.addApiKey(second)).toBe(true);
      expect(await store.apiKeys()).toEqual([second, aKey()]);
      expect(await store.removeApiKey('abcdefghij', noon, 'eve')).toBe(true);
      expect(await store.removeApiKey('abcdefghij', noon, 'eve')).toBe(false);
      expect(await store.apiKeys()).toEqual([second]);
    });

    it('are in the log with who did it, and without anything of the secret', async () => {
      const store = await open();
      await store.addApiKey(aKey({ expiresAt: noon + 1_000 }));
      await store.removeApiKey('abcdefghij', noon + 2, 'eve');
      const { entries } = await store.log({ limit: 2 });
      expect(entries).toMatchObject([
        { type: 'key_removed', at: noon + 2, taskSeq: null, details: { key: 'abcdefghij', name: 'ops', by: 'eve' } },
        { type: 'key_added', at: noon, details: { key: 'abcdefghij', role: 'admin', by: 'api', expires_at: '2026-03-01T12:00:01.000Z' } },
      ]);
      expect(JSON.stringify(entries)).not.toContain('ffff');
    });

    it('outlive a crash', async () => {
      const store = await open();
      await store.addApiKey(aKey());
      expect(await (await crash(store)).apiKeys()).toEqual([aKey()]);
    });

    it('race for a name in one commit: the first wins', async () => {
      const store = await open();
      expect(await Promise.all([store.addApiKey(aKey()), store.addApiKey(aKey({ prefix: 'dddddddddd' }))])).toEqual([true, false]);
    });
  });
}
