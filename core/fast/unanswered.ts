import * as conversationRow from "./conversation-row.ts";
import type { Partition } from "./state.ts";

const { D, F } = conversationRow;

/**
 * The customer's messages that nobody has answered yet, by their sequences, oldest first. Most
 * conversations have one at a time: it stands in the row itself, and a list holds those after it.
 */

/** 0: nothing is unanswered. */
export function firstUnanswered({ conversations }: Partition, conversation: number): number {
  return conversations.getDouble(conversation, D.unanswered);
}

export function isUnanswered(partition: Partition, conversation: number): boolean {
  return firstUnanswered(partition, conversation) !== 0;
}

/** 0: nothing is unanswered. */
export function lastUnanswered(partition: Partition, conversation: number): number {
  const { conversations, numbers } = partition;
  const last = conversations.get(conversation, F.laterLast);
  return last === 0 ? firstUnanswered(partition, conversation) : numbers.valueOf(last);
}

/** Whether more than one is unanswered. */
export function severalUnanswered({ conversations }: Partition, conversation: number): boolean {
  return conversations.get(conversation, F.laterFirst) !== 0;
}

export function allUnanswered(partition: Partition, conversation: number): number[] {
  const { conversations, numbers } = partition;
  const first = firstUnanswered(partition, conversation);
  if (first === 0) return [];
  return [first, ...numbers.toArray(conversations.get(conversation, F.laterFirst))];
}

export function addUnanswered(partition: Partition, conversation: number, sequence: number): void {
  const { conversations, numbers } = partition;
  if (firstUnanswered(partition, conversation) === 0) {
    conversations.setDouble(conversation, D.unanswered, sequence);
  } else {
    numbers.push(conversations, conversation, F.laterFirst, sequence);
  }
}

export function clearUnanswered(partition: Partition, conversation: number): void {
  const { conversations, numbers } = partition;
  conversations.setDouble(conversation, D.unanswered, 0);
  if (severalUnanswered(partition, conversation)) {
    numbers.clear(conversations, conversation, F.laterFirst);
  }
}
