import type {
  AgentView,
  ConversationOutcome,
  ConversationView,
  Deadline,
  PresenceOutcome,
  SkillQueueView,
} from "../../core/engine.ts";
import type { MayWrite } from "../../core/events.ts";
import type { CustomerEntry } from "../shards/routing.ts";
import { wireConversation, wireEntry, wireTime } from "./wire.ts";

/** Whether an answer says that the id was known: where there is one, in the answers to texts. */
type Kind = "text" | "action";

/** The answer to whatever was done with a conversation (FINE-PRINT 30). */
export function outcomeView(outcome: ConversationOutcome, kind: Kind) {
  const { conversation, state, offline, version, agent, reason, duplicateOf } = outcome;
  // What is undefined is not written; leaving it out here would cost as much as all the rest.
  return {
    conversation: wireConversation(conversation),
    state,
    offline,
    version,
    agent,
    reason,
    duplicate: kind === "text" ? duplicateOf !== undefined : undefined,
  };
}

export function conversationView(view: ConversationView) {
  const { agent, reservedFor, lastAgent } = view;
  return {
    id: wireConversation(view.id),
    state: view.state,
    offline: view.offline,
    version: view.version,
    channel: view.channel,
    customer: view.customer ?? null,
    skillQueue: view.skillQueue,
    priority: view.priority,
    ...(agent !== undefined && { agent }),
    ...(reservedFor !== undefined && { reservedFor }),
    ...(lastAgent !== undefined && { lastAgent }),
    age: timeOrNull(view.age),
    deadlines: view.deadlines.map(deadlineView),
    mayWrite: mayWriteView(view.mayWrite),
  };
}

export function mayWriteView({ verdict, reason, until }: MayWrite) {
  return {
    verdict,
    ...(reason !== undefined && { reason }),
    ...(until !== undefined && { until: wireTime(until) }),
  };
}

function deadlineView({ timer, dueAt, remainingMs, agent }: Deadline) {
  return {
    timer,
    ...(dueAt !== undefined && { dueAt: wireTime(dueAt) }),
    ...(remainingMs !== undefined && { remainingMs }),
    ...(agent !== undefined && { agent }),
  };
}

export function agentView(view: AgentView) {
  const { id, name, skills, status, reason, expiresAt, units, conversations } = view;
  return {
    id,
    ...(name !== undefined && { name }),
    skills,
    capacity: units.capacity,
    status,
    ...(reason !== undefined && { reason }),
    ...(expiresAt !== undefined && { expiresAt: wireTime(expiresAt) }),
    units,
    conversations: conversations.map(wireConversation),
  };
}

export function presenceView({ presence, expiresAt, freeUnits }: PresenceOutcome) {
  return { status: presence, expiresAt: timeOrNull(expiresAt), freeUnits };
}

export function skillQueueView(view: SkillQueueView) {
  return {
    id: view.id,
    open: view.open,
    nextChangeAt: timeOrNull(view.nextChangeAt),
    waiting: view.waiting,
    reserved: view.reserved,
    offered: view.offered,
    parked: view.parked,
    held: view.held,
    oldestAge: timeOrNull(view.oldestAge),
    oldestTooCostly: timeOrNull(view.oldestTooCostly),
    agents: view.agents,
    freeUnits: view.freeUnits,
  };
}

export function failedDeliveryView(entry: CustomerEntry) {
  const { channel, customer, deliveryReason } = entry;
  return {
    ...wireEntry(entry),
    channel,
    customer: customer ?? null,
    delivery: "failed",
    ...(deliveryReason !== undefined && { deliveryReason }),
  };
}

function timeOrNull(ms: number | undefined): string | null {
  return ms === undefined ? null : wireTime(ms);
}
