import { afterEach, describe } from 'vitest';
import type { History } from '../../src/core/ports/history.ts';
import type { Store } from '../../src/core/ports/store.ts';
import { catalogueContract } from './store-catalogue.contract.ts';
import { checkStore } from './store-checks.ts';
import { dependenciesContract } from './store-dependencies.contract.ts';
import { groupContract } from './store-group.contract.ts';
import { historyContract } from './store-history.contract.ts';
import { keysContract } from './store-keys.contract.ts';
import { lifecycleContract } from './store-lifecycle.contract.ts';
import { listContract } from './store-list.contract.ts';
import { logContract } from './store-log.contract.ts';
import { newestContract } from './store-newest.contract.ts';
import { operationsContract } from './store-operations.contract.ts';
import { restartContract } from './store-restart.contract.ts';
import { submitContract } from './store-submit.contract.ts';
import { tenantsContract } from './store-tenants.contract.ts';

/** One database that outlives the stores opened on it. */
export interface Ground {
  open(): Promise<Store>;
  /** Ends the server without a word, as a kill would, and opens the database again. */
  crash(store: Store): Promise<Store>;
  /** Looks back in what is stored. */
  history(): History & { close?(): void };
  dispose(): Promise<void>;
}

export interface Bench {
  /** A fresh store; checked after the test. */
  open(): Promise<Store>;
  /** Closes it in good order and opens the same database again. */
  reopen(store: Store): Promise<Store>;
  crash(store: Store): Promise<Store>;
  /** Looks back in what is stored; once for a test. */
  history(): History;
  /** Leave out what cannot hold once log rows were removed. */
  prune(): void;
}

/** What every implementation of Store must do. After each test the log is verified, folded and counted against the table. */
export function storeContract(name: string, createGround: () => Promise<Ground>): void {
  describe(name, () => {
    let store: Store | undefined;
    let ground: Ground | undefined;
    let pruned = false;
    let history: ReturnType<Ground['history']> | undefined;

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
      history() {
        history = ground!.history();
        return history;
      },
      prune() {
        pruned = true;
      },
    };

    afterEach(async () => {
      if (store !== undefined) await checkStore(store, { pruned });
      history?.close?.();
      history = undefined;
      await store?.close();
      await ground?.dispose();
      store = undefined;
      pruned = false;
    });

    submitContract(bench);
    lifecycleContract(bench);
    dependenciesContract(bench);
    groupContract(bench);
    logContract(bench);
    listContract(bench);
    catalogueContract(bench);
    tenantsContract(bench);
    keysContract(bench);
    operationsContract(bench);
    newestContract(bench);
    historyContract(bench);
    restartContract(bench);
  });
}
