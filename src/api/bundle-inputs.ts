import { TaskRouterError } from '../core/domain/errors.ts';
import type { BundleInputs } from '../core/ports/bundle-files.ts';
import type { ApiDeps } from './deps.ts';

/** Where uploads go. Asked before a byte is read: what nothing here could run is not sent for nothing. @throws TaskRouterError `sandbox_unavailable` */
export function bundleInputs({ engine, bundles }: Pick<ApiDeps, 'engine' | 'bundles'>): BundleInputs {
  if (bundles === undefined) throw new TaskRouterError('sandbox_unavailable', 'This server takes no files.');
  const { reason, cure } = bundles.sandbox;
  const mayRunElsewhere = !bundles.isOff && engine.pools().some(({ pool }) => pool.executor === 'node');
  if (reason !== null && !mayRunElsewhere) throw new TaskRouterError('sandbox_unavailable', `${reason} ${cure ?? ''}`.trim());
  return bundles.inputs;
}
