import type { TaskId } from '../../core/domain/units.ts';

const canonical = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** 16 bytes instead of 36: ids are the largest part of a small task. `undefined` for what is no uuid in lower case. */
export function uuidBytes(id: string): Buffer | undefined {
  return canonical.test(id) ? bytesOf(id) : undefined;
}

/** @throws TypeError when it is no uuid: the id generator is broken. */
export function newUuidBytes(id: TaskId): Buffer {
  const bytes = uuidBytes(id);
  if (bytes === undefined) throw new TypeError(`a task id must be a uuid in lower case: ${id}`);
  return bytes;
}

export function uuidText(bytes: Buffer): TaskId {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

function bytesOf(id: string): Buffer {
  return Buffer.from(id.slice(0, 8) + id.slice(9, 13) + id.slice(14, 18) + id.slice(19, 23) + id.slice(24), 'hex');
}
