import { present } from "../assert.ts";
import type { ContactCustomer, ReceiveMessage, WriteMessage } from "../commands.ts";
import type { Result } from "../engine.ts";
import type { RejectionCode } from "../rejections.ts";
import { mayWrite, writeRejection } from "../reply-window.ts";
import { sendAutoReply } from "./auto-replies.ts";
import { giveNext } from "./bot.ts";
import {
  answered,
  arm,
  disarm,
  disarmStateTimers,
  endReservation,
  forgetPassOvers,
  isOwned,
  move,
} from "./conversations.ts";
import { customerAt, customerKey, noteCustomerId, noteLastAgent } from "./customers.ts";
import { emit } from "./emit.ts";
import { beginEpisode, newEpisode } from "./episodes.ts";
import { costOf } from "./lanes.ts";
import { explain, freeUnits, tellAssigned } from "./matching.ts";
import { outcomeOf, reject } from "./outcome.ts";
import { leavePlace } from "./places.ts";
import { recall, remember } from "./remembered-ids.ts";
import { refreshReplyWindow } from "./reply-windows.ts";
import type { Agent, Channel, Conversation, Customer, Partition, Tenant } from "./state.ts";
import { botSituation, writeSituation } from "./write-situation.ts";

const minuteMs = 60_000;

/** A customer wrote (3.1). */
export function receiveMessage(
  partition: Partition,
  tenant: Tenant,
  command: ReceiveMessage,
): Conversation | Result {
  const channel = tenant.channels.get(command.channel);
  if (channel === undefined) return reject("unknown_channel", command.channel);
  const queueId = command.skillQueue ?? channel.settings.skillQueue;
  const queue = tenant.queues.get(queueId);
  if (queue === undefined) return reject("unknown_skill_queue", queueId);
  const repeat = repeated(partition, tenant, channel, "customer", command.id);
  if (repeat !== undefined) return repeat;

  const customer = customerAt(partition, tenant, channel, command.customer);
  const conversation = customer.open ?? openConversation(partition, tenant, channel, customer);
  remember(partition, conversation, "customer", command.id, "message");
  if (command.customerId !== undefined) noteCustomerId(partition, conversation, command.customerId);
  customer.lastMessageAt = partition.now;
  const seeksAnew =
    conversation.state === undefined ||
    conversation.state === "dormant" ||
    conversation.state === "parked";
  if (seeksAnew) {
    conversation.queue = queue;
    conversation.priority = command.priority ?? channel.settings.priority;
  }
  const sequence = note(partition, conversation, command);
  if (seeksAnew) beginEpisode(partition, conversation, "customer_wrote");
  else appended(partition, conversation);
  refreshReplyWindow(partition, conversation);
  sendAutoReply(partition, conversation, command, sequence);
  return conversation;
}

/** Note the message down as unanswered; answers its sequence. */
function note(partition: Partition, conversation: Conversation, command: ReceiveMessage): number {
  const { agent } = conversation;
  const sequence = emit(partition, conversation, {
    type: "messageReceived",
    id: command.id,
    content: command.content,
    ...(command.customerId === undefined ? {} : { customerId: command.customerId }),
    ...(agent === undefined ? {} : { agent: agent.id }),
  });
  if (conversation.age === undefined) {
    conversation.age = partition.now;
    conversation.ageSequence = sequence;
  }
  conversation.unanswered.push(sequence);
  return sequence;
}

/** What a message does to a conversation that is already on its way (DOMAIN 3). */
function appended(partition: Partition, conversation: Conversation): void {
  switch (conversation.state) {
    case "awaiting-customer":
      conversation.offline = false;
      disarm(conversation, "calledCustomerReply");
      move(partition, conversation, {
        to: "live",
        reason: "customer_wrote",
        ...(conversation.agent === undefined ? {} : { agent: conversation.agent }),
      });
      armFirstReply(partition, conversation);
      return;
    case "live":
      disarm(conversation, "customerReply");
      if (conversation.unanswered.length === 1) armFirstReply(partition, conversation);
      return;
    case "with-bot": {
      const sequence = conversation.unanswered.at(-1);
      disarm(conversation, "botIdle");
      if (sequence !== undefined) conversation.bot.pending.push(sequence);
      giveNext(partition, conversation);
      return;
    }
    default:
      return;
  }
}

function armFirstReply(partition: Partition, conversation: Conversation): void {
  const { reassignAfterMinutes } = conversation.queue.settings;
  if (reassignAfterMinutes === null) return;
  arm(partition, conversation, "firstReply", reassignAfterMinutes * minuteMs);
}

function openConversation(
  partition: Partition,
  tenant: Tenant,
  channel: Channel,
  customer: Customer,
): Conversation {
  partition.lastConversation += 1;
  const { skillQueue } = channel.settings;
  const conversation: Conversation = {
    id: partition.lastConversation,
    tenant,
    channel,
    customer,
    queue: present(tenant.queues.get(skillQueue), `skill queue ${skillQueue}`),
    priority: channel.settings.priority,
    state: undefined,
    offline: false,
    version: 0,
    agent: undefined,
    units: 0,
    episode: newEpisode({ channel }),
    unanswered: [],
    age: undefined,
    ageSequence: 0,
    place: undefined,
    reservedFor: undefined,
    passedOver: new Map(),
    timers: new Map(),
    offered: undefined,
    bot: { pending: [], calling: undefined },
    verdict: undefined,
    reason: undefined,
  };
  customer.open = conversation;
  if (customer.address !== undefined) {
    tenant.idleCustomers.delete(customerKey(channel.id, customer.address));
  }
  tenant.conversations.set(conversation.id, conversation);
  return conversation;
}

/** The owner, or the bot, writes (3.11, 3.14). */
export function writeMessage(
  partition: Partition,
  tenant: Tenant,
  command: WriteMessage,
): Conversation | Result {
  const conversation = tenant.conversations.get(command.conversation);
  if (conversation === undefined) return reject("unknown_conversation");
  const agent = command.agent === undefined ? undefined : tenant.agents.get(command.agent);
  if (command.agent !== undefined && agent === undefined) {
    return reject("unknown_agent", command.agent);
  }
  const repeat = repeated(partition, tenant, conversation.channel, "agent", command.id);
  if (repeat !== undefined) return repeat;
  const refusal = writeRefusal(partition, conversation, agent, command);
  if (refusal !== undefined) return reject(refusal);

  remember(partition, conversation, "agent", command.id, "write");
  if (agent === undefined) botWrote(partition, conversation, command);
  else agentWrote(partition, conversation, agent, command);
  return conversation;
}

function writeRefusal(
  partition: Partition,
  conversation: Conversation,
  agent: Agent | undefined,
  command: WriteMessage,
): RejectionCode | undefined {
  const { state, version } = conversation;
  if (command.version !== undefined && command.version !== version) return "stale_version";
  const byBot = agent === undefined;
  if (byBot !== (state === "with-bot")) return "wrong_state";
  if (state === "closed") return "wrong_state";
  if (!byBot && !isOwned(conversation)) return "wrong_state";
  if (!byBot && conversation.agent !== agent) return "not_owner";
  const situation = byBot
    ? botSituation(partition, conversation)
    : writeSituation(partition, conversation);
  return writeRejection(mayWrite(situation), command);
}

interface Words {
  readonly id?: string;
  readonly template?: boolean;
  readonly tag?: string;
  readonly content: string;
}

/** Tell the customer side. */
function send(
  partition: Partition,
  conversation: Conversation,
  agent: Agent | undefined,
  words: Words,
): void {
  const inReplyTo = conversation.unanswered.at(-1);
  emit(partition, conversation, {
    type: "messageSent",
    ...(words.id === undefined ? {} : { id: words.id }),
    ...(agent === undefined ? {} : { agent: agent.id }),
    offline: conversation.offline,
    template: words.template ?? false,
    ...(words.tag === undefined ? {} : { tag: words.tag }),
    content: words.content,
    ...(inReplyTo === undefined ? {} : { inReplyTo }),
  });
}

/** The bot wrote: its answer timer stops, and it waits for the customer. */
export function botWrote(partition: Partition, conversation: Conversation, words: Words): void {
  send(partition, conversation, undefined, words);
  disarm(conversation, "botAnswer");
  const { customerReplyTimeoutMinutes } = conversation.channel.settings;
  if (customerReplyTimeoutMinutes !== null) {
    arm(partition, conversation, "botIdle", customerReplyTimeoutMinutes * minuteMs);
  }
}

function agentWrote(
  partition: Partition,
  conversation: Conversation,
  agent: Agent,
  words: Words,
): void {
  send(partition, conversation, agent, words);
  answered(conversation);
  conversation.episode.answered = true;
  noteLastAgent(partition, conversation, agent);
  disarm(conversation, "firstReply");
  if (conversation.state === "assigned") {
    const to = conversation.offline ? "awaiting-customer" : "live";
    move(partition, conversation, { to, reason: "agent_wrote", agent });
  }
  awaitCustomer(partition, conversation);
}

/** Until the customer writes, or the timeout frees the slot. */
function awaitCustomer(partition: Partition, conversation: Conversation): void {
  const { customerReplyTimeoutMinutes, offlineMessages } = conversation.channel.settings;
  if (conversation.state === "awaiting-customer") {
    const timeoutMs = offlineMessages.calledCustomerReplyTimeoutMinutes * minuteMs;
    arm(partition, conversation, "calledCustomerReply", timeoutMs);
  } else if (customerReplyTimeoutMinutes !== null) {
    arm(partition, conversation, "customerReply", customerReplyTimeoutMinutes * minuteMs);
  }
}

/** An agent writes first (3.12, FINE-PRINT 26–27). */
export function contactCustomer(
  partition: Partition,
  tenant: Tenant,
  command: ContactCustomer,
): Conversation | Result {
  const channel = tenant.channels.get(command.channel);
  if (channel === undefined) return reject("unknown_channel", command.channel);
  const agent = tenant.agents.get(command.agent);
  if (agent === undefined) return reject("unknown_agent", command.agent);
  const repeat = repeated(partition, tenant, channel, "agent", command.id);
  if (repeat !== undefined) return repeat;
  const known = tenant.customers.get(customerKey(channel.id, command.customer));
  const refusal = contactRefusal(partition, tenant, channel, known, agent, command);
  if (refusal !== undefined) return reject(refusal);

  const customer = customerAt(partition, tenant, channel, command.customer);
  const conversation = customer.open ?? openConversation(partition, tenant, channel, customer);
  const reason = explain(partition, conversation, "contact");
  remember(partition, conversation, "agent", command.id, "contact");
  endReservation(partition, conversation, "contacted");
  forgetPassOvers(conversation);
  disarmStateTimers(conversation);
  leavePlace(conversation);
  conversation.episode = { ...newEpisode(conversation), answered: true };
  conversation.offline = true;
  if (conversation.state === undefined) {
    emit(partition, conversation, {
      type: "episodeBegan",
      opened: true,
      priority: conversation.priority,
    });
  }
  const units = costOf(conversation);
  move(partition, conversation, { to: "awaiting-customer", reason: "contacted", agent, units });
  tellAssigned(partition, conversation, agent, reason);
  agentWrote(partition, conversation, agent, command);
  return conversation;
}

function contactRefusal(
  partition: Partition,
  tenant: Tenant,
  channel: Channel,
  customer: Customer | undefined,
  agent: Agent,
  command: ContactCustomer,
): RejectionCode | undefined {
  const { offlineMessages, kind } = channel.settings;
  if (!offlineMessages.enabled) return "offline_messages_disabled";
  switch (customer?.open?.state) {
    case "with-bot":
      return "wrong_state";
    case "offered":
    case "assigned":
    case "awaiting-customer":
    case "live":
      return "conversation_owned";
    default:
      break;
  }
  if (agent.presence !== "available") return "agent_not_available";
  if (freeUnits(agent) < tenant.configuration.channelCosts[kind]) return "no_capacity";
  const verdict = mayWrite({
    kind,
    now: partition.now,
    lastMessageAt: customer?.lastMessageAt,
    limitMinutes: offlineMessages.agentOutboundTimeLimitMinutes,
  });
  return writeRejection(verdict, command);
}

function repeated(
  partition: Partition,
  tenant: Tenant,
  channel: Channel,
  direction: "customer" | "agent",
  id: string,
): Result | undefined {
  const first = recall(partition, tenant, channel.id, direction, id);
  if (first === undefined) return undefined;
  const conversation = tenant.conversations.get(first.conversation);
  if (conversation !== undefined) return outcomeOf(conversation, first.kind);
  const { kind } = first;
  const gone = { state: "closed", offline: false, version: 0, duplicateOf: kind } as const;
  return { status: "accepted", conversation: first.conversation, ...gone };
}
