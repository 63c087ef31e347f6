import { readdirSync } from 'node:fs';
import { describe } from 'vitest';
import { until } from '../helpers/attempts.ts';
import { createBench, sandboxOfTest, skipReason } from '../helpers/bundles.ts';
import { executorContract } from './executor.contract.ts';

const found = await sandboxOfTest();

describe.skipIf(found.sandbox === undefined)(`bundles${skipReason(found)}`, () => {
  executorContract('bundle', async () => {
    const bench = await createBench(found);
    const folders = () => readdirSync(found.runDir).filter((name) => name.startsWith('0')).length;
    const prepared = new Map(
      await Promise.all(
        Array.from(
          { length: 25 },
          async (_, n) =>
            [n, { quick: await bench.attempt(100 + n, 'true'), endless: await bench.attempt(200 + n, 'sleep 3600') }] as const,
        ),
      ),
    );
    const hopeless = await bench.attempt(300, 'exit 3');
    const of = (n: number) =>
      prepared.get(n) ??
      (() => {
        throw new Error(`no attempt ${n}`);
      })();
    return {
      executor: bench.executor,
      quick: (n) => of(n).quick,
      endless: (n) => of(n).endless,
      hopeless: () => hopeless,
      pass: (running) => running,
      underWay: () => until(() => folders() > 0),
      held: folders,
    };
  });
});
