// `npm run overload`: twice what a real worker can take, for a minute, beside half of it.
import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Client } from "../crash/client.ts";
import { WorkerLife } from "../crash/worker-life.ts";
import { Messages, closedLoop, openLoop, percentile } from "./load.ts";
import type { Outcome } from "./load.ts";
import { RawClient } from "./raw-client.ts";

const { values } = parseArgs({ options: { seconds: { type: "string", default: "60" } } });
const seconds = Number(values.seconds);
if (!(seconds >= 5)) {
  console.error("overload: --seconds takes a number from 5");
  process.exit(64);
}

const tenant = "crowd";
const customers = 2000;
const connections = 256;
const folder = await mkdtemp(join(tmpdir(), "nightdesk-overload-"));
const failures: string[] = [];
const life = new WorkerLife(await prepare());
try {
  await measure(await life.listening());
} finally {
  await life.kill();
  await rm(folder, { recursive: true, force: true });
}
for (const failure of failures) console.log(`FAILED: ${failure}`);
console.log(failures.length === 0 ? "everything held" : `${failures.length} did not hold`);
process.exitCode = failures.length === 0 ? 0 : 1;

async function measure(url: string): Promise<void> {
  // One core for the worker and one for those who ask, so that neither keeps the other from its work.
  if (availableParallelism() > 1) {
    spawnSync("taskset", ["-acp", "0", String(life.pid)]);
    spawnSync("taskset", ["-acp", "1", String(process.pid)]);
  }
  const messages = new Messages(url, tenant, customers);
  await using client = await RawClient.connect(url, connections);
  const phase = Math.max(5, seconds / 6);
  // The second time as many ids are remembered as may be, and the heap has its working size.
  await closedLoop(client, messages, 256, phase);
  const full = await closedLoop(client, messages, 256, phase);
  const saturation = full.accepted.length / full.seconds;
  console.log(`saturation: ${saturation.toFixed(0)}/s`);
  const half = await watched(() => openLoop(client, messages, saturation / 2, phase));
  say("half of it", half);
  // And by the flood that is measured it has that of a flood.
  await openLoop(client, messages, saturation * 2, 2 * phase);
  const sizes: number[] = [];
  const watch = setInterval(() => void residentMiB().then((size) => sizes.push(size)), 250);
  const flood = await watched(() => openLoop(client, messages, saturation * 2, seconds));
  clearInterval(watch);
  // Garbage comes and goes: the middle of the first quarter, and of the last.
  const quarter = Math.ceil(sizes.length / 4);
  const before = percentile(sizes.slice(0, quarter), 0.5);
  const after = percentile(sizes.slice(-quarter), 0.5);
  say("twice as much", flood);
  const endedAt = performance.now();
  await untilWell(client, messages, percentile(half.acceptedMs, 0.99), endedAt + 60_000);
  const recoveredMs = performance.now() - endedAt;
  console.log(
    `RSS ${before.toFixed(0)} → ${after.toFixed(0)} MiB, well after ${recoveredMs.toFixed(0)} ms`,
  );
  hold(flood.refusedMs.length > 0, "something is refused");
  hold(flood.refusedWithoutRetryAfter === 0, "whoever is refused is told when to come again");
  const ratio = percentile(flood.acceptedMs, 0.99) / percentile(half.acceptedMs, 0.99);
  hold(ratio <= 10, `p99 of what is accepted is ${ratio.toFixed(1)} times that at half`);
  hold(after <= before * 1.1, `memory grew by ${((after / before - 1) * 100).toFixed(1)} %`);
  hold(recoveredMs <= 10_000, "recovered within 10 s");
  const accepted = new Set([...half.accepted, ...flood.accepted]);
  const lost = await missing([...accepted], url);
  hold(lost === 0, `${lost} of ${accepted.size} accepted are lost or doubled`);
}

/** Says how much of a core each side had while this ran: a sender that had all of it was the limit. */
async function watched(run: () => Promise<Outcome>): Promise<Outcome> {
  const [worker, sender] = [await processorSeconds(life.pid), await processorSeconds(process.pid)];
  const outcome = await run();
  const share = async (pid: number, before: number): Promise<string> =>
    (((await processorSeconds(pid)) - before) / outcome.seconds).toFixed(2);
  console.log(
    `of a core: worker ${await share(life.pid, worker)}, sender ${await share(process.pid, sender)}`,
  );
  return outcome;
}

/** User and system time, as the kernel counts them in hundredths. */
async function processorSeconds(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, "utf8")).split(" ");
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

function say(what: string, outcome: Outcome): void {
  const { accepted, acceptedMs, refusedMs, others } = outcome;
  const rate = (count: number): string => `${(count / outcome.seconds).toFixed(0)}/s`;
  const times = (list: readonly number[]): string =>
    [0.5, 0.99, 1].map((share) => percentile(list, share).toFixed(1)).join(" / ");
  console.log(
    `${what}: accepted ${rate(accepted.length)} in ${times(acceptedMs)} ms, refused ` +
      `${rate(refusedMs.length)} in ${times(refusedMs)} ms (p50 / p99 / max)`,
  );
  hold(Object.keys(others).length === 0, `other answers: ${JSON.stringify(others)}`);
}

function hold(holds: boolean, what: string): void {
  console.log(`${holds ? "ok  " : "NOT "} ${what}`);
  if (!holds) failures.push(what);
}

/** Until a second's worth of a few requests is answered as fast as at half of the saturation. */
async function untilWell(client: RawClient, messages: Messages, p99Ms: number, giveUpAt: number) {
  while (performance.now() < giveUpAt) {
    const probe = await openLoop(client, messages, 50, 1);
    if (probe.refusedMs.length === 0 && percentile(probe.acceptedMs, 0.99) <= 2 * p99Ms) return;
  }
}

/** How many of these ids stand in no timeline, or twice. */
async function missing(ids: readonly string[], url: string): Promise<number> {
  const client = new Client(tenant);
  client.url = url;
  const counts = new Map<string, number>();
  const listed = await client.all<{ readonly id: string }>(
    "/conversations?limit=1000",
    "items",
    "cursor",
  );
  for (const { id } of listed) {
    const { body } = await client.ask("GET", `/conversations/${id}/timeline`);
    for (const entry of body["entries"] as readonly { readonly messageId?: string }[]) {
      const { messageId } = entry;
      if (messageId !== undefined) counts.set(messageId, (counts.get(messageId) ?? 0) + 1);
    }
  }
  await client.close();
  return ids.filter((id) => counts.get(id) !== 1).length;
}

async function residentMiB(): Promise<number> {
  const status = await readFile(`/proc/${life.pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB$/mu.exec(status)?.[1]) / 1024;
}

async function prepare(): Promise<string[]> {
  const configuration = join(folder, `${tenant}.json`);
  const document = {
    skillQueues: [{ id: "desk" }],
    agents: [{ id: "ana", skills: { desk: 5 }, capacity: 5 }],
    channels: [{ id: "web", kind: "web", skillQueue: "desk", offlineMessages: { enabled: true } }],
  };
  await writeFile(configuration, JSON.stringify(document));
  return [
    `--config=${configuration}`,
    `--data=${join(folder, "data")}`,
    "--port=0",
    "--partitions=1",
    // Of a message its conversation keeps a number and the store the rest; ids are soon as many as may be.
    "--limit=idsRememberedMax=10000",
    "--log-level=warn",
  ];
}
