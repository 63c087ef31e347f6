/** The exact solvers alone, on generated problems whose costs are size times price: the hard kind, and the real one. */
import { solveAssignment } from '../../src/core/optimise/linear-assignment.ts';
import { solveTransportation } from '../../src/core/optimise/min-cost-flow.ts';
import type { Transportation } from '../../src/core/optimise/transportation.ts';
import { mulberry32 } from '../decide-workload.ts';
import type { Sample } from '../lib/rounds.ts';

interface Size {
  readonly shapes: number;
  readonly cells: number;
  readonly tasks: number;
}

const sizes: readonly Size[] = [
  { shapes: 72, cells: 16, tasks: 1_000 },
  { shapes: 300, cells: 64, tasks: 30_000 },
  { shapes: 1_000, cells: 200, tasks: 100_000 },
];
/** Tasks for each free slot: some room is left, and most tasks have to stay. */
const loads = [0.9, 3];
const square = 1_000;

export async function run(): Promise<Sample> {
  const sample: Record<string, number> = {};
  for (const size of sizes) {
    for (const load of loads) {
      const problem = generate(size, load);
      solveTransportation(problem); // compiled code, as in a server
      const startedMs = performance.now();
      const plan = solveTransportation(problem);
      const name = `${size.shapes} x ${size.cells}, ${size.tasks} tasks, load ${load}`;
      sample[name] = performance.now() - startedMs;
      sample[`${name}: greedy costs more by`] = 100 * (costInOrder(problem) / plan.cost - 1);
    }
  }
  const random = mulberry32(5);
  const cost = Float64Array.from({ length: square * square }, random);
  const startedMs = performance.now();
  solveAssignment({ rows: square, columns: square, cost });
  sample[`linear assignment ${square} x ${square}`] = performance.now() - startedMs;
  return sample;
}

function generate({ shapes, cells, tasks }: Size, load: number): Transportation {
  const random = mulberry32(shapes);
  const around = (mean: number) => Math.round(2 * random() * mean);
  const supply = Array.from({ length: shapes }, () => around(tasks / shapes));
  const capacity = Array.from({ length: cells }, () => around(tasks / load / cells));
  const size = supply.map(() => 1 + 20 * random());
  const price = capacity.map(() => 0.5 + 2 * random());
  const transfer = () => 0.1 * random();
  const cost = size.flatMap((units) => price.map((each) => Math.round(1e6 * (units * each + transfer()))));
  return { supply, capacity, cost, stay: size.map((units) => Math.round(3e6 * units)) };
}

/** Shape after shape takes the cheapest room that is left. */
function costInOrder({ supply, capacity, cost, stay }: Transportation): number {
  const room = Array.from(capacity);
  let total = 0;
  for (let shape = 0; shape < supply.length; shape++) {
    const of = (cell: number) => cost[shape * room.length + cell]!;
    let left = supply[shape]!;
    for (const cell of [...room.keys()].sort((a, b) => of(a) - of(b))) {
      const units = Math.min(left, room[cell]!);
      room[cell]! -= units;
      left -= units;
      total += units * of(cell);
    }
    total += left * stay[shape]!;
  }
  return total;
}
