// @ts-check
/**
 * The import gate: dependency-cruiser with the rules of .dependency-cruiser.cjs, and a check that it has read every source file. With a
 * compiler it cannot use, dependency-cruiser reports "0 modules cruised, no violations" and passes: a gate that is open without a sound.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folders = ['src', 'frontend/js'].filter((folder) => existsSync(join(root, folder)));

const depcruise = join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
const done = spawnSync(process.execPath, [depcruise, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', ...folders], {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 256 * 1024 * 1024,
});
if (!done.stdout.startsWith('{')) {
  console.error(done.stdout + done.stderr);
  process.exit(1);
}

/** @type {import('dependency-cruiser').ICruiseResult} */
const result = JSON.parse(done.stdout);
const cruised = new Set(result.modules.map((module) => module.source));
const unread = folders.flatMap(sourceFiles).filter((file) => !cruised.has(file));
const violations = result.summary.violations;

for (const violation of violations) {
  const way = violation.cycle ? violation.cycle.map((step) => step.name).join(' -> ') : violation.to;
  console.error(`${violation.rule.name}: ${violation.from} -> ${way}\n  ${violation.comment ?? commentOf(violation.rule.name)}`);
}
if (unread.length > 0)
  console.error(`dependency-cruiser did not read ${unread.length} source files, for example ${unread.slice(0, 3).join(', ')}`);
console.log(`imports: ${cruised.size} modules, ${violations.length} violations`);
process.exitCode = violations.length > 0 || unread.length > 0 ? 1 : 0;

/**
 * @param {string} folder
 * @returns {string[]} paths from the root, with forward slashes as dependency-cruiser writes them
 */
function sourceFiles(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return sourceFiles(path);
    return /\.(ts|js)$/.test(entry.name) ? [path] : [];
  });
}

/** @param {string} name */
function commentOf(name) {
  return result.summary.ruleSetUsed?.forbidden?.find((rule) => rule.name === name)?.comment ?? '';
}
