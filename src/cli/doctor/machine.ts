import { unfitNode } from '../../node-version.ts';
import { packageVersion } from '../../package-version.ts';
import type { Check } from './check.ts';

export const nodeCheck: Check = () => {
  const fault = unfitNode();
  if (fault !== undefined) return { check: 'node', state: 'fail', says: `${process.version} at ${process.execPath}`, cure: fault };
  return { check: 'node', state: 'ok', says: `${process.version} at ${process.execPath}` };
};

export const versionCheck: Check = () => ({ check: 'taskrouterx', state: 'ok', says: packageVersion() });

/** The driver is compiled for one Node: after a change of Node it may not load. */
export const driverCheck: Check = async () => {
  try {
    const { default: Database } = await import('better-sqlite3');
    const db = new Database(':memory:');
    const version = String(db.prepare('SELECT sqlite_version()').pluck().get());
    db.close();
    return { check: 'sqlite', state: 'ok', says: version };
  } catch (error) {
    return { check: 'sqlite', state: 'fail', says: (error as Error).message.split('\n')[0] ?? '', cure: 'npm rebuild better-sqlite3' };
  }
};
