import type { Frame } from './frames.ts';

/** Which entries a stream wants; `undefined`: all. */
export type FrameFilter = ((frame: Frame) => boolean) | undefined;

/**
 * @param types names or `subject.*`, separated by commas
 * @param task id of the one task wanted
 */
export function frameFilter(types: string | undefined, task: string | undefined): FrameFilter {
  if (types === undefined && task === undefined) return undefined;
  const wanted = types === undefined ? undefined : types.split(',').map((word) => word.trim());
  const names = new Set(wanted);
  const subjects = (wanted ?? []).filter((word) => word.endsWith('.*')).map((word) => word.slice(0, -1));
  const isWanted = ({ name }: Frame) => wanted === undefined || names.has(name) || subjects.some((subject) => name.startsWith(subject));
  return (frame) => (task === undefined || frame.taskId === task) && isWanted(frame);
}
