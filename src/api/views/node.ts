import type { BundleSettings } from '../../core/domain/bundle.ts';
import { inputOf } from '../../core/domain/dependency.ts';
import type { HeldLease, LiveNode } from '../../core/executors/node/nodes.ts';
import type { InputFile } from '../../core/ports/node-files.ts';
import type { LeasedTaskBody, NodeBody, NodeDetailBody } from '../schemas/node.ts';
import type { InputListBody } from '../schemas/node-files.ts';
import { isoTime, isoTimeOrNull } from '../time.ts';
import { bundleView } from './catalogue.ts';

export function nodeView(node: LiveNode): NodeBody {
  return {
    id: node.id,
    pool: node.pool,
    types: [...node.types],
    slots: node.slots,
    slots_used: node.used,
    parts: node.runsParts,
    state: node.state,
    agent: node.agent,
    registered_at: isoTime(node.registeredAt),
    seen_at: isoTime(node.seenAt),
    silent_for_ms: node.silentForMs,
    results: node.done,
    last_error: node.lastError,
  };
}

export function nodeDetailView(node: LiveNode): NodeDetailBody {
  const leases = node.leases.map(({ id, attempt: { task, attempt, part }, stop }) => ({
    ...{ lease: id, task_id: task.id, attempt, part: part?.index ?? null, type: task.type },
    ...{ started_at: isoTimeOrNull(task.startedAt), stop: stop ?? null },
  }));
  return { ...nodeView(node), leases };
}

/** What a node needs to run it. @param bundle what it may use, where it is a bundle */
export function leasedTaskView(
  { id, attempt: { task, attempt, part, parents } }: HeldLease,
  bundle: BundleSettings | null,
): LeasedTaskBody {
  return {
    lease: id,
    task_id: task.id,
    attempt,
    part: part?.index ?? 0,
    parts: part?.count ?? 1,
    type: task.type,
    tenant: task.tenant,
    slots: task.slots,
    timeout_ms: task.timeoutMs,
    deadline: isoTimeOrNull(task.deadline),
    payload: inputOf(task.payload, parents),
    parents: parents.map(({ id: parent, ...rest }) => ({ task: parent, ...rest })),
    metadata: task.metadata,
    bundle: bundle && bundleView(bundle),
  };
}

/** @param root under which they can be had */
export function inputListView(files: readonly InputFile[], root: string): InputListBody {
  return {
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    files: files.map(({ path, bytes, sha256, isExecutable }) => ({
      ...{ path, bytes, sha256, executable: isExecutable },
      url: `${root}/${path.split('/').map(encodeURIComponent).join('/')}`,
    })),
  };
}
