import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { request } from "undici";
import { median, type Benchmark, type Figure } from "../figures.ts";
import {
  runClient,
  startServer,
  startWorkerProcess,
  type ServerProcess,
} from "../server-process.ts";
import { waitingTenant } from "../waiting-tenant.ts";

/*
 * Goal: messages a second over HTTP until they are durable, and the processor time of the server for
 * each, beside a route of the same schema that stores nothing. Servers and client are processes of
 * their own on one machine; rounds alternate between the two servers.
 *
 * Non-goal: how long one message takes at a given rate (`npm run bench:peers`).
 */

type Form = "one" | "ndjson";

interface Run {
  readonly rate: number;
  readonly processorUs: number;
}

const client = new URL("./message-client.ts", import.meta.url);

function messagesOverHttp(
  form: Form,
  goal: string,
  count: { full: number; smoke: number },
): Benchmark {
  return {
    name: `http.${form}`,
    goal,
    nonGoal: "how long one message takes at a given rate, see npm run bench:peers",
    run: async ({ smoke }) => {
      await using folder = await mkdtempDisposable(join(tmpdir(), "nightdesk-bench-"));
      const config = join(folder.path, "bench.json");
      await writeFile(config, JSON.stringify(waitingTenant));
      await using worker = await startWorkerProcess([
        `--config=${config}`,
        `--data=${join(folder.path, "data")}`,
      ]);
      await using bare = await startServer(new URL("./bare-server.ts", import.meta.url));
      const size = smoke ? count.smoke : count.full;
      const own: Run[] = [];
      const others: Run[] = [];
      for (let round = 0; round < (smoke ? 2 : 4); round += 1) {
        own.push(await send(worker, form, size, round * size));
        others.push(await send(bare, form, size, round * size));
      }
      const stages = form === "ndjson" ? await stagesOf(worker.url, own.length * size) : [];
      // The first of each warms up.
      return [...figuresOf(form, own.slice(1), others.slice(1), size), ...stages];
    },
  };
}

async function send(server: ServerProcess, form: Form, count: number, first: number): Promise<Run> {
  const before = server.processorSeconds();
  const argv = [server.url, form, String(count), String(first)];
  const { taken, seconds } = (await runClient(client, argv)) as {
    readonly taken: number;
    readonly seconds: number;
  };
  if (taken !== count) throw new Error(`${taken} of ${count} messages were taken in`);
  // A read that must see the writes waits until the store has them; the bare route has none.
  const read = await request(`${server.url}/v1/tenants/bench/conversations/c1`);
  await read.body.dump();
  const processorUs = ((server.processorSeconds() - before) / count) * 1e6;
  return { rate: count / seconds, processorUs };
}

function figuresOf(form: Form, own: readonly Run[], bare: readonly Run[], count: number): Figure[] {
  const rate = median(own.map((run) => run.rate));
  const bareRate = median(bare.map((run) => run.rate));
  const us = median(own.map(({ processorUs }) => processorUs));
  const bareUs = median(bare.map(({ processorUs }) => processorUs));
  const common = { samples: own.length * count, resultHash: count.toString(16) };
  const name = `http.${form}`;
  return [
    { ...common, name, metric: "throughput", unit: "commands/s", value: rate },
    { ...common, name, metric: "processor time", unit: "us", value: us },
    { ...common, name, metric: "processor time/bare", unit: "ratio", value: us / bareUs },
    { ...common, name: `${name}/bare`, metric: "throughput", unit: "commands/s", value: bareRate },
    { ...common, name: `${name}/bare`, metric: "processor time", unit: "us", value: bareUs },
  ];
}

/** What the worker says of its stages, for each message. */
async function stagesOf(url: string, count: number): Promise<Figure[]> {
  const response = await request(`${url}/metrics`);
  const text = await response.body.text();
  return ["journal_sync", "apply", "store"].map((stage): Figure => {
    const sum = new RegExp(`^nightdesk_${stage}_seconds_sum (\\S+)$`, "mu").exec(text)?.[1];
    const name = `http.ndjson/${stage.replace("_", "-")}`;
    const common = { name, metric: "time of a message", samples: count } as const;
    return {
      ...common,
      unit: "us",
      value: (Number(sum) / count) * 1e6,
      resultHash: count.toString(16),
    };
  });
}

export const httpMessages: readonly Benchmark[] = [
  messagesOverHttp(
    "one",
    "messages a second, one a request, until durable, beside a route that stores nothing",
    { full: 20_000, smoke: 300 },
  ),
  messagesOverHttp(
    "ndjson",
    "messages a second in NDJSON until durable, beside the same route that stores nothing",
    { full: 100_000, smoke: 5_000 },
  ),
];
