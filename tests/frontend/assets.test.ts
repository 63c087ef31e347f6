import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { withoutComments } from '../../src/api/pages/assets.ts';

const scripts = readdirSync('frontend/js', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.js'));

/** The program in one spelling, comments gone. */
function canonical(script: string): string {
  const { outputText, diagnostics } = ts.transpileModule(script, {
    reportDiagnostics: true,
    compilerOptions: {
      allowJs: true,
      removeComments: true,
      target: ts.ScriptTarget.ESNext,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
    },
    fileName: 'a.js',
  });
  expect(diagnostics).toEqual([]);
  return outputText;
}

describe('what browsers get', () => {
  it.each(scripts)('%s is the same program without its comments', (file) => {
    const script = readFileSync(join('frontend/js', file), 'utf8');
    const served = withoutComments(script);
    expect(canonical(served)).toBe(canonical(script));
    expect(served.length).toBeLessThanOrEqual(script.length);
  });

  it('keeps what only looks like a comment', () => {
    const script = "const a = 'http://x';\nconst b = 1; // stays\nconst c = `/** stays */`;\n";
    expect(withoutComments(script)).toBe(script);
  });
});
