import type { Seq } from '../units.ts';
import type { World } from '../world.ts';

/** The promises of which a single server without nodes, files and keys can be held to. */
export const ruleIds = [
  'I1',
  'I2',
  'I3',
  'I4',
  'I5',
  'I6',
  'I7',
  'I8',
  'I9',
  'I11',
  'I12',
  'I13',
  'I14',
  'I16',
  'I20',
  'I21',
  'L1',
  'L2',
  'L3',
  'L4',
] as const;
export type RuleId = (typeof ruleIds)[number];

export interface Violation {
  readonly rule: RuleId;
  readonly message: string;
  /** The task it is about. */
  readonly seq?: Seq;
}

export type Finding = Omit<Violation, 'rule'>;

export interface Rule {
  readonly id: RuleId;
  /** `undefined`: what it needs is not in this world. */
  check(world: World): readonly Finding[] | undefined;
}
