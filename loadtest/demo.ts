import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import yargs from "yargs";
import { auditReplies, customerMessages, sendMessages } from "./demonstration/customers.ts";
import { Desk } from "./demonstration/desk.ts";
import { answerOf } from "../worker/client/client.ts";
import { PatientClient } from "./demonstration/http.ts";
import { Ledger, type Tally } from "./demonstration/ledger.ts";
import { listConversations, noteParked } from "./demonstration/supervisor.ts";
import { startWorker, type WorkerProcess } from "./worker-process.ts";

/**
 * A day, a night and a morning at a bank, on a real worker that is killed in the middle: see what
 * happens, and have every conversation accounted for.
 */

const tenantFile = fileURLToPath(new URL("demonstration/tenant.yaml", import.meta.url));
const agents = Array.from(
  { length: 50 },
  (_, index) => `agent-${String(index + 1).padStart(2, "0")}`,
);

const options = await yargs(process.argv.slice(2))
  .scriptName("npm run demo --")
  .usage("$0\n\nPlay a day, a night and an opening on a real worker, and kill it in the middle.")
  .option("smoke", { type: "boolean", default: false, describe: "A tenth of the messages, for CI" })
  .example("$0", "10,000 overnight messages, 50 agents")
  .strict()
  .fail((message, error) => {
    process.stderr.write(`${message || error.message}\n`);
    process.exit(64);
  })
  .parse();

const size = options.smoke ? { day: 100, night: 1_000 } : { day: 1_000, night: 10_000 };
const folder = await mkdtemp(join(tmpdir(), "nightdesk-demo-"));
let worker: WorkerProcess | undefined;
let lastProgress = 0;
try {
  const tally = await play();
  const { sent, assigned, parked, waiting, lost, doubled } = tally;
  const sound = lost === 0 && doubled === 0 && assigned + parked + waiting === sent;
  process.stdout.write(
    `sent=${sent} assigned=${assigned} parked=${parked} waiting=${waiting} lost=${lost} doubled=${doubled}\n`,
  );
  process.exitCode = sound ? 0 : 1;
} finally {
  await worker?.stop();
  await rm(folder, { recursive: true, force: true });
}

async function play(): Promise<Tally> {
  const client = new PatientClient("tenant");
  await start(client, 0);

  say("10:00 — the office is open; customers write, fifty agents answer");
  const day = new Ledger();
  const dayMessages = await customerMessages("2026-03-02T10:00", "2026-03-02T12:00", size.day);
  await withDesks(
    client,
    day,
    () => 0,
    async (desks) => {
      await Promise.all(desks.map((desk) => desk.signIn()));
      await sendMessages(client, day, dayMessages);
      await settled(day);
      await Promise.all(desks.map((desk) => desk.signOut()));
    },
  );
  say(`        ${day.answeredCount()} conversations answered; these agents are remembered`);

  await setClock(client, "2026-03-02T18:30:00-05:00");
  const night = new Ledger();
  const nightMessages = await customerMessages("2026-03-02T18:00", "2026-03-03T09:00", size.night);
  const beganAt = performance.now();
  await sendMessages(client, night, nightMessages);
  const seconds = (performance.now() - beganAt) / 1_000;
  say(
    `18:30 — ${nightMessages.length} messages come in overnight (${seconds.toFixed(1)} s, durable)`,
  );

  await setClock(client, "2026-03-03T08:59:50-05:00");
  let openedAt = performance.now();
  await withDesks(
    client,
    night,
    () => openedAt,
    async (desks) => {
      await Promise.all(desks.map((desk) => desk.signIn()));
      openedAt = performance.now();
      say("09:00 — the calendar opens on fifty agents");
      await setClock(client, "2026-03-03T09:00:00-05:00");
      const routable = (await inLine(client)).size;
      await until(
        () => night.assignmentCount() > size.night / 10,
        () => progress(night),
      );
      say("        SIGKILL to the worker, in the middle");
      const { port } = present(worker);
      await worker?.kill();
      await start(client, port);
      say(`        back, with ${routable} conversations that were in line at the opening`);
      await settled(night);
    },
  );

  say("09:31 — what waits for the specialist on leave has passed its limit");
  await setClock(client, "2026-03-03T09:31:00-05:00");
  await noteParked(client, night);
  const audit = await auditReplies(client, night);
  const tally = night.tally(await inLine(client), audit.missing, audit.doubled);
  say(
    `        assigned ${tally.assigned}, last-agent hits ${tally.lastAgentHits}, answered ${tally.answered}, ` +
      `parked ${tally.parked}; opening to event p50 ${night.percentileMs(0.5).toFixed(0)} ms, ` +
      `p99 ${night.percentileMs(0.99).toFixed(0)} ms, the kill included`,
  );
  return tally;
}

async function start(client: PatientClient, port: number): Promise<void> {
  worker = await startWorker([
    `--config=${tenantFile}`,
    `--data=${join(folder, "data")}`,
    `--port=${port}`,
    "--test-clock=2026-03-02T10:00:00-05:00",
  ]);
  client.url = worker.url;
}

async function setClock(client: PatientClient, to: string): Promise<void> {
  answerOf(await client.worker.POST("/v1/test-clock", { body: { to } }));
}

/** Conversations that still wait for somebody. */
async function inLine(client: PatientClient): Promise<ReadonlySet<string>> {
  return new Set((await listConversations(client, "held,queued,offered")).keys());
}

async function withDesks(
  client: PatientClient,
  ledger: Ledger,
  openedAt: () => number,
  play_: (desks: readonly Desk[]) => Promise<void>,
): Promise<void> {
  const desks = agents.map((agent) => new Desk(agent, client, ledger, openedAt));
  const working = Promise.all(desks.map((desk) => desk.work()));
  await Promise.race([play_(desks), working]);
  for (const desk of desks) desk.stop();
  await working;
}

/** Nothing new was assigned for a while, and all of it is answered. */
async function settled(ledger: Ledger): Promise<void> {
  let count = -1;
  while (count !== ledger.assignmentCount() || ledger.answeredCount() < count) {
    count = ledger.assignmentCount();
    await wait(1_000);
    progress(ledger);
  }
}

async function until(condition: () => boolean, tell: () => void = () => undefined): Promise<void> {
  while (!condition()) {
    await wait(20);
    tell();
  }
}

function progress(ledger: Ledger): void {
  if (performance.now() - lastProgress < 500) return;
  lastProgress = performance.now();
  say(`        assigned ${ledger.assignmentCount()}, answered ${ledger.answeredCount()}`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("the worker is not running");
  return value;
}
