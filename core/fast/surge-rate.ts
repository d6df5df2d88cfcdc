import { armTimer, cancelTimer } from "./clocks.ts";
import * as codes from "./codes.ts";
import { mayMatch } from "./conversations.ts";
import { memberOf, refreshMember } from "./members.ts";
import * as memberRow from "./member-row.ts";
import type { Agent, Partition, Queue } from "./state.ts";

const { kind } = codes;
const { M } = memberRow;

/** How fast one queue gives work to one agent (3.16, FINE-PRINT 18). */

const windowMs = 60_000;

/** Something of this queue was routed to the agent. */
export function countRouted(partition: Partition, queue: Queue, agent: Agent): void {
  if (queue.settings.maxAssignmentsPerAgentPerMinute === null) return;
  const instants = queue.routed.get(agent.name) ?? [];
  forgetOld(partition, instants);
  instants.push(partition.now);
  queue.routed.set(agent.name, instants);
  awaitAllowance(partition, queue, agent);
}

/** The agent's oldest routing has left the window. */
export function allowanceReturned(partition: Partition, queue: Queue, agent: Agent): void {
  queue.allowances.delete(agent.name);
  noteRate(partition, queue, agent, 0);
  const instants = queue.routed.get(agent.name) ?? [];
  forgetOld(partition, instants);
  if (instants.length === 0) queue.routed.delete(agent.name);
  awaitAllowance(partition, queue, agent);
  mayMatch(partition, agent);
}

/** The rate may be another one now; the members are rated when they are built again. */
export function refreshAllowances(partition: Partition, queue: Queue): void {
  for (const timer of queue.allowances.values()) cancelTimer(partition, timer);
  queue.allowances.clear();
  if (queue.settings.maxAssignmentsPerAgentPerMinute === null) queue.routed.clear();
  for (const name of queue.routed.keys()) {
    const agent = queue.tenant.agentsByName[name];
    if (agent !== undefined) awaitAllowance(partition, queue, agent);
  }
}

/** While the allowance timer runs, the agent has had all that the queue gives in a minute. */
function awaitAllowance(partition: Partition, queue: Queue, agent: Agent): void {
  const max = queue.settings.maxAssignmentsPerAgentPerMinute;
  const instants = queue.routed.get(agent.name);
  if (max === null || instants === undefined || queue.allowances.has(agent.name)) return;
  // The window is half-open: what was routed at t counts until t + 60 s.
  const first = instants.findIndex((at) => at + windowMs > partition.now);
  const oldest = instants[first];
  if (oldest === undefined || instants.length - first < max) return;
  const leftMs = oldest + windowMs - partition.now;
  const { handle, name } = agent;
  const timer = armTimer(partition, kind.allowance, partition.wall, leftMs, handle, queue.handle);
  queue.allowances.set(name, timer);
  noteRate(partition, queue, agent, 1);
}

function noteRate(partition: Partition, queue: Queue, agent: Agent, isAtRate: 0 | 1): void {
  if (partition.rebuilding) return;
  const member = memberOf(partition, queue, agent.handle);
  if (member === 0) return;
  partition.members.set(member, M.isAtRate, isAtRate);
  refreshMember(partition, agent, member);
}

function forgetOld({ now }: Partition, instants: number[]): void {
  const first = instants.findIndex((at) => at + windowMs > now);
  if (first !== 0) instants.splice(0, first < 0 ? instants.length : first);
}
