import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { probeScript } from '../../src/core/executors/bundle/probe-script.ts';
import { findSandbox } from '../../src/core/executors/bundle/self-test.ts';
import { createBench, lay, sandboxOfTest, skipReason } from '../helpers/bundles.ts';

const found = await sandboxOfTest();

/** Processes of this machine whose command line says `mark`, by their numbers. */
function processes(mark: string): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(mark);
    } catch {
      return false;
    }
  });
}
const alive = (mark: string) => processes(mark).length;

/** What the kernel says of a process, by line: `CapEff` and the rest of its line. */
function statusOf(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(text.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]));
}

describe.skipIf(found.sandbox === undefined)(`attacks of a script${skipReason(found)}`, async () => {
  const { run, executor, attempt, feed } = await createBench(found);

  // Never run the probe outside of a sandbox: what it tries works there.
  it('the probe of the self-test tells what is open, such as the network of a type that has it', async () => {
    const open = await createBench(found, { network: true });
    const { stdout, outcome } = await open.run(`PROBE_NAMESPACES='${readlinkSync('/proc/self/ns/net')}'\n${probeScript}`);
    expect(stdout).toContain('worked: share the net namespace of the server');
    expect(stdout).toContain('worked: not: have an environment'); // its task has another id than the probe's
    expect(outcome).toMatchObject({ kind: 'failed', message: expect.stringContaining('status 7') });
  });

  it('a fork bomb is bounded and ends', async () => {
    const { outcome, stdout } = await run('for i in $(seq 200); do sleep 0.2 & done 2>/dev/null; jobs -r | wc -l; wait; exit 0');
    expect(Number(stdout.trim() || 0)).toBeLessThan(64);
    expect(outcome.kind).not.toBe('lost');
  });

  it('daemons that leave the group and the session die with it', async () => {
    const mark = `mark-daemon-${process.pid}`;
    const { outcome } = await run(
      `for i in 1 2 3; do (setsid sh -c 'exec -a ${mark} sleep 3600; true' &) ; setsid -f bash -c 'exec -a ${mark} sleep 3600'; done; sleep 0.1`,
    );
    expect(outcome).toMatchObject({ kind: 'succeeded' });
    expect(alive(mark)).toBe(0);
  });

  it('who ignores SIGTERM is killed with all its children', async () => {
    const mark = `mark-deaf-${process.pid}`;
    const handle = await attempt(
      1,
      `trap '' TERM; (trap '' TERM; exec -a ${mark} sleep 3600) & (setsid bash -c "trap '' TERM; exec -a ${mark} sleep 3600" &); echo up; while :; do sleep 1; done`,
    );
    const up = new Promise((resolve) => feed.on(handle.task.id, resolve));
    const running = executor.run(handle);
    await up;
    handle.abort();
    expect(await running).toEqual({ kind: 'stopped' });
    expect(alive(mark)).toBe(0);
  });

  it('filling the disk ends it', async () => {
    const one = await run('head -c 30M /dev/zero > big; echo $?');
    expect(one.outcome).toMatchObject({ kind: 'succeeded' }); // no file grows beyond the limit: `head` got the signal
    expect(one.stdout).not.toBe('0\n');
    const many = await run('i=0; while :; do head -c 1M /dev/zero > f$i; i=$((i+1)); done');
    expect(many.outcome).toMatchObject({ kind: 'failed', code: 'disk_limit', retryable: false });
  });

  it.each([
    ['files that lie deep', 'd=$(printf "d/%.0s" $(seq 40)); mkdir -p $d; for i in 1 2 3; do head -c 4M /dev/zero > $d/$i; done; sleep 60'],
    ['names that are no text', "for i in 1 2 3; do head -c 4M /dev/zero > $'\\xff'$i; done; sleep 60"],
    ['files without a name', 'for i in 1 2 3; do head -c 4M /dev/zero > $i; eval "exec $((i+3))<$i"; rm $i; done; sleep 60'],
  ])('filling the disk with %s ends it too', async (_what, script) => {
    expect((await run(script)).outcome).toMatchObject({ kind: 'failed', code: 'disk_limit' });
  });

  it('hundreds of jobs in a row have room for their processes, however late those before are reaped', async () => {
    const two = await createBench(found, { processes: 2 });
    const outcomes = [];
    for (let i = 0; i < 20; i++) outcomes.push(await two.executor.run(await two.attempt(i + 100, 'true; /bin/true')));
    expect(outcomes.filter(({ kind }) => kind !== 'succeeded')).toEqual([]);
  });

  it('filling /tmp and shared memory stops at their size and takes nothing of the disk', async () => {
    const { stdout } = await run(
      'head -c 200M /dev/zero > /tmp/x 2>/dev/null; head -c 100M /dev/zero > /dev/shm/x 2>/dev/null; stat -c %s /tmp/x /dev/shm/x',
    );
    for (const size of stdout.trim().split('\n')) expect(Number(size)).toBeLessThanOrEqual(64 * 1_048_576);
  });

  it('eating memory ends it: one process by the kernel, many by us', async () => {
    const one = await run('awk \'BEGIN { s = sprintf("%1000000s", ""); while (1) a[i++] = s i }\'');
    expect(one.outcome).toMatchObject({ kind: 'failed' });
    const many = await run('for n in 1 2 3 4; do { head -c 60M /dev/zero; sleep 60; } | tail -c 60M > /dev/null & done; wait');
    expect(many.outcome).toMatchObject({ kind: 'failed', code: 'memory_limit', retryable: false });
  });

  it('printing endlessly neither blocks it nor fills anything: the first MiB is kept, the rest is counted', async () => {
    const { outcome, stdout, stdoutBytes } = await run('head -c 20000000 /dev/zero | tr "\\0" x; echo end >&2');
    expect(outcome).toMatchObject({ kind: 'succeeded' });
    expect(stdout.length).toBe(1_048_576);
    expect(stdoutBytes).toBe(20_000_000);
  });

  it('printing until it is stopped fills no memory: what nobody keeps is read and thrown away', async () => {
    const handle = await attempt(4, 'echo up; cat /dev/zero');
    const up = new Promise((resolve) => feed.on(handle.task.id, resolve));
    const before = process.memoryUsage.rss();
    const running = executor.run(handle);
    await up;
    const printed = () => executor.running(handle.task.id)[0]?.stdoutBytes ?? 0;
    await expect.poll(printed, { timeout: 20_000 }).toBeGreaterThan(64 * 1_048_576);
    handle.abort();
    expect(await running).toEqual({ kind: 'stopped' });
    expect(process.memoryUsage.rss() - before).toBeLessThan(64 * 1_048_576);
  });

  it('there is no network: not the server, not the machine, not another host, by no protocol', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const { stdout } = await run(
      `for at in tcp/127.0.0.1/${port} tcp/10.0.0.1/80 udp/10.0.0.1/53 tcp/1.1.1.1/443; do (exec 3<>/dev/$at) 2>/dev/null && echo "reached $at"; done; ls /sys/class/net 2>/dev/null; cat /proc/net/route | tail -n +2`,
    );
    server.close();
    expect(stdout).toBe('');
  });

  it('a type that allows the network has it, and nothing else more', async () => {
    const open = await createBench(found, { network: true });
    const server = createServer((socket) => socket.end('hello\n')).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const { stdout } = await open.run(
      `cat < /dev/tcp/127.0.0.1/${typeof address === 'object' ? address?.port : 0}; ls ${found.dataDir} 2>/dev/null; ls -d /proc/[0-9]* | wc -l`,
    );
    server.close();
    expect(stdout.split('\n')[0]).toBe('hello');
    expect(Number(stdout.split('\n')[1])).toBeLessThan(10);
  });

  it('files of the server and of other jobs are not there, by no path and no descriptor', async () => {
    await lay(join(found.dataDir, 'secret'), 'hush');
    const neighbour = await attempt(2, 'echo mine > secret; echo up; sleep 3600');
    const up = new Promise((resolve) => feed.on(neighbour.task.id, resolve));
    const running = executor.run(neighbour);
    await up;
    const { stdout } = await run(
      `ln /etc/passwd /usr/bin/env . 2>/dev/null && echo linked; cat ${found.dataDir}/secret ${found.runDir}/*/work/secret /etc/shadow /proc/1/root/etc/shadow /proc/*/environ 2>/dev/null | tr '\\0' '\\n' | grep -E 'hush|mine|root:|NODE|VITEST'; ls ${found.runDir} 2>/dev/null; for fd in /proc/self/fd/*; do case \${fd##*/} in [012]) ;; *) readlink $fd ;; esac; done | grep -vE '^(pipe:|/task/run.sh|/dev/null|/proc/)'; true`,
    );
    neighbour.abort();
    await running;
    expect(stdout).toBe('');
  });

  it('links in its result are named and never followed', async () => {
    const { left, skipped, outcome } = await run(
      'ln -s /etc/passwd passwd; ln -s / root; ln -s . loop; mkfifo fifo; mkdir d; ln -s ../../../../etc d/etc; echo x > ok',
    );
    expect(outcome).toMatchObject({ kind: 'succeeded' });
    expect(left).toEqual({ ok: 'x\n' });
    expect(skipped).toEqual(['d/etc', 'fifo', 'loop', 'passwd', 'root']);
  });

  it('folders it closed to itself and names that cannot be shown harm nobody', async () => {
    const { outcome, left } = await run(
      "mkdir -p closed/deep; echo x > closed/deep/f; chmod 000 closed; printf x > $'bad\\nname'; printf x > $'\\xff\\xfe'; echo y > ok",
    );
    expect(outcome).toMatchObject({ kind: 'succeeded' });
    expect(left).toMatchObject({ ok: 'y\n' });
    expect(readdirSync(found.runDir).filter((name) => name.startsWith('0'))).toEqual([]);
  });

  it('it has no capability in any set, can gain none, and its system calls are filtered', async () => {
    const status = statusOf((await run('cat /proc/self/status')).stdout);
    const none = '0'.repeat(16);
    expect(status).toMatchObject({ CapInh: none, CapPrm: none, CapEff: none, CapBnd: none, CapAmb: none, NoNewPrivs: '1', Seccomp: '2' });
    // Also what it starts, and what tells another program to run with more.
    const { stdout } = await run('cp /bin/cat cat; chmod 6755 cat; setsid ./cat /proc/self/status | grep -E "^(Cap|NoNewPrivs)"');
    expect(statusOf(stdout)).toMatchObject({ CapPrm: none, CapEff: none, NoNewPrivs: '1' });
  });

  it.runIf(process.getuid?.() === 0)('started by root it is a user of its own, in no other group, as the machine sees it too', async () => {
    const mark = `mark-user-${process.pid}`;
    const handle = await attempt(3, `: > made; echo "$(id -u) $(id -G)"; exec -a ${mark} sleep 3600`);
    const said = new Promise<string>((resolve) => feed.on(handle.task.id, ({ text }) => resolve(text)));
    const running = executor.run(handle);
    const [user, ...groups] = (await said).trim().split(' ');
    await expect.poll(() => alive(mark)).toBeGreaterThan(0);
    const own = [user, user, user, user].join('\t');
    expect(Number(user)).toBeGreaterThanOrEqual(20_000);
    expect(groups).toEqual([user]);
    for (const pid of processes(mark))
      expect(statusOf(readFileSync(`/proc/${pid}/status`, 'utf8'))).toMatchObject({ Uid: own, Gid: own, Groups: '' });
    const made = statSync(join(executor.running(handle.task.id)[0]?.folder ?? '', 'made'));
    expect([made.uid, made.gid]).toEqual([Number(user), Number(user)]);
    handle.abort();
    await running;
  });

  it('rights cannot be gained, devices made, file systems mounted, namespaces or traces opened', async () => {
    const { stdout } = await run(
      'mount -t tmpfs x /tmp && echo mount; unshare -U true && echo unshare; mknod n c 1 3 && echo mknod; cp /bin/sh sh && chmod u+s sh && ./sh -p -c "id -u" | grep -x 0; nsenter -t 1 -m true && echo nsenter; true',
    );
    expect(stdout).toBe('');
  });
});

describe.skipIf(found.sandbox === undefined || process.getuid?.() !== 0)(`the self-test${skipReason(found)}`, () => {
  it('says what is wrong with a folder that jobs cannot reach, and what to do', async () => {
    const closed = join(found.dataDir, 'closed');
    await mkdir(closed, { mode: 0o700 });
    const { state, sandbox } = await findSandbox(join(closed, 'run'), found.dataDir);
    expect(sandbox).toBeUndefined();
    expect(state).toMatchObject({
      tier: 3,
      reason: expect.stringContaining('Permission denied'),
      cure: expect.stringContaining('TRX_RUN_DIR'),
    });
  });
});
