import { fileURLToPath } from "node:url";
import { runReplication } from "../../../simulator/replication-worker.ts";
import { runReplications } from "../../../simulator/replications.ts";
import { loadScenario, type Scenario } from "../../../simulator/scenario/scenario.ts";
import { buildWorld } from "../../../simulator/world.ts";

/**
 * A week of 100,000 messages on seven channels with 200 agents: one replication on one thread, by the
 * clock and in processor time (the compiler's and collector's own threads included), and how
 * replications scale with threads: `node week.ts [REPLICATIONS]`.
 *
 * The scenario is monday-opening made larger; no warm-up, so that the week is what is timed.
 */
const [replications = "12"] = process.argv.slice(2);
const scenario = larger(100_000, 200);
const world = buildWorld(scenario);
const began = performance.now();
const begin = process.cpuUsage();
const { messages, wallWaitMs, commands, broken } = runReplication(world, 1, 1);
const { user, system } = process.cpuUsage(begin);
const wallSeconds = (performance.now() - began) / 1000;
if (broken.length > 0) throw new Error(broken.join("\n"));
let counted = 0;
for (let row = 0; row < messages.count; row += 1) {
  const at = messages.arrivedAt[row] ?? 0;
  if (at >= world.countFrom && at < world.countTo) counted += 1;
}
process.stdout.write(
  `${JSON.stringify({
    messages: counted,
    agents: scenario.configuration.agents.length,
    commands,
    wallSeconds,
    processorSeconds: (user + system) / 1e6,
  })}\n`,
);
const wall = { 1: 0, 2: 0 };
for (const threads of [1, 2] as const) {
  const started = performance.now();
  const records = await runReplications(scenario, {
    seed: 1,
    replications: Number(replications),
    threads,
  });
  wall[threads] = (performance.now() - started) / 1000;
  if (records[0]?.wallWaitMs.length !== wallWaitMs.length) throw new Error("not the same run");
}
process.stdout.write(
  `${JSON.stringify({
    replications: Number(replications),
    wallSecondsOneThread: wall[1],
    wallSecondsTwoThreads: wall[2],
    scaling: wall[1] / wall[2],
  })}\n`,
);

/** monday-opening with so many messages a week and so many agents, in the same proportions. */
function larger(perWeek: number, agentCount: number): Scenario {
  const file = new URL("../../../simulator/scenarios/monday-opening.yaml", import.meta.url);
  const loaded = loadScenario(fileURLToPath(file));
  if ("problems" in loaded) throw new Error(JSON.stringify(loaded.problems));
  const { settings, configuration } = loaded.scenario;
  const channels = Object.entries(settings.traffic);
  const now = channels.reduce(
    (sum, [, { arrivals }]) =>
      sum + arrivals.reduce((all, one) => all + (one.process === "profile" ? one.perWeek : 0), 0),
    0,
  );
  const traffic = channels.map(([id, channel]) => [
    id,
    {
      ...channel,
      arrivals: channel.arrivals.map((one) =>
        one.process === "profile" ? { ...one, perWeek: (one.perWeek * perWeek) / now } : one,
      ),
    },
  ]);
  const copies = Math.ceil(agentCount / configuration.agents.length);
  const agents = Array.from({ length: copies }, (_unused, copy) =>
    configuration.agents.map((agent) => ({ ...agent, id: `${agent.id}x${copy}` })),
  );
  const staff = Object.entries(settings.staff).map(([name, group]) => [
    name,
    { ...group, agents: group.agents.map((id) => (id.endsWith("*") ? id : `${id}x*`)) },
  ]);
  return {
    ...loaded.scenario,
    settings: {
      ...settings,
      warmUpDays: 0,
      traffic: Object.fromEntries(traffic) as typeof settings.traffic,
      staff: Object.fromEntries(staff) as typeof settings.staff,
    },
    configuration: { ...configuration, agents: agents.flat().slice(0, agentCount) },
  };
}
