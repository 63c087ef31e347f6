import type { Clock } from '../../core/ports/clock.ts';
import type { LogStore } from '../../core/ports/log-store.ts';
import { canonicalRow, genesis, linkHash } from './log-writer.ts';
import type { Reader } from './reader.ts';

type Verdict = Awaited<ReturnType<LogStore['verifyLog']>>;
type Link = readonly [lastSeq: number, hash: Buffer];
type Row = readonly [seq: number, at: number, type: number, taskSeq: number | null, prev: number | null, details: string | null];

/** A page of the check: about 10 ms of work, whether commits were large or small. */
const linksPerPage = 500;
const rowsPerPage = 5_000;

/**
 * Recomputes the hash chain from the retention floor to the head, some links a turn. It finds rows that were changed, and commits that
 * were lost or slipped in: `PRAGMA integrity_check` sees neither.
 */
export function createLogVerify({ db, read }: Reader, bounds: LogStore['logBounds'], clock: Clock) {
  const firstLink = db.prepare<[], Link>('SELECT last_seq, hash FROM link ORDER BY last_seq LIMIT 1').raw();
  const linksAfter = db
    .prepare<[number, number], Link>('SELECT last_seq, hash FROM link WHERE last_seq > ? ORDER BY last_seq LIMIT ?')
    .raw();
  const rowsAfter = db
    .prepare<[number, number], Row>('SELECT seq, at, type, task_seq, prev, details FROM log WHERE seq > ? AND seq <= ? ORDER BY seq')
    .raw();

  /** What the chain is checked from: nothing, or the link that retention kept for its floor. */
  function base(): Link {
    const first = firstLink.get();
    return bounds().floor > 1 && first !== undefined ? first : [0, genesis];
  }

  return async function verifyLog(): Promise<Verdict> {
    const head = bounds().head;
    let trusted = read(base);
    let checked = trusted[0] === 0 ? 0 : 1;
    while (trusted[0] < head) {
      const page = read(() => checkPage(trusted));
      checked += page.checked;
      if (page.brokenAt !== undefined) return { ok: false, links: checked, brokenAt: page.brokenAt };
      trusted = page.last;
      await new Promise<void>((resolve) => clock.soon(resolve));
    }
    return { ok: true, links: checked, brokenAt: undefined };
  };

  function checkPage(after: Link): { last: Link; checked: number; brokenAt: number | undefined } {
    // Retention may have moved the floor since the page before.
    let last = after[0] < bounds().floor - 1 ? base() : after;
    const start = last[0];
    const links = linksAfter.all(start, linksPerPage);
    for (const [i, link] of links.entries()) {
      if (i > 0 && link[0] - start > rowsPerPage) return { last, checked: i, brokenAt: undefined };
      const rows = rowsAfter.all(last[0], link[0]);
      const isWhole = rows.length === link[0] - last[0];
      const text = rows.map(([seq, at, type, taskSeq, prev, details]) => canonicalRow(seq, at, type, taskSeq, prev, details)).join('');
      if (!isWhole || !linkHash(last[1], text).equals(link[1])) return { last, checked: i + 1, brokenAt: link[0] };
      last = link;
    }
    // Rows without a link: the end of the chain is missing.
    if (links.length === 0) return { last, checked: 0, brokenAt: bounds().head };
    return { last, checked: links.length, brokenAt: undefined };
  }
}
