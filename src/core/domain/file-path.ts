/** Where a file lies inside a bundle or a result: names with `/` between them, the same on every machine. */

const maxPathChars = 1_024;
const maxNameBytes = 255;
export const maxPathDepth = 32;

/**
 * Why `path` cannot name a file of a bundle; `undefined` when it can. What passes stays inside the folder it is laid into, on every
 * system, and can be shown anywhere.
 */
export function pathProblem(path: string): string | undefined {
  if (path === '') return 'the name is empty';
  if (path.length > maxPathChars) return `the name is longer than ${maxPathChars} characters`;
  if (!isText(path)) return 'the name has control characters or is not Unicode';
  if (path.includes('\\')) return 'the name has a backslash; folders are separated by /';
  if (path.startsWith('/')) return 'the name is absolute';
  if (/^[a-z]:/i.test(path)) return 'the name begins with a drive';
  const names = path.split('/');
  if (names.length > maxPathDepth) return `it lies more than ${maxPathDepth} folders deep`;
  for (const name of names) {
    if (name === '' || name === '.' || name === '..') return 'the name has an empty part, "." or ".."';
    if (new TextEncoder().encode(name).length > maxNameBytes) return `a part of the name is longer than ${maxNameBytes} bytes`;
  }
  return undefined;
}

/** No control characters, no halves of surrogate pairs, nothing that turns the direction of what follows it. */
function isText(path: string): boolean {
  return !/[\p{Cc}\p{Surrogate}\u202a-\u202e\u2066-\u2069]/u.test(path);
}

/** The paths of one folder, checked against each other: two may not be one file on a system that ignores case, and no file is a folder. */
export class PathSet {
  private readonly files = new Map<string, string>();
  private readonly keyOf: (path: string) => string;
  private readonly folders = new Set<string>();

  constructor({ isAnyCase = false } = {}) {
    this.keyOf = isAnyCase ? (path) => path : keyOf;
  }

  get size(): number {
    return this.files.size;
  }

  /** Keeps `path`. @returns why it cannot be; then nothing is kept. */
  add(path: string): string | undefined {
    const problem = pathProblem(path) ?? this.clash(path);
    if (problem !== undefined) return problem;
    const key = this.keyOf(path);
    this.files.set(key, path);
    for (const folder of foldersOf(key)) this.folders.add(folder);
    return undefined;
  }

  private clash(path: string): string | undefined {
    const key = this.keyOf(path);
    const other = this.files.get(key);
    if (other === path) return 'the name is there twice';
    if (other !== undefined) return `the name differs from ${other} in nothing but its spelling`;
    if (this.folders.has(key)) return 'the name is that of a folder too';
    return foldersOf(key).some((folder) => this.files.has(folder)) ? 'the name of its folder is that of a file too' : undefined;
  }
}

function keyOf(path: string): string {
  return path.normalize('NFC').toLowerCase();
}

function foldersOf(path: string): string[] {
  const names = path.split('/').slice(0, -1);
  return names.map((_, i) => names.slice(0, i + 1).join('/'));
}
