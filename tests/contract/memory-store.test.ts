import { createMemoryHistory } from '../../src/store/memory/history.ts';
import { createMemoryStore, type MemoryStore } from '../../src/store/memory/memory-store.ts';
import { storeContract } from './store.contract.ts';
import { aClock } from './store-clock.ts';

storeContract('memory', async () => {
  const clock = aClock();
  let last: MemoryStore | undefined;
  return {
    async open() {
      last = createMemoryStore({ clock, ...(last === undefined ? {} : { image: last.image() }) });
      return last;
    },
    async crash() {
      last?.crash();
      last = createMemoryStore({ clock, image: last!.image() });
      return last;
    },
    history: () => createMemoryHistory(last!.image()),
    async dispose() {},
  };
});
