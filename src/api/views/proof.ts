import type { Proof } from '../../core/domain/replay.ts';
import type { ReplayBody } from '../schemas/replay.ts';
import { isoTime, isoTimeOrNull } from '../time.ts';

type ProofBody = NonNullable<NonNullable<ReplayBody['result']>['proof']>;

/** What came of making the decisions once more, with a sentence to read. */
export function proofView(proof: Proof): ProofBody {
  const { outcome, decisions, inWindow, from, until, reason, difference } = proof;
  return {
    ...{ outcome, says: sentenceOf(proof), decisions, in_window: inWindow },
    ...{ from: isoTimeOrNull(from), until: isoTimeOrNull(until), reason },
    difference: difference === null ? null : { ...difference, at: isoTime(difference.at) },
  };
}

function sentenceOf({ outcome, decisions, inWindow, from, until, reason, difference }: Proof): string {
  const all = `${decisions.toLocaleString('en-US')} decisions since the start of the server at ${from === null ? '' : isoTime(from)}`;
  if (difference !== null)
    return `Made once more on exactly what the server was told, its decisions are NOT the recorded ones: at ${isoTime(difference.at)}, after ${decisions.toLocaleString('en-US')} that were the same, ${difference.what}. That is a defect, or another version decided then.`;
  if (outcome === 'proved')
    return `All ${all} were made once more on exactly what it was told, and are the recorded ones: pool, attempt and reason.`;
  if (outcome === 'partly')
    return `Made once more on exactly what the server was told, ${inWindow.toLocaleString('en-US')} decisions of the window are the recorded ones, up to ${until === null ? '' : isoTime(until)}; not all of it could be compared: ${reason}.`;
  return `No decision of the window could be made once more: ${reason}.`;
}
