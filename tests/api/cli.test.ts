import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type SetupOptions, setup } from '../helpers/app.ts';
import { type CliOptions, type CliResult, trx } from '../helpers/cli.ts';
import { aPool } from '../helpers/engine.ts';

/** A listening server, and `trx` that is told where it is. */
async function server(options: SetupOptions = {}) {
  const test = await setup({
    ...options,
    closed: (close) =>
      onTestFinished(async () => {
        test.app.server.closeAllConnections(); // fetch opens another one when a stream is hung up, and says nothing on it
        await close();
      }),
  });
  await test.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = test.app.server.address() as AddressInfo;
  const env = { TRX_SERVER: `http://127.0.0.1:${port}` };
  return { ...test, url: env.TRX_SERVER, cli: (args: readonly string[], more: CliOptions = {}) => trx(args, { env, ...more }) };
}

const json = ({ out }: CliResult) => JSON.parse(out);
const lines = ({ out }: CliResult) => out.trimEnd().split('\n');

async function aFile(content: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'trx-cli-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'task.json');
  writeFileSync(path, content);
  return path;
}

describe('trx submit', () => {
  it('sends a task, waits for its end, and prints its result', async () => {
    const { cli } = await server();
    const done = await cli(['submit', 'echo', '{"a": 1}', '--wait', '--priority', '9', '--tenant', 'acme', '--json']);
    expect(done).toMatchObject({ code: 0, err: '' });
    expect(json(done)).toMatchObject({ status: 'completed', result: { a: 1 }, priority: 9, tenant: 'acme' });
  });

  it('sends what is no JSON as text, and a file that is named', async () => {
    const { cli } = await server();
    const file = await aFile('[1, 2]');
    expect(json(await cli(['submit', 'echo', 'plain words', '--json'])).payload).toBe('plain words');
    expect(json(await cli(['submit', 'echo', `@${file}`, '--json'])).payload).toEqual([1, 2]);
  });

  it('sends what only looks like JSON as text when that is said, from a file too', async () => {
    const { cli } = await server();
    const file = await aFile('[2026-11-22] a line of a log');
    expect((await cli(['submit', 'echo', `@${file}`])).err).toContain(`${file} begins like JSON and is none`);
    expect(json(await cli(['submit', 'echo', `@${file}`, '--text', '--json'])).payload).toBe('[2026-11-22] a line of a log');
    expect(json(await cli(['submit', 'echo', '{"a": 1', '--text', '--json'])).payload).toBe('{"a": 1');
    expect(json(await cli(['submit', 'echo', '5', '--text', '--json'])).payload).toBe('5');
  });

  it('takes a task from a file, flags first', async () => {
    const { cli } = await server();
    const file = await aFile('{"type": "echo", "payload": 5, "priority": 2}');
    expect(json(await cli(['submit', '--file', file, '--priority', '7', '--json']))).toMatchObject({ payload: 5, priority: 7 });
  });

  it('ends with 8 when the task it waits for fails', async () => {
    const { cli } = await server();
    const done = await cli(['submit', 'fail', '--wait']);
    expect(done.code).toBe(8);
    expect(done.err).toContain('task 1 ended failed: broken, it always fails');
  });

  it('ends with 124 when its time is over, and the task goes on', async () => {
    const { cli, executor } = await server();
    const done = await cli(['submit', 'hold', '--wait', '0']);
    expect(done).toMatchObject({ code: 124, out: '' });
    expect(done.err).toContain('trx watch 1');
    await expect.poll(() => executor.held).toBe(1);
  });

  it('waits for other tasks, by number or id, under names of its own', async () => {
    const { cli, executor, submit } = await server();
    const { id } = await submit({ type: 'hold' });
    const done = await cli(['submit', 'echo', '--after', `1`, '--on-parent-failure', 'run', '--json']);
    expect(json(done)).toMatchObject({ status: 'delayed', depends_on: [{ task: id, name: id }], on_parent_failure: 'run' });
    const named = json(await cli(['submit', 'echo', '--after', `first=${id},2`, '--json']));
    expect(named.depends_on).toMatchObject([{ task: id, name: 'first' }, {}]);
    expect((await cli(['submit', 'echo', '--after', 'x='])).code).toBe(2);
    expect((await cli(['submit', 'echo', '--after', '99'])).code).toBe(3);
    expect((await cli(['show', '3'])).out).toContain(`first=${id}`);
    await expect.poll(() => executor.held).toBe(1);
  });

  it('only says where it would go with --dry-run', async () => {
    const { cli, store } = await server();
    const done = await cli(['submit', 'echo', '--dry-run']);
    expect(done.out).toContain('would start now on hand');
    expect(store.lastSeq()).toBe(0);
  });

  it('is sent once, however often the answer is lost', async () => {
    const { cli, store } = await server();
    let calls = 0;
    const flaky: typeof fetch = async (...request) => {
      const answer = await fetch(...request);
      if (++calls < 3) throw new TypeError('fetch failed');
      return answer;
    };
    expect(json(await cli(['submit', 'echo', '1', '--json'], { fetch: flaky }))).toMatchObject({ seq: 1 });
    expect([calls, store.lastSeq()]).toEqual([3, 1]);
  });

  it('sends lines, says which were refused, and ends with 2 then', async () => {
    const { cli, store } = await server();
    const input = '{"type":"echo","payload":1}\n{"type":"nope"}\n\n{"type":"echo","payload":2}\n';
    const done = await cli(['submit', '--lines'], { input });
    expect(done.code).toBe(2);
    expect(lines(done)).toHaveLength(2);
    expect(done.err).toContain('line 2: Invalid task type: nope');
    expect(done.err).toContain('2 tasks accepted, 1 refused');
    expect(store.lastSeq()).toBe(2);
  });

  it.each([
    [['submit'], 'which type of task?'],
    [['submit', 'echo', '--priority', 'high'], '--priority must be a number, not "high"'],
    [['submit', 'echo', '--priority', '11'], 'priority'],
    [['submit', 'echo', '--metadata', '{'], '--metadata is no JSON'],
    [['submit', 'echo', '@/nowhere/at/all'], '/nowhere/at/all cannot be read: ENOENT'],
    [['submit', 'echo', '--wait', 'soon'], 'It must be a number of seconds, at least 0. Without a limit --wait goes last.'],
    [['submit', 'echo', '{"a": 1'], 'the payload begins like JSON and is none'],
    [['submit', 'echo', ' [bad'], 'To send it as text, say --text'],
    [['submit', 'echo', '--text'], '--text says what a payload is'],
    [['submit', '--lines', '--text'], '--lines reads whole tasks'],
    [['submit', 'echo', '--lines'], '--lines reads whole tasks'],
    [['submit', 'nope'], 'Known types:'],
  ])('%j: 2, and what is wrong', async (args, message) => {
    const { cli, store } = await server();
    const done = await cli(args);
    expect(done).toMatchObject({ code: 2, out: '' });
    expect(done.err).toContain(message);
    expect(store.lastSeq()).toBeLessThan(2);
  });
});

describe('trx ls, show, explain', () => {
  it('list, filter and show tasks, by number or id', async () => {
    const { cli, submit } = await server();
    const { id } = await submit({ type: 'echo', payload: 'x', tenant: 'acme' });
    await submit({ type: 'fail' });
    expect(json(await cli(['ls', '--json'])).tasks).toHaveLength(2);
    expect(lines(await cli(['ls', '--tenant', 'acme', '--plain']))).toHaveLength(2);
    for (const name of ['1', '#1', id]) expect(json(await cli(['show', name, '--json']))).toMatchObject({ id, payload: 'x' });
    expect((await cli(['show', '1'])).out).toContain(`/tasks/${id}`);
    expect(json(await cli(['show', '1', '--log', '--json'])).logs[0]).toMatchObject({ event_type: 'created' });
  });

  it('say why a task waits', async () => {
    const { cli, submit } = await server();
    await submit({ type: 'hold' });
    await submit({ type: 'hold' });
    const one = await cli(['explain', '2']);
    expect(one.out).toContain('no_capacity');
    expect(one.out).toMatch(/cure 1\s+Raise the capacity of hand from 1 to 2\. It would start on hand\. \(operator can do it\)/);
    expect(json(await cli(['explain', '2', '--json'])).unblock).toMatchObject([{ change: 'add_capacity', subject: 'hand', to: 2 }]);
    expect((await cli(['explain', '1'])).out).not.toContain('cure');
    expect((await cli(['explain'])).out).toContain('no_capacity');
    expect(json(await cli(['explain', '--json']))).toMatchObject({ tasks: 1 });
  });

  it('show control characters by their codes', async () => {
    const { cli, submit } = await server();
    await submit({ type: 'echo', payload: '\u001b[2Jgone\u202e' });
    const { out } = await cli(['show', '1']);
    expect(out).toContain('\\u001b[2Jgone\\u202e');
    expect(out).not.toContain('\u001b');
  });

  it.each([
    [['show', '99'], 3, 'there is no task 99'],
    [['show', '0190aaaa-0000-7000-8000-000000000000'], 3, 'Task not found'],
    [['show', 'what'], 2, 'neither the id nor the number'],
    [['ls', '--limit', '0'], 2, '--limit must be'],
    [['ls', '--status', 'lost'], 2, 'status'],
    [['sho', '1'], 2, 'Did you mean show?'],
  ])('%j: %i', async (args, code, message) => {
    const { cli } = await server();
    const done = await cli(args);
    expect(done).toMatchObject({ code, out: '' });
    expect(done.err).toContain(message);
  });
});

describe('trx cancel and retry', () => {
  it('cancel what is named, and run it again', async () => {
    const { cli, submit, store } = await server();
    await submit({ type: 'hold' });
    await submit({ type: 'hold' });
    expect((await cli(['cancel', '2'])).out).toContain('cancelled');
    expect((await cli(['cancel', '1'])).out).toContain('stopping');
    expect((await cli(['cancel', '2'])).code).toBe(4);
    expect(json(await cli(['retry', '2', '--json']))).toMatchObject({ seq: 3, retry_of: (await store.taskBySeq(2))?.id });
  });

  it('cancel all of a kind only when that is meant', async () => {
    const { cli, submit, store } = await server();
    for (let i = 0; i < 4; i++) await submit({ type: 'hold' });
    const all = ['cancel', '--all', '--status', 'queued'];
    const unasked = await cli(all);
    expect(unasked).toMatchObject({ code: 2, out: '' });
    expect(unasked.err).toContain('this would cancel 3 tasks');
    expect((await cli(all, { answer: false })).err).toContain('Cancel 3 tasks that are queued?Nothing was cancelled.');
    expect(store.counts().byStatus.cancelled).toBe(0);
    expect(json(await cli([...all, '--yes', '--json']))).toMatchObject({ action: 'cancel', status: 'completed', matched: 3, done: 3 });
    expect(store.counts().byStatus).toMatchObject({ cancelled: 3, processing: 1 });
    const again = ['retry', '--all', '--status', 'cancelled', '--priority-lte', '5', '--type', 'hold', '--yes'];
    expect((await cli(again)).out).toMatch(/^status +completed$/m);
    expect(store.counts().byStatus).toMatchObject({ cancelled: 3, queued: 3 });
    expect(await cli(['retry', '--all', '--yes'])).toMatchObject({ code: 0, out: '', err: 'Nothing was retried: no task matches.\n' });
    expect(json(await cli(['retry', '--all', '--json']))).toEqual({ action: 'retry', matched: 0, matched_is_capped: false });
    expect((await cli(['retry', '--all', '--priority-lte', '11', '--yes'])).code).toBe(2);
    expect((await cli(['retry', '--all', '--status', 'queued', '--yes'])).err).toContain('delayed, completed, failed, cancelled');
  });

  it('want either names or --all', async () => {
    const { cli } = await server();
    expect((await cli(['cancel'])).code).toBe(2);
    expect((await cli(['cancel', '1', '--all'])).code).toBe(2);
    expect((await cli(['retry'])).code).toBe(2);
  });
});

describe('trx watch', () => {
  it('follows a task to its end', async () => {
    const { cli, submit, executor } = await server();
    const { id } = await submit({ type: 'hold' });
    const done = await cli(['watch', '1', '--json'], {
      printed: (out) => {
        if (out.includes('task.scheduled') && executor.held === 1) executor.finish(id, { kind: 'succeeded', result: 1 });
      },
    });
    expect(done.code).toBe(0);
    expect(lines(done).map((line) => JSON.parse(line).type)).toEqual(expect.arrayContaining(['task.created', 'task.completed']));
  });

  it('goes on behind the last event after a cut', async () => {
    const { cli, submit } = await server();
    await submit({ type: 'fail' });
    let calls = 0;
    const cutting: typeof fetch = async (input, init) => {
      const answer = await fetch(input, init);
      if (!String(input).includes('/events') || ++calls > 1) return answer;
      const reader = answer.body!.getReader();
      const { value } = await reader.read();
      await reader.cancel();
      return new Response(value); // what came first, and then the end
    };
    const first = await submit({ type: 'hold' });
    const done = cli(['watch', '2', '--json'], { fetch: cutting });
    await expect.poll(() => calls).toBe(2);
    await cli(['cancel', first.id]);
    const result = await done;
    expect(result.code).toBe(8);
    const seqs = lines(result).map((line) => JSON.parse(line).seq);
    expect(seqs).toEqual([...new Set(seqs)].toSorted((a, b) => a - b));
    expect(result.err).toContain('The connection was cut');
  });

  it('of a task that has failed ends with 8 at once', async () => {
    const { cli, submit } = await server();
    await submit({ type: 'fail' });
    expect((await cli(['watch', '1'])).code).toBe(8);
  });
});

describe('trx pools, types, algorithm, simulate', () => {
  it('list, pause, resume and resize pools', async () => {
    const { cli } = await server();
    expect(lines(await cli(['pools', '--plain'])).at(-1)).toContain('hand');
    expect((await cli(['pools', 'pause', 'hand'])).out).toContain('paused');
    expect(json(await cli(['pools', 'resume', 'hand', '--json']))).toMatchObject({ state: 'active' });
    expect(json(await cli(['pools', 'resize', 'hand', '3', '--json']))).toMatchObject({ capacity: 3 });
    expect((await cli(['pools', 'pause', 'none'])).code).toBe(3);
    expect(await cli(['pools', 'resize', 'hand', 'abc'])).toMatchObject({
      ...{ code: 2, err: expect.stringContaining("'abc' is invalid for argument 'capacity'. It must be a whole number, 0-1000000.") },
    });
  });

  it('list nodes, show one, drain it and give it work again', async () => {
    const far = aPool({ name: 'far', executor: 'node', capacity: 0, simulated: null, types: ['order'], labels: { site: 'far' } });
    const { cli, call, submit } = await server({ pools: [far] });
    expect(lines(await cli(['nodes', '--plain']))).toHaveLength(1);
    await call('POST', '/api/v1/nodes', { json: { id: 'm1', pool: 'far', types: ['order'], slots: 2, agent: 'test/1' } });
    const { id } = await submit({ type: 'order', priority: 5, region: 'us-east', cost: 1, constraints: ['site = far'] });
    await expect.poll(async () => lines(await cli(['nodes', '--pool', 'far', '--plain'])).at(-1)).toMatch(/^m1\tfar\tlive\t1\t2\t/);
    expect(json(await cli(['nodes', '--json', '--state', 'lost']))).toEqual({ nodes: [] });
    expect((await cli(['nodes', '--state', 'gone'])).code).toBe(2);
    expect((await cli(['nodes', 'show', 'm1'])).out).toMatch(new RegExp(`^task 1 +${id} order, attempt 1, since `, 'm'));
    expect((await cli(['nodes', 'drain', 'm1', '--plain'])).out).toContain('state\tdraining');
    expect(json(await cli(['nodes', 'show', 'm1', '--json']))).toMatchObject({ state: 'draining', agent: 'test/1', slots_used: 0 });
    expect(json(await cli(['nodes', 'undrain', 'm1', '--json']))).toMatchObject({ state: 'live' });
    expect((await cli(['nodes', 'drain', 'nobody'])).code).toBe(3);
  });

  it('lists types', async () => {
    const { cli } = await server();
    expect(json(await cli(['types', '--json'])).types.map(({ name }: { name: string }) => name)).toContain('echo');
  });

  it('shows, lists and switches algorithms', async () => {
    const { cli } = await server();
    expect((await cli(['algorithm'])).out).toContain('fifo');
    expect(json(await cli(['algorithm', 'priority', '--params', '{"aging_per_min": 0.5}', '--json']))).toMatchObject({
      algorithm: 'priority',
      params: { aging_per_min: 0.5 },
    });
    expect((await cli(['algorithm', '--list', '--plain'])).out).toContain('priority\torder\t*');
    expect((await cli(['algorithm', 'best'])).code).toBe(2);
    expect((await cli(['algorithm', 'fifo', '--params', '{'])).code).toBe(2);
    expect((await cli(['algorithm', '--params', '{}'])).code).toBe(2);
  });

  it('makes traffic', async () => {
    const { cli } = await server();
    expect(json(await cli(['simulate', '5', '--seed', '1', '--json']))).toMatchObject({ task_count: 5 });
    expect((await cli(['simulate', '0'])).code).toBe(2);
    expect((await cli(['simulate', 'some'])).code).toBe(2);
  });
});

describe('a server', () => {
  const nobody = async () => {
    throw Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNREFUSED' } });
  };

  it('that does not answer: 7, and how to start one', async () => {
    const done = await trx(['ls'], { fetch: nobody });
    expect(done).toMatchObject({ code: 7, out: '' });
    expect(done.err).toContain('no answer from http://127.0.0.1:8000: ECONNREFUSED');
    expect(done.err).toContain('./start.sh');
  });

  it('is named by --server first', async () => {
    const { url } = await server();
    expect((await trx(['algorithm', '--server', url], { env: { TRX_SERVER: 'http://127.0.0.1:1' } })).code).toBe(0);
    expect((await trx(['algorithm', '--server', 'nonsense'])).code).toBe(2);
  });

  it('is named before the command, between its words, or behind it: what is nearest counts', async () => {
    const { url } = await server();
    const other = 'http://127.0.0.1:1';
    expect(json(await trx(['--server', url, '--json', 'ls']))).toMatchObject({ tasks: [] });
    expect(json(await trx([`--server=${other}`, 'ls', '--json', '--server', url]))).toMatchObject({ tasks: [] });
    expect((await trx(['--plain', '--server', url, 'pools'])).out).toContain('hand\tus-east');
    expect((await trx(['--server', other, 'pools', '--server', url, 'pause', 'hand'])).out).toContain('paused');
    expect(json(await trx(['pools', '--server', url, '--json'])).pools).toContainEqual(expect.objectContaining({ state: 'paused' }));
    expect(await trx(['--json', 'completion', 'bash'])).toMatchObject({ code: 2, err: expect.stringContaining('takes no --json') });
    expect((await trx(['--help'])).out).toContain('--server');
  });

  it('is found by the note in its data folder', async () => {
    const { url } = await server();
    const folder = await mkdtemp(join(tmpdir(), 'trx-data-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    writeFileSync(join(folder, 'run.json'), JSON.stringify({ pid: 1, url }));
    expect((await trx(['algorithm'], { env: { TRX_DATA_DIR: folder } })).code).toBe(0);
  });

  it('elsewhere over http is warned of, and gives a worker no work unless that was said', async () => {
    const at = ['--server', 'http://trx.example'];
    const done = await trx(['ls', ...at], { fetch: nobody });
    expect(done.err).toContain('note: trx.example is asked over http');
    const refused = await trx(['worker', '--pool', 'far', ...at], { fetch: nobody });
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('say --allow-http') });
    for (const more of [
      ['--server', 'https://trx.example'],
      ['--server', 'http://[::1]:8000'],
      [...at, '--allow-http'],
    ]) {
      // Told where to, it goes on to what it can run.
      const next = await trx(['worker', '--pool', 'far', '--types', 'nothing', ...more], { fetch: nobody });
      expect(next).toMatchObject({ code: 2, err: expect.stringContaining('There is no handler for nothing') });
    }
  });

  it('is busy: 6 after some tries, no sooner than it said', async () => {
    let calls = 0;
    const busy = async () => {
      calls++;
      return new Response('{"detail":"too many"}', { status: 429, headers: { 'retry-after': '2' } });
    };
    const done = await trx(['submit', 'echo'], { fetch: busy });
    expect([done.code, calls]).toEqual([6, 4]);
    expect(done.err).toBe('error: too many\n');
  });
});

describe('trx doctor', () => {
  it('looks at everything, changes nothing, and is content with a server that takes work', async () => {
    const { cli } = await server();
    const done = await cli(['doctor', '--json', '--data-dir', join(tmpdir(), 'no-such-folder')]);
    expect(done.code).toBe(0);
    expect(json(done).map(({ check, state }: { check: string; state: string }) => [check, state])).toEqual(
      expect.arrayContaining([
        ['node', 'ok'],
        ['sqlite', 'ok'],
        ['data folder', 'ok'],
        ['server', 'ok'],
      ]),
    );
  });

  it('says the cure and ends with 1 when something is wrong', async () => {
    const file = await aFile('');
    const { cli } = await server();
    const done = await cli(['doctor', '--data-dir', file]);
    expect(done.code).toBe(1);
    expect(done.out).toContain('give TRX_DATA_DIR a folder');
    expect(done.err).toContain('1 of 6 checks failed');
  });
});

describe('trx worker', () => {
  it.each([
    [['--pool', 'a b'], '--pool', 'text of 1 to 64 letters, digits or ._- that begins with a letter or digit'],
    [['--pool', 'far', '--name', '../x'], '--id', 'text of 1 to 64 letters, digits or ._-'],
    [['--pool', 'far', '--types', 'a,,b'], '--types', 'names with commas between them, each text of 1 to 64'],
    [['--pool', 'far', '--bundles', ''], '--bundles', 'names with commas between them'],
    [['--pool', 'far', '--slots', '0'], '--slots', 'a whole number, 1-1024'],
    [['--pool', 'far', '--drain', 'x'], '--drain', 'a number of seconds, 0-86400'],
    [['--pool', 'far', '--handlers', '/nowhere/at/all'], '--handlers', '/nowhere/at/all is no folder'],
    [['--pool', 'far', '--types', 'nope'], 'nope', 'There is no handler for nope here. Handlers: '],
    [[], '--pool', 'required option'],
    [['--pool', 'far', '--slot', '2'], '--slot', 'Did you mean --slots?'],
  ])('%j: 2, and what may be said', async (flags, named, allowed) => {
    const { code, err, out } = await trx(['worker', ...flags]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(named);
    expect(err.replaceAll(/\s+/g, ' ')).toContain(allowed);
  });
});

describe('trx completion', () => {
  it.each(['bash', 'zsh', 'fish'])('%s knows commands, subcommands and flags', async (shell) => {
    const { out } = await trx(['completion', shell]);
    for (const word of ['submit', 'resize', 'dry-run', 'completion']) expect(out).toContain(word);
  });

  it('goes on behind flags and their values', async () => {
    const { out } = await trx(['completion', 'bash']);
    const words = ['trx', '--server', 'http', ':', '//127.0.0.1', ':', '8000', 'pools', '--plain', 're'];
    const ask = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _trx; echo "\${COMPREPLY[@]}"`;
    expect(execFileSync('bash', ['-c', `${out}\n${ask}`], { encoding: 'utf8' })).toBe('resume resize\n');
  });

  it('of another shell: 2, and which there are', async () => {
    const done = await trx(['completion', 'tcsh']);
    expect(done.code).toBe(2);
    expect(done.err).toBe('error: there is no completion for the shell tcsh; there is one for bash, zsh, fish\n');
  });
});

describe('trx keys', () => {
  it('makes the first in the data folder of a server that does not run, and says it once', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'trx-keys-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const refused = await trx(['keys', 'add', 'me', '--role', 'submit', '--data-dir', folder]);
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('must be admin')]);
    const made = await trx(['keys', 'add', 'me', '--role', 'admin', '--data-dir', folder]);
    expect(made).toMatchObject({ code: 0, out: expect.stringMatching(/^trx_\S{54}\n$/) });
    expect((await trx(['keys', 'add', 'me', '--role', 'read', '--data-dir', folder])).err).toContain('A key named me is there already');
  });

  it('makes, lists and takes away at a server, with the key from the environment or a file', async () => {
    const { cli, url } = await server();
    const first = await cli(['keys', 'add', 'me', '--role', 'admin']);
    expect(first.err).toMatch(/^note: from now on this server wants a key of everybody/);
    const admin = first.out.trim();
    expect(await cli(['ls'])).toMatchObject({ code: 5, err: expect.stringContaining('TRX_API_KEY') });
    const env = { TRX_SERVER: url, TRX_API_KEY: admin };
    const reader = json(await cli(['keys', 'add', 'eve', '--role', 'read', '--tenant', 'acme', '--expires-in', '30', '--json'], { env }));
    const file = await aFile(`${reader.key}\n`);
    const asReader = { env: { TRX_SERVER: url, TRX_API_KEY_FILE: file } };
    expect((await cli(['ls'], asReader)).code).toBe(0);
    expect(await cli(['pools', 'pause', 'hand'], asReader)).toMatchObject({ code: 5, err: expect.stringContaining('the role operate') });
    const [, eve = ''] = lines(await cli(['keys', '--plain'], { env }));
    expect(eve).toMatch(/^eve\t[a-z2-7]{10}\tread\tacme\t/);
    expect((await cli(['keys', 'rm', eve.split('\t')[1] ?? ''], { env })).code).toBe(0);
    expect((await cli(['ls'], asReader)).code).toBe(5);
  });

  it.each([
    [['keys', 'add', 'me', '--role', 'king'], 'Allowed choices are read, submit, operate, node, admin'],
    [['keys', 'add', 'me'], "required option '--role <role>'"],
    [['keys', 'add', 'me', '--role', 'read', '--expires-in', '-1'], 'It must be a number of days'],
  ])('%j is refused', async (args, words) => {
    expect(await trx(args)).toMatchObject({ code: 2, out: '', err: expect.stringContaining(words) });
  });
});
