import type {
  AcceptOffer,
  AnswerFromBot,
  AssignConversation,
  CloseConversation,
  DeclineOffer,
  FailBot,
  HandOffConversation,
  ReleaseConversation,
} from "../commands.ts";
import type { ReasonCode } from "../reasons.ts";
import type { Rejection, RejectionCode } from "../rejections.ts";
import { mayWrite, writeRejection } from "../reply-window.ts";
import { hasSkill } from "./agent-selection.ts";
import { giveNext } from "./bot.ts";
import {
  disarmStateTimers,
  endReservation,
  isOwned,
  move,
  passOver,
  withdrawOffer,
} from "./conversations.ts";
import { armRoutingLimit, close, returnFromOffer, returnFromOwner } from "./episodes.ts";
import { costOf } from "./lanes.ts";
import { accept, assign, explain, freeUnits } from "./matching.ts";
import { botWrote } from "./messages.ts";
import { reject } from "./outcome.ts";
import type { Agent, Conversation, Partition, Queue, Tenant } from "./state.ts";
import { botSituation } from "./write-situation.ts";

/** What people and the bot do with a conversation (3.14). Each answers the conversation or refuses. */
type Answer = Conversation | Rejection;

interface OnConversation {
  readonly conversation: number;
  readonly version?: number;
  readonly agent?: string;
}

interface Found {
  readonly conversation: Conversation;
  readonly agent: Agent | undefined;
}

/** The conversation and who acts, or the first refusal that holds for every action. */
function find(tenant: Tenant, command: OnConversation): Found | Rejection {
  const conversation = tenant.conversations.get(command.conversation);
  if (conversation === undefined) return reject("unknown_conversation");
  const agent = command.agent === undefined ? undefined : tenant.agents.get(command.agent);
  if (command.agent !== undefined && agent === undefined) {
    return reject("unknown_agent", command.agent);
  }
  if (command.version !== undefined && command.version !== conversation.version) {
    return reject("stale_version", `the conversation is at version ${conversation.version}`);
  }
  if (conversation.state === "closed") return reject("wrong_state", "closed");
  return { conversation, agent };
}

const isRejection = (found: object): found is Rejection => "status" in found;

/** The agent named must be the one it is offered to. */
function findOffered(
  tenant: Tenant,
  command: OnConversation,
): { readonly conversation: Conversation; readonly agent: Agent } | Rejection {
  const found = find(tenant, command);
  if (isRejection(found)) return found;
  const { conversation, agent } = found;
  if (conversation.state !== "offered") return reject("wrong_state", conversation.state);
  if (agent === undefined || agent !== conversation.agent) return reject("not_owner");
  return { conversation, agent };
}

export function acceptOffer(partition: Partition, tenant: Tenant, command: AcceptOffer): Answer {
  const found = findOffered(tenant, command);
  if (isRejection(found)) return found;
  accept(partition, found.conversation, found.agent, { note: command.note });
  return found.conversation;
}

export function declineOffer(partition: Partition, tenant: Tenant, command: DeclineOffer): Answer {
  const found = findOffered(tenant, command);
  if (isRejection(found)) return found;
  const { conversation, agent } = found;
  agent.missedOffers = 0;
  withdrawOffer(partition, conversation, "declined");
  passOver(partition, conversation, agent);
  const { note } = command;
  returnFromOffer(partition, conversation, "declined", { by: agent.id, note });
  return conversation;
}

/** A person gives it to an agent, whatever its state. */
export function assignConversation(
  partition: Partition,
  tenant: Tenant,
  command: AssignConversation,
): Answer {
  const found = find(tenant, command);
  if (isRejection(found)) return found;
  const { conversation, agent } = found;
  if (agent === undefined) return reject("unknown_agent");
  if (isOwned(conversation) && conversation.agent === agent) return conversation;
  const refusal = assignRefusal(conversation, agent, command.override === true);
  if (refusal !== undefined) return reject(refusal);
  const reason = explain(partition, conversation, "person");
  withdrawOffer(partition, conversation, "assigned_by_person");
  endReservation(partition, conversation, "assigned_by_person");
  if (conversation.state === "dormant" || conversation.state === "parked") {
    conversation.episode.answered = false;
  }
  const { note } = command;
  assign(partition, conversation, agent, reason, { by: "supervisor", note });
  return conversation;
}

function assignRefusal(
  conversation: Conversation,
  agent: Agent,
  override: boolean,
): RejectionCode | undefined {
  if (agent.presence === "offline") return "agent_not_available";
  if (override) return undefined;
  if (!hasSkill(agent, conversation.queue)) return "skill_missing";
  const inUse = conversation.agent === agent ? conversation.units : 0;
  if (freeUnits(agent) + inUse < costOf(conversation)) return "no_capacity";
  return undefined;
}

export function releaseConversation(
  partition: Partition,
  tenant: Tenant,
  command: ReleaseConversation,
): Answer {
  const found = find(tenant, command);
  if (isRejection(found)) return found;
  const { conversation, agent } = found;
  if (!isOwned(conversation)) return reject("wrong_state", conversation.state);
  if (agent !== undefined && agent !== conversation.agent) return reject("not_owner");
  returnFromOwner(partition, conversation, {
    reason: agent === undefined ? "released_by_supervisor" : "released",
    cause: { by: agent?.id ?? "supervisor", note: command.note },
    passOver: agent,
  });
  return conversation;
}

/** The bot gives it to people; an owner gives it to another queue. */
export function handOffConversation(
  partition: Partition,
  tenant: Tenant,
  command: HandOffConversation,
): Answer {
  const found = find(tenant, command);
  const queue =
    command.skillQueue === undefined ? undefined : tenant.queues.get(command.skillQueue);
  if (command.skillQueue !== undefined && queue === undefined) {
    return reject("unknown_skill_queue", command.skillQueue);
  }
  if (isRejection(found)) return found;
  const { conversation, agent } = found;
  if (command.bot === true) {
    if (conversation.state !== "with-bot") return reject("wrong_state", conversation.state);
    handOffFromBot(partition, conversation, "bot_handed_off", queue, command.note);
    return conversation;
  }
  if (!isOwned(conversation)) return reject("wrong_state", conversation.state);
  if (agent === undefined || agent !== conversation.agent) return reject("not_owner");
  returnFromOwner(partition, conversation, {
    reason: "handed_off",
    cause: { by: agent.id, note: command.note },
    handOffTo: queue ?? conversation.queue,
  });
  return conversation;
}

/** To people, with the routing limit whole from here on both clocks (FINE-PRINT 20). */
export function handOffFromBot(
  partition: Partition,
  conversation: Conversation,
  reason: ReasonCode,
  queue: Queue = conversation.queue,
  note?: string,
): void {
  disarmStateTimers(conversation);
  move(partition, conversation, { to: "queued", reason, queue, note });
  armRoutingLimit(partition, conversation);
}

export function closeConversation(
  partition: Partition,
  tenant: Tenant,
  command: CloseConversation,
): Answer {
  const found = find(tenant, command);
  if (isRejection(found)) return found;
  const { conversation, agent } = found;
  const { note } = command;
  if (command.bot === true) {
    if (conversation.state !== "with-bot") return reject("wrong_state", conversation.state);
    close(partition, conversation, "closed_by_bot", { by: "bot", note });
  } else if (command.customer === true) {
    close(partition, conversation, "customer_ended", { by: "customer", note });
  } else if (agent === undefined) {
    close(partition, conversation, "closed_by_supervisor", { by: "supervisor", note });
  } else if (!isOwned(conversation) || conversation.agent !== agent) {
    return reject("not_owner");
  } else {
    close(partition, conversation, "closed_by_agent", { by: agent.id, note });
  }
  return conversation;
}

/** The bot answered the call it was given (FINE-PRINT 38). */
export function answerFromBot(
  partition: Partition,
  tenant: Tenant,
  command: AnswerFromBot,
): Answer {
  const conversation = tenant.conversations.get(command.conversation);
  if (conversation === undefined) return reject("unknown_conversation");
  if (conversation.state !== "with-bot" || conversation.bot.calling !== command.message) {
    return reject("wrong_state", conversation.state);
  }
  const queue =
    command.skillQueue === undefined ? undefined : tenant.queues.get(command.skillQueue);
  const wellFormed = command.skillQueue === undefined || queue !== undefined;
  const refused =
    command.replies.length > 0 &&
    writeRejection(mayWrite(botSituation(partition, conversation)), {}) !== undefined;
  conversation.bot.calling = undefined;
  if (!wellFormed || refused) {
    handOffFromBot(partition, conversation, wellFormed ? "bot_refused" : "bot_malformed");
    return conversation;
  }
  for (const content of command.replies) botWrote(partition, conversation, { content });
  if (command.close === true) close(partition, conversation, "closed_by_bot", { by: "bot" });
  else if (command.handOff === true) {
    handOffFromBot(partition, conversation, "bot_handed_off", queue);
  } else giveNext(partition, conversation);
  return conversation;
}

/** The call failed: people take over, nothing is dropped (3.15). */
export function failBot(partition: Partition, tenant: Tenant, command: FailBot): Answer {
  const conversation = tenant.conversations.get(command.conversation);
  if (conversation === undefined) return reject("unknown_conversation");
  if (conversation.state !== "with-bot" || conversation.bot.calling !== command.message) {
    return reject("wrong_state", conversation.state);
  }
  handOffFromBot(partition, conversation, command.reason);
  return conversation;
}
