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
import type { Rejection, RejectionCode } from "../rejections.ts";
import { giveNext } from "./bot.ts";
import * as codes from "./codes.ts";
import * as conversationRow from "./conversation-row.ts";
import { costOf } from "./conversation-selection.ts";
import { disarmStateTimers } from "./conversation-timers.ts";
import { by, endReservation, isOwned, move, stateOf, withdrawOffer } from "./conversations.ts";
import { armRoutingLimit, close, returnFromOffer, returnFromOwner } from "./episodes.ts";
import { explain } from "./explanations.ts";
import { accept, assign, freeUnits } from "./matching.ts";
import { botWrote, verdictRefusal } from "./messages.ts";
import { reject } from "./outcome.ts";
import { passOver } from "./pass-overs.ts";
import {
  agentOf,
  clearFlag,
  hasSkill,
  queueOf,
  tenantOf,
  type Agent,
  type Partition,
  type Queue,
  type Tenant,
} from "./state.ts";
import { botVerdictOf } from "./write-verdicts.ts";

const { presence, reason, rule, state, stateNames } = codes;
const { D, F, flag } = conversationRow;

/** What people and the bot do with a conversation (3.14). Each answers its handle, or refuses. */
export type Answer = number | Rejection;

interface OnConversation {
  readonly conversation: number;
  readonly version?: number;
  readonly agent?: string;
}

/** The conversation of this number in the tenant, or 0. */
export function conversationAt(partition: Partition, tenant: Tenant, number: number): number {
  const conversation = partition.byNumber.find(number);
  return conversation !== 0 && tenantOf(partition, conversation) === tenant ? conversation : 0;
}

/** The conversation, or the first refusal that holds for every action. */
function find(partition: Partition, tenant: Tenant, command: OnConversation): Answer {
  const conversation = conversationAt(partition, tenant, command.conversation);
  if (conversation === 0) return reject("unknown_conversation");
  if (command.agent !== undefined && !tenant.agents.has(command.agent)) {
    return reject("unknown_agent", command.agent);
  }
  const version = partition.conversations.get(conversation, F.version);
  if (command.version !== undefined && command.version !== version) {
    return reject("stale_version", `the conversation is at version ${version}`);
  }
  if (stateOf(partition, conversation) === state.closed) return reject("wrong_state", "closed");
  return conversation;
}

function actorOf(tenant: Tenant, { agent }: OnConversation): Agent | undefined {
  return agent === undefined ? undefined : tenant.agents.get(agent);
}

function wrongState(partition: Partition, conversation: number): Rejection {
  return reject("wrong_state", stateNames[stateOf(partition, conversation)]);
}

/** The agent named must be the one it is offered to. */
function findOffered(partition: Partition, tenant: Tenant, command: OnConversation): Answer {
  const conversation = find(partition, tenant, command);
  if (typeof conversation !== "number") return conversation;
  if (stateOf(partition, conversation) !== state.offered) {
    return wrongState(partition, conversation);
  }
  const agent = actorOf(tenant, command);
  if (agent === undefined || agent !== agentOf(partition, conversation)) {
    return reject("not_owner");
  }
  return conversation;
}

export function acceptOffer(partition: Partition, tenant: Tenant, command: AcceptOffer): Answer {
  const found = findOffered(partition, tenant, command);
  const agent = actorOf(tenant, command);
  if (typeof found !== "number" || agent === undefined) return found;
  accept(partition, found, agent, notedBy(command));
  return found;
}

export function declineOffer(partition: Partition, tenant: Tenant, command: DeclineOffer): Answer {
  const found = findOffered(partition, tenant, command);
  const agent = actorOf(tenant, command);
  if (typeof found !== "number" || agent === undefined) return found;
  agent.missedOffers = 0;
  withdrawOffer(partition, found, reason.declined);
  passOver(partition, found, agent);
  returnFromOffer(partition, found, reason.declined, by.agent + notedBy(command));
  return found;
}

/** To be added to who caused a move: whether the command says so in words of its own. */
function notedBy({ note }: { readonly note?: string }): number {
  return note === undefined ? 0 : by.noted;
}

/** A person gives it to an agent, whatever its state. */
export function assignConversation(
  partition: Partition,
  tenant: Tenant,
  command: AssignConversation,
): Answer {
  const conversation = find(partition, tenant, command);
  if (typeof conversation !== "number") return conversation;
  const agent = actorOf(tenant, command);
  if (agent === undefined) return reject("unknown_agent");
  if (isOwned(partition, conversation) && agentOf(partition, conversation) === agent) {
    return conversation;
  }
  const refusal = assignRefusal(partition, conversation, agent, command.override === true);
  if (refusal !== undefined) return reject(refusal);
  explain(partition, conversation, rule.person);
  withdrawOffer(partition, conversation, reason.assigned_by_person);
  endReservation(partition, conversation, reason.assigned_by_person);
  const stored = stateOf(partition, conversation);
  if (stored === state.dormant || stored === state.parked) {
    clearFlag(partition, conversation, flag.answered);
  }
  assign(partition, conversation, agent, by.supervisor + notedBy(command));
  return conversation;
}

function assignRefusal(
  partition: Partition,
  conversation: number,
  agent: Agent,
  override: boolean,
): RejectionCode | undefined {
  if (agent.presence === presence.offline) return "agent_not_available";
  if (override) return undefined;
  if (!hasSkill(agent, queueOf(partition, conversation))) return "skill_missing";
  const isTheirs = agentOf(partition, conversation) === agent;
  const inUse = isTheirs ? partition.conversations.get(conversation, F.units) : 0;
  return freeUnits(agent) + inUse < costOf(partition, conversation) ? "no_capacity" : undefined;
}

export function releaseConversation(
  partition: Partition,
  tenant: Tenant,
  command: ReleaseConversation,
): Answer {
  const conversation = find(partition, tenant, command);
  if (typeof conversation !== "number") return conversation;
  const agent = actorOf(tenant, command);
  if (!isOwned(partition, conversation)) return wrongState(partition, conversation);
  if (agent !== undefined && agent !== agentOf(partition, conversation)) {
    return reject("not_owner");
  }
  returnFromOwner(partition, conversation, {
    reason: agent === undefined ? reason.released_by_supervisor : reason.released,
    cause: (agent === undefined ? by.supervisor : by.agent) + notedBy(command),
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
  const conversation = find(partition, tenant, command);
  const queue =
    command.skillQueue === undefined ? undefined : tenant.queues.get(command.skillQueue);
  if (command.skillQueue !== undefined && queue === undefined) {
    return reject("unknown_skill_queue", command.skillQueue);
  }
  if (typeof conversation !== "number") return conversation;
  if (command.bot === true) {
    if (stateOf(partition, conversation) !== state.withBot) {
      return wrongState(partition, conversation);
    }
    handOffFromBot(partition, conversation, reason.bot_handed_off, queue, notedBy(command));
    return conversation;
  }
  if (!isOwned(partition, conversation)) return wrongState(partition, conversation);
  const agent = actorOf(tenant, command);
  if (agent === undefined || agent !== agentOf(partition, conversation)) {
    return reject("not_owner");
  }
  returnFromOwner(partition, conversation, {
    reason: reason.handed_off,
    cause: by.agent + notedBy(command),
    handOffTo: queue ?? queueOf(partition, conversation),
  });
  return conversation;
}

/** To people, with the routing limit whole from here on both clocks (FINE-PRINT 20). */
export function handOffFromBot(
  partition: Partition,
  conversation: number,
  why: number,
  queue: Queue = queueOf(partition, conversation),
  cause = 0,
): void {
  disarmStateTimers(partition, conversation);
  move(partition, conversation, state.queued, why, undefined, 0, queue, cause);
  armRoutingLimit(partition, conversation);
}

export function closeConversation(
  partition: Partition,
  tenant: Tenant,
  command: CloseConversation,
): Answer {
  const conversation = find(partition, tenant, command);
  if (typeof conversation !== "number") return conversation;
  const agent = actorOf(tenant, command);
  const noted = notedBy(command);
  if (command.bot === true) {
    if (stateOf(partition, conversation) !== state.withBot) {
      return wrongState(partition, conversation);
    }
    close(partition, conversation, reason.closed_by_bot, by.bot + noted);
  } else if (command.customer === true) {
    close(partition, conversation, reason.customer_ended, by.customer + noted);
  } else {
    return closeByPerson(partition, conversation, agent, noted);
  }
  return conversation;
}

/** The owner closes it, or a supervisor (no agent). @param noted as `notedBy` says */
export function closeByPerson(
  partition: Partition,
  conversation: number,
  agent: Agent | undefined,
  noted: number,
): Answer {
  if (agent === undefined) {
    close(partition, conversation, reason.closed_by_supervisor, by.supervisor + noted);
  } else if (!isOwned(partition, conversation) || agentOf(partition, conversation) !== agent) {
    return reject("not_owner");
  } else {
    close(partition, conversation, reason.closed_by_agent, by.agent + noted);
  }
  return conversation;
}

/** The conversation whose call to the bot this answers. */
function findCalling(
  partition: Partition,
  tenant: Tenant,
  command: AnswerFromBot | FailBot,
): Answer {
  const conversation = conversationAt(partition, tenant, command.conversation);
  if (conversation === 0) return reject("unknown_conversation");
  const calling = partition.conversations.getDouble(conversation, D.botCalling);
  const isCalling = calling !== 0 && calling === command.message;
  return stateOf(partition, conversation) === state.withBot && isCalling
    ? conversation
    : wrongState(partition, conversation);
}

/** The bot answered the call it was given (FINE-PRINT 38). */
export function answerFromBot(
  partition: Partition,
  tenant: Tenant,
  command: AnswerFromBot,
): Answer {
  const conversation = findCalling(partition, tenant, command);
  if (typeof conversation !== "number") return conversation;
  const queue =
    command.skillQueue === undefined ? undefined : tenant.queues.get(command.skillQueue);
  const wellFormed = command.skillQueue === undefined || queue !== undefined;
  const refused =
    command.replies.length > 0 &&
    verdictRefusal(botVerdictOf(partition, conversation), false, undefined) !== undefined;
  partition.conversations.setDouble(conversation, D.botCalling, 0);
  if (!wellFormed || refused) {
    const why = wellFormed ? reason.bot_refused : reason.bot_malformed;
    handOffFromBot(partition, conversation, why);
    return conversation;
  }
  for (const reply of command.replies.keys()) botWrote(partition, conversation, reply);
  if (command.close === true) {
    close(partition, conversation, reason.closed_by_bot, by.bot);
  } else if (command.handOff === true) {
    handOffFromBot(partition, conversation, reason.bot_handed_off, queue);
  } else {
    giveNext(partition, conversation);
  }
  return conversation;
}

/** The call failed: people take over, nothing is dropped (3.15). */
export function failBot(partition: Partition, tenant: Tenant, command: FailBot): Answer {
  const conversation = findCalling(partition, tenant, command);
  if (typeof conversation !== "number") return conversation;
  handOffFromBot(partition, conversation, reason[command.reason]);
  return conversation;
}
