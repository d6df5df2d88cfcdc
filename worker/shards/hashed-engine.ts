import { decodeCommand } from "../../core/codec.ts";
import { createEngine, restoreEngine } from "../../core/index.ts";
import type { Command, Engine, EngineLimits, Event, Result } from "../../core/index.ts";
import type { Batch } from "../journal/journal.ts";
import type { Replay } from "../journal/recovery.ts";
import type { Snapshot } from "../journal/snapshot-files.ts";
import { GrowingEventHash, hashAfter, noEvents } from "./event-hash.ts";

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

  /** @param between called now and then meanwhile */
  restore(snapshot: Snapshot | undefined, between?: () => void): bigint {
    this.#engine =
      snapshot === undefined
        ? createEngine(this.#limits)
        : restoreEngine(snapshot.content, this.#limits, between);
    this.#eventHash = snapshot?.eventHash ?? noEvents;
    return this.#eventHash;
  }

  /**
   * As `run`, a command at a time: neither all commands of a batch nor all of its events are there at
   * once.
   *
   * @param between called now and then meanwhile
   */
  apply(batch: Batch, between?: () => void): bigint {
    const growing = new GrowingEventHash(this.#eventHash);
    for (const [index, bytes] of batch.commands.entries()) {
      const command = decodeCommand(bytes);
      const events: Event[] = [];
      const result = this.#engine.apply(command, events);
      this.#follow({ batch: batch.index, command, result, events });
      for (const event of events) growing.events.push(event);
      if ((index + 1) % commandsBetween !== 0) continue;
      growing.rest();
      between?.();
    }
    this.#eventHash = growing.end();
    between?.();
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

/** Some tenths of a millisecond. */
const commandsBetween = 64;

export interface BatchApplied {
  /** One a command, in order. */
  readonly results: readonly Result[];
  readonly events: readonly Event[];
}
