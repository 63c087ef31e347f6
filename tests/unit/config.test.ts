import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Config, isLoopback, readConfig } from '../../src/config.ts';
import { helpText } from '../../src/config-help.ts';
import { configKeys, laterKeys } from '../../src/config-keys.ts';

function accepted(args: readonly string[] = [], env: Record<string, string> = {}): Config {
  const result = readConfig(args, env);
  if (result.kind !== 'config') throw new Error(`refused: ${JSON.stringify(result)}`);
  return result.config;
}

function refused(args: readonly string[] = [], env: Record<string, string> = {}): readonly string[] {
  const result = readConfig(args, env);
  return result.kind === 'errors' ? result.errors : [];
}

describe('config', () => {
  it('has a standard for everything', () => {
    expect(accepted()).toMatchObject({
      ...{ port: 8000, host: '127.0.0.1', dataDir: resolve('data'), catalogue: undefined, region: 'us-east', algorithm: 'fifo' },
      ...{ durability: 'full', auth: 'keys', hosts: [], corsOrigins: ['http://localhost:3000', 'http://127.0.0.1:3000'] },
      ...{ handlersDir: resolve('handlers'), maxQueued: 2_000_000, logLevel: 'info', requireIfMatch: false, demo: false },
    });
    expect(Object.values(accepted().origins).every((origin) => origin === 'standard')).toBe(true);
    expect(Object.isFrozen(accepted())).toBe(true);
  });

  it('a flag wins over the environment, TRX_PORT over PORT, and each says where it came from', () => {
    expect(accepted(['--port', '1'], { TRX_PORT: '2', PORT: '3' })).toMatchObject({ port: 1, origins: { port: 'flag' } });
    expect(accepted([], { TRX_PORT: '2', PORT: '3' })).toMatchObject({ port: 2, origins: { port: 'env' } });
    expect(accepted([], { PORT: '3' })).toMatchObject({ port: 3, origins: { port: 'env' } });
    expect(accepted(['serve', '--port=4'])).toMatchObject({ port: 4 });
  });

  it('an empty variable is not set', () => {
    expect(accepted([], { TRX_PORT: '', TRX_REGION: ' ', TRX_NOBODY_KNOWS: '' })).toMatchObject({ port: 8000, region: 'us-east' });
  });

  it('switches need no value and take one', () => {
    expect(accepted(['--demo', '--require-if-match'])).toMatchObject({ demo: true, requireIfMatch: true });
    expect(accepted([], { TRX_REQUIRE_IF_MATCH: 'off' })).toMatchObject({ requireIfMatch: false });
  });

  it('lists are split and trimmed', () => {
    expect(accepted(['--hosts', 'tasks.example, 10.0.0.7 ,[::2]']).hosts).toEqual(['tasks.example', '10.0.0.7', '[::2]']);
    expect(accepted(['--cors-origins', 'https://a.example']).corsOrigins).toEqual(['https://a.example']);
  });

  it.each([
    [['--port', 'http'], '--port must be a whole number, 0-65535; it is "http".'],
    [['--port', '65536'], '--port must be a whole number, 0-65535; it is "65536".'],
    [['--port', '80.5'], '--port must be a whole number, 0-65535; it is "80.5".'],
    [['--port'], '--port needs a value.'],
    [['--port', '--demo'], '--port needs a value.'],
    [['--durability', 'ful'], '--durability must be full or normal; it is "ful".'],
    [['--cors-origins', 'https://a.example/path'], '"https://a.example/path" is none'],
    [['--cors-origins', '*'], '"*" is none'],
    [['--hosts', 'a.example:80'], '"a.example:80" is none'],
    [['--region', 'us east'], '--region must be a name; it is "us east".'],
    [['--log-level', 'loud'], '--log-level must be'],
    [['--prot', '1'], '--prot is not a flag of trx serve, did you mean --port'],
    [['--nonsense-flag'], '--nonsense-flag is not a flag of trx serve; see --help.'],
    [['start'], '"start" is not a command or flag'],
    [['--auth', 'on'], '--auth must be'],
    [['--demo=perhaps'], '--demo must be 1 or 0; it is "perhaps".'],
  ])('refuses %j', (args, sentence) => {
    expect(refused(args)).toEqual([expect.stringContaining(sentence)]);
  });

  it('an unknown TRX_ variable is refused with the one that was meant', () => {
    expect(refused([], { TRX_PROT: '1' })).toEqual(['TRX_PROT is not a setting of trx serve, did you mean TRX_PORT; see --help.']);
    expect(refused([], { TRX_SOMETHING_ELSE: '1' })).toEqual(['TRX_SOMETHING_ELSE is not a setting of trx serve; see --help.']);
    expect(refused([], { TRX_SERVER: 'http://x', TRX_CHROMIUM: '/x', OTHER: '1' })).toEqual([]);
  });

  it.each(laterKeys)('%s is refused, as this version cannot keep what it promises', (name) => {
    expect(refused([], { [name]: 'x' })).toEqual([`${name} is not available in this version; leave it out.`]);
  });

  it('says all that is wrong at once', () => {
    expect(refused(['--port', 'x', '--wrong'], { TRX_WRONG: '1', TRX_DURABILITY: 'x', TRX_AUTH: 'x' })).toHaveLength(5);
  });

  it.each(['0.0.0.0', '::', '192.168.1.4', 'example.com', '127.example.com'])('host %s can be reached from elsewhere', (host) => {
    expect(isLoopback(accepted(['--host', host]).host)).toBe(false);
  });

  it.each(['127.0.0.1', '127.8.9.10', 'localhost', '::1', '[::1]'])('host %s is this machine', (host) => {
    expect(isLoopback(accepted(['--host', host]).host)).toBe(true);
  });

  it('DATABASE_URL is refused with what to do instead, unless a data folder was named', () => {
    expect(refused([], { DATABASE_URL: 'sqlite:///./file.db' })).toEqual([expect.stringContaining('Set TRX_DATA_DIR')]);
    expect(refused([], { DATABASE_URL: 'postgresql://a/b' })).toEqual([expect.stringContaining('names a database server')]);
    expect(accepted(['--data-dir', '/x'], { DATABASE_URL: 'postgresql://a/b' }).dataDir).toBe('/x');
  });

  it('help and version come before any complaint', () => {
    expect(readConfig(['--help', '--wrong'], { TRX_WRONG: '1' })).toEqual({ kind: 'help' });
    expect(readConfig(['-h'], {})).toEqual({ kind: 'help' });
    expect(readConfig(['--version'], {})).toEqual({ kind: 'version' });
  });

  it('help names every setting with its standard', () => {
    const text = helpText();
    for (const key of Object.values(configKeys)) {
      expect(text).toContain(`--${key.flag}`);
      expect(text).toContain(key.env);
      if (key.standard) expect(text).toContain(`default ${key.standard}`);
    }
  });
});
