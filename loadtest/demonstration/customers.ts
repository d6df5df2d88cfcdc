import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { answerOf } from "../../worker/client/client.ts";
import type { PatientClient } from "./http.ts";
import type { Ledger } from "./ledger.ts";

const run = promisify(execFile);
const simulator = fileURLToPath(new URL("../../simulator/bin.ts", import.meta.url));
const scenario = fileURLToPath(new URL("night.yaml", import.meta.url));
const linesPerRequest = 2_000;
const pollsAtOnce = 64;

/** The messages of the demonstration's customers, by `sim traffic`: at most `count` of the span. */
export async function customerMessages(
  from: string,
  to: string,
  count: number,
): Promise<readonly string[]> {
  const flags = ["--ndjson", "--from", from, "--to", to, "--count", String(count)];
  const { stdout } = await run(process.execPath, [simulator, "traffic", scenario, ...flags], {
    maxBuffer: 64 * 2 ** 20,
  });
  return stdout.trim().split("\n");
}

/** Send them in order; every one must be accepted. */
export async function sendMessages(
  client: PatientClient,
  ledger: Ledger,
  lines: readonly string[],
): Promise<void> {
  for (let start = 0; start < lines.length; start += linesPerRequest) {
    const chunk = lines.slice(start, start + linesPerRequest);
    const answers = await client.sendLines(chunk);
    for (const [index, line] of chunk.entries()) {
      const message = JSON.parse(line) as Record<"id" | "channel" | "customer", string>;
      const conversation = answers[index]?.["conversation"];
      if (typeof conversation !== "string") {
        throw new Error(`message ${message.id} refused: ${JSON.stringify(answers[index])}`);
      }
      ledger.accepted(conversation, message.channel, message.customer, message.id);
    }
  }
}

export interface ReplyAudit {
  readonly missing: number;
  readonly doubled: number;
}

/** Ask at every customer's side whether each reply arrived there, once. */
export async function auditReplies(client: PatientClient, ledger: Ledger): Promise<ReplyAudit> {
  const expected = new Map<string, string[]>();
  for (const { customer, texts } of ledger.answers()) {
    expected.set(customer, [...(expected.get(customer) ?? []), ...texts]);
  }
  const queue = [...expected];
  let missing = 0;
  let doubled = 0;
  const ask = async (): Promise<void> => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const [customer, texts] = next;
      const told = await entriesOf(client, customer);
      for (const text of texts) {
        const count = told.filter((other) => other === text).length;
        if (count === 0) missing += 1;
        if (count > 1) doubled += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: pollsAtOnce }, ask));
  return { missing, doubled };
}

async function entriesOf(client: PatientClient, customer: string): Promise<readonly string[]> {
  const [channel = "", address = ""] = customer.split(" ");
  const path = { channel, customer: address };
  const texts: string[] = [];
  let after: string | undefined;
  for (;;) {
    const query = { waitMs: 0, ...(after !== undefined && { after }) };
    const { entries, next } = answerOf(
      await client.tenant.GET("/channels/{channel}/customers/{customer}/poll", {
        params: { path, query },
      }),
    );
    if (entries.length === 0) return texts;
    for (const { text } of entries) if (text !== undefined) texts.push(text);
    after = next;
  }
}
