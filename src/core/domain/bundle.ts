/** What the bundles of a task type may use and how long what they leave is kept. */
export interface BundleSettings {
  /** Whether the job sees the network of this machine. */
  readonly network: boolean;
  /** Memory of all its processes together, in MiB. */
  readonly memoryMb: number;
  /** Processes and threads at once. */
  readonly processes: number;
  /** What its folder may grow to, in MiB; also the largest file. */
  readonly diskMb: number;
  /** Input, result and output are removed so long after the task ended; `null`: with the task. */
  readonly keepHours: number | null;
}

export const defaultBundleSettings: BundleSettings = {
  network: false,
  memoryMb: 512,
  processes: 64,
  diskMb: 1_024,
  keepHours: null,
};

/** What every bundle must have at its top: it is run with `bash run.sh`. */
export const entryScript = 'run.sh';

/** Limits of what comes in and of what is kept of a result. */
export const bundleLimits = {
  /** Bytes of an upload as it is sent. */
  uploadBytes: 400 * 1_048_576,
  /** Bytes of an upload unpacked. */
  unpackedBytes: 1_024 * 1_048_576,
  files: 10_000,
  /** Files, folders and anything else with a name in the folder of a job. */
  names: 20_000,
  /** Folders within folders there. */
  depth: 64,
  /** Kept of each of standard output and standard error; the rest is counted. */
  outputBytes: 1_048_576,
} as const;
export type BundleLimits = { readonly [Key in keyof typeof bundleLimits]: number };

/** What was uploaded. */
export interface BundleSummary {
  readonly files: number;
  readonly bytes: number;
  /** SHA-256 over names and contents: what makes two uploads the same. */
  readonly digest: string;
}

/** Lines `sha256 path` over names and contents, in order of the names: how they were packed or sent makes no difference. */
export function digestLines(files: readonly { readonly path: string; readonly digest: string | undefined }[]): string {
  return files
    .map(({ path, digest }) => `${digest} ${path}\n`)
    .sort()
    .join('');
}

/** One file a job left. */
export interface LeftFile {
  readonly path: string;
  readonly bytes: number;
}

/** Something in a job's folder that is no part of its result: a link, a device, one file too many. */
export interface SkippedFile {
  readonly path: string;
  readonly reason: string;
}

/** What an attempt left behind. Files are in order of their paths. */
export interface Remains {
  readonly files: readonly LeftFile[];
  readonly skipped: readonly SkippedFile[];
  /** Bytes it wrote to standard output and standard error, kept or not. */
  readonly stdoutBytes: number;
  readonly stderrBytes: number;
}
