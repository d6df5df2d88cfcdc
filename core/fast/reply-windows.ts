import * as codes from "./codes.ts";
import * as conversationRow from "./conversation-row.ts";
import { arm, disarm } from "./conversation-timers.ts";
import { rejoinLine } from "./conversation-selection.ts";
import { emit } from "./event-rows.ts";
import * as eventRow from "./event-row.ts";
import { setVerdictTold, verdictTold } from "./flag-numbers.ts";
import { queueOf, type Partition } from "./state.ts";
import { verdictOf, type Verdict } from "./write-verdicts.ts";

const { kind, state } = codes;
const { F } = conversationRow;
const { rowType } = eventRow;

/**
 * Something that the verdict depends on may have changed: see to that, and put the conversation in
 * order again where its queue goes by windows.
 */
export function refreshReplyWindow(partition: Partition, conversation: number): void {
  refreshVerdict(partition, conversation);
  if (queueOf(partition, conversation).settings.order === "reply-window") {
    rejoinLine(partition, conversation);
  }
}

/** Tell the owner if the verdict has changed, and wait for its next change. */
export function refreshVerdict(partition: Partition, conversation: number): void {
  const verdict = verdictOf(partition, conversation);
  const { until } = verdict;
  tellOwner(partition, conversation, verdict);
  // Disarmed first: a new one stands behind the conversation's other timers.
  disarm(partition, conversation, kind.replyWindow);
  if (until !== Infinity && partition.conversations.get(conversation, F.state) !== state.closed) {
    arm(partition, conversation, kind.replyWindow, until - partition.now);
  }
}

function tellOwner(partition: Partition, conversation: number, now: Verdict): void {
  const { conversations } = partition;
  const agent = conversations.get(conversation, F.agent);
  if (agent === 0 || conversations.get(conversation, F.state) === state.offered) {
    setVerdictTold(partition, conversation, 0);
    return;
  }
  const before = verdictTold(partition, conversation);
  const { verdict, reason, until } = now;
  setVerdictTold(partition, conversation, verdict);
  if (before === 0 || before === verdict) return;
  const at = emit(partition, conversation, rowType.mayWriteChanged);
  const { cells } = partition.events;
  cells[at] = agent;
  cells[at + 1] = verdict;
  cells[at + 2] = reason;
  cells[at + 3] = until;
}
