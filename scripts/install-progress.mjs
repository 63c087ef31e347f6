// @ts-check
/** What a long step of the first start is at, for people who wait for it. Dependency-free, like the doctor that uses it. */

/**
 * Reads npm's own log (`--loglevel=info`) as it is written.
 * @param {number} packages that the lock file asks for; those of other systems are not fetched
 */
export function createInstallProgress(packages) {
  /** @type {Set<string>} */
  const fetched = new Set();
  let rest = '';
  let isDriver = false;
  let isDriverDone = false;

  /** @param {string} line */
  function takeLine(line) {
    const [, tarball] = /^npm http (?:fetch|cache) .*?(\S+\.tgz)\b/.exec(line) ?? [];
    if (tarball !== undefined) fetched.add(tarball);
    if (/^npm info run better-sqlite3@\S+ install /.test(line)) {
      isDriver = true;
      isDriverDone = /\{ code:/.test(line);
    }
  }

  return {
    /** @param {string} text a piece of the log, which may end within a line */
    take(text) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) takeLine(line);
    },
    /** In a few words. */
    text() {
      if (isDriverDone) return 'the SQLite driver is ready, finishing';
      if (isDriver) return 'getting the SQLite driver: a short download, or minutes of compiling where there is none for this system';
      if (fetched.size === 0) return 'asking the package registry';
      return `${fetched.size} of about ${Math.max(packages, fetched.size)} packages fetched`;
    },
  };
}

/**
 * Says every so often how long a step has taken and what it is at: in place on a terminal, in a line of its own elsewhere.
 * @param {{ write: (text: string) => void, isTerminal: boolean, doing?: () => string }} options
 */
export function tellWhileWaiting({ write, isTerminal, doing = () => 'still at work' }) {
  const began = performance.now();
  const seconds = () => Math.round((performance.now() - began) / 1000);
  const tell = () => write(isTerminal ? `\r\u001b[K  ${elapsed(seconds())}: ${doing()}` : `  ${elapsed(seconds())}: ${doing()}\n`);
  const timer = setInterval(tell, isTerminal ? 1_000 : 10_000);
  timer.unref();
  return {
    /** @param {string} text how it ended */
    end(text) {
      clearInterval(timer);
      write(`${isTerminal ? '\r\u001b[K' : ''}  ${text} after ${elapsed(seconds())}\n`);
    },
  };
}

/** @param {number} seconds @returns {string} 45 s, 2 min 5 s */
export function elapsed(seconds) {
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
