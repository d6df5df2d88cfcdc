import type { ConversationId } from "../../core/commands.ts";

/** A conversation whose first entry was not delivered and waits for a further attempt. */
export interface Retry {
  readonly conversation: ConversationId;
  /** Sequence of the entry. */
  readonly entry: number;
  /** Attempts so far; 0 where none got as far as the endpoint. */
  readonly attempts: number;
  /** On the scale of `RealTime.nowMs`. */
  readonly dueAtMs: number;
}

/**
 * The conversations of one endpoint that wait for a further attempt. It holds numbers only: the
 * entry itself is read again when it is due, and may have been withdrawn by then.
 *
 * Questions cost O(size), which is bounded by `pushRetryingMax`.
 */
export class Retries {
  readonly #byConversation = new Map<ConversationId, Retry>();

  get size(): number {
    return this.#byConversation.size;
  }

  conversations(): Iterable<ConversationId> {
    return this.#byConversation.keys();
  }

  has(conversation: ConversationId): boolean {
    return this.#byConversation.has(conversation);
  }

  add(retry: Retry): void {
    this.#byConversation.set(retry.conversation, retry);
  }

  delete(conversation: ConversationId): void {
    this.#byConversation.delete(conversation);
  }

  /** At most `count` that are due, the earliest first. */
  due(nowMs: number, count: number): readonly Retry[] {
    return [...this.#byConversation.values()]
      .filter(({ dueAtMs }) => dueAtMs <= nowMs)
      .toSorted((one, other) => one.dueAtMs - other.dueAtMs)
      .slice(0, count);
  }

  nextDueAtMs(): number | undefined {
    let next: number | undefined;
    for (const { dueAtMs } of this.#byConversation.values()) {
      if (next === undefined || dueAtMs < next) next = dueAtMs;
    }
    return next;
  }

  mostTried(): Retry | undefined {
    let most: Retry | undefined;
    for (const retry of this.#byConversation.values()) {
      if (most === undefined || retry.attempts > most.attempts) most = retry;
    }
    return most;
  }

  /** Make all of them due at `nowMs`, because the endpoint is another now. */
  hasten(nowMs: number): void {
    for (const retry of this.#byConversation.values()) this.add({ ...retry, dueAtMs: nowMs });
  }
}
