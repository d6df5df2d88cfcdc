import * as conversationRow from "./conversation-row.ts";
import { clearFlag, has, queueOf, setFlag, type Partition } from "./state.ts";

const { flag } = conversationRow;

/** The places of live conversations in their queue's line (`maxWaiting`, FINE-PRINT 12). */

/** Answers whether it has a place now. */
export function takePlace(partition: Partition, conversation: number): boolean {
  if (has(partition, conversation, flag.hasPlace)) return true;
  const queue = queueOf(partition, conversation);
  if (queue.placesTaken >= queue.settings.maxWaiting) return false;
  setFlag(partition, conversation, flag.hasPlace);
  queue.placesTaken += 1;
  return true;
}

/** It waits live in this queue no more. An offer keeps the place: it may come back from it. */
export function leavePlace(partition: Partition, conversation: number): void {
  if (!has(partition, conversation, flag.hasPlace)) return;
  clearFlag(partition, conversation, flag.hasPlace);
  queueOf(partition, conversation).placesTaken -= 1;
}
