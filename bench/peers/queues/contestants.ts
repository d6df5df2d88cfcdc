import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startWorkerProcess } from "../../server-process.ts";
import { startPostgres } from "./postgres.ts";
import { type AppendOnly, startRedis } from "./redis.ts";
import { skillCount, slotsPerSkill } from "./work.ts";
import { offlineMessages } from "../../waiting-tenant.ts";

/** How much an acknowledged message survives: everything, all but the last moments, or a crash of nothing. */
export const durabilities = ["always", "moments", "none"] as const;
export type Durability = (typeof durabilities)[number];

/** One system in the contest. */
export interface Contestant {
  readonly name: string;
  readonly durability: Durability;
  /** What it is of: contestants of one kind do the same per message. */
  readonly kind: "nightdesk" | "bullmq" | "graphile-worker" | "skip-locked";
  /** Script of its producer and its consumer. */
  readonly script: URL;
  readonly start: () => Promise<Started>;
}

/** Its server runs, and may be spoken to. */
export interface Started extends AsyncDisposable {
  /** As its producer and its consumer want it. */
  readonly address: string;
  /** What else its consumer is told. */
  readonly consumer: readonly string[];
  /** Its server's process, the first of them. */
  readonly pid: number;
}

function script(name: string): URL {
  return new URL(`./${name}.ts`, import.meta.url);
}

/** Our own: who reads what, and whether each conversation is closed by a request of its own. */
function nightdesk(name: string, streams: "one" | "each", closes: boolean): Contestant {
  return {
    name,
    durability: "always",
    kind: "nightdesk",
    script: script("nightdesk"),
    start: async () => {
      const folder = await mkdtemp(join(tmpdir(), "nightdesk-bench-"));
      const config = join(folder, "bench.json");
      const agentCount = closes ? skillCount : skillCount * 50;
      const capacity = closes ? slotsPerSkill : 100;
      await writeFile(config, JSON.stringify(tenant(agentCount, capacity)));
      const flags = [`--config=${config}`, `--data=${join(folder, "data")}`];
      const worker = await startWorkerProcess(flags);
      return {
        address: worker.url,
        pid: worker.pid,
        consumer: [String(agentCount), streams, closes ? "yes" : "no"],
        [Symbol.asyncDispose]: async () => {
          await worker[Symbol.asyncDispose]();
          await rm(folder, { recursive: true, force: true });
        },
      };
    },
  };
}

function tenant(agentCount: number, capacity: number): object {
  const skills = Array.from({ length: skillCount }, (_, skill) => `skill-${skill}`);
  return {
    skillQueues: skills.map((id) => ({ id })),
    agents: Array.from({ length: agentCount }, (_, index) => ({
      id: `agent-${index}`,
      capacity,
      skills: { [skills[index % skillCount] ?? ""]: 5 },
    })),
    channels: [{ id: "web", kind: "web", skillQueue: "skill-0", offlineMessages }],
    presence: { heartbeatSeconds: 3600, graceSeconds: 3600 },
  };
}

function bullmq(appendOnly: AppendOnly, durability: Durability): Contestant {
  return {
    name: `BullMQ, appendonly ${appendOnly}`,
    durability,
    kind: "bullmq",
    script: script("bullmq"),
    start: async () => {
      const redis = await startRedis(appendOnly);
      return {
        address: String(redis.port),
        pid: redis.pid,
        consumer: [],
        [Symbol.asyncDispose]: () => redis[Symbol.asyncDispose](),
      };
    },
  };
}

function onPostgres(
  kind: "graphile-worker" | "skip-locked",
  name: string,
  synchronous: boolean,
): Contestant {
  return {
    name: `${name}, synchronous_commit ${synchronous ? "on" : "off"}`,
    durability: synchronous ? "always" : "moments",
    kind,
    script: script(kind),
    start: async () => {
      const postgres = await startPostgres(synchronous);
      return {
        address: String(postgres.port),
        pid: postgres.pid,
        consumer: [],
        [Symbol.asyncDispose]: () => postgres[Symbol.asyncDispose](),
      };
    },
  };
}

export const contestants: readonly Contestant[] = [
  nightdesk("Nightdesk, one stream", "one", false),
  nightdesk("Nightdesk, 400 agents' streams", "each", false),
  nightdesk("Nightdesk, 8 agents' streams, each closed", "each", true),
  bullmq("always", "always"),
  bullmq("everysec", "moments"),
  bullmq("no", "none"),
  onPostgres("graphile-worker", "graphile-worker", true),
  onPostgres("graphile-worker", "graphile-worker", false),
  onPostgres("skip-locked", "FOR UPDATE SKIP LOCKED", true),
  onPostgres("skip-locked", "FOR UPDATE SKIP LOCKED", false),
];
