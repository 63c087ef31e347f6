import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { patternWords } from '../../src/api/pattern-words.ts';
import { packageVersion } from '../../src/package-version.ts';
import { setup } from '../helpers/app.ts';

interface Operation {
  readonly operationId?: string;
  readonly tags?: readonly string[];
  readonly summary?: string;
  readonly responses: Readonly<Record<string, { readonly content?: object }>>;
}
type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

describe('docs/openapi.json', () => {
  it('is what the routes say: `npm run openapi` after a change, and look at the difference', async () => {
    const { app } = await setup({ server: { version: packageVersion() } });
    expect(JSON.parse(readFileSync('docs/openapi.json', 'utf8'))).toEqual(JSON.parse(JSON.stringify(app.swagger())));
  });

  it('has words for every pattern, and nothing of our own', async () => {
    const { app } = await setup();
    const text = JSON.stringify(app.swagger());
    const patterns = [...text.matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)].map(([, pattern = '']) => JSON.parse(pattern));
    expect(patterns.length).toBeGreaterThan(20);
    expect([...new Set(patterns)].filter((pattern) => patternWords[pattern] === undefined)).toEqual([]);
    expect(text).not.toContain('x-check');
  });

  it('names, tags and sums up each operation, and says how it may refuse', async () => {
    const { app } = await setup();
    const operations = Object.values(app.swagger().paths as unknown as Paths).flatMap((path) => Object.values(path));
    expect(operations.length).toBeGreaterThan(35);
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
    for (const { operationId, tags, summary, responses } of operations) {
      expect({ operationId, tags, summary }).toEqual({
        operationId: expect.any(String),
        tags: [expect.any(String)],
        summary: expect.any(String),
      });
      for (const status of ['400', '403', '421', '500', '503'])
        expect(responses[status]?.content, `${operationId} ${status}`).toHaveProperty('application/problem+json');
    }
  });
});
