import type {
  Command,
  ContactCustomer,
  ReceiveMessage,
  SetPresence,
  WriteMessage,
} from "../commands.ts";
import type { Result } from "../engine.ts";
import type { Event } from "../events.ts";
import {
  acceptOffer,
  answerFromBot,
  assignConversation,
  closeConversation,
  conversationAt,
  declineOffer,
  failBot,
  handOffConversation,
  releaseConversation,
} from "./actions.ts";
import { presence } from "./codes.ts";
import { configureTenant } from "./configuring.ts";
import { eraseCustomer } from "./erasing.ts";
import { emitPlain, rowType } from "./event-rows.ts";
import { reject } from "./outcome.ts";
import { planCalendars } from "./plans.ts";
import { setPresence } from "./presence.ts";
import { giveHandle, type Agent, type Partition, type Tenant } from "./state.ts";
import { takeAnswer, takeContact, takeMessage } from "./writes.ts";

/** Every command but time's own. */
export type Deed = Exclude<Command, { readonly type: "tick" }>;

/**
 * What each command does, once what was due before it has fired: whom its ids mean, then the rules.
 * A conversation or an agent stands for its outcome, which is read once everything has settled.
 *
 * @param events gets what no row can say: who was erased
 */
export function applyNow(
  partition: Partition,
  command: Deed,
  events: Event[],
): number | Agent | Result {
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
    case "eraseCustomer": {
      const conversations = eraseCustomer(partition, tenant, command);
      partition.lastSequence += 1;
      events.push({
        type: "customerErased",
        tenant: tenant.id,
        customer: command.customer,
        conversations,
        sequence: partition.lastSequence,
        at: partition.now,
      });
      return { status: "erased", conversations };
    }
    case "recordDelivery":
      emitPlain(partition, rowType.deliveryRecorded, tenant.handle);
      return { status: "acknowledged" };
    case "setPresence":
      return declarePresence(partition, tenant, command);
  }
}

/** Handles that the last command's events were the last to name. */
export function forgetDiscarded(partition: Partition): void {
  const { discarded } = partition;
  if (discarded.length === 0) return;
  for (const { list, handle } of discarded) giveHandle(partition, list, handle);
  discarded.length = 0;
}

/** What the present message says: filled in anew for each, so that none is made. */
const inbound = {
  id: { text: "", high: 0, low: 0 },
  address: { text: "", high: 0, low: 0 },
  customer: 0,
  customerId: undefined as string | undefined,
  priority: -1,
  automatic: false,
};
const outbound = {
  id: { text: "", high: 0, low: 0 },
  version: undefined as number | undefined,
  template: false,
  tag: undefined as string | undefined,
};

function receiveMessage(
  partition: Partition,
  tenant: Tenant,
  command: ReceiveMessage,
): number | Result {
  const channel = tenant.channels.get(command.channel);
  if (channel === undefined) return reject("unknown_channel", command.channel);
  const queueId = command.skillQueue ?? channel.settings.skillQueue;
  const queue = tenant.queues.get(queueId);
  if (queue === undefined) return reject("unknown_skill_queue", queueId);
  inbound.id.text = command.id;
  inbound.address.text = command.customer;
  inbound.customerId = command.customerId;
  inbound.priority = command.priority ?? -1;
  inbound.automatic = command.automatic === true;
  return takeMessage(partition, channel, queue, inbound);
}

function writeMessage(
  partition: Partition,
  tenant: Tenant,
  command: WriteMessage,
): number | Result {
  const conversation = conversationAt(partition, tenant, command.conversation);
  if (conversation === 0) return reject("unknown_conversation");
  const agent = command.agent === undefined ? undefined : tenant.agents.get(command.agent);
  if (command.agent !== undefined && agent === undefined) {
    return reject("unknown_agent", command.agent);
  }
  outbound.id.text = command.id;
  outbound.version = command.version;
  outbound.template = command.template === true;
  outbound.tag = command.tag;
  return takeAnswer(partition, conversation, agent, outbound);
}

function contactCustomer(
  partition: Partition,
  tenant: Tenant,
  command: ContactCustomer,
): number | Result {
  const channel = tenant.channels.get(command.channel);
  if (channel === undefined) return reject("unknown_channel", command.channel);
  const agent = tenant.agents.get(command.agent);
  if (agent === undefined) return reject("unknown_agent", command.agent);
  inbound.address.text = command.customer;
  outbound.id.text = command.id;
  outbound.version = undefined;
  outbound.template = command.template === true;
  outbound.tag = command.tag;
  return takeContact(partition, channel, agent, inbound.address, outbound);
}

function declarePresence(
  partition: Partition,
  tenant: Tenant,
  command: SetPresence,
): Agent | Result {
  const agent = tenant.agents.get(command.agent);
  if (agent === undefined) return reject("unknown_agent", command.agent);
  setPresence(partition, agent, presence[command.status]);
  return agent;
}
