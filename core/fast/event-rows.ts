import * as eventRow from "./event-row.ts";
import * as conversationRow from "./conversation-row.ts";
import type { Partition } from "./state.ts";

const { D, F } = conversationRow;

const { cell, rowWidth } = eventRow;

export { cell, eventTypes, rowType, rowWidth } from "./event-row.ts";

/**
 * Events as rows of numbers in a buffer that belongs to the caller and grows as long as it is never
 * emptied. Handles in it mean something until the next command.
 */
export class EventRows {
  cells = new Float64Array(64 * rowWidth);
  count = 0;

  clear(): void {
    this.count = 0;
  }

  /** Room for one more row; answers where its first cell is. */
  add(): number {
    const at = this.count * rowWidth;
    if (at === this.cells.length) {
      const grown = new Float64Array(at * 2);
      grown.set(this.cells);
      this.cells = grown;
    }
    this.count += 1;
    return at;
  }
}

/** Report what happened to a conversation; answers where the payload goes. */
export function emit(partition: Partition, conversation: number, type: number): number {
  const { events, conversations } = partition;
  const at = events.add();
  const { cells } = events;
  partition.lastSequence += 1;
  cells[at] = type;
  cells[at + cell.sequence] = partition.lastSequence;
  cells[at + cell.at] = partition.now;
  cells[at + cell.dueAt] = partition.dueAt;
  cells[at + cell.tenant] = conversations.get(conversation, F.tenant);
  cells[at + cell.conversation] = conversations.getDouble(conversation, D.id);
  cells[at + cell.version] = conversations.get(conversation, F.version);
  cells[at + cell.channel] = conversations.get(conversation, F.channel);
  cells[at + cell.customer] = conversations.get(conversation, F.customer);
  cells[at + cell.queue] = conversations.get(conversation, F.queue);
  return at + cell.payload;
}

/** The same with up to two numbers of payload. */
export function emitWith(
  partition: Partition,
  conversation: number,
  type: number,
  a: number,
  b = 0,
): void {
  const at = emit(partition, conversation, type);
  const { cells } = partition.events;
  cells[at] = a;
  cells[at + 1] = b;
}

/** Report something that is not about one conversation; answers where the payload goes. */
export function emitPlain(partition: Partition, type: number, tenant: number): number {
  const at = partition.events.add();
  const { cells } = partition.events;
  partition.lastSequence += 1;
  cells[at] = type;
  cells[at + cell.sequence] = partition.lastSequence;
  cells[at + cell.at] = partition.now;
  cells[at + cell.dueAt] = partition.dueAt;
  cells[at + cell.tenant] = tenant;
  return at + cell.payload;
}

/** The explanation made last, as the row behind. */
export function emitExplanation(partition: Partition): void {
  const { events, explained } = partition;
  const at = events.add();
  const { cells } = events;
  cells[at] = 0;
  for (let index = 1; index < rowWidth; index += 1) cells[at + index] = explained[index] ?? 0;
}
