import { resolveConfiguration } from "../core/configuration/resolve.ts";
import type { AgentSelection, ResolvedConfiguration } from "../core/configuration/resolved.ts";
import { offlineMessages } from "./waiting-tenant.ts";

/** The work that the assignment benchmarks have in common, so that their figures can be compared. */
export const queueCount = 256;
export const agentCount = 4_096;
export const skillsPerAgent = 4;
export const slotsPerAgent = 4;
/** Conversations that agents have at a time, half of what they could have. */
export const activeCount = 8_192;
export const lastAgentShare = 0.3;
/** Virtual time between two assignments; an id is remembered for 9,000 of them. */
export const stepMs = 400;
export const startAt = 1_772_443_200_000;

/** xorshift32: the same numbers for the same seed. */
export class Numbers {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** From 0 to below `limit`. */
  below(limit: number): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return (state >>> 0) % limit;
  }
}

/** How large the desk is. */
export interface Shape {
  /** A power of two, so that an agent's skills differ. */
  readonly queues: number;
  readonly agents: number;
  /** 1–50. */
  readonly skillsPerAgent: number;
  readonly agentSelection: AgentSelection;
}

export const usualShape: Shape = {
  queues: queueCount,
  agents: agentCount,
  skillsPerAgent,
  agentSelection: "longest-idle",
};

/** Stands in seconds, for runs that only show that it works. */
export const smallShape: Shape = { ...usualShape, queues: 64, agents: 256 };

/** The queues of an agent: spread, the same for every run. */
export function queuesOf(agent: number, shape: Shape = usualShape): number[] {
  return Array.from(
    { length: shape.skillsPerAgent },
    (_, index) => (agent + index * 67 + (agent >> 8) * 13) % shape.queues,
  );
}

export function assignmentConfiguration(shape: Shape = usualShape): ResolvedConfiguration {
  const lastAgentMode = { enabled: true, validityMinutes: 525_600, waitMinutes: 0 };
  const resolved = resolveConfiguration({
    skillQueues: Array.from({ length: shape.queues }, (_, index) => ({
      id: `queue-${index}`,
      agentSelection: shape.agentSelection,
      reassignAfterMinutes: 600,
    })),
    agents: Array.from({ length: shape.agents }, (_, index) => ({
      id: `agent-${index}`,
      capacity: slotsPerAgent,
      // Levels differ where they decide, and only there.
      skills: Object.fromEntries(
        queuesOf(index, shape).map((queue) => [`queue-${queue}`, levelOf(index, shape)]),
      ),
    })),
    channels: [
      {
        id: "web",
        kind: "web",
        skillQueue: "queue-0",
        lastAgentMode,
        offlineMessages,
      },
    ],
    presence: { heartbeatSeconds: 3600 },
    retention: { deduplicationHours: 1 },
  });
  if ("violations" in resolved) throw new Error(JSON.stringify(resolved.violations));
  return resolved.configuration;
}

function levelOf(agent: number, { agentSelection }: Shape): number {
  return agentSelection === "best-level" ? 1 + (agent % 10) : 5;
}
