import { describe, expect, it } from 'vitest';
import { caller, codeOf, setup } from '../../helpers/engine.ts';

const idempotency = { key: 'k', fingerprint: 'f' };

describe('a request that is sent again with its idempotency key', () => {
  it('gets its first answer, also when it would be refused now', async () => {
    const { engine, answered, pass, clock } = await setup();
    const input = { type: 'job', deadline: clock.now() + 500 };
    const first = await answered(engine.submit(input, caller, { idempotency }));
    await pass(1_000);
    const again = await answered(engine.submit(input, caller, { idempotency }));
    expect(again).toMatchObject({ replayed: true, task: { id: first.task.id } });
    const [item] = await answered(engine.submitBatch([{ ...input, idempotency }], caller));
    expect(item).toMatchObject({ replayed: true, task: { id: first.task.id } });
  });

  it('is refused when the key belongs to another request', async () => {
    const { engine, answered, pass, clock } = await setup();
    await answered(engine.submit({ type: 'job', deadline: clock.now() + 500 }, caller, { idempotency }));
    await pass(1_000);
    const other = { idempotency: { key: 'k', fingerprint: 'g' } };
    expect(await answered(codeOf(engine.submit({ type: 'none' }, caller, other)))).toBe('idempotency_key_reused');
  });

  it('is refused for its own fault when the key is new', async () => {
    const { engine, answered } = await setup();
    expect(await answered(codeOf(engine.submit({ type: 'none' }, caller, { idempotency })))).toBe('unknown_reference');
  });
});
