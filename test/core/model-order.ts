import type { ModelAgent, ModelConversation, ModelTenant } from "./model.ts";

/** A moment inside a step, as exactly as events tell it. */
export interface Moment {
  /** `dueAt` of the timer that is firing, or the command's time. */
  readonly at: number;
  /** Time of the command. */
  readonly now: number;
  /** A timer is firing: others of the same instant may or may not have fired already. */
  readonly inTimer: boolean;
}

/** Undefined: at this moment nobody outside can tell. */
export type Answer = boolean | undefined;

const surgeWindowMs = 60_000;
const dayMs = 86_400_000;

/** 3.4, without the queue being open: the first cause why not, undefined if none; `unclear` at an edge. */
export function obstacle(
  conversation: ModelConversation,
  agent: ModelAgent,
  moment: Moment,
): string | undefined {
  const { tenant, queue, reservedFor } = conversation;
  if (agent.presence !== "available") return agent.presence;
  if (agent.free < tenant.cost(conversation)) return "no_capacity";
  const rate = atSurgeRate(tenant, queue, agent, moment);
  if (rate !== false) return rate === undefined ? "unclear" : "surge_rate";
  const until = conversation.passedOver.get(agent.id) ?? -Infinity;
  if (until > moment.at) return "passed_over";
  if (until === moment.at && moment.inTimer) return "unclear";
  if (reservedFor !== undefined && reservedFor !== agent.id) return "reserved_for_other";
  return undefined;
}

export function isEligible(
  conversation: ModelConversation,
  agent: ModelAgent,
  moment: Moment,
): Answer {
  const why = obstacle(conversation, agent, moment);
  return why === "unclear" ? undefined : why === undefined;
}

function atSurgeRate(
  tenant: ModelTenant,
  queue: string,
  agent: ModelAgent,
  { at, now, inTimer }: Moment,
): Answer {
  const max = tenant.queue(queue).maxAssignmentsPerAgentPerMinute;
  if (max === null) return false;
  const ends = (tenant.routings.get(`${queue}\n${agent.id}`) ?? []).map((t) => t + surgeWindowMs);
  if (ends.filter((end) => end > now).length >= max) return true;
  return inTimer && ends.filter((end) => end >= at).length >= max ? undefined : false;
}

/** Negative: `a` goes before `b` in their common queue (3.3, FINE-PRINT 15). */
export function compareInQueue(
  a: ModelConversation,
  b: ModelConversation,
  moment: Moment,
): number | undefined {
  const settled = precedence(a) - precedence(b) || b.priority - a.priority;
  if (settled !== 0) return settled;
  if (a.tenant.queue(a.queue).order === "reply-window") {
    const windowA = windowEnd(a, moment);
    const windowB = windowEnd(b, moment);
    if (windowA === undefined || windowB === undefined) return undefined;
    if (windowA !== windowB) return windowA - windowB;
  }
  return byAge(a, b);
}

/** Across queues the same comparison holds, by age. */
export function compareAcross(a: ModelConversation, b: ModelConversation): number {
  return precedence(a) - precedence(b) || b.priority - a.priority || byAge(a, b);
}

function precedence(conversation: ModelConversation): number {
  const { tenant, queue, offline } = conversation;
  return tenant.queue(queue).liveFirst && !offline ? 0 : 1;
}

function byAge(a: ModelConversation, b: ModelConversation): number {
  return (a.age ?? 0) - (b.age ?? 0) || a.ageSequence - b.ageSequence;
}

/** Infinity: over, or none. */
function windowEnd(conversation: ModelConversation, moment: Moment): number | undefined {
  const { tenant, lastMessageAt, offline } = conversation;
  if (lastMessageAt === undefined) return Infinity;
  const { kind, offlineMessages } = tenant.channel(conversation.channel);
  const platformMs = kind === "whatsapp" || kind === "instagram" ? dayMs : Infinity;
  const limit = offline ? offlineMessages.agentOutboundTimeLimitMinutes : null;
  const end = lastMessageAt + Math.min(platformMs, limit === null ? Infinity : limit * 60_000);
  if (moment.inTimer && end >= moment.at && end <= moment.now) return undefined;
  return end <= moment.at ? Infinity : end;
}

/** Whom rule 3.4 selects among these, who stand in the document's order. */
export function selected(
  conversation: ModelConversation,
  eligible: readonly ModelAgent[],
): ModelAgent | undefined {
  const { tenant, queue } = conversation;
  const level = (agent: ModelAgent): number => agent.settings.skills[queue] ?? 0;
  const idle = (a: ModelAgent, b: ModelAgent): number => a.idleSince - b.idleSince;
  // Sorting is stable: ties stay in the document's order.
  switch (tenant.queue(queue).agentSelection) {
    case "longest-idle":
      return eligible.toSorted(idle)[0];
    case "least-loaded":
      return eligible.toSorted((a, b) => load(a) - load(b) || idle(a, b))[0];
    case "best-level":
      return eligible.toSorted((a, b) => level(b) - level(a) || idle(a, b))[0];
    case "round-robin": {
      const order = tenant.withSkill(queue).map(({ id }) => id);
      const last = order.indexOf(tenant.lastChosen.get(queue) ?? "");
      return eligible.find(({ id }) => order.indexOf(id) > last) ?? eligible[0];
    }
  }
}

function load(agent: ModelAgent): number {
  return agent.used / agent.settings.capacity;
}
