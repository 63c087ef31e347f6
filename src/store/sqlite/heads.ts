import type { Database } from 'better-sqlite3';
import type { Seq } from '../../core/domain/units.ts';
import { SecondWriterError } from './errors.ts';

/** Numbers that are never given twice, and the proof that this server is the file's only writer. */
export interface Heads {
  nextTaskSeq(): Seq;
  /** As of the last COMMIT. */
  readonly lastTaskSeq: Seq;
  /** The oldest log row that is kept. */
  readonly logFloor: number;
  moveLogFloor(to: number): void;
  /** @throws SecondWriterError when another server has started on this file since. */
  checkEpoch(): void;
  seal(): void;
  commit(): void;
  rollback(): void;
}

export function createHeads(db: Database, serverEpoch: number): Heads {
  const epoch = db.prepare<[], number>('SELECT server_epoch FROM total').pluck();
  const write = db.prepare<[Seq, number]>('UPDATE total SET last_seq = ?, log_floor = ?');
  let committed = db.prepare('SELECT last_seq AS seq, log_floor AS floor FROM total').get() as { seq: Seq; floor: number };
  let { seq, floor } = committed;

  return {
    nextTaskSeq: () => ++seq,
    get lastTaskSeq() {
      return committed.seq;
    },
    get logFloor() {
      return floor;
    },
    moveLogFloor(to) {
      floor = to;
    },
    checkEpoch() {
      const now = epoch.get();
      if (now !== serverEpoch) throw new SecondWriterError(`server start ${now} took this database over from start ${serverEpoch}`);
    },
    seal() {
      if (seq !== committed.seq || floor !== committed.floor) write.run(seq, floor);
    },
    commit() {
      committed = { seq, floor };
    },
    rollback() {
      ({ seq, floor } = committed);
    },
  };
}
