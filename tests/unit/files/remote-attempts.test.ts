import { mkdir, rm, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import type { RemoteAttempt } from '../../../src/core/ports/node-files.ts';
import { openFiles } from '../../../src/files/open-files.ts';
import { createRemoteAttempts } from '../../../src/files/remote-attempts.ts';
import { contents, folderOfTest } from '../../helpers/files.ts';

const of: RemoteAttempt = { task: '01900000-0000-7000-8000-000000000001', attempt: 1 };

async function setup() {
  const { places } = await openFiles(folderOfTest());
  await mkdir(places.inputOf(of.task), { recursive: true });
  return { places, remote: createRemoteAttempts(places) };
}

it('the first pieces of both streams may come at once, and each goes on where it stood', async () => {
  const { places, remote } = await setup();
  const first = [remote.print(of, 'stdout', 0, Buffer.from('out')), remote.print(of, 'stderr', 0, Buffer.from('error'))];
  expect(await Promise.all(first)).toEqual([3, 5]);
  expect(await remote.print(of, 'stdout', 3, Buffer.from('side'))).toBe(7);
  expect(remote.running(of.task)).toMatchObject([{ attempt: 1, stdoutBytes: 7, stderrBytes: 5 }]);
  expect(Object.values(await contents(places.incoming))).toEqual(['error', 'outside']);
});

it('an attempt that ends while its first piece arrives leaves nothing', async () => {
  const { places, remote } = await setup();
  const printed = remote.print(of, 'stdout', 0, Buffer.from('out')).catch(() => {});
  await Promise.all([remote.end(of), printed]);
  expect([remote.running(of.task), await contents(places.incoming)]).toEqual([[], {}]);
});

it('what could not be laid down is laid down again for the next piece', async () => {
  const { places, remote } = await setup();
  await rm(places.incoming, { recursive: true });
  await writeFile(places.incoming, '');
  await expect(remote.print(of, 'stdout', 0, Buffer.from('out'))).rejects.toThrow();
  await rm(places.incoming);
  expect(await remote.print(of, 'stdout', 0, Buffer.from('out'))).toBe(3);
});
