import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Store } from '../../src/core/ports/store.ts';
import { openHistory } from '../../src/store/open-history.ts';
import { openStore } from '../../src/store/open-store.ts';
import { storeContract } from './store.contract.ts';
import { aClock } from './store-clock.ts';

storeContract('sqlite', async () => {
  const root = mkdtempSync(join(tmpdir(), 'store-'));
  const logger = { info() {}, warn() {}, error() {} };
  const opened: Store[] = [];
  let dataDir = join(root, 'data-0');
  const open = async () => {
    const store = await openStore({ dataDir, durability: 'full', clock: aClock(), logger });
    opened.push(store);
    return store;
  };

  return {
    open,
    /** A copy of the files as they lie there now is what a killed process leaves: the last connection did not close. */
    async crash() {
      const copy = join(root, `data-${opened.length}`);
      for (const file of readdirSync(dataDir)) {
        if (!file.endsWith('-shm') && !file.startsWith('server.lock')) cpSync(join(dataDir, file), join(copy, file));
      }
      dataDir = copy;
      return open();
    },
    history: () => openHistory(dataDir),
    async dispose() {
      for (const store of opened) await store.close();
      rmSync(root, { recursive: true });
    },
  };
});
