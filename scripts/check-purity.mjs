// @ts-check
/**
 * The purity gate. Time and chance come into src/core through ports, so that the simulator runs the same code as the server: nothing there but
 * system/ and executors/ may read a clock, set a timer or roll dice. And `process.env` is read by the entries only (main.ts, cli/, worker/).
 *
 * It walks the syntax tree, so names in comments and strings are free, and `new Date(ms)`, which reads no clock, is too.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));
const impureCore = /^src\/core\/(?:system|executors)\//;
const entries = /^src\/(?:main\.ts$|cli\/|worker\/)/;

const impureMembers = new Set(['Date.now', 'performance.now', 'Math.random', 'crypto.randomUUID', 'crypto.getRandomValues']);
const impureNames = new Set(['setTimeout', 'setInterval', 'setImmediate', 'process']);

const files = sourceFiles('src');
const findings = files.flatMap(check);
for (const finding of findings) console.error(finding);
console.log(`purity: ${files.length} files, ${findings.length} violations`);
process.exitCode = findings.length > 0 || files.length === 0 ? 1 : 0;

/**
 * @param {string} folder
 * @returns {string[]}
 */
function sourceFiles(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return sourceFiles(path);
    return path.endsWith('.ts') ? [path] : [];
  });
}

/**
 * @param {string} file
 * @returns {string[]}
 */
function check(file) {
  const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest, true);
  const isPure = file.startsWith('src/core/') && !impureCore.test(file);
  const mayReadEnv = entries.test(file);
  /** @type {string[]} */
  const found = [];
  /** @param {import('typescript').Node} node */
  const visit = (node) => {
    const name = impurity(node, source);
    if (name === 'process.env' ? !mayReadEnv : name !== undefined && isPure) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
      const cure =
        name === 'process.env' ? 'only main.ts, cli/ and worker/ read it; hand in the value' : 'take it from the clock or random port';
      found.push(`${file}:${line + 1} ${name}: ${cure}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/**
 * @param {import('typescript').Node} node
 * @param {import('typescript').SourceFile} source
 * @returns {string | undefined} what the node reads from outside
 */
function impurity(node, source) {
  if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression)) {
    const name = `${node.expression.text}.${node.name.text}`;
    if (name === 'process.env' || impureMembers.has(name)) return name;
  }
  if (ts.isNewExpression(node) && node.expression.getText(source) === 'Date' && !node.arguments?.length) return 'new Date()';
  if (ts.isIdentifier(node) && impureNames.has(node.text) && isFreeName(node)) return node.text;
  return undefined;
}

/**
 * A use of the global, not a member, key, parameter or method that happens to have its name (a clock port may well have a `setTimeout`).
 * @param {import('typescript').Identifier} node
 */
function isFreeName(node) {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) {
    if (parent.name === node) return ts.isIdentifier(parent.expression) && parent.expression.text === 'globalThis';
    return parent.name.text !== 'env'; // that one is reported as process.env
  }
  return !('name' in parent && parent.name === node);
}
