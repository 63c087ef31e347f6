import { afterEach, describe } from 'vitest';
import type { Store } from '../../src/core/ports/store.ts';
import { catalogueContract } from './store-catalogue.contract.ts';
import { checkStore } from './store-checks.ts';
import { groupContract } from './store-group.contract.ts';
import { lifecycleContract } from './store-lifecycle.contract.ts';
import { listContract } from './store-list.contract.ts';
import { logContract } from './store-log.contract.ts';
import { newestContract } from './store-newest.contract.ts';
import { restartContract } from './store-restart.contract.ts';
import { submitContract } from './store-submit.contract.ts';
import { tenantsContract } from './store-tenants.contract.ts';

/** One database that outlives the stores opened on it. */
export interface Ground {
  open(): Promise<Store>;
  /** Ends the server without a word, as a kill would, and opens the database again. */
  crash(store: Store): Promise<Store>;
  dispose(): Promise<void>;
}

export interface Bench {
  /** A fresh store; checked after the test. */
  open(): Promise<Store>;
  /** Closes it in good order and opens the same database again. */
  reopen(store: Store): Promise<Store>;
  crash(store: Store): Promise<Store>;
  /** Leave out what cannot hold once log rows were removed. */
  prune(): void;
}

/** What every implementation of Store must do. After each test the log is verified, folded and counted against the table. */
export function storeContract(name: string, createGround: () => Promise<Ground>): void {
  describe(name, () => {
    let store: Store | undefined;
    let ground: Ground | undefined;
    let pruned = false;

    const bench: Bench = {
      async open() {
        ground = await createGround();
        store = await ground.open();
        return store;
      },
      async reopen(open) {
        await open.close();
        store = await ground!.open();
        return store;
      },
      async crash(open) {
        store = await ground!.crash(open);
        return store;
      },
      prune() {
        pruned = true;
      },
    };

    afterEach(async () => {
      if (store !== undefined) await checkStore(store, { pruned });
      await store?.close();
      await ground?.dispose();
      store = undefined;
      pruned = false;
    });

    submitContract(bench);
    lifecycleContract(bench);
    groupContract(bench);
    logContract(bench);
    listContract(bench);
    catalogueContract(bench);
    tenantsContract(bench);
    newestContract(bench);
    restartContract(bench);
  });
}
