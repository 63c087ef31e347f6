import { execFileSync } from 'node:child_process';
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { apiClient } from '../helpers/api-client.ts';
import { startServer, tempFolder } from '../helpers/server-process.ts';

/** A disk of 8 MiB in memory; `undefined` where this user may not mount one. */
function tinyDisk(path: string): (() => void) | undefined {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', path], { stdio: 'ignore' });
    return () => execFileSync('umount', ['-l', path]);
  } catch {
    return undefined;
  }
}

const probe = tempFolder('mount');
const mayMount = tinyDisk(probe.path);
mayMount?.();
probe.remove();

it.skipIf(mayMount === undefined)(
  'reads go on while the disk is full, writes say storage_full, and it recovers by itself',
  { timeout: 120_000 },
  async () => {
    const folder = tempFolder('disk');
    const unmount = tinyDisk(folder.path);
    const server = await startServer({ dataDir: folder.path });
    try {
      const api = apiClient(server.url);
      const first = await api.submit({ type: 'hash', payload: 'hello' });
      await api.until(`/api/v1/tasks/${first['id']}`, (body) => body['status'] === 'completed');
      const running = await api.submit({ type: 'wait', payload: 2 });
      await api.until(`/api/v1/tasks/${running['id']}`, (body) => body['status'] === 'processing');

      const filler = join(folder.path, 'filler');
      const { bavail, bsize } = statfsSync(folder.path);
      writeFileSync(filler, Buffer.alloc(bavail * bsize));
      const accepted: string[] = [];
      let refused: Awaited<ReturnType<typeof api.send>> | undefined;
      while (refused === undefined) {
        const answer = await api.send('POST', '/api/v1/tasks', { type: 'hash', payload: 'x'.repeat(10_000) });
        if (answer.status === 201) accepted.push(String(answer.body['id']));
        else refused = answer;
      }
      expect(refused.status).toBe(503);
      expect(refused.body['code']).toBe('storage_full');
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect((await api.get(`/api/v1/tasks/${first['id']}`)).body['status']).toBe('completed');
      expect((await api.get('/api/v1/tasks')).status).toBe(200);
      expect((await api.get('/api/v1/health')).body['status']).toBe('degraded');

      rmSync(filler);
      await api.until('/api/v1/health', (body) => body['status'] === 'healthy');
      const later = await api.submit({ type: 'upper', payload: 'room' });
      for (const id of [running['id'], later['id'], ...accepted])
        await api.until(`/api/v1/tasks/${id}`, (body) => body['status'] === 'completed');
      expect((await api.get(`/api/v1/tasks/${running['id']}`)).body['attempt']).toBe(1);
    } finally {
      await server.kill('SIGKILL');
      unmount?.();
      folder.remove();
    }
  },
);
