import { mayMatch } from "./conversations.ts";
import type { Agent, Partition, Queue } from "./state.ts";
import { armTimer, cancelTimer } from "./timers.ts";

/** How fast one queue gives work to one agent (3.16, FINE-PRINT 18). */

const windowMs = 60_000;

/** While the allowance timer runs, the agent has had all that the queue gives in a minute. */
export function isBelowRate(queue: Queue, agent: Agent): boolean {
  return !queue.allowances.has(agent.id);
}

/** Something of this queue was routed to the agent. */
export function countRouted(partition: Partition, queue: Queue, agent: Agent): void {
  if (queue.settings.maxAssignmentsPerAgentPerMinute === null) return;
  queue.routed.set(agent.id, [...recentlyRouted(partition, queue, agent), partition.now]);
  awaitAllowance(partition, queue, agent);
}

/** The agent's oldest routing has left the window. */
export function allowanceReturned(partition: Partition, queue: Queue, agent: Agent): void {
  queue.allowances.delete(agent.id);
  const instants = recentlyRouted(partition, queue, agent);
  if (instants.length === 0) queue.routed.delete(agent.id);
  else queue.routed.set(agent.id, instants);
  awaitAllowance(partition, queue, agent);
  mayMatch(agent);
}

/** The rate may be another one now. */
export function refreshAllowances(partition: Partition, queue: Queue): void {
  for (const timer of queue.allowances.values()) cancelTimer(timer);
  queue.allowances.clear();
  if (queue.settings.maxAssignmentsPerAgentPerMinute === null) queue.routed.clear();
  for (const id of queue.routed.keys()) {
    const agent = queue.tenant.agents.get(id);
    if (agent !== undefined) awaitAllowance(partition, queue, agent);
  }
}

function awaitAllowance(partition: Partition, queue: Queue, agent: Agent): void {
  const max = queue.settings.maxAssignmentsPerAgentPerMinute;
  const instants = recentlyRouted(partition, queue, agent);
  const [oldest] = instants;
  if (max === null || oldest === undefined || instants.length < max) return;
  if (queue.allowances.has(agent.id)) return;
  const owner = { tenant: queue.tenant, queue, agent };
  const leftMs = oldest + windowMs - partition.now;
  const timer = armTimer(partition, "allowance", partition.wall, leftMs, owner);
  queue.allowances.set(agent.id, timer);
}

/** The window is half-open: what was routed at t counts until t + 60 s. */
function recentlyRouted(partition: Partition, queue: Queue, agent: Agent): number[] {
  const instants = queue.routed.get(agent.id) ?? [];
  return instants.filter((at) => at + windowMs > partition.now);
}
