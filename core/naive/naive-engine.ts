import { assert } from "../assert.ts";
import type { Command } from "../commands.ts";
import type { Engine, Result } from "../engine.ts";
import type { Event } from "../events.ts";
import { defaultEngineLimits, type EngineLimits } from "../limits.ts";
import { joined } from "../snapshot-encoding.ts";
import { stateHashOf } from "../snapshot-hash.ts";
import {
  acceptOffer,
  answerFromBot,
  assignConversation,
  closeConversation,
  declineOffer,
  failBot,
  handOffConversation,
  releaseConversation,
} from "./actions.ts";
import { configureTenant } from "./configuring.ts";
import { emitPlain } from "./emit.ts";
import { eraseCustomer } from "./erasing.ts";
import { fireDue, nextDeadlineAt, settle } from "./firing.ts";
import { freeUnits } from "./matching.ts";
import { contactCustomer, receiveMessage, writeMessage } from "./messages.ts";
import { outcomeOf, reject } from "./outcome.ts";
import { planCalendars } from "./plans.ts";
import { setPresence } from "./presence.ts";
import { restorePartition } from "./restoring.ts";
import { writeSnapshot } from "./snapshot.ts";
import type { Agent, Conversation, Partition, Tenant } from "./state.ts";
import { newClock } from "./timers.ts";
import {
  agentViews,
  botCallsOf,
  configurationView,
  conversationView,
  countsOf,
  skillQueueViews,
} from "./views.ts";

/**
 * The obvious engine: lists, maps and one heap a clock, written to be read beside DOMAIN.md. It is
 * the reference that any faster engine must agree with, command by command.
 */
export function createNaiveEngine(limits: Partial<EngineLimits> = {}): Engine {
  return engineOf({
    limits: { ...defaultEngineLimits, ...limits },
    now: 0,
    dueAt: undefined,
    events: [],
    lastSequence: 0,
    lastTimer: 0,
    lastConversation: 0,
    conversationsClosed: 0,
    wall: newClock(undefined, true, 0),
    tenants: new Map(),
    remembered: new Map(),
  });
}

/** Errors: an AssertionError if the bytes are no snapshot of this version. */
export function restoreNaiveEngine(
  snapshot: Uint8Array,
  limits: Partial<EngineLimits> = {},
): Engine {
  return engineOf(restorePartition(snapshot, { ...defaultEngineLimits, ...limits }));
}

function snapshotOf(partition: Partition): Uint8Array {
  return joined((handOn) => writeSnapshot(partition, handOn));
}

function engineOf(partition: Partition): Engine {
  const tenantOf = (id: string): Tenant | undefined => partition.tenants.get(id);
  return {
    apply: (command, events) => apply(partition, command, events),
    nextDeadlineAt: () => nextDeadlineAt(partition),
    lastSequence: () => partition.lastSequence,
    stateHash: () => stateHashOf(snapshotOf(partition)),
    snapshot: () => snapshotOf(partition),
    writeSnapshot: (handOn) => writeSnapshot(partition, handOn),
    tenants: () => [...partition.tenants.keys()],
    configuration: (tenant) => configurationView(tenantOf(tenant)),
    conversation: (tenant, id) => conversationView(partition, tenantOf(tenant), id),
    agents: (tenant) => agentViews(tenantOf(tenant)),
    skillQueues: (tenant) => skillQueueViews(tenantOf(tenant)),
    botCalls: () => botCallsOf(partition),
    botMessage: (tenant, id) => tenantOf(tenant)?.conversations.get(id)?.bot.calling,
    counts: () => countsOf(partition),
  };
}

function apply(partition: Partition, command: Command, events: Event[]): Result {
  assert(command.at >= partition.now, "time went back");
  partition.now = command.at;
  partition.events = events;
  if (command.type === "tick") {
    return { status: "ticked", more: fireDue(partition, partition.limits.timersPerTickMax) };
  }
  fireDue(partition, Infinity);
  const answer = applyNow(partition, command);
  settle(partition);
  fireDue(partition, Infinity); // what is due at this very instant fires before the answer
  if ("episode" in answer) return outcomeOf(answer);
  return "presenceTimer" in answer ? presenceOutcome(answer) : answer;
}

/** A conversation or an agent stands for its outcome, which is read once everything has settled. */
function applyNow(
  partition: Partition,
  command: Exclude<Command, { readonly type: "tick" }>,
): Conversation | Agent | Result {
  if (command.type === "configureTenant") return configureTenant(partition, command);
  const tenant = partition.tenants.get(command.tenant);
  if (tenant === undefined) return reject("unknown_tenant", command.tenant);
  switch (command.type) {
    case "planCalendars":
      return planCalendars(partition, tenant, command);
    case "receiveMessage":
      return receiveMessage(partition, tenant, command);
    case "writeMessage":
      return writeMessage(partition, tenant, command);
    case "contactCustomer":
      return contactCustomer(partition, tenant, command);
    case "acceptOffer":
      return acceptOffer(partition, tenant, command);
    case "declineOffer":
      return declineOffer(partition, tenant, command);
    case "assignConversation":
      return assignConversation(partition, tenant, command);
    case "releaseConversation":
      return releaseConversation(partition, tenant, command);
    case "handOffConversation":
      return handOffConversation(partition, tenant, command);
    case "closeConversation":
      return closeConversation(partition, tenant, command);
    case "answerFromBot":
      return answerFromBot(partition, tenant, command);
    case "failBot":
      return failBot(partition, tenant, command);
    case "eraseCustomer":
      return eraseCustomer(partition, tenant, command);
    case "recordDelivery":
      return recordDelivery(partition, command);
    case "setPresence": {
      const agent = tenant.agents.get(command.agent);
      if (agent === undefined) return reject("unknown_agent", command.agent);
      setPresence(partition, agent, command.status);
      return agent;
    }
  }
}

function presenceOutcome(agent: Agent): Result {
  const { presence, expiresAt } = agent;
  return {
    status: "presence",
    presence,
    ...(expiresAt === undefined ? {} : { expiresAt }),
    freeUnits: freeUnits(agent),
  };
}

/** Routing never changes by it; it is in the journal so that the store can be rebuilt (3.17). */
function recordDelivery(
  partition: Partition,
  command: Extract<Command, { readonly type: "recordDelivery" }>,
): Result {
  const { tenant, channel, entry, status, reason } = command;
  emitPlain(partition, {
    type: "deliveryRecorded",
    tenant,
    channel,
    entry,
    status,
    ...(reason === undefined ? {} : { reason }),
  });
  return { status: "acknowledged" };
}
