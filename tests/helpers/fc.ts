import fc from 'fast-check';

export type { Arbitrary } from 'fast-check';

/**
 * The same questions at every run, so that what the gate says is about the change. Others: TRX_SEED=random, or the seed that a failure
 * printed.
 */
const asked = process.env['TRX_SEED'] ?? '1';
if (asked !== 'random') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(asked) });

export { fc };
