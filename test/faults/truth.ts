import type { Command, Engine, Event, Result } from "../../core/index.ts";
import type { EngineLimits } from "../../core/limits.ts";
import { createNaiveEngine } from "../../core/naive/naive-engine.ts";
import { hashAfter, noEvents } from "../../worker/shards/event-hash.ts";
import { LawBroken } from "../core/step.ts";
import { Witness } from "../core/witness.ts";
import { BotStints } from "./bot-stints.ts";

/**
 * What must be true: the engine that is easy to read, which never fails and never restarts, given
 * exactly the batches that are durable. The worker has the other one, so each is held to what the
 * other does. Every law is asserted after each command.
 */
export class Truth {
  /** Of every batch so far. */
  lastIndex = 0;
  readonly events: Event[] = [];
  readonly engine: Engine;
  #eventHash = noEvents;
  readonly #witness = new Witness();
  readonly #botStints = new BotStints();
  /** Conversations that were reserved in the episode that they are in. */
  readonly #reserved = new Set<number>();

  constructor(limits: Partial<EngineLimits>) {
    this.engine = createNaiveEngine(limits);
  }

  /** Of all events so far. */
  get eventHash(): bigint {
    return this.#eventHash;
  }

  /** A batch became durable. Errors: LawBroken. */
  apply(commands: readonly Command[]): readonly Result[] {
    this.lastIndex += 1;
    const all: Event[] = [];
    const results = commands.map((command) => {
      const events: Event[] = [];
      const result = this.engine.apply(command, events);
      this.#refuseStale(command, result, events);
      for (const event of events) this.#reserveOnce(event);
      this.#botStints.observe(command, result, events);
      for (const event of events) this.events.push(event);
      for (const event of events) all.push(event);
      this.#witness.observe(this.engine, command, result, events);
      return result;
    });
    this.#eventHash = hashAfter(this.#eventHash, all);
    return results;
  }

  /** 3.14: whoever says which version they saw acts on no other. */
  #refuseStale(command: Command, result: Result, events: readonly Event[]): void {
    if (!("version" in command) || command.version === undefined) return;
    const versionOf = ([event]: readonly Event[]): number | undefined =>
      event !== undefined && "version" in event ? event.version : undefined;
    const ofConversation = (event: Event): boolean =>
      "conversation" in event && event.conversation === command.conversation;
    // What was due fires first. Timers without any wait fire behind what the command itself did.
    const own = events.findIndex(({ dueAt }) => dueAt === undefined);
    const fired = events.slice(0, own === -1 ? events.length : own).filter(ofConversation);
    const before =
      versionOf(fired.slice(-1)) ?? versionOf(this.events.filter(ofConversation).slice(-1));
    if (result.status !== "accepted" || result.duplicateOf !== undefined) return;
    if (before === command.version) return;
    throw new LawBroken(`version ${command.version} was seen, and ${before} stood`);
  }

  /** FINE-PRINT 17: one reservation an episode. */
  #reserveOnce(event: Event): void {
    if (event.type === "episodeBegan") this.#reserved.delete(event.conversation);
    if (event.type !== "conversationReserved") return;
    if (this.#reserved.has(event.conversation)) {
      throw new LawBroken(`${event.conversation} is reserved twice in an episode`);
    }
    this.#reserved.add(event.conversation);
  }
}
