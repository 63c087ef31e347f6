import { open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Makes the names in a folder outlive a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The same for the folder and all folders in it. */
export async function syncTree(root: string): Promise<void> {
  for (const entry of await readdir(root, { withFileTypes: true })) if (entry.isDirectory()) await syncTree(join(root, entry.name));
  await syncFolder(root);
}

/** Puts a folder that is complete at its place, at once and for good. */
export async function place(from: string, to: string): Promise<void> {
  await syncTree(from);
  await rename(from, to);
  await syncFolder(dirname(to));
}

/** Removes a file or folder and all that is in it; nothing there is fine. */
export async function removeTree(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 3 });
}
