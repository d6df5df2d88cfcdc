import { selectAgent } from "./agent-selection.ts";
import * as codes from "./codes.ts";
import * as conversationRow from "./conversation-row.ts";
import { linkToAgent, tellMoved } from "./conversations.ts";
import { tellEpisodeBegan } from "./episodes.ts";
import { explain } from "./explanations.ts";
import { lastAgentOf } from "./last-agent.ts";
import { armReassignment, tellAssigned } from "./matching.ts";
import { noLongerIdle, refreshAgents, touch } from "./members.ts";
import { setVerdictTold } from "./flag-numbers.ts";
import { agentAt, type Channel, type Partition, type Queue } from "./state.ts";

const { reason, state, verdict } = codes;
const { F } = conversationRow;

/**
 * A conversation that begins while nothing else is to be settled, and for which somebody is free,
 * comes into the line and goes to them in one step: the events of both moves, one after the other,
 * and nothing done in between only to be undone (a place in line, the connect wait, a second look).
 * What else could happen on the way is left to the long one: answers false.
 */
export function assignStraight(
  partition: Partition,
  conversation: number,
  channel: Channel,
  queue: Queue,
): boolean {
  if (!queue.isPlain || !queue.clock.open || !channel.policy.isPlain) return false;
  if (partition.unsettled.length > 0 || partition.rebuilding) return false;
  if (channel.settings.lastAgentMode.enabled && lastAgentOf(partition, conversation) !== 0) {
    return false;
  }
  refreshAgents(partition);
  const { costClass } = channel;
  if ((queue.free[costClass] ?? 0) === 0) return false;
  const { conversations } = partition;
  tellEpisodeBegan(partition, conversation, true);
  conversations.set(conversation, F.state, state.queued);
  conversations.set(conversation, F.version, 1);
  tellMoved(partition, conversation, -1, undefined, reason.customer_wrote);
  partition.lastTimer += 1; // the connect wait has its sequence, though nobody waits
  const agent = agentAt(partition, selectAgent(partition, queue, conversation, costClass));
  queue.lastChosen = agent.name;
  explain(partition, conversation, queue.rule);
  conversations.set(conversation, F.state, state.assigned);
  conversations.set(conversation, F.version, 2);
  conversations.set(conversation, F.reason, reason.matched);
  setVerdictTold(partition, conversation, verdict.allowed);
  conversations.set(conversation, F.units, channel.cost);
  agent.used += channel.cost;
  linkToAgent(partition, conversation, agent);
  noLongerIdle(partition, agent);
  touch(partition, agent);
  tellMoved(partition, conversation, state.queued, agent, reason.matched);
  armReassignment(partition, conversation, queue);
  tellAssigned(partition, conversation, agent);
  return true;
}
