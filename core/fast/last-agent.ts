import * as codes from "./codes.ts";
import * as conversationRow from "./conversation-row.ts";
import { costClassOf } from "./conversation-selection.ts";
import { reserve } from "./conversations.ts";
import { ineligibility } from "./explanations.ts";
import { matchReserved, route } from "./matching.ts";
import { memberOf, refreshAgents } from "./members.ts";
import { channelOf, has, hasSkill, queueOf, setFlag, tenantOf, type Partition } from "./state.ts";

const { presence, rule, state } = codes;
const { F, flag } = conversationRow;

const minuteMs = 60_000;

/**
 * The last agent gets the conversation now if eligible; else it is kept for them, once an episode,
 * for a wait that depends on whether they are signed in (3.7, FINE-PRINT 17).
 */
export function applyLastAgentRule(partition: Partition, conversation: number): void {
  if (partition.conversations.get(conversation, F.state) !== state.queued) return;
  const { lastAgentMode } = channelOf(partition, conversation).settings;
  const last = lastAgentOf(partition, conversation);
  if (last === 0) return;
  const { name, at } = found;
  if (partition.now >= at + lastAgentMode.validityMinutes * minuteMs) return;
  const agent = tenantOf(partition, conversation).agentsByName[name];
  const queue = queueOf(partition, conversation);
  if (agent === undefined || !hasSkill(agent, queue)) return;
  if (queue.clock.open) {
    // Who is kept for them goes first where an offer just withdrawn made room (3.5).
    matchReserved(partition, queue.tenant);
    refreshAgents(partition);
    const member = memberOf(partition, queue, agent.handle);
    const costClass = costClassOf(partition, conversation);
    if (member !== 0 && ineligibility(partition, conversation, member, costClass) === 0) {
      route(partition, conversation, agent, rule["last-agent"]);
      return;
    }
  }
  if (has(partition, conversation, flag.reservationMade)) return;
  setFlag(partition, conversation, flag.reservationMade);
  const { offlineWaitMinutes, waitMinutes } = lastAgentMode;
  const waits = agent.presence === presence.offline ? offlineWaitMinutes : waitMinutes;
  if (waits > 0) reserve(partition, conversation, agent, waits * minuteMs);
}

/** What `lastAgentOf` found. */
const found = { name: 0, at: 0 };

/** Name of the last agent, or 0: within the channel, or across channels by `customerId`. */
export function lastAgentOf(partition: Partition, conversation: number): number {
  const { customers, conversations } = partition;
  const customer = conversations.get(conversation, F.customer);
  found.name = customers.lastAgent(customer);
  found.at = customers.lastAgentAt(customer);
  const { lastAgentMode } = channelOf(partition, conversation).settings;
  if (lastAgentMode.scope === "channel" || !customers.hasCustomerId(customer)) return found.name;
  const person = customers.personOf(customer);
  if (person !== 0 && (found.name === 0 || customers.personAt(person) >= found.at)) {
    found.name = customers.personAgent(person);
    found.at = customers.personAt(person);
  }
  return found.name;
}
