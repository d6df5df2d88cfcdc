import { savedRecordsOf } from "../../core/snapshot-decoding.ts";
import { hash64 } from "../../core/state-hash.ts";
import { decodeUtf8 } from "../../core/utf8.ts";
import type { Command, Engine, EngineLimits, Event } from "../../core/index.ts";
import { commandOf } from "./random-moves.ts";
import type { Scene } from "./random-moves.ts";
import { StreamFailure, type Stream } from "./random-streams.ts";
import type { Implementation } from "./implementations.ts";
import { monday } from "./script-time.ts";

/** How closely two engines are compared, besides results and events, which are at every step. */
export interface AgreementSettings {
  /** Snapshots after every so many commands. */
  readonly snapshotEvery: number;
  /** Queries after every so many commands. */
  readonly viewsEvery: number;
}

/**
 * Plays a stream on two engines and compares them command by command: results, events (every field,
 * in order), next deadline, snapshots byte for byte, and what the queries say. Where the stream asks
 * for a restart, each is restored from the snapshot of the other.
 *
 * Errors: a StreamFailure with the commands up to the one about which they disagree.
 *
 * @returns number of commands
 */
export function agree(
  stream: Stream,
  one: Implementation,
  other: Implementation,
  settings: AgreementSettings,
): number {
  const commands: Command[] = [];
  try {
    play(stream, one, other, settings, commands);
  } catch (error) {
    throw new StreamFailure(commands, error instanceof Error ? error.stack : error);
  }
  return commands.length;
}

function play(
  stream: Stream,
  one: Implementation,
  other: Implementation,
  settings: AgreementSettings,
  commands: Command[],
): void {
  const { addresses, people, limits } = stream;
  let pair: Pair = { one: one.create(limits), other: other.create(limits) };
  let at = monday + 8 * 3_600_000 + 50 * 60_000;
  const ids: string[] = [];
  const tenants = stream.tenants.map((list, index) => ({
    id: `t${index}`,
    configurations: list,
  }));
  for (const aim of stream.aims) {
    const scene: Scene = { engine: pair.one, at, tenants, addresses, people, ids };
    const command = commandOf(aim, scene);
    if (command === undefined) {
      sameSnapshots(pair);
      pair = exchanged(pair, one, other, limits);
      continue;
    }
    ({ at } = command);
    commands.push(command);
    while (step(pair, command)) commands.push(command);
    if (commands.length % settings.snapshotEvery === 0) sameSnapshots(pair);
    if (commands.length % settings.viewsEvery === 0) sameViews(pair);
  }
  sameSnapshots(pair);
  sameViews(pair);
}

interface Pair {
  readonly one: Engine;
  readonly other: Engine;
}

/** Each goes on from the snapshot of the other. */
function exchanged(
  pair: Pair,
  one: Implementation,
  other: Implementation,
  limits: Partial<EngineLimits>,
): Pair {
  const next = {
    one: one.restore(pair.other.snapshot(), limits),
    other: other.restore(pair.one.snapshot(), limits),
  };
  sameSnapshots(next);
  return next;
}

/** Whether more is due at this instant. */
function step({ one, other }: Pair, command: Command): boolean {
  const events: Event[] = [];
  const others: Event[] = [];
  const result = one.apply(command, events);
  const otherResult = other.apply(command, others);
  same("events", events, others);
  same("result", result, otherResult);
  same("next deadline", one.nextDeadlineAt(), other.nextDeadlineAt());
  return result.status === "ticked" && result.more;
}

function sameSnapshots({ one, other }: Pair): void {
  const a = one.snapshot();
  const b = other.snapshot();
  if (hash64(a) !== hash64(b)) {
    // Record by record it says more than the bytes do.
    const others = [...savedRecordsOf(b)];
    for (const [place, record] of [...savedRecordsOf(a)].entries()) {
      same("record of the snapshot", record, others[place]);
    }
    same("snapshot", decodeUtf8(a), decodeUtf8(b));
  }
  same("state hash", one.stateHash(), other.stateHash());
}

function sameViews({ one, other }: Pair): void {
  same("tenants", one.tenants(), other.tenants());
  same("counts", one.counts(), other.counts());
  same("bot calls", one.botCalls(), other.botCalls());
  for (const tenant of one.tenants()) {
    same("configuration", one.configuration(tenant), other.configuration(tenant));
    same("agents", one.agents(tenant), other.agents(tenant));
    same("skill queues", one.skillQueues(tenant), other.skillQueues(tenant));
    for (let id = 1; id <= one.counts().conversationsOpened; id += 1) {
      same("bot message", one.botMessage(tenant, id), other.botMessage(tenant, id));
      same("conversation", one.conversation(tenant, id), other.conversation(tenant, id));
    }
  }
}

/** As JSON: the order of keys counts, for snapshots and hashes of events are made of it. */
function same(what: string, a: unknown, b: unknown): void {
  const first = JSON.stringify(a);
  const second = JSON.stringify(b);
  if (first !== second) throw new Error(`${what}\n${first}\nis, in the other engine,\n${second}`);
}
