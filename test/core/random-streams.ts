import * as fc from "fast-check";
import { decodeCommand, encodeCommand } from "../../core/codec.ts";
import { hash64 } from "../../core/index.ts";
import type {
  Command,
  Engine,
  EngineLimits,
  Event,
  ResolvedConfiguration,
} from "../../core/index.ts";
import type { Implementation } from "./implementations.ts";
import { configurations } from "./random-configurations.ts";
import type { ConfigurationSize } from "./random-configurations.ts";
import { aims, commandOf } from "./random-moves.ts";
import type { Aim, Scene } from "./random-moves.ts";
import { monday } from "./script-time.ts";
import type { Witness } from "./witness.ts";

/** A random stream: what it starts from, and what each step aims at. */
export interface Stream {
  readonly tenants: readonly (readonly ResolvedConfiguration[])[];
  /** Of customers who write, and their names at the customer's own system. */
  readonly addresses: readonly string[];
  readonly people: readonly string[];
  readonly aims: readonly Aim[];
  readonly limits: Partial<EngineLimits>;
}

export interface StreamSettings {
  /** At least; a stream has up to a fifth more. */
  readonly commandCount: number;
  readonly limits: fc.Arbitrary<Partial<EngineLimits>>;
  /**
   * Many agents, queues and customers, so that lists are long and much waits; else few, so that most
   * commands meet what others have left.
   */
  readonly crowded?: boolean;
}

/** Of whom some write again and again. */
export const fewPeople = ["person-1", "person-2"];
export const fewCustomers = ["kim", "lea", "mia", "noa", "oli", "pia"];
const manyPeople = Array.from({ length: 8 }, (_, index) => `person-${index}`);
const many = Array.from({ length: 60 }, (_, index) => `customer-${index}`);
const crowd: ConfigurationSize = { queuesMax: 6, agentsMin: 12, agentsMax: 30 };

export function streams(settings: StreamSettings): fc.Arbitrary<Stream> {
  const { commandCount, limits, crowded = false } = settings;
  const maxLength = Math.ceil(commandCount * 1.2);
  const tenant = crowded ? configurations(crowd) : configurations();
  return fc.record({
    tenants: fc.array(tenant, { minLength: 2, maxLength: 2 }),
    addresses: fc.constant(crowded ? many : fewCustomers),
    people: fc.constant(crowded ? manyPeople : fewPeople),
    aims: fc.array(aims, { minLength: commandCount, maxLength, size: "max" }),
    limits,
  });
}

/** What a stream came to. */
export interface Run {
  readonly commands: readonly Command[];
  readonly events: readonly Event[];
  readonly eventsHash: string;
  readonly stateHash: string;
}

/**
 * Plays a stream on an engine, under the eyes of a witness if there is one. At some steps another
 * engine is restored from a snapshot; from there on it must answer like the first. In the end the
 * commands, through bytes, are replayed on a third.
 *
 * Errors: a StreamFailure with the commands up to the one that failed.
 */
export function playStream(
  implementation: Implementation,
  stream: Stream,
  witness: Witness | undefined,
): Run {
  const commands: Command[] = [];
  try {
    return play(implementation, stream, witness, commands);
  } catch (error) {
    throw new StreamFailure(commands, error);
  }
}

export class StreamFailure extends Error {
  override readonly name = "StreamFailure";
  readonly commands: readonly Command[];

  constructor(commands: readonly Command[], cause: unknown) {
    const script = commands.map((command) => JSON.stringify(command)).join("\n");
    super(`${String(cause)}\nafter these commands:\n${script}`, { cause });
    this.commands = commands;
  }
}

function play(
  implementation: Implementation,
  stream: Stream,
  witness: Witness | undefined,
  commands: Command[],
): Run {
  const { limits } = stream;
  const engine = implementation.create(limits);
  const events: Event[] = [];
  const restored: Engine[] = [];
  const step = (command: Command): boolean => {
    commands.push(command);
    const own: Event[] = [];
    const result = engine.apply(command, own);
    events.push(...own);
    witness?.observe(engine, command, result, own);
    for (const other of restored) {
      const others: Event[] = [];
      const answer = other.apply(command, others);
      same("a restored engine answers", answer, result);
      same("a restored engine tells", others, own);
    }
    return result.status === "ticked" && result.more;
  };
  const scene: Scene & { at: number } = {
    engine,
    at: monday + 8 * 3_600_000 + 50 * 60_000,
    tenants: stream.tenants.map((list, index) => ({ id: `t${index}`, configurations: list })),
    addresses: stream.addresses,
    people: stream.people,
    ids: [],
  };
  for (const aim of stream.aims) {
    const command = commandOf(aim, scene);
    if (command === undefined) {
      restored.splice(0, restored.length - 1, restore(implementation, engine, limits));
      continue;
    }
    scene.at = command.at;
    while (step(command)); // a tick that says `more` is repeated
  }
  for (const other of restored) same("a restored engine is", other.stateHash(), engine.stateHash());
  return finished(implementation, engine, commands, events, limits);
}

function restore(
  implementation: Implementation,
  engine: Engine,
  limits: Partial<EngineLimits>,
): Engine {
  const snapshot = engine.snapshot();
  const restored = implementation.restore(snapshot, limits);
  same("a restored engine is", restored.stateHash(), engine.stateHash());
  same("a snapshot is", hash64(restored.snapshot()), hash64(snapshot));
  return restored;
}

/** Same commands → same events → same state, also through bytes. */
function finished(
  implementation: Implementation,
  engine: Engine,
  commands: readonly Command[],
  events: readonly Event[],
  limits: Partial<EngineLimits>,
): Run {
  const again = implementation.create(limits);
  const replayed: Event[] = [];
  for (const command of commands) {
    const decoded = decodeCommand(encodeCommand(command));
    same("a command read from bytes is", decoded, command);
    again.apply(decoded, replayed);
  }
  const eventsHash = hashOf(events);
  const stateHash = engine.stateHash();
  same("a replay tells", hashOf(replayed), eventsHash);
  same("a replayed engine is", again.stateHash(), stateHash);
  return { commands, events, eventsHash, stateHash };
}

/** Hash of the events as lines of JSON, keys in order. */
export function hashOf(events: readonly Event[]): string {
  const lines = events.map((event) => JSON.stringify(canonical(event)));
  return hash64(Buffer.from(lines.join("\n")));
}

function same(what: string, found: unknown, wanted: unknown): void {
  const a = JSON.stringify(canonical(found));
  const b = JSON.stringify(canonical(wanted));
  if (a !== b) throw new Error(`${what}\n${a}\nrather than\n${b}`);
}

/** Keys in order, undefined ones left out. */
function canonical(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(canonical);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .map(([key, inner]) => [key, canonical(inner)] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/**
 * The shortest stream found that still fails: parts are left out, large ones first, while it fails.
 * Stops after so many tries.
 */
export function shrunk(
  stream: Stream,
  fails: (shorter: Stream) => boolean,
  triesMax = 600,
): Stream {
  let best = stream;
  let tries = 0;
  for (let size = Math.ceil(best.aims.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < best.aims.length && tries < triesMax;) {
      const kept = best.aims.filter((_, index) => index < from || index >= from + size);
      const shorter = { ...best, aims: kept };
      tries += 1;
      if (fails(shorter)) best = shorter;
      else from += size;
    }
  }
  return best;
}
