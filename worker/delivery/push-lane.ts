import type { ConversationId } from "../../core/commands.ts";
import type { CustomerEntry } from "../shards/routing.ts";
import { backoffMs } from "./backoff.ts";
import type { DeliveryContext } from "./delivery-context.ts";
import { PushOutbox, type PushResult } from "./push-outbox.ts";
import type { PushFailureCode, PushOutcome, PushTrouble } from "./push-outcome.ts";
import { type PushSettings, PushTarget } from "./push-target.ts";
import { Retries, type Retry } from "./retries.ts";

/** How many outcomes may be on their way to the journal, for each request that may be in flight. */
const recordsPerRequest = 4;

/**
 * Pushes the entries of one channel to its endpoint: at least once, in order within a conversation,
 * with nothing of one channel in the way of another.
 *
 * The outbox is the queue; a lane holds only what is in flight and which conversations wait for a
 * further attempt. A conversation is, in turn,
 *
 * - **in the outbox**: room at the endpoint → its first entry is read, and it is
 * - **in flight**: one attempt. Sent, or given up → recorded, and back in the outbox for its next
 *   entry. Neither → **retrying**
 * - **retrying**: until its wait is over and there is room. Its entry is read again: still to be
 *   sent → in flight; delivered, failed or withdrawn meanwhile → back in the outbox.
 */
export class PushLane {
  readonly #context: DeliveryContext;
  readonly #outbox: PushOutbox;
  readonly #retries = new Retries();
  /** Conversations with a request in flight, or with its outcome on the way to the journal. */
  readonly #busy = new Set<ConversationId>();
  /** Those of them with a request in flight. */
  #requests = 0;
  #target: PushTarget | undefined;
  /** The outbox may hold what was not read. */
  #unread = true;
  #working = false;
  #wokenAgain = false;
  /** Failures of routing in a row, and until when it is left in peace. */
  #routingFailures = 0;
  #restsUntilMs = 0;
  #cancelAlarm: () => void = () => undefined;

  constructor(tenant: string, channel: string, context: DeliveryContext) {
    this.#context = context;
    this.#outbox = new PushOutbox(tenant, channel, context);
  }

  /** Push to this endpoint from now on; undefined: to none. What is in flight ends as it began. */
  configure(settings: PushSettings | undefined): void {
    const old = this.#target;
    if (settings?.url === old?.settings.url && settings?.secret === old?.settings.secret) return;
    old?.close();
    this.#target = settings && new PushTarget(settings, this.#context);
    this.#retries.hasten(this.#context.time.nowMs());
    this.notice();
  }

  /** The outbox may have grown. */
  notice(): void {
    this.#unread = true;
    this.#wake();
  }

  /** Begin nothing more. */
  close(): void {
    this.configure(undefined);
    this.#cancelAlarm();
  }

  /** Do what there is to do: one round at a time, and another one where this was called meanwhile. */
  #wake(): void {
    this.#wokenAgain = true;
    if (this.#working) return;
    if (this.#room() === 0) {
      this.#setAlarm();
      return;
    }
    this.#working = true;
    this.#context.tasks.run("push", async () => {
      while (this.#wokenAgain) {
        this.#wokenAgain = false;
        await this.#fill();
      }
      this.#working = false;
      this.#setAlarm();
    });
  }

  /** How many more may be in flight now. */
  #room(): number {
    const { limits, time } = this.#context;
    const nowMs = time.nowMs();
    if (this.#target === undefined || nowMs < this.#restsUntilMs) return 0;
    const { pushConcurrencyMax } = limits;
    const allowed = Math.min(pushConcurrencyMax, this.#target.breaker.allowance(nowMs));
    const recordable = pushConcurrencyMax * recordsPerRequest - this.#busy.size;
    return Math.max(0, Math.min(allowed - this.#requests, recordable));
  }

  async #fill(): Promise<void> {
    try {
      // A probe is best made with a conversation that is not known to fail on its own account.
      if (this.#target?.breaker.isClosed === false) await this.#takeUnread();
      await this.#takeDue();
      await this.#takeUnread();
      this.#routingFailures = 0;
    } catch (error) {
      const { logger, random, time } = this.#context;
      logger.warn({ err: error }, "an outbox could not be read");
      this.#unread = true;
      this.#routingFailures += 1;
      const waitMs = 100 + backoffMs(this.#routingFailures, 100, 10_000, random);
      this.#restsUntilMs = time.nowMs() + waitMs;
    }
  }

  async #takeUnread(): Promise<void> {
    const room = this.#room();
    if (!this.#unread || room === 0 || this.#hasProbesEnough()) return;
    this.#unread = false;
    const except = [...this.#busy, ...this.#retries.conversations()];
    const entries = await this.#outbox.heads(except, room);
    if (entries.length >= room) this.#unread = true;
    for (const entry of entries) this.#send(entry, 0);
  }

  /** During a long outage those who have failed are probes enough, and no more need to be known. */
  #hasProbesEnough(): boolean {
    const isClosed = this.#target?.breaker.isClosed ?? true;
    return !isClosed && this.#retries.size >= this.#context.limits.pushRetryingMax;
  }

  async #takeDue(): Promise<void> {
    const due = this.#retries.due(this.#context.time.nowMs(), this.#room());
    const entries = await Promise.all(due.map(({ entry }) => this.#outbox.waiting(entry)));
    for (const [index, { conversation, attempts }] of due.entries()) {
      const entry = entries[index];
      this.#retries.delete(conversation);
      if (entry === undefined) this.#unread = true;
      else this.#send(entry, attempts);
    }
  }

  /** @param attempts attempts before this one */
  #send(entry: CustomerEntry, attempts: number): void {
    const target = this.#target;
    const { conversation } = entry;
    if (target === undefined || this.#busy.has(conversation)) return;
    this.#busy.add(conversation);
    this.#context.tasks.run("push an entry", async () => {
      const waiting = { conversation, entry: entry.sequence, attempts };
      try {
        const outcome = await this.#request(target, entry);
        if (outcome.kind === "sent") await this.#record(waiting, { status: "sent" });
        else if (outcome.kind === "gone") await this.#giveUp(waiting, outcome.reason);
        else if (outcome.kind !== "stopped") await this.#tryLater(waiting, outcome);
      } catch (error) {
        this.#putOff({ ...waiting, attempts: attempts + 1 }, 0);
        throw error;
      } finally {
        this.#leaveFlight(conversation);
      }
    });
  }

  /** The next request need not wait until the outcome of this one is durable. */
  async #request(target: PushTarget, entry: CustomerEntry): Promise<PushOutcome> {
    this.#requests += 1;
    try {
      return await target.push(entry);
    } finally {
      this.#requests -= 1;
      this.#wake();
    }
  }

  /** Only now is the conversation in the outbox again: who read it meanwhile did not see it. */
  #leaveFlight(conversation: ConversationId): void {
    this.#busy.delete(conversation);
    if (!this.#retries.has(conversation)) this.#unread = true;
    this.#wake();
  }

  async #tryLater({ attempts, ...waiting }: Attempted, trouble: PushTrouble): Promise<void> {
    const { limits } = this.#context;
    // What could not be signed was not tried.
    const tried = trouble.reason === "push_secret_unusable" ? attempts : attempts + 1;
    const triedMax =
      trouble.kind === "refused" ? limits.pushRefusedAttemptsMax : limits.pushAttemptsMax;
    const next = { ...waiting, attempts: tried };
    if (tried >= triedMax) await this.#giveUp(next, trouble.reason);
    else {
      this.#putOff(next, trouble.retryAfterMs ?? 0);
      await this.#giveUpSurplus();
    }
  }

  /** @param waitMs wait at least so long */
  #putOff(waiting: Attempted, waitMs: number): void {
    const { limits, random, time } = this.#context;
    const { pushBackoffMs, pushBackoffMaxMs } = limits;
    const failures = Math.max(1, waiting.attempts);
    const backoff = backoffMs(failures, pushBackoffMs, pushBackoffMaxMs, random);
    this.#retries.add({ ...waiting, dueAtMs: time.nowMs() + Math.max(backoff, waitMs) });
  }

  /** Those who fail again and again must not fill the room of all others. */
  async #giveUpSurplus(): Promise<void> {
    const surplus = this.#retries.mostTried();
    if (surplus === undefined || this.#retries.size <= this.#context.limits.pushRetryingMax) return;
    this.#retries.delete(surplus.conversation);
    this.#busy.add(surplus.conversation);
    try {
      await this.#giveUp(surplus, "push_retries_full");
    } finally {
      this.#leaveFlight(surplus.conversation);
    }
  }

  async #giveUp(waiting: Attempted, reason: PushFailureCode): Promise<void> {
    await this.#record(waiting, { status: "failed", reason });
  }

  async #record(waiting: Attempted, result: PushResult): Promise<void> {
    if (await this.#outbox.record(waiting.entry, result)) return;
    // It still stands in the outbox: it goes out once more, but not at once.
    this.#putOff(waiting, this.#context.limits.pushBackoffMaxMs);
  }

  #setAlarm(): void {
    this.#cancelAlarm();
    if (this.#target === undefined) return;
    this.#cancelAlarm = this.#context.time.after(this.#alarmMs(), () => this.notice());
  }

  /** How long nothing can be done, if nobody says a word. */
  #alarmMs(): number {
    const { limits, time } = this.#context;
    const nowMs = time.nowMs();
    const blockedUntilMs = Math.max(
      this.#restsUntilMs,
      this.#target?.breaker.probesAtMs() ?? Number.NEGATIVE_INFINITY,
    );
    let waitMs = Number.POSITIVE_INFINITY;
    if (blockedUntilMs > nowMs) waitMs = blockedUntilMs - nowMs;
    else if (this.#room() > 0) waitMs = (this.#retries.nextDueAtMs() ?? waitMs) - nowMs;
    return Math.min(limits.deliveryLookMs, Math.max(0, waitMs));
  }
}

/** An entry that was tried, or was not. */
type Attempted = Omit<Retry, "dueAtMs">;
