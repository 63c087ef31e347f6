import { readdir, readFile, readlink } from 'node:fs/promises';

const listening = '0A';

/**
 * Who listens on a local TCP port, such as `PID 4711 (node)`; `undefined` where the system does not say: other than Linux, or another
 * user's process.
 * @see https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html
 */
export async function portOwner(port: number): Promise<string | undefined> {
  const inodes = new Set((await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map((table) => socketsOn(table, port)))).flat());
  if (inodes.size === 0) return undefined;
  for (const pid of await list('/proc')) {
    if (/^\d+$/.test(pid) && (await holdsOneOf(pid, inodes))) return `PID ${pid} (${await nameOf(pid)})`;
  }
  return undefined;
}

/** Socket inodes of the lines `sl local_address rem_address st ... inode` that listen on the port. */
async function socketsOn(table: string, port: number): Promise<string[]> {
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  const lines = (await readFile(table, 'utf8').catch(() => '')).split('\n').map((line) => line.trim().split(/\s+/));
  return lines.flatMap(([, local, , state, , , , , , inode]) =>
    local?.endsWith(`:${hexPort}`) && state === listening && inode ? [inode] : [],
  );
}

async function holdsOneOf(pid: string, inodes: ReadonlySet<string>): Promise<boolean> {
  for (const descriptor of await list(`/proc/${pid}/fd`)) {
    const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '');
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
    if (inode !== undefined && inodes.has(inode)) return true;
  }
  return false;
}

async function nameOf(pid: string): Promise<string> {
  return (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => 'unknown')).trim();
}

function list(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
