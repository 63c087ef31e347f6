// @ts-check
/**
 * Runs Vitest and ends with one plain line, `N passed, N failed` (`, N skipped` if any), alone on the last line whatever happened.
 * Arguments go to Vitest: `node scripts/test.mjs --project unit retry`.
 *
 * Stricter than Vitest in two ways: a run without a single test fails, and under `CI=true` so does a skipped test that
 * scripts/allowed-skips.json does not name with a reason (`[{ "file": "tests/...", "test": "full name", "reason": "..." }]`; without `test`
 * the entry stands for the whole file). A suite that quietly skips itself would otherwise look green for ever.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'trx-test-'));
const reportFile = join(folder, 'report.json');

const exitCode = await runVitest(process.argv.slice(2));
const report = readReport();
rmSync(folder, { recursive: true, force: true });

const { passed, skipped } = report;
let { failed } = report;
let bad = exitCode !== 0;

if (passed + failed + skipped.length === 0) {
  console.error('\nNo test ran.');
  bad = true;
} else if (process.env['CI'] === 'true') {
  const unexplained = skipped.filter((test) => !isAllowed(test));
  for (const test of unexplained) console.error(`Skipped without a reason in scripts/allowed-skips.json: ${test.file} > ${test.name}`);
  if (unexplained.length > 0) bad = true;
}
// An error outside any test (a hook of the whole run, an unhandled rejection, a crash) must show in the count too.
if (exitCode !== 0 && failed === 0) failed = 1;

process.stdout.write(`\n${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}\n`);
process.exitCode = bad ? exitCode || 1 : 0;

/**
 * @param {string[]} args
 * @returns {Promise<number>}
 */
function runVitest(args) {
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const options = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];
  const child = spawn(process.execPath, [vitest, ...options, ...args], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  // Ctrl-C reaches the child by itself; this process stays to write the last line.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve) => {
    child.on('error', () => resolve(1));
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

/** @returns {{ passed: number, failed: number, skipped: { file: string, name: string }[] }} */
function readReport() {
  /** @type {{ passed: number, failed: number, skipped: { file: string, name: string }[] }} */
  const counts = { passed: 0, failed: 0, skipped: [] };
  let report;
  try {
    report = JSON.parse(readFileSync(reportFile, 'utf8'));
  } catch {
    return counts; // Vitest ended before it could write: the exit code tells
  }
  for (const suite of report.testResults) {
    const file = relative(root, suite.name).split(sep).join('/');
    for (const test of suite.assertionResults) {
      if (test.status === 'passed') counts.passed++;
      else if (test.status === 'failed') counts.failed++;
      else counts.skipped.push({ file, name: test.fullName });
    }
    const ownTestFailed = suite.assertionResults.some((/** @type {{ status: string }} */ test) => test.status === 'failed');
    // A file that could not be loaded, or whose hook failed, has no failed test of its own.
    if (suite.status === 'failed' && !ownTestFailed) counts.failed++;
  }
  return counts;
}

/** @param {{ file: string, name: string }} test */
function isAllowed(test) {
  /** @type {{ file: string, test?: string, reason: string }[]} */
  const allowed = JSON.parse(readFileSync(join(root, 'scripts', 'allowed-skips.json'), 'utf8'));
  return allowed.some((entry) => entry.reason && entry.file === test.file && (entry.test === undefined || entry.test === test.name));
}
