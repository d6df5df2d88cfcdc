// An agent's desktop in the terminal: it shows what comes, and takes one command a line.
import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
// In a project of your own: "nightdesk/client".
import { answerOf, createNightdeskClient } from "../../worker/client/client.ts";

const usage = `node docs/examples/agent-desktop.ts --agent ID [--tenant demo]
  [--nightdesk http://127.0.0.1:8080] [--after CURSOR]

Signs the agent in, keeps the presence alive, and shows the agent's events. Commands:

  accept c1 | decline c1     take an offered conversation, or not
  say c1 TEXT                write to the customer
  handoff c1 QUEUE           give it to another queue
  release c1 | close c1      give it back, or end it
  away | available           change the presence
  quit                       sign out

Example:
  node docs/examples/agent-desktop.ts --agent ana
`;

const { help, ...options } = parseArgs({
  options: {
    agent: { type: "string", default: "" },
    tenant: { type: "string", default: "demo" },
    after: { type: "string", default: "" },
    nightdesk: { type: "string", default: "http://127.0.0.1:8080" },
    help: { type: "boolean", default: false },
  },
}).values;
if (help || options.agent === "") {
  (help ? process.stdout : process.stderr).write(usage);
  process.exit(help ? 0 : 64);
}
const { agent } = options;
const stopping = new AbortController();
const { signal } = stopping;
const nightdesk = createNightdeskClient({ baseUrl: options.nightdesk, tenant: options.tenant });

interface AgentEvent {
  readonly type: string;
  readonly conversation?: string;
  readonly customer?: string | null;
  readonly channel?: string;
  readonly expiresAt?: string;
  readonly status?: string;
  readonly to?: string;
  readonly message?: { readonly text?: string };
  readonly messages?: readonly { readonly text?: string }[];
  readonly mayWrite?: { readonly verdict: string; readonly reason?: string };
  readonly reason?: string | { readonly rule: string; readonly waitedMs: number };
}

type Presence = "available" | "away" | "offline";
let presence: Presence = "available";
/** Declare a presence. Every declaration is also the heartbeat. */
async function declare(status: Presence): Promise<void> {
  presence = status;
  const params = { path: { agent } };
  answerOf(await nightdesk.PUT("/agents/{agent}/presence", { params, body: { status }, signal }));
}

/** Do it until the desk is closed; a worker that restarts is waited for. */
async function persist(work: () => Promise<void>): Promise<void> {
  while (!stopping.signal.aborted) {
    await work().catch(async (error: unknown) => {
      if (stopping.signal.aborted) return;
      console.error(`trying again: ${error instanceof Error ? error.message : String(error)}`);
      await pause(1000);
    });
  }
}

async function keepAlive(): Promise<void> {
  await declare(presence);
  await pause(20_000, undefined, { signal: stopping.signal });
}

let { after } = options;
/** Long poll: `next` says where to go on, also after a restart of the worker. */
async function follow(): Promise<void> {
  const query = { waitMs: 25_000, ...(after !== "" && { after }) };
  const params = { path: { agent }, query };
  const { events, next } = answerOf(
    await nightdesk.GET("/agents/{agent}/events", { params, signal }),
  );
  for (const event of events) console.log(describe(event));
  after = next;
}

function describe(event: AgentEvent): string {
  const { conversation = "", customer, channel, reason, message, mayWrite } = event;
  const why = typeof reason === "object" ? `${reason.rule}, waited ${reason.waitedMs} ms` : reason;
  const texts = (event.messages ?? []).map(({ text = "" }) => `\n    < ${text}`).join("");
  const may = mayWrite ? `${mayWrite.verdict} ${mayWrite.reason ?? ""}`.trimEnd() : "";
  switch (event.type) {
    case "conversationOffered":
      return `${conversation} offered until ${event.expiresAt}: ${customer} on ${channel} (${why})${texts}`;
    case "conversationAssigned":
      return `${conversation} assigned: ${customer} on ${channel} (${why}; writing ${may})${texts}`;
    case "messageReceived":
      return `${conversation} < ${message?.text ?? ""}`;
    case "conversationLeft":
      return `${conversation} left: ${event.to} (${why})`;
    case "presenceChanged":
      return `you are ${event.status} (${why})`;
    default:
      return `${conversation} ${event.type} ${why ?? may}`;
  }
}

async function obey(line: string): Promise<void> {
  const [verb = "", conversation = "", ...words] = line.trim().split(" ");
  const params = { path: { conversation } };
  if (verb === "") return;
  if (verb === "quit") input.close();
  else if (verb === "away" || verb === "available") await declare(verb);
  else if (verb === "say") {
    const body = { id: randomUUID(), from: { agent }, text: words.join(" ") };
    answerOf(await nightdesk.POST("/conversations/{conversation}/messages", { params, body }));
  } else if (verb === "handoff") {
    const body = { agent, skillQueue: words[0] ?? "" };
    answerOf(await nightdesk.POST("/conversations/{conversation}/handoff", { params, body }));
  } else if (isPlain(verb)) {
    const body = { agent };
    answerOf(await nightdesk.POST(`/conversations/{conversation}/${verb}`, { params, body }));
  } else console.log(usage);
}

function isPlain(verb: string): verb is "accept" | "decline" | "release" | "close" {
  return ["accept", "decline", "release", "close"].includes(verb);
}

const input = createInterface({ input: process.stdin });
void persist(keepAlive);
void persist(follow);
for await (const line of input) {
  await obey(line).catch((error: unknown) => console.error(String(error)));
}
await declare("offline").catch(() => undefined);
console.log(`signed out; go on from here with --after ${after}`);
stopping.abort();
