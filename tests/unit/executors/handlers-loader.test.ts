import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { loadHandlers } from '../../../src/core/executors/handlers-loader.ts';
import { createVirtualClock } from '../../../src/core/replay/virtual-clock.ts';
import { createSystemClock } from '../../../src/core/system/system-clock.ts';
import { until } from '../../helpers/attempts.ts';

// From sources a thread takes a third of a second to start, on a busy machine several.
vi.setConfig({ testTimeout: 30_000 });

const fixture = (name: string) => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
const builtIn = ['reverse', 'hash', 'sum', 'upper', 'wait', 'add'];

describe('handlers loader', () => {
  it('a folder that does not exist holds no handlers', async () => {
    const { types, files, warnings } = await loadHandlers(fixture('absent'), { clock: createSystemClock() });
    expect([...types.keys()]).toEqual(builtIn);
    expect(files.size).toBe(0);
    expect(warnings).toEqual([]);
  });

  it('something that is no folder is said, and the server still has its own handlers', async () => {
    const { types, warnings } = await loadHandlers(fixture('hanging/hang.mjs'), { clock: createSystemClock() });
    expect([...types.keys()]).toEqual(builtIn);
    expect(warnings).toEqual([expect.stringContaining('cannot be read')]);
  });

  it('every file that cannot be used is left out with its own reason, and harms no other', async () => {
    const { types, files, warnings } = await loadHandlers(fixture('broken'), { clock: createVirtualClock() });
    expect([...types.keys()]).toEqual([...builtIn, 'twice']);
    expect([...files.keys()]).toEqual(['twice']);
    const left = (file: string, reason: string) => expect.stringContaining(`Handler file ${file} is left out: ${reason}`);
    expect(warnings).toEqual([
      left('Bad Name.mjs', 'its name must be a task type'),
      left('a-syntax.mjs', ''),
      left('b-no-default.mjs', 'its default export must be a function'),
      left('c-shared.mjs', 'its export "shared" must be true or false'),
      left('d-description.mjs', 'its export "description" must be a text'),
      left('e-throws.mjs', 'top level'),
      left('f-exits.mjs', 'it ended its thread'),
      left('g-import.mjs', 'Cannot find module'),
      left('hash.mjs', 'hash is a built-in type'),
      left('twice.mjs', 'there is another file for the type twice'),
    ]);
  });

  it('a file that never finishes importing is left out when its time is up', async () => {
    const clock = createVirtualClock();
    const loading = loadHandlers(fixture('hanging'), { clock }, 5_000);
    await until(() => clock.pending() > 0);
    clock.advanceTo(5_000);
    expect((await loading).warnings).toEqual(['Handler file hang.mjs is left out: importing it took longer than 5 s.']);
  });
});
