import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { openWorker } from '../../src/worker/run-worker.ts';
import { setupBundles } from '../helpers/bundle-app.ts';
import { sandboxOfTest, skipReason } from '../helpers/bundles.ts';
import { aPool, silent } from '../helpers/engine.ts';
import { type FormPart, field, file } from '../helpers/form.ts';
import { alive } from '../helpers/processes.ts';
import { runWorker } from '../helpers/worker.ts';

const found = await sandboxOfTest();
const base = '/api/v1';
const far = aPool({ name: 'far', executor: 'node', capacity: 0, simulated: null, types: ['*'], labels: { site: 'far' } });
/** Where each worker runs bundles. */
const runDirs: Record<string, string> = {};
for (const id of ['w', 'v']) runDirs[id] = mkdtempSync(join(tmpdir(), 'trx-worker-'));
const placeIn = (worker: string, path = '') => join(runDirs[worker] ?? '', path);
afterAll(() => {
  for (const path of Object.values(runDirs)) rmSync(path, { recursive: true, force: true });
});

/** The real worker with the real sandbox against the real server, over a real port. */
async function setup(...more: readonly string[]) {
  const server = await setupBundles({ pools: [far] });
  const url = await server.app.listen({ port: 0, host: '127.0.0.1' });
  onTestFinished(() => server.app.server.closeAllConnections());
  for (const id of ['w', ...more])
    await runWorker({ server: url, pool: 'far', types: undefined, bundles: ['bundle'], slots: 2, id, runDir: placeIn(id) });
  const get = async (path: string) => (await server.call('GET', `${base}${path}`, { headers: { accept: 'application/json' } })).json();
  return {
    ...{ ...server, get },
    async submit(script: string, ...files: FormPart[]): Promise<string> {
      const answer = await server.send([field('type', 'bundle'), field('constraints', '["site = far"]'), file('run.sh', script), ...files]);
      if (answer.statusCode !== 201) throw new Error(answer.body);
      return answer.json().id;
    },
    until: (path: string, holds: (body: Record<string, never>) => boolean) =>
      expect.poll(async () => holds(await get(path)), { timeout: 20_000 }).toBe(true),
    content: async (id: string, path: string) => (await server.call('GET', `${base}/tasks/${id}/files/${path}`)).body,
  };
}

describe.skipIf(found.sandbox === undefined)(`bundles on a worker${skipReason(found)}`, () => {
  it('are fetched, seen while they run, and all they leave comes back', async () => {
    const { submit, until, get, content, onDisk } = await setup();
    const script = `echo up; mkdir d; echo half > d/half; until [ -e go ]; do sleep 0.05; done; wc -l < data/in.txt > lines
      ln -s /etc/passwd link; echo "done $TASK_TYPE $ATTEMPT $(id -u | wc -l)"; echo oops >&2`;
    const id = await submit(script, file('data/in.txt', '1\n2\n3\n'));
    await until(`/tasks/${id}/output`, ({ stdout }) => (stdout as { text: string } | undefined)?.text === 'up\n');
    await until(`/tasks/${id}/files`, ({ files }) => ((files ?? []) as { path: string }[]).some(({ path }) => path === 'd/half'));
    expect(await get(`/tasks/${id}/files`)).toMatchObject({
      partial: true,
      files: expect.arrayContaining([expect.objectContaining({ path: 'run.sh' })]),
    });
    writeFileSync(placeIn('w', `${id}-1/work/go`), '');
    await until(`/tasks/${id}`, ({ status }) => status === 'completed');
    expect(await get(`/tasks/${id}`)).toMatchObject({ node_id: 'w', handled_by: 'w', result: { exit_status: 0, skipped: 1 } });
    const { files, skipped, partial } = await get(`/tasks/${id}/files`);
    expect(files.map(({ path }: { path: string }) => path)).toEqual(['d/half', 'data/in.txt', 'go', 'lines', 'run.sh']);
    expect([partial, skipped]).toEqual([false, [{ path: 'link', reason: 'a symbolic link' }]]);
    expect((await content(id, 'lines')).trim()).toBe('3');
    expect(await get(`/tasks/${id}/output`)).toMatchObject({ stdout: { text: 'up\ndone bundle 1 1\n' }, stderr: { text: 'oops\n' } });
    await expect.poll(async () => (await onDisk()).filter((path) => path.startsWith('incoming/') && path !== 'incoming/')).toEqual([]);
    await expect.poll(() => readdirSync(placeIn('w')).filter((name) => name.startsWith(id))).toEqual([]);
  });

  it('are ended with their whole tree by a cancel, and keep what they left', async () => {
    const { submit, until, call, content, get } = await setup();
    const mark = `mark-node-${process.pid}`;
    const id = await submit(
      `trap '' TERM; echo half > half; setsid -f bash -c 'exec -a ${mark} sleep 3600'; bash -c 'exec -a ${mark} sleep 3600'; sleep 3600`,
    );
    await expect.poll(() => alive(mark), { timeout: 20_000 }).toBeGreaterThanOrEqual(2);
    expect((await call('DELETE', `${base}/tasks/${id}`)).statusCode).toBe(202);
    await until(`/tasks/${id}`, ({ status }) => status === 'cancelled');
    expect(alive(mark)).toBe(0);
    expect(await content(id, 'half')).toBe('half\n');
    expect((await get('/nodes/w')).slots_used).toBe(0);
  });

  it('read what their parents left on any node, however long the way', async () => {
    const { submit, until, get, content, onDisk } = await setup();
    const of = (name: string, task: string) => field('depends_on', JSON.stringify([{ task, name }]));
    const script = (name: string) => readFileSync(join(import.meta.dirname, `../../examples/pipeline/${name}/run.sh`), 'utf8');
    const split = await submit(script('split'), file('texts/a.txt', 'a b\nb c\n\nc\nc\n'));
    const count = await submit(script('count'), of('split', split));
    const merge = await submit(`${script('merge')}\n(echo x > $TRX_PARENTS/count/run.sh) 2>/dev/null || echo kept`, of('count', count));
    await until(`/tasks/${merge}`, ({ status }) => status === 'completed');
    expect(await content(merge, 'words.txt')).toBe('3 c\n2 b\n1 a\n');
    expect((await get(`/tasks/${merge}/output`)).stdout.text).toBe('3 c\n2 b\n1 a\nkept\n');
    expect(await content(count, 'run.sh')).toBe(script('count'));
    await expect.poll(async () => (await onDisk()).filter((path) => path.startsWith('incoming/') && path !== 'incoming/')).toEqual([]);
  });

  it('in several parts run on several nodes: begun together, their files and output apart, and told so while they run', async () => {
    const { submit, until, get, content } = await setup('v');
    const script = `echo "part $PART of $PARTS"; echo $PART > own; if [ $PART = 2 ]; then until [ -e go ]; do sleep 0.05; done; fi`;
    const id = await submit(script, field('parts', '3'));
    await until(`/tasks/${id}/output?part=2`, ({ stdout }) => (stdout as { text: string } | undefined)?.text === 'part 2 of 3\n');
    const seen = ['parts/0/own', 'parts/1/own'];
    await until(`/tasks/${id}/files`, ({ files }) => {
      const paths = ((files ?? []) as { path: string }[]).map(({ path }) => path);
      return seen.every((path) => paths.includes(path));
    });
    const { placement_nodes: nodes, status } = await get(`/tasks/${id}`);
    expect([status, [...new Set(nodes)].sort()]).toEqual(['processing', ['v', 'w']]);
    writeFileSync(placeIn(nodes[2], `${id}-1-2/work/go`), '');
    await until(`/tasks/${id}`, ({ status }) => status === 'completed');
    expect(await get(`/tasks/${id}`)).toMatchObject({ result: Array(3).fill({ exit_status: 0, skipped: 0 }), attempt: 1 });
    for (const part of [0, 1, 2]) {
      expect(await content(id, `parts/${part}/own`)).toBe(`${part}\n`);
      expect((await get(`/tasks/${id}/output?part=${part}`)).stdout.text).toBe(`part ${part} of 3\n`);
    }
  });

  it('in several parts end together on all nodes when one fails, and all they left is kept', async () => {
    const { submit, until, get, content } = await setup('v');
    const mark = `mark-gang-${process.pid}`;
    const script = `echo $PART > own; [ $PART = 1 ] || exec -a ${mark} sleep 3600; until [ -e go ]; do sleep 0.05; done; echo bad >&2; exit 4`;
    const id = await submit(script, field('parts', '3'), field('max_attempts', '1'));
    await expect.poll(() => alive(mark), { timeout: 20_000 }).toBe(2);
    const { placement_nodes: nodes } = await get(`/tasks/${id}`);
    writeFileSync(placeIn(nodes[1], `${id}-1-1/work/go`), '');
    await until(`/tasks/${id}`, ({ status }) => status === 'failed');
    expect(alive(mark)).toBe(0);
    const message = 'Part 1 of 3: run.sh ended with exit status 4: bad';
    expect((await get(`/tasks/${id}`)).error).toEqual({ code: 'exit_status', message });
    for (const part of [0, 1, 2]) expect(await content(id, `parts/${part}/own`)).toBe(`${part}\n`);
    for (const node of ['v', 'w']) await until(`/nodes/${node}`, ({ slots_used: used }) => (used as unknown) === 0);
  });

  it('that fail say so as on the server', async () => {
    const { submit, until, get } = await setup();
    const id = await submit('echo "no such column" >&2; exit 7');
    await until(`/tasks/${id}`, ({ status }) => status === 'failed');
    expect((await get(`/tasks/${id}`)).error).toEqual({ code: 'exit_status', message: 'run.sh ended with exit status 7: no such column' });
  });

  it('are not offered where they cannot be run', async () => {
    const closed = join(found.dataDir, 'closed', 'folder');
    writeFileSync(join(found.dataDir, 'closed'), ''); // no folder can be made there
    const options = { server: 'http://127.0.0.1:9', pool: 'far', types: undefined, bundles: ['bundle'], slots: 1, id: 'w', version: '0' };
    await expect(openWorker({ ...options, handlersDir: '/nowhere', runDir: closed }, silent, fetch)).rejects.toThrow(/cannot be run here/);
  });
});
