import { expect, it, vi } from 'vitest';
import { recallTurns } from '../../../src/core/engine/turn-recovery.ts';
import { createSchedulingCore } from '../../../src/core/scheduling/core.ts';
import { aPool, aType, caller, setup } from '../../helpers/engine.ts';

const inTurn = aType({ betweenTenants: 'round_robin', maxAttempts: 9 });

async function aServer(options: Parameters<typeof setup>[0] = {}) {
  const made = await setup({ types: [inTurn, aType({ name: 'other' })], ...options });
  const { submit, hands, pass, row } = made;
  return {
    ...made,
    async submits(tenant: string, count: number) {
      for (let i = 0; i < count; i++) await submit({ tenant });
    },
    /** Ends what runs, so many times. @returns whose tasks ran */
    async rounds(count: number): Promise<string> {
      const tenants: string[] = [];
      for (let i = 0; i < count; i++) {
        for (const seq of hands.running) {
          tenants.push(row(seq).tenant);
          hands.end(seq);
        }
        await pass();
      }
      return tenants.join('');
    },
  };
}

it('tenants of a type take turns, and go on where they stood after a restart', async () => {
  const first = await aServer();
  await first.submits('A', 9);
  await first.submits('B', 9);
  expect(await first.rounds(4)).toBe('ABAB');
  expect(first.hands.running).toHaveLength(1); // A's fifth turn

  const second = await aServer({ image: first.crash(), clock: first.clock });
  await second.submits('C', 1); // comes now, and waits for nobody's past
  await second.pass(3_000);
  expect(await second.rounds(6)).toBe('BCABAB');
});

it('turns from before they were last begun count no more', async () => {
  const first = await aServer();
  const change = (betweenTenants: 'fifo' | 'round_robin') => first.answered(first.engine.putType({ ...inTurn, betweenTenants }, caller));
  await first.submits('B', 5);
  await first.rounds(5);
  await change('fifo');
  await change('round_robin');
  await first.submits('A', 4);
  expect(await first.rounds(2)).toBe('AA');

  const second = await aServer({ image: first.crash(), clock: first.clock });
  await second.submits('B', 3);
  await second.pass(3_000);
  expect(await second.rounds(4)).toBe('ABAB'); // A's fourth begins before B comes
});

it('nothing is read where nobody takes turns', async () => {
  const first = await aServer({ types: [aType()], pools: [aPool({ capacity: 2 })] });
  await first.submits('A', 1);
  expect(first.store.snapshot().log.find(({ type }) => type === 'scheduled')?.details).not.toHaveProperty('turn');
  const log = vi.spyOn(first.store, 'log');
  await recallTurns({ store: first.store, core: createSchedulingCore(), types: first.engine.types() });
  expect(log).not.toHaveBeenCalled();
});
