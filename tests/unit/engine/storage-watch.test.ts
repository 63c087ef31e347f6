import { describe, expect, it } from 'vitest';
import { caller, codeOf, setup } from '../../helpers/engine.ts';

describe('while the disk is full', () => {
  it('clients are refused at once, reads go on, and it goes on by itself when there is room', async () => {
    const { engine, answered, disk, pass, submit } = await setup();
    const { id } = await submit();
    disk.fault = { kind: 'full' };
    expect(await answered(codeOf(engine.submit({ type: 'job' }, caller)))).toBe('storage_full');
    expect(await answered(codeOf(engine.cancel(id, caller)))).toBe('storage_full');
    expect(await answered(engine.task(id, caller))).toMatchObject({ status: 'processing' });
    expect(await answered(engine.health())).toMatchObject({ storage: 'full', scheduler: false, database: true });
    disk.fault = undefined;
    await pass(1_000);
    expect(await answered(codeOf(engine.submit({ type: 'job' }, caller)))).toBe('accepted');
    expect(await answered(engine.health())).toMatchObject({ storage: 'ok', scheduler: true, queue: true });
  });

  it('what ended meanwhile is recorded afterwards, once', async () => {
    const { disk, hands, pass, submit, row, told } = await setup();
    await submit();
    await submit();
    disk.fault = { kind: 'full' };
    hands.end(1);
    await pass(5_500);
    expect([row(1).status, hands.started]).toEqual(['processing', ['1/1']]);
    disk.fault = undefined;
    await pass(1_000);
    expect([row(1).status, hands.started]).toEqual(['completed', ['1/1', '2/1']]);
    expect(told(1)).toEqual(['created', 'scheduled', 'completed']);
  });

  it('a decision whose claim was refused is claimed afterwards, with its slot held meanwhile', async () => {
    const { engine, disk, hands, pass, row } = await setup();
    void engine.submit({ type: 'job' }, caller).then(() => {
      disk.fault = { kind: 'full' };
    });
    await pass(500);
    expect([row(1).status, engine.inspect().pools[0]?.load, engine.inspect().deciding]).toEqual(['queued', 1, 1]);
    disk.fault = undefined;
    await pass(1_000);
    expect([row(1).status, hands.started, engine.inspect().deciding]).toEqual(['processing', ['1/1'], 0]);
  });
});
