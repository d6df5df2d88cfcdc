import { decodeCommand } from "../../core/codec.ts";
import { createEngine, restoreEngine } from "../../core/index.ts";
import type { Command, Engine, EngineLimits, Event, Result } from "../../core/index.ts";
import type { Batch } from "../journal/journal.ts";
import type { Replay } from "../journal/recovery.ts";
import type { Snapshot } from "../journal/snapshot-files.ts";
import { hashAfter, noEvents } from "./event-hash.ts";

/** What one command of a batch came to. */
export interface Applied {
  /** Index of its batch. */
  readonly batch: number;
  readonly command: Command;
  readonly result: Result;
  readonly events: readonly Event[];
}

/** Told of each command as it is applied, new or replayed; its answer stands for the result. */
export type Follower = (applied: Applied) => Result;

/** An engine together with the rolling hash of what it did: live, or as recovery drives it. */
export class HashedEngine implements Replay {
  readonly #limits: Partial<EngineLimits>;
  readonly #follow: Follower;
  #engine: Engine;
  #eventHash = noEvents;

  constructor(limits: Partial<EngineLimits>, follow: Follower = ({ result }) => result) {
    this.#limits = limits;
    this.#follow = follow;
    this.#engine = createEngine(limits);
  }

  get engine(): Engine {
    return this.#engine;
  }

  /** Of all events so far. */
  get eventHash(): bigint {
    return this.#eventHash;
  }

  restore(snapshot: Snapshot | undefined): bigint {
    this.#engine =
      snapshot === undefined
        ? createEngine(this.#limits)
        : restoreEngine(snapshot.content, this.#limits);
    this.#eventHash = snapshot?.eventHash ?? noEvents;
    return this.#eventHash;
  }

  apply(batch: Batch): bigint {
    this.run(batch.index, batch.commands.map(decodeCommand));
    return this.#eventHash;
  }

  /** Apply a batch's commands; answers their results, and all of their events. */
  run(batch: number, commands: readonly Command[]): BatchApplied {
    const all: Event[] = [];
    const results: Result[] = [];
    for (const command of commands) {
      const events: Event[] = [];
      const result = this.#engine.apply(command, events);
      results.push(this.#follow({ batch, command, result, events }));
      for (const event of events) all.push(event);
    }
    this.#eventHash = hashAfter(this.#eventHash, all);
    return { results, events: all };
  }
}

export interface BatchApplied {
  /** One a command, in order. */
  readonly results: readonly Result[];
  readonly events: readonly Event[];
}
