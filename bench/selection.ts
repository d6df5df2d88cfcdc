import { agentSelections, type AgentSelection } from "../core/configuration/resolved.ts";
import { createEngine } from "../core/index.ts";
import { smallShape, usualShape } from "./assign-workload.ts";
import { CommandLoop } from "./command-loop.ts";
import { median, type Benchmark } from "./figures.ts";
import { processorSeconds } from "./sampling.ts";

/**
 * Goal: what each rule of who gets a conversation costs, over the work of `assign.string-ids`: 256
 * queues of one rule, 4,096 agents of 4 skills, half of the slots taken.
 *
 * Non-goal: which rule is fair, or what is waited for under it; the simulator answers that.
 */
function selection(agentSelection: AgentSelection): Benchmark {
  const name = `selection.${agentSelection}`;
  return {
    name,
    goal: `assignments a second where every queue selects by ${agentSelection}`,
    nonGoal: "fairness or waiting times under the rule",
    run: ({ smoke }) => {
      const count = smoke ? 1_000 : 50_000;
      const loop = new CommandLoop(createEngine(), {
        ...(smoke ? smallShape : usualShape),
        agentSelection,
      });
      loop.run(count);
      let hash = 0;
      const rates = Array.from(
        { length: 3 },
        () => count / processorSeconds(() => (hash = loop.run(count))),
      );
      const resultHash = (hash >>> 0).toString(16);
      const figure = { name, metric: "throughput", unit: "assignments/s", resultHash } as const;
      return Promise.resolve([{ ...figure, value: median(rates), samples: rates.length }]);
    },
  };
}

export const selections: readonly Benchmark[] = agentSelections.map(selection);
