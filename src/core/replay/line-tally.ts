/** Lines of a file that share a fault: how many, and the first few by number, so that they can be looked up. */
export interface LineTally {
  add(line: number): void;
  readonly count: number;
  /** `line 7`, `lines 7, 9` or `31 lines (7, 9, 12, 15, 20, ...)`. */
  text(): string;
}

const listed = 5;

export function createLineTally(): LineTally {
  const lines: number[] = [];
  let count = 0;
  return {
    add(line) {
      count++;
      if (lines.length < listed) lines.push(line);
    },
    get count() {
      return count;
    },
    text() {
      if (count === 1) return `line ${lines[0]}`;
      return count <= listed ? `lines ${lines.join(', ')}` : `${count} lines (${lines.join(', ')}, ...)`;
    },
  };
}
