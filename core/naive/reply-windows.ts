import { mayWrite, verdictChanges } from "../reply-window.ts";
import { emit } from "./emit.ts";
import { rejoinLine } from "./lanes.ts";
import type { Conversation, Partition } from "./state.ts";
import { armTimer, cancelTimer } from "./timers.ts";
import { writeSituation } from "./write-situation.ts";

/**
 * Something that the verdict depends on may have changed: see to that, and put the conversation in
 * order again where its queue goes by windows.
 */
export function refreshReplyWindow(partition: Partition, conversation: Conversation): void {
  refreshVerdict(partition, conversation);
  if (conversation.queue.settings.order === "reply-window") rejoinLine(partition, conversation);
}

/** Tell the owner if the verdict has changed, and wait for its next change. */
export function refreshVerdict(partition: Partition, conversation: Conversation): void {
  const situation = writeSituation(partition, conversation);
  tellOwner(partition, conversation);
  cancelTimer(conversation.timers.get("replyWindow"));
  conversation.timers.delete("replyWindow");
  const next = verdictChanges(situation)[0];
  if (next !== undefined && conversation.state !== "closed") {
    const timer = armTimer(partition, "replyWindow", partition.wall, next - partition.now, {
      tenant: conversation.tenant,
      conversation,
    });
    conversation.timers.set("replyWindow", timer);
  }
}

function tellOwner(partition: Partition, conversation: Conversation): void {
  const { agent, state, verdict } = conversation;
  if (agent === undefined || state === "offered") {
    conversation.verdict = undefined;
    return;
  }
  const now = mayWrite(writeSituation(partition, conversation));
  conversation.verdict = now.verdict;
  if (verdict === undefined || verdict === now.verdict) return;
  emit(partition, conversation, { type: "mayWriteChanged", agent: agent.id, mayWrite: now });
}
