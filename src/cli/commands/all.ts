import type { CliCommand } from './command.ts';
import { replay } from './replay.ts';

/** In the order they are listed. */
export const commands: readonly CliCommand[] = [replay];
