import { hasSkill } from "./agent-selection.ts";
import { reserve } from "./conversations.ts";
import { isEligible, matchReserved, route } from "./matching.ts";
import type { Conversation, LastAgent, Partition } from "./state.ts";

const minuteMs = 60_000;

/**
 * The last agent gets the conversation now if eligible; else it is kept for them, once an episode,
 * for a wait that depends on whether they are signed in (3.7, FINE-PRINT 17).
 */
export function applyLastAgentRule(partition: Partition, conversation: Conversation): void {
  const { tenant, queue, channel, state } = conversation;
  const { validityMinutes, waitMinutes, offlineWaitMinutes } = channel.settings.lastAgentMode;
  const last = lastAgentOf(conversation);
  if (last === undefined || state !== "queued") return;
  if (partition.now >= last.at + validityMinutes * minuteMs) return;
  const agent = tenant.agents.get(last.agent);
  if (agent === undefined || !hasSkill(agent, queue)) return;
  // Who is kept for them goes first where an offer just withdrawn made room (3.5).
  if (queue.clock.open) matchReserved(partition, tenant);
  if (queue.clock.open && isEligible(conversation, agent)) {
    route(partition, conversation, agent, "last-agent");
    return;
  }
  if (conversation.episode.reservationMade) return;
  conversation.episode.reservationMade = true;
  const waitMs = (agent.presence === "offline" ? offlineWaitMinutes : waitMinutes) * minuteMs;
  if (waitMs > 0) reserve(partition, conversation, agent, waitMs);
}

/** Within the channel, or across channels for a customer with a `customerId`. */
export function lastAgentOf(conversation: Conversation): LastAgent | undefined {
  const { tenant, channel, customer } = conversation;
  const here = customer.lastAgent;
  if (channel.settings.lastAgentMode.scope === "channel" || customer.customerId === undefined) {
    return here;
  }
  const anywhere = tenant.people.get(customer.customerId);
  if (here === undefined || anywhere === undefined) return here ?? anywhere;
  return anywhere.at >= here.at ? anywhere : here;
}
