import type { Agent, Queue } from "./state.ts";

/**
 * Which of the eligible agents (3.4). Ties follow the document's order, in which `eligible` stands.
 */
export function selectAgent(queue: Queue, eligible: readonly Agent[]): Agent | undefined {
  switch (queue.settings.agentSelection) {
    case "longest-idle":
      return best(eligible, longestIdle);
    case "least-loaded":
      return best(eligible, (a, b) => leastLoaded(a, b) || longestIdle(a, b));
    case "best-level":
      return best(eligible, (a, b) => level(b, queue) - level(a, queue) || longestIdle(a, b));
    case "round-robin":
      return nextAfter(queue.lastChosen, queue, eligible);
  }
}

/** The first of those before which nobody goes. */
function best(
  agents: readonly Agent[],
  compare: (a: Agent, b: Agent) => number,
): Agent | undefined {
  let chosen: Agent | undefined;
  for (const agent of agents) {
    if (chosen === undefined || compare(agent, chosen) < 0) chosen = agent;
  }
  return chosen;
}

function longestIdle(a: Agent, b: Agent): number {
  return a.idleSince - b.idleSince;
}

/** Compares used ÷ capacity without dividing. */
function leastLoaded(a: Agent, b: Agent): number {
  return a.used * b.settings.capacity - b.used * a.settings.capacity;
}

function level(agent: Agent, queue: Queue): number {
  return agent.settings.skills[queue.id] ?? 0;
}

/** Skills are keys that people choose: `constructor` is one only if somebody wrote it. */
export function hasSkill(agent: Agent, queue: Queue): boolean {
  return Object.hasOwn(agent.settings.skills, queue.id);
}

function nextAfter(
  lastChosen: string | undefined,
  queue: Queue,
  eligible: readonly Agent[],
): Agent | undefined {
  const last = queue.agents.find(({ id }) => id === lastChosen);
  if (last === undefined) return eligible[0];
  return eligible.find(({ order }) => order > last.order) ?? eligible[0];
}
