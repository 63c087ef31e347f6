import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';

const semver = createRequire(import.meta.url)('semver') as {
  minVersion(range: string): string;
  satisfies(version: string, range: string): boolean;
};

interface Entry {
  readonly version?: string;
  readonly engines?: { readonly node?: string };
}

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Readonly<Record<string, Entry>> };

describe('what is installed', () => {
  it('runs on the oldest Node.js that is supported: npm would warn at each install', () => {
    const oldest = semver.minVersion(packages['']?.engines?.node ?? '');
    const wanting = Object.entries(packages).filter(([, { engines }]) => !semver.satisfies(oldest, engines?.node ?? '*'));
    expect(wanting.map(([path, { version, engines }]) => `${path} ${version} wants Node.js ${engines?.node}`)).toEqual([]);
  });
});
