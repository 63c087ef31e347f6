import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from './store/package-root.ts';

/** The text of a file that comes with the package, such as `deploy/prometheus/alerts.yml`. */
export function packageFile(path: string): string {
  return readFileSync(join(packageRoot(), path), 'utf8');
}

/** Where the package lies when it can be built there; `undefined`: only what was built is here. */
export function sourceFolder(): string | undefined {
  const root = packageRoot();
  try {
    readFileSync(join(root, 'src/main.ts'));
    return root;
  } catch {
    return undefined;
  }
}
