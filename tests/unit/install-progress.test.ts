import { describe, expect, it } from 'vitest';
import { createInstallProgress, elapsed, tellWhileWaiting } from '../../scripts/install-progress.mjs';

describe('what an install is at', () => {
  it('is read from the log of npm as it comes, in whatever pieces', () => {
    const progress = createInstallProgress(420);
    expect(progress.text()).toBe('asking the package registry');
    progress.take(
      'npm info using npm@11.19.1\nnpm http fetch GET 200 https://registry.example/a/-/a-1.0.0.tgz 3ms (cache hit)\nnpm http fet',
    );
    expect(progress.text()).toBe('1 of about 420 packages fetched');
    progress.take(
      'ch GET 200 https://registry.example/b/-/b-1.0.0.tgz 30ms\nnpm http fetch GET 200 https://registry.example/a/-/a-1.0.0.tgz 3ms\n',
    );
    expect(progress.text()).toBe('2 of about 420 packages fetched');
    progress.take(
      'npm info run better-sqlite3@12.10.0 install node_modules/better-sqlite3 prebuild-install || node-gyp rebuild --release\n',
    );
    expect(progress.text()).toContain('compiling');
    progress.take('npm info run better-sqlite3@12.10.0 install { code: 0, signal: null }\n');
    expect(progress.text()).toBe('the SQLite driver is ready, finishing');
  });

  it('ends with a line of its own, also in place on a terminal', () => {
    const told: string[] = [];
    const write = (text: string) => void told.push(text);
    for (const isTerminal of [false, true]) tellWhileWaiting({ write, isTerminal }).end('done');
    expect(told).toEqual(['  done after 0 s\n', '\r\u001b[K  done after 0 s\n']);
  });

  it.each([
    [0, '0 s'],
    [59, '59 s'],
    [60, '1 min 0 s'],
    [125, '2 min 5 s'],
  ])('%i seconds are %s', (seconds, text) => expect(elapsed(seconds)).toBe(text));
});
