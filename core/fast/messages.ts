import { present } from "../assert.ts";
import { assignStraight } from "./arrivals.ts";
import type { RejectionCode } from "../rejections.ts";
import { giveNext } from "./bot.ts";
import * as codes from "./codes.ts";
import * as conversationRow from "./conversation-row.ts";
import { costOf } from "./conversation-selection.ts";
import { arm, disarm, disarmStateTimers } from "./conversation-timers.ts";
import { answered, endReservation, isOwned, move, stateOf } from "./conversations.ts";
import { beginEpisode, newEpisode, tellEpisodeBegan } from "./episodes.ts";
import { emit } from "./event-rows.ts";
import * as eventRow from "./event-row.ts";
import { explain } from "./explanations.ts";
import { freeUnits, tellAssigned } from "./matching.ts";
import { forgetPassOvers } from "./pass-overs.ts";
import { leavePlace } from "./places.ts";
import { refreshReplyWindow } from "./reply-windows.ts";
import {
  agentOf,
  channelOf,
  clearFlag,
  isOffline,
  queueOf,
  setFlag,
  tenantOf,
  type Agent,
  type Channel,
  type Partition,
  type Queue,
} from "./state.ts";
import { addUnanswered, lastUnanswered, severalUnanswered } from "./unanswered.ts";
import { limitOf, verdictAt, type Verdict } from "./write-verdicts.ts";

const { kind, presence, reason, rule, state, verdict, verdictReason } = codes;
const { D, F, flag } = conversationRow;
const { rowType } = eventRow;

const minuteMs = 60_000;

/** The open conversation of the customer, or a new one that is in no state yet. */
export function openConversation(
  partition: Partition,
  channel: Channel,
  customer: number,
  queue: Queue = queueOfChannel(channel),
): number {
  const { conversations, customers, byNumber } = partition;
  const open = customers.openOf(customer);
  if (open !== 0) return open;
  const { priority } = channel.settings;
  partition.lastConversation += 1;
  const conversation = conversations.take();
  conversations.setDouble(conversation, D.id, partition.lastConversation);
  conversations.setDouble(conversation, D.age, -1);
  conversations.set(conversation, F.tenant, channel.tenant.handle);
  conversations.set(conversation, F.channel, channel.handle);
  conversations.set(conversation, F.queue, queue.handle);
  conversations.set(conversation, F.customer, customer);
  conversations.set(conversation, F.priority, priority);
  newEpisode(partition, conversation, channel);
  byNumber.add(conversation);
  customers.refer(customer);
  customers.setOpen(customer, conversation);
  return conversation;
}

function queueOfChannel({ tenant, settings: { skillQueue } }: Channel): Queue {
  return present(tenant.queues.get(skillQueue), `skill queue ${skillQueue}`);
}

/**
 * A customer wrote (3.1); the id is remembered already.
 *
 * @param priority -1: the channel's
 * @returns sequence of the message
 */
export function receive(
  partition: Partition,
  conversation: number,
  queue: Queue,
  priority: number,
): number {
  const { conversations, customers } = partition;
  customers.setLastMessageAt(conversations.get(conversation, F.customer), partition.now);
  const stored = stateOf(partition, conversation);
  const seeksAnew = stored === 0 || stored === state.dormant || stored === state.parked;
  const channel = channelOf(partition, conversation);
  if (seeksAnew) {
    conversations.set(conversation, F.queue, queue.handle);
    conversations.set(
      conversation,
      F.priority,
      priority < 0 ? channel.settings.priority : priority,
    );
  }
  const sequence = note(partition, conversation);
  if (stored === 0 && assignStraight(partition, conversation, channel, queue)) return sequence;
  if (seeksAnew) beginEpisode(partition, conversation, reason.customer_wrote);
  else appended(partition, conversation);
  refreshReplyWindow(partition, conversation);
  return sequence;
}

/** Note the message down as unanswered; answers its sequence. */
function note(partition: Partition, conversation: number): number {
  const { conversations } = partition;
  const at = emit(partition, conversation, rowType.messageReceived);
  partition.events.cells[at] = conversations.get(conversation, F.agent);
  const sequence = partition.lastSequence;
  if (conversations.getDouble(conversation, D.age) < 0) {
    conversations.setDouble(conversation, D.age, partition.now);
    conversations.setDouble(conversation, D.ageSequence, sequence);
  }
  addUnanswered(partition, conversation, sequence);
  return sequence;
}

/** What a message does to a conversation that is already on its way (DOMAIN 3). */
function appended(partition: Partition, conversation: number): void {
  const { conversations, numbers } = partition;
  switch (stateOf(partition, conversation)) {
    case state.awaitingCustomer:
      clearFlag(partition, conversation, flag.offline);
      disarm(partition, conversation, kind.calledCustomerReply);
      move(
        partition,
        conversation,
        state.live,
        reason.customer_wrote,
        agentOf(partition, conversation),
      );
      armFirstReply(partition, conversation);
      return;
    case state.live:
      disarm(partition, conversation, kind.customerReply);
      if (!severalUnanswered(partition, conversation)) {
        armFirstReply(partition, conversation);
      }
      return;
    case state.withBot:
      disarm(partition, conversation, kind.botIdle);
      numbers.push(
        conversations,
        conversation,
        F.botFirst,
        lastUnanswered(partition, conversation),
      );
      giveNext(partition, conversation);
      return;
    default:
  }
}

function armFirstReply(partition: Partition, conversation: number): void {
  const { reassignAfterMinutes } = queueOf(partition, conversation).settings;
  if (reassignAfterMinutes === null) return;
  arm(partition, conversation, kind.firstReply, reassignAfterMinutes * minuteMs);
}

/** Why the owner, or the bot (no agent), may not write (3.14), the window left aside. */
export function writerRefusal(
  partition: Partition,
  conversation: number,
  agent: Agent | undefined,
  version: number | undefined,
): RejectionCode | undefined {
  const { conversations } = partition;
  if (version !== undefined && version !== conversations.get(conversation, F.version)) {
    return "stale_version";
  }
  const byBot = agent === undefined;
  if (byBot !== (stateOf(partition, conversation) === state.withBot)) return "wrong_state";
  if (!byBot && !isOwned(partition, conversation)) return "wrong_state";
  if (!byBot && conversations.get(conversation, F.agent) !== agent.handle) return "not_owner";
  return undefined;
}

/** Why a message is refused under this verdict, or undefined if it may be sent. */
export function verdictRefusal(
  { verdict: of, reason: why }: Verdict,
  template: boolean,
  tag: string | undefined,
): RejectionCode | undefined {
  switch (of) {
    case verdict.allowed:
      return undefined;
    case verdict["allowed-with-tag"]:
      return isHumanAgentTag(tag) ? undefined : "tag_required";
    case verdict["template-only"]:
      return template ? undefined : "template_required";
    default:
      if (why === verdictReason.replies_not_allowed) return "replies_not_allowed";
      return why === verdictReason.cannot_start ? "cannot_start" : "reply_window_closed";
  }
}

function isHumanAgentTag(tag: string | undefined): boolean {
  return tag !== undefined && tag.toLowerCase().replaceAll("_", "-") === "human-agent";
}

/** Tell the customer side. @param reply place in the bot's answer; -1: the command's own words */
function send(
  partition: Partition,
  conversation: number,
  agent: Agent | undefined,
  reply: number,
): void {
  const at = emit(partition, conversation, rowType.messageSent);
  const { cells } = partition.events;
  cells[at] = agent === undefined ? 0 : agent.handle;
  cells[at + 1] = isOffline(partition, conversation) ? 1 : 0;
  cells[at + 2] = reply;
  cells[at + 3] = lastUnanswered(partition, conversation);
}

/** The bot wrote: its answer timer stops, and it waits for the customer. */
export function botWrote(partition: Partition, conversation: number, reply: number): void {
  send(partition, conversation, undefined, reply);
  disarm(partition, conversation, kind.botAnswer);
  const { customerReplyTimeoutMinutes } = channelOf(partition, conversation).settings;
  if (customerReplyTimeoutMinutes !== null) {
    arm(partition, conversation, kind.botIdle, customerReplyTimeoutMinutes * minuteMs);
  }
}

export function agentWrote(partition: Partition, conversation: number, agent: Agent): void {
  send(partition, conversation, agent, -1);
  answered(partition, conversation);
  setFlag(partition, conversation, flag.answered);
  noteLastAgent(partition, conversation, agent);
  disarm(partition, conversation, kind.firstReply);
  if (stateOf(partition, conversation) === state.assigned) {
    const to = isOffline(partition, conversation) ? state.awaitingCustomer : state.live;
    move(partition, conversation, to, reason.agent_wrote, agent);
  }
  awaitCustomer(partition, conversation);
}

/** The agent sent a message: they are the last agent from now on. */
function noteLastAgent(partition: Partition, conversation: number, agent: Agent): void {
  const { customers, conversations, now } = partition;
  const customer = conversations.get(conversation, F.customer);
  customers.setLastAgent(customer, agent.name, now);
  const id = customers.customerIdOf(customer);
  if (id !== undefined) notePerson(partition, agent.tenant.handle, id, agent.name, now);
}

function notePerson(
  { customers, limits }: Partition,
  tenant: number,
  id: string,
  agent: number,
  at: number,
): void {
  customers.setPerson(tenant, id, agent, at);
  if (customers.personCount(tenant) > limits.customersRememberedMax) {
    customers.forgetOldestPerson(tenant);
  }
}

/** A message names who the customer is; a last agent they already have comes along. */
export function noteCustomerId(partition: Partition, conversation: number, id: string): void {
  const { customers, conversations } = partition;
  const customer = conversations.get(conversation, F.customer);
  if (customers.customerIdOf(customer) === id) return;
  customers.setCustomerId(customer, id);
  const { handle } = tenantOf(partition, conversation);
  const known = customers.findPerson(handle, id);
  const here = customers.lastAgent(customer);
  const at = customers.lastAgentAt(customer);
  if (here !== 0 && (known === 0 || customers.personAt(known) < at)) {
    notePerson(partition, handle, id, here, at);
  }
}

/** Until the customer writes, or the timeout frees the slot. */
function awaitCustomer(partition: Partition, conversation: number): void {
  const { settings } = channelOf(partition, conversation);
  const { customerReplyTimeoutMinutes, offlineMessages } = settings;
  if (stateOf(partition, conversation) === state.awaitingCustomer) {
    const timeoutMs = offlineMessages.calledCustomerReplyTimeoutMinutes * minuteMs;
    arm(partition, conversation, kind.calledCustomerReply, timeoutMs);
  } else if (customerReplyTimeoutMinutes !== null) {
    arm(partition, conversation, kind.customerReply, customerReplyTimeoutMinutes * minuteMs);
  }
}

/** An agent writes first; nothing refuses it, and its id is remembered (3.12). */
export function contact(partition: Partition, conversation: number, agent: Agent): void {
  endReservation(partition, conversation, reason.contacted);
  forgetPassOvers(partition, conversation);
  disarmStateTimers(partition, conversation);
  leavePlace(partition, conversation);
  newEpisode(partition, conversation, channelOf(partition, conversation));
  setFlag(partition, conversation, flag.answered | flag.offline);
  if (stateOf(partition, conversation) === 0) tellEpisodeBegan(partition, conversation, false);
  const units = costOf(partition, conversation);
  move(partition, conversation, state.awaitingCustomer, reason.contacted, agent, units);
  tellAssigned(partition, conversation, agent);
  agentWrote(partition, conversation, agent);
}

/** Why this agent may not contact the customer (0: nobody known) at a channel. */
export function contactRefusal(
  partition: Partition,
  channel: Channel,
  customer: number,
  agent: Agent,
  template: boolean,
  tag: string | undefined,
): RejectionCode | undefined {
  const { customers } = partition;
  const { offlineMessages } = channel.settings;
  if (!offlineMessages.enabled) return "offline_messages_disabled";
  const open = customer === 0 ? 0 : customers.openOf(customer);
  const stored = open === 0 ? 0 : stateOf(partition, open);
  if (stored === state.withBot) return "wrong_state";
  if (stored >= state.offered && stored <= state.live) return "conversation_owned";
  if (agent.presence !== presence.available) return "agent_not_available";
  if (freeUnits(agent) < channel.cost) return "no_capacity";
  const lastMessageAt = customer === 0 ? -1 : customers.lastMessageAt(customer);
  const { now } = partition;
  const says = verdictAt(channel.policy.ofKind, now, lastMessageAt, limitOf(channel));
  return verdictRefusal(says, template, tag);
}

/** For the reason `contact`, asked before anything changes. */
export function explainContact(partition: Partition, conversation: number): void {
  explain(partition, conversation, rule.contact);
}
