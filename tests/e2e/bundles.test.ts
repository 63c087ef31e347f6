import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alive } from '../helpers/processes.ts';
import { type ServerProcess, startServer, tempFolder } from '../helpers/server-process.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const example = join(root, 'examples/wordcount');
const data = tempFolder('bundles');
const runDir = mkdtempSync(join(tmpdir(), 'trx-e2e-run-'));
const env = { TRX_RUN_DIR: runDir };
let server: ServerProcess;

/** Known before the suites are declared: a server that is asked, and says why it cannot. */
const reason = await (async () => {
  server = await startServer({ dataDir: data.path, env });
  return ((await (await fetch(`${server.url}/health`)).json()) as { sandbox: { reason: string | null } }).sandbox.reason;
})();

const api = (path: string) => `${server.url}/api/v1${path}`;
// biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was sent
const json = async (answer: Promise<Response>): Promise<any> => (await answer).json();
const get = (path: string) => json(fetch(api(path), { headers: { accept: 'application/json' } }));

const ended = async (id: string | undefined) => (await fetch(api(`/tasks/${id}`), { headers: { prefer: 'wait=30' } })).json();
/** The last task of the pipeline, once it has run. */
let merged = '';

async function submit(script: string, parts = 1): Promise<string> {
  const form = new FormData();
  form.set('parts', String(parts));
  form.set('type', 'bundle');
  form.append('files', new Blob([script]), 'run.sh');
  const answer = await fetch(api('/jobs'), { method: 'POST', body: form });
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { id: string }).id;
}

describe.skipIf(reason !== null)(`bundles${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  afterAll(async () => {
    await server.kill('SIGTERM');
    data.remove();
  });

  it('the example goes in with curl and comes back as a zip', async () => {
    const texts = ['rain', 'river', 'road'].flatMap((name) => ['-F', `files=@texts/${name}.txt;filename=texts/${name}.txt`]);
    const sent = execFileSync(
      'curl',
      ['-s', api('/jobs'), '-F', 'type=bundle', '-F', 'payload={"top": 3}', '-F', 'files=@run.sh', ...texts],
      { cwd: example, encoding: 'utf8' },
    );
    const { id } = JSON.parse(sent);
    const ended = await (await fetch(api(`/tasks/${id}`), { headers: { prefer: 'wait=30' } })).json();
    expect(ended).toMatchObject({ status: 'completed', result: { exit_status: 0 } });
    const { stdout, stderr } = await get(`/tasks/${id}/output`);
    expect(stderr.text).toBe('');
    expect(stdout.text.split('\n')[0]).toBe('rain: 82 words, 49 different');
    expect((await (await fetch(api(`/tasks/${id}/files/top.txt`))).text()).trim().split('\n')).toHaveLength(3);
    const zip = Buffer.from(await (await fetch(api(`/tasks/${id}/files`))).arrayBuffer());
    expect(zip.toString('latin1')).toContain('counts/river.txt');
  });

  it('the example goes in with trx submit, and its result is saved', () => {
    const folder = mkdtempSync(join(tmpdir(), 'trx-e2e-'));
    cpSync(example, join(folder, 'job'), { recursive: true });
    const args = [join(root, 'dist/src/cli/main.js'), 'submit', './job', '--download', 'result.zip', '--server', server.url];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(readFileSync(join(folder, 'result.zip')).toString('latin1')).toContain('top.txt');
  });

  it('what the README says of it works as it stands there', async () => {
    const [commands = ''] = /```sh\ncd examples\/wordcount\n[^`]*/.exec(readFileSync(join(root, 'README.md'), 'utf8')) ?? [];
    const [submits, ...rest] = commands.replaceAll('localhost:8000', new URL(server.url).host).split(/^(?=curl [^\n]*\/tasks\/ID)/m);
    expect(rest).toHaveLength(2);
    const folder = mkdtempSync(join(tmpdir(), 'trx-e2e-'));
    cpSync(join(root, 'examples'), join(folder, 'examples'), { recursive: true });
    const shell = (script: string, cwd: string) => execFileSync('bash', ['-ec', script], { cwd, encoding: 'utf8' });
    const { id } = JSON.parse(shell((submits ?? '').replace('```sh', ''), folder));
    await fetch(api(`/tasks/${id}`), { headers: { prefer: 'wait=30' } });
    const said = shell(rest.join('').replaceAll('ID', id), join(folder, 'examples/wordcount'));
    expect(JSON.parse(said).stdout.text).toContain('rain: 82 words, 49 different');
    expect(readFileSync(join(folder, `examples/wordcount/${id}.zip`)).toString('latin1')).toContain('top.txt');
  });

  it('the pipeline of docs/bundles.md works as it stands there', async () => {
    const [commands = ''] = /(?<=```sh\n)cd examples\/pipeline\n[^`]*/.exec(readFileSync(join(root, 'docs/bundles.md'), 'utf8')) ?? [];
    const bash = (script: string) =>
      execFileSync('bash', ['-ec', script.replaceAll('localhost:8000', new URL(server.url).host)], { cwd: root, encoding: 'utf8' });
    const [split, count, merge] = JSON.parse(bash(commands)).results.map(({ id }: { id: string }) => id);
    expect(await ended(merge)).toMatchObject({ status: 'completed', depends_on: [{ task: count, name: 'count' }] });
    merged = merge ?? '';
    expect((await get(`/tasks/${merge}/output`)).stdout.text.split('\n')[0]).toMatch(/^\d+ the$/);
    expect((await get(`/tasks/${split}/files`)).files).toContainEqual(expect.objectContaining({ path: 'parts/aa' }));
  });

  it('the example in two parts works as it stands there', async () => {
    const [commands = ''] =
      /(?<=```sh\n)cd examples\/wordcount\n[^`]*parts=[^`]*/.exec(readFileSync(join(root, 'docs/bundles.md'), 'utf8')) ?? [];
    const script = commands.replaceAll('localhost:8000', new URL(server.url).host);
    const { id } = JSON.parse(execFileSync('bash', ['-ec', script], { cwd: root, encoding: 'utf8' }));
    expect(await ended(id)).toMatchObject({ status: 'completed', result: [{ exit_status: 0 }, { exit_status: 0 }] });
    const counted = async (part: number) => (await fetch(api(`/tasks/${id}/files/parts/${part}/words-${part}`))).text();
    expect([await counted(0), await counted(1)]).toEqual([expect.stringContaining('rain.txt'), expect.stringContaining('river.txt')]);
  });

  it('results of the example are seen half way, and a cancel keeps them', async () => {
    const script = readFileSync(join(example, 'run.sh'), 'utf8').replace(/^ *sleep .*$/m, '  [ "$name" = rain ] && sleep 3600');
    const form = new FormData();
    form.set('type', 'bundle');
    form.append('files', new Blob([script]), 'run.sh');
    for (const name of ['rain', 'river'])
      form.append('files', new Blob([readFileSync(join(example, `texts/${name}.txt`))]), `texts/${name}.txt`);
    const { id } = await json(fetch(api('/jobs'), { method: 'POST', body: form }));
    const output = async () => (await get(`/tasks/${id}/output`)).stdout?.text;
    await expect.poll(output, { timeout: 20_000 }).toBe('rain: 82 words, 49 different\n');
    const { partial, files } = await get(`/tasks/${id}/files`);
    const paths = files.map(({ path }: { path: string }) => path);
    expect([partial, paths]).toEqual([true, ['counts/rain.txt', 'run.sh', 'texts/rain.txt', 'texts/river.txt']]);
    const half = await (await fetch(api(`/tasks/${id}/files/counts/rain.txt`))).text();
    expect(half.trim().split('\n')).toHaveLength(49);
    expect((await fetch(api(`/tasks/${id}`), { method: 'DELETE' })).status).toBe(202);
    expect(await (await fetch(api(`/tasks/${id}`), { headers: { prefer: 'wait=10' } })).json()).toMatchObject({ status: 'cancelled' });
    expect(await (await fetch(api(`/tasks/${id}/files/counts/rain.txt`))).text()).toBe(half);
  });

  it('a cancel kills the whole tree and keeps what was there', async () => {
    const mark = `mark-cancel-${process.pid}`;
    const id = await submit(`echo half > half; setsid -f bash -c 'exec -a ${mark} sleep 3600'; bash -c 'exec -a ${mark} sleep 3600'`);
    await expect.poll(() => alive(mark), { timeout: 20_000 }).toBeGreaterThanOrEqual(2);
    expect((await get(`/tasks/${id}/files`)).files).toContainEqual(expect.objectContaining({ path: 'half' }));
    expect((await fetch(api(`/tasks/${id}`), { method: 'DELETE' })).status).toBe(202);
    expect(await (await fetch(api(`/tasks/${id}`), { headers: { prefer: 'wait=10' } })).json()).toMatchObject({ status: 'cancelled' });
    expect(alive(mark)).toBe(0);
    expect(await (await fetch(api(`/tasks/${id}/files/half`))).text()).toBe('half\n');
  });

  it('an upload that is cut half way leaves nothing', async () => {
    const incoming = () => readdirSync(join(data.path, 'files/incoming'));
    const socket = connect(server.port, '127.0.0.1');
    const head = '--x\r\ncontent-disposition: form-data; name="files"; filename="run.sh"\r\n\r\n';
    socket.write(
      `POST /api/v1/jobs HTTP/1.1\r\nhost: localhost\r\ncontent-type: multipart/form-data; boundary=x\r\ncontent-length: 1000000\r\n\r\n${head}${'x'.repeat(300_000)}`,
    );
    await expect.poll(() => incoming().length, { timeout: 10_000 }).toBe(1);
    socket.destroy();
    await expect.poll(() => incoming().length, { timeout: 10_000 }).toBe(0);
    expect((await fetch(`${server.url}/health/ready`)).status).toBe(200);
  });

  it('kill -9 of the server leaves nothing running; the next start cleans up and runs it again', async () => {
    const mark = `mark-crash-${process.pid}`;
    const pool = (change: object) =>
      fetch(api('/pools/local-bundles'), {
        ...{ method: 'PATCH', body: JSON.stringify(change), headers: { 'content-type': 'application/json' } },
      });
    await pool({ capacity: 4 });
    const script = `echo $ATTEMPT; [ "$ATTEMPT" -gt 1 ] && exit 0; setsid -f bash -c 'exec -a ${mark} sleep 3600'; bash -c 'exec -a ${mark} sleep 3600'`;
    const [id, gang] = [await submit(script), await submit(`[ $PART = 0 ] && exit 0; ${script}`, 3)];
    await expect.poll(() => alive(mark), { timeout: 20_000 }).toBeGreaterThanOrEqual(6);
    await expect.poll(async () => (await get(`/tasks/${gang}/files?part=0`)).files?.length, { timeout: 20_000 }).toBe(1);
    await pool({ state: 'paused' });
    const waits = await json(fetch(api(`/tasks/${merged}/retry`), { method: 'POST' }));
    await server.kill('SIGKILL');
    await expect.poll(() => alive(mark), { timeout: 5_000 }).toBe(0);
    server = await startServer({ dataDir: data.path, env });
    for (const lost of [id, gang]) {
      expect(readdirSync(runDir).filter((name) => name.startsWith(lost))).toEqual([]);
      expect(await get(`/tasks/${lost}`)).toMatchObject({ status: 'failed', error: { code: 'lost' } });
      expect((await fetch(api(`/tasks/${lost}/files`))).status).toBe(404);
    }
    const again = await json(fetch(api(`/tasks/${id}/retry`), { method: 'POST' }));
    expect(again).toMatchObject({ retry_of: id, status: 'queued' });
    // What waited meanwhile finds the files of its parents as they were.
    expect((await pool({ state: 'active' })).status).toBe(200);
    expect(await ended(waits.id)).toMatchObject({ status: 'completed' });
    const words = async (task: string) => (await fetch(api(`/tasks/${task}/files/words.txt`))).text();
    expect(await words(waits.id)).toBe(await words(merged));
  });
});

beforeAll(() => {
  if (reason !== null) return server.kill('SIGTERM');
  return undefined;
});
