import type { RegionLatency } from './strategy.ts';

/**
 * Round trips between the regions of the demo catalogue, rounded from published pings between Virginia, North California, Ireland and
 * Tokyo. An installation replaces them by its own.
 */
export const demoLatencies: readonly RegionLatency[] = [
  { between: ['us-east', 'us-west'], ms: 70 },
  { between: ['us-east', 'eu-west'], ms: 80 },
  { between: ['us-east', 'ap-east'], ms: 145 },
  { between: ['us-west', 'eu-west'], ms: 150 },
  { between: ['us-west', 'ap-east'], ms: 105 },
  { between: ['eu-west', 'ap-east'], ms: 210 },
];
