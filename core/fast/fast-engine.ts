import { assert } from "../assert.ts";
import type { Command } from "../commands.ts";
import type { Engine, Result } from "../engine.ts";
import type { Event } from "../events.ts";
import { defaultEngineLimits, type EngineLimits } from "../limits.ts";
import { stateHashOf } from "../snapshot-hash.ts";
import { applyNow, forgetDiscarded } from "./applying.ts";
import { presenceNames } from "./codes.ts";
import { readEvents } from "./event-objects.ts";
import { fireDue, nextDeadlineAt, settle } from "./firing.ts";
import { freeUnits } from "./matching.ts";
import { outcomeOf } from "./outcome.ts";
import { newPartition } from "./partition.ts";
import { restorePartition } from "./snapshot-reading.ts";
import { snapshotOf, writeSnapshot } from "./snapshot-writing.ts";
import type { Agent, Partition, Tenant } from "./state.ts";
import {
  agentViews,
  botCallsOf,
  botMessageOf,
  configurationView,
  conversationView,
  countsOf,
  skillQueueViews,
} from "./views.ts";

/**
 * The engine at the speed of its memory: typed tables, intrusive lists and timing wheels. It agrees
 * with the obvious engine (core/naive) in every result, event and snapshot.
 */
export function createFastEngine(limits: Partial<EngineLimits> = {}): Engine {
  return engineOf(newPartition({ ...defaultEngineLimits, ...limits }));
}

/**
 * Errors: an AssertionError if the bytes are no snapshot of this version.
 *
 * @param between called after every few hundred records: a host may rest in it
 */
export function restoreFastEngine(
  snapshot: Uint8Array,
  limits: Partial<EngineLimits> = {},
  between: () => void = () => undefined,
): Engine {
  return engineOf(restorePartition(snapshot, { ...defaultEngineLimits, ...limits }, between));
}

/** The command being applied, and where its events go: a function made for each would be garbage. */
interface Present {
  command: Command;
  events: Event[];
}

function engineOf(partition: Partition): Engine {
  const present: Present = { command: { type: "tick", at: 0 }, events: [] };
  partition.flush = () => readEvents(partition, partition.events, present.command, present.events);
  const tenantOf = (id: string): Tenant | undefined => partition.tenants.get(id);
  return {
    apply: (command, events) => {
      present.command = command;
      present.events = events;
      return apply(partition, command, events);
    },
    nextDeadlineAt: () => nextDeadlineAt(partition),
    lastSequence: () => partition.lastSequence,
    stateHash: () => stateHashOf(snapshotOf(partition)),
    snapshot: () => snapshotOf(partition),
    writeSnapshot: (handOn) => writeSnapshot(partition, handOn),
    tenants: () => [...partition.tenants.keys()],
    configuration: (tenant) => configurationView(tenantOf(tenant)),
    conversation: (tenant, id) => conversationView(partition, tenantOf(tenant), id),
    agents: (tenant) => agentViews(partition, tenantOf(tenant)),
    skillQueues: (tenant) => skillQueueViews(partition, tenantOf(tenant)),
    botCalls: () => botCallsOf(partition),
    botMessage: (tenant, id) => botMessageOf(partition, tenantOf(tenant), id),
    counts: () => countsOf(partition),
  };
}

function apply(partition: Partition, command: Command, events: Event[]): Result {
  assert(command.at >= partition.now, "time went back");
  partition.now = command.at;
  forgetDiscarded(partition);
  if (command.type === "tick") {
    const more = fireDue(partition, partition.limits.timersPerTickMax);
    partition.flush();
    return { status: "ticked", more };
  }
  fireDue(partition, Infinity);
  // What time caused was caused before the command, which may change what it names.
  if (partition.events.count > 0) partition.flush();
  const result = applyNow(partition, command, events);
  settle(partition);
  fireDue(partition, Infinity); // what is due at this very instant fires before the answer
  partition.flush();
  if (typeof result === "number") return outcomeOf(partition, result);
  return "presenceTimer" in result ? presenceOutcome(result) : result;
}

function presenceOutcome(agent: Agent): Result {
  return {
    status: "presence",
    presence: presenceNames[agent.presence] ?? "offline",
    ...(agent.expiresAt < 0 ? {} : { expiresAt: agent.expiresAt }),
    freeUnits: freeUnits(agent),
  };
}
