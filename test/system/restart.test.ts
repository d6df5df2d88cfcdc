import { expect, test } from "vitest";
import { WorkerProcess, temporaryFolder } from "./worker-process.ts";

// The real process is killed under real load, and everything that its callers were told is looked
// for in what it says afterwards.

const base = "/v1/tenants/demo";
const agents = ["ana", "ben"];
const rounds = 3;

/** What one caller was told: the conversation of each message that was accepted. */
type Told = Map<string, string>;

/** Sends messages one after the other until the worker is gone; what was not answered is `open`. */
async function sendUntilGone(
  worker: WorkerProcess,
  sender: string,
  told: Told,
  open: Set<string>,
): Promise<void> {
  for (let count = 0; ; count += 1) {
    const id = `${sender}-${count}`;
    open.add(id);
    const sent = await send(worker, id).catch(() => undefined);
    if (sent === undefined) return;
    told.set(id, sent);
    open.delete(id);
  }
}

/** Three messages a customer, so that some open a conversation and some do not. */
async function send(worker: WorkerProcess, id: string): Promise<string> {
  const [round, sender, count] = id.split("-");
  const customer = `customer-${round}-${sender}-${Math.floor(Number(count) / 3)}`;
  const body = { id, channel: "web", customer, text: `text of ${id}` };
  const answer = await worker.call("POST", `${base}/messages`, body);
  if (answer.status !== 202) throw new Error(JSON.stringify(answer));
  return String(answer.body["conversation"]);
}

/** Agents take what they get and close it; conversations that they were told they closed. */
async function workUntilGone(worker: WorkerProcess, agent: string, closed: Set<string>) {
  let after = "";
  try {
    await worker.call("PUT", `${base}/agents/${agent}/presence`, { status: "available" });
    for (;;) {
      const query = after === "" ? "?waitMs=200" : `?waitMs=200&after=${after}`;
      const { body } = await worker.call("GET", `${base}/agents/${agent}/events${query}`);
      after = String(body["next"]);
      for (const event of body["events"] as Event[]) {
        if (event.type !== "conversationAssigned") continue;
        const path = `${base}/conversations/${event.conversation}/close`;
        const { status } = await worker.call("POST", path, { agent });
        // It may have been closed by this agent in an earlier life of the worker.
        if (status === 200) closed.add(event.conversation);
      }
    }
  } catch {
    // The worker is gone.
  }
}

interface Event {
  readonly type: string;
  readonly conversation: string;
}

async function allConversations(worker: WorkerProcess) {
  const found: { id: string; state: string }[] = [];
  for (let cursor: unknown = ""; typeof cursor === "string";) {
    const query = cursor === "" ? "" : `&cursor=${cursor}`;
    const { body } = await worker.call("GET", `${base}/conversations?limit=200${query}`);
    found.push(...(body["items"] as typeof found));
    cursor = body["next"];
  }
  return found;
}

interface TimelineEntry {
  readonly type: string;
  readonly messageId?: string;
  readonly text?: string;
  readonly agent?: string;
}

test("nothing that was answered is lost or doubled by SIGKILL, round after round", async () => {
  const folder = temporaryFolder();
  const told: Told = new Map();
  const open = new Set<string>();
  const closed = new Set<string>();
  for (let round = 0; round < rounds; round += 1) {
    const worker = await WorkerProcess.start(folder, "--log-level", "warn");
    const before = told.size;
    const everybody = [
      ...Array.from({ length: 6 }, (_, sender) =>
        sendUntilGone(worker, `${round}-${sender}`, told, open),
      ),
      ...agents.map((agent) => workUntilGone(worker, agent, closed)),
    ];
    // In the middle of it: after some hundred answers, with requests under way.
    while (told.size < before + 150) await worker.call("GET", "/healthz");
    expect(await worker.end("SIGKILL")).toBeNull();
    await Promise.all(everybody);
  }

  const worker = await WorkerProcess.start(folder, "--log-level", "warn");
  // What was not answered is sent again with the same id, as a caller would.
  for (const id of open) told.set(id, await send(worker, id));

  const timesSeen = new Map<string, number>();
  const conversations = await allConversations(worker);
  for (const { id, state } of conversations) {
    const { body } = await worker.call("GET", `${base}/conversations/${id}/timeline`);
    const entries = body["entries"] as TimelineEntry[];
    for (const { type, messageId = "", text } of entries) {
      if (type !== "messageReceived") continue;
      expect(text).toBe(`text of ${messageId}`);
      expect(told.get(messageId)).toBe(id);
      timesSeen.set(messageId, (timesSeen.get(messageId) ?? 0) + 1);
    }
    const assigned = entries.filter(({ type }) => type === "conversationAssigned").length;
    const left = entries.filter(({ type }) => type === "conversationLeft").length;
    expect([0, 1]).toContain(assigned - left);
    if (closed.has(id)) expect(state).toBe("closed");
  }
  expect([...told.keys()].filter((id) => timesSeen.get(id) !== 1)).toEqual([]);
  expect(timesSeen.size).toBe(told.size);
  expect(closed.size).toBeGreaterThan(0);
  expect(new Set(conversations.map(({ id }) => id)).size).toBe(conversations.length);
}, 120_000);
