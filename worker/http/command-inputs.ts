import { isAutomaticMail } from "../../core/auto-reply.ts";
import type { ConversationId } from "../../core/commands.ts";
import type { CommandInput } from "../shards/routing.ts";
import type { AgentMessage, Contact, InboundMessage } from "./schemas/messages.ts";
import { contentOf } from "./wire.ts";

// What is said over HTTP, as commands of the engine.

export function receiveMessage(tenant: string, message: InboundMessage): CommandInput {
  const { id, channel, customer, customerId, skillQueue, priority, headers } = message;
  const content = contentOf(message);
  if (
    customerId === undefined &&
    skillQueue === undefined &&
    priority === undefined &&
    headers === undefined
  )
    return { type: "receiveMessage", tenant, id, channel, customer, content };
  return {
    type: "receiveMessage",
    tenant,
    id,
    channel,
    customer,
    ...(customerId !== undefined && { customerId }),
    ...(skillQueue !== undefined && { skillQueue }),
    ...(priority !== undefined && { priority }),
    ...(headers !== undefined && isAutomaticMail(headers) && { automatic: true }),
    content,
  };
}

export function writeMessage(
  tenant: string,
  conversation: ConversationId,
  message: AgentMessage,
): CommandInput {
  const { id, from, version, template, tag } = message;
  return {
    type: "writeMessage",
    tenant,
    conversation,
    id,
    ...(from.agent !== undefined && { agent: from.agent }),
    ...(version !== undefined && { version }),
    ...(isTemplate(template) && { template: true }),
    ...(tag !== undefined && { tag }),
    content: contentOf(message),
  };
}

export function contactCustomer(tenant: string, contact: Contact): CommandInput {
  const { id, agent, channel, customer, template, tag } = contact;
  return {
    type: "contactCustomer",
    tenant,
    id,
    agent,
    channel,
    customer,
    ...(isTemplate(template) && { template: true }),
    ...(tag !== undefined && { tag }),
    content: contentOf(contact),
  };
}

function isTemplate(template: AgentMessage["template"]): boolean {
  return template !== undefined && template !== false && template !== "";
}
