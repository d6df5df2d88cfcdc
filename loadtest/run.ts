import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import yargs from "yargs";
import { PatientClient } from "./demonstration/http.ts";
import { listConversations } from "./demonstration/supervisor.ts";
import { findK6, runK6 } from "./k6.ts";
import { startWorker } from "./worker-process.ts";

/** `npm run loadtest`: an opening burst by k6 on a real worker, and both sides' counts compared. */

const local = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const options = await yargs(process.argv.slice(2))
  .scriptName("npm run loadtest --")
  .usage("$0\n\nPut an opening burst on a real worker with k6, and reconcile both sides' counts.")
  .option("seconds", { type: "number", default: 15, describe: "How long customers write, 1–600" })
  .example("$0 --seconds 60", "a minute of load")
  .strict()
  .check(({ seconds }) => {
    if (seconds >= 1 && seconds <= 600) return true;
    throw new Error(`--seconds is ${seconds}; it must be 1 to 600`);
  })
  .fail((message, error) => {
    process.stderr.write(`${message || error.message}\n`);
    process.exit(64);
  })
  .parse();

const k6 = findK6();
const folder = await mkdtemp(join(tmpdir(), "nightdesk-loadtest-"));
const worker = await startWorker([
  `--config=${local("demonstration/always-open/tenant.yaml")}`,
  `--data=${join(folder, "data")}`,
  "--port=0",
]);
try {
  const summaryFile = join(folder, "summary.json");
  const code = await runK6(k6, local("opening-burst.ts"), summaryFile, {
    WORKER_URL: worker.url,
    SECONDS: String(options.seconds),
  });
  const agrees = await reconcile(worker.url, summaryFile);
  if (code === 99) process.stdout.write("a threshold was not met\n");
  process.exitCode = code === 0 && agrees ? 0 : 1;
} finally {
  await worker.stop();
  await rm(folder, { recursive: true, force: true });
}

interface Summary {
  readonly metrics: Readonly<Record<string, { readonly count?: number }>>;
}

/** What k6's customers and agents counted, and what the worker lists. */
async function reconcile(url: string, summaryFile: string): Promise<boolean> {
  const { metrics } = JSON.parse(readFileSync(summaryFile, "utf8")) as Summary;
  const counted = (name: string): number => metrics[name]?.count ?? 0;
  const client = new PatientClient("tenant");
  client.url = url;
  const states = [...(await listConversations(client)).values()];
  const closed = states.filter((state) => state === "closed").length;
  const rows = [
    ["messages accepted", counted("messages_accepted"), states.length],
    ["conversations assigned", counted("conversations_assigned"), states.length],
    ["conversations closed", counted("conversations_closed"), closed],
  ] as const;
  for (const [what, here, there] of rows) {
    const verdict = here === there ? "agree" : "DIFFER";
    process.stdout.write(`${what.padEnd(24)} k6 ${here}  worker ${there}  ${verdict}\n`);
  }
  return rows.every(([, here, there]) => here === there && here > 0);
}
