import type { Command, Event, Result } from "../../core/index.ts";
import type { EngineLimits } from "../../core/limits.ts";
import { HashedEngine } from "../../worker/shards/hashed-engine.ts";
import { Witness } from "../core/witness.ts";

/**
 * What must be true: an engine that never fails and never restarts, given exactly the batches that
 * are durable. Every law is asserted after each command.
 */
export class Truth {
  /** Of every batch so far. */
  lastIndex = 0;
  readonly events: Event[] = [];
  readonly #engine: HashedEngine;
  readonly #witness = new Witness();

  constructor(limits: Partial<EngineLimits>) {
    this.#engine = new HashedEngine(limits, ({ command, result, events }) => {
      for (const event of events) this.events.push(event);
      this.#witness.observe(this.#engine.engine, command, result, events);
      return result;
    });
  }

  get engine() {
    return this.#engine.engine;
  }

  get eventHash(): bigint {
    return this.#engine.eventHash;
  }

  /** A batch became durable. Errors: LawBroken. */
  apply(commands: readonly Command[]): readonly Result[] {
    this.lastIndex += 1;
    return this.#engine.run(this.lastIndex, commands).results;
  }
}
