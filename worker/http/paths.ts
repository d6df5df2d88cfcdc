import { Type } from "typebox";
import type { WorkerLimits } from "../limits.ts";
import { closed } from "./schemas/keys.ts";
import { customerAddress } from "./schemas/messages.ts";

// Where things are, and what the segments of a path are.

export const tenantPath = "/v1/tenants/:tenant";
export const agentPath = `${tenantPath}/agents/:agent`;
export const conversationPath = `${tenantPath}/conversations/:conversation`;
export const channelPath = `${tenantPath}/channels/:channel`;

const segment = (description: string) => Type.String({ description });
const tenant = segment("Id of the tenant.");
const channel = segment("Id of a channel.");

export const tenantParams = closed({ tenant }, "");
export const agentParams = closed({ tenant, agent: segment("Id of the agent.") }, "");
export const conversationParams = closed(
  { tenant, conversation: segment("Id of the conversation.") },
  "",
);
export const channelParams = closed({ tenant, channel }, "");
export const entryParams = closed({ tenant, channel, entry: segment("Id of the entry.") }, "");

/** `{customer}` is URL-encoded: `%2B4915123456789`. */
export function customerParams(limits: WorkerLimits) {
  return closed({ tenant, customer: customerAddress(limits) }, "");
}

export function polledParams(limits: WorkerLimits) {
  return closed({ tenant, channel, customer: customerAddress(limits) }, "");
}
