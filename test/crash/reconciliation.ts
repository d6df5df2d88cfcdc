import type { Client } from "./client.ts";
import type { Ledger, ToldEntry, ToldEvent } from "./ledger.ts";

/** A line of a timeline. */
interface TimelineEntry {
  readonly id: string;
  readonly type: string;
  readonly messageId?: string;
  readonly text?: string;
  readonly agent?: string;
  readonly from?: { readonly agent?: string };
  readonly state?: string;
  readonly version?: number;
}

interface Conversation {
  readonly id: string;
  readonly channel: string;
  readonly customer: string;
  readonly state: string;
  readonly version: number;
  readonly timeline: readonly TimelineEntry[];
}

/** What was compared. */
export interface Tally {
  messages: number;
  writes: number;
  actions: number;
  events: number;
  polled: number;
  pushed: number;
  repeated: number;
  conversations: number;
}

/**
 * Compares all that anybody was told with what the worker's timelines and streams say now. Every
 * difference is one line; none may be left.
 */
export async function reconcile(
  client: Client,
  ledger: Ledger,
): Promise<{ readonly differences: readonly string[]; readonly tally: Tally }> {
  const conversations = await readConversations(client);
  const byId = new Map(conversations.map((conversation) => [conversation.id, conversation]));
  const differences = [
    ...messagesDiffer(ledger, conversations),
    ...writesDiffer(ledger, conversations),
    ...actionsDiffer(ledger, byId),
    ...(await streamsDiffer(client, ledger)),
    ...(await presencesDiffer(client, ledger)),
    ...(await pollsDiffer(client, ledger)),
    ...pushesDiffer(ledger, conversations),
    ...conversations.flatMap(storyDiffers),
  ];
  const count = (lists: Iterable<readonly unknown[]>) =>
    [...lists].reduce((sum, { length }) => sum + length, 0);
  const tally = {
    messages: count(ledger.messages.values()),
    writes: ledger.writes.length,
    actions: ledger.actions.length,
    events: count(ledger.streams.values()),
    polled: count(ledger.polls.values()),
    pushed: ledger.pushes.length,
    repeated:
      [...ledger.messages.values()].flat().filter(({ attempts }) => attempts > 1).length +
      ledger.writes.filter(({ attempts }) => attempts > 1).length,
    conversations: conversations.length,
  };
  return { differences, tally };
}

/** How many of the agents' messages in these conversations the webhook has yet to get. */
export async function pushesMissing(
  client: Client,
  ledger: Ledger,
  behind: string | undefined,
): Promise<number> {
  const got = new Set(ledger.pushes.map(({ entry }) => entry.id));
  const conversations = await readConversations(client, behind);
  return conversations
    .filter(({ channel }) => channel === "hook")
    .flatMap(({ timeline }) => timeline)
    .filter(({ type, id }) => type === "messageSent" && !got.has(id)).length;
}

/** An agent's stream as it is kept, all of it or what comes behind an event. */
export async function keptStream(
  client: Client,
  agent: string,
  behind?: string,
): Promise<ToldEvent[]> {
  return client.all<ToldEvent>(`/agents/${agent}/events?waitMs=0`, "events", "after", behind);
}

/** The newest conversation. */
export async function newestConversation(client: Client): Promise<string | undefined> {
  const all = await client.all<{ readonly id: string }>(
    "/conversations?limit=1000",
    "items",
    "cursor",
  );
  return all.at(-1)?.id;
}

/** @param behind only those opened after this one */
async function readConversations(client: Client, behind?: string): Promise<Conversation[]> {
  const listed = await client.all<Omit<Conversation, "timeline">>(
    "/conversations?limit=1000",
    "items",
    "cursor",
    behind,
  );
  const found: Conversation[] = [];
  for (let from = 0; from < listed.length; from += 32) {
    const some = listed.slice(from, from + 32).map(async (conversation) => {
      const { body } = await client.ask("GET", `/conversations/${conversation.id}/timeline`);
      return { ...conversation, timeline: (body["entries"] ?? []) as TimelineEntry[] };
    });
    found.push(...(await Promise.all(some)));
  }
  return found;
}

/** Each message exactly once, in the conversation that was answered, and a customer's in order. */
function messagesDiffer(ledger: Ledger, conversations: readonly Conversation[]): string[] {
  const differences: string[] = [];
  const kept = new Map<string, TimelineEntry & { readonly conversation: string }>();
  const orders = new Map<string, { readonly sequence: number; readonly id: string }[]>();
  for (const { id: conversation, customer, timeline } of conversations) {
    for (const entry of timeline) {
      const { messageId } = entry;
      if (entry.type !== "messageReceived" || messageId === undefined) continue;
      if (kept.has(messageId)) differences.push(`message ${messageId} is there twice`);
      kept.set(messageId, { ...entry, conversation });
      const order = orders.get(customer) ?? [];
      order.push({ sequence: sequenceOf(entry.id), id: messageId });
      orders.set(customer, order);
    }
  }
  for (const [customer, sent] of ledger.messages) {
    for (const { id, conversation, text } of sent) {
      const found = kept.get(id);
      if (found === undefined) differences.push(`message ${id} was answered and is lost`);
      else if (found.conversation !== conversation || found.text !== text) {
        differences.push(`message ${id} of ${conversation} is ${JSON.stringify(found)}`);
      }
      kept.delete(id);
    }
    const order = (orders.get(customer) ?? []).toSorted((a, b) => a.sequence - b.sequence);
    const wanted = sent.map(({ id }) => id).join();
    if (order.map(({ id }) => id).join() !== wanted) {
      differences.push(`${customer}'s messages are not in the order in which they were answered`);
    }
  }
  for (const id of kept.keys()) differences.push(`message ${id} was never answered, and is there`);
  return differences;
}

/** Each answered write exactly once, and nothing that nobody wrote. */
function writesDiffer(ledger: Ledger, conversations: readonly Conversation[]): string[] {
  const differences: string[] = [];
  const kept = new Map<string, string>();
  for (const { id: conversation, timeline } of conversations) {
    for (const { type, messageId, text } of timeline) {
      if (type !== "messageSent" || messageId === undefined) continue;
      if (kept.has(messageId)) differences.push(`write ${messageId} is there twice`);
      kept.set(messageId, `${conversation} ${text}`);
    }
  }
  for (const { id, conversation, text } of ledger.writes) {
    const found = kept.get(id);
    if (found !== `${conversation} ${text}`) differences.push(`write ${id} is ${found ?? "lost"}`);
    kept.delete(id);
  }
  for (const id of kept.keys()) differences.push(`write ${id} was never answered, and is there`);
  return differences;
}

function actionsDiffer(ledger: Ledger, byId: ReadonlyMap<string, Conversation>): string[] {
  return ledger.actions.flatMap(({ conversation, agent, verb }) => {
    const timeline = byId.get(conversation)?.timeline ?? [];
    const has = timeline.some((entry) => {
      if (verb === "accept") return entry.type === "conversationAssigned" && entry.agent === agent;
      if (verb === "decline") return entry.type === "offerWithdrawn" && entry.agent === agent;
      return entry.type === "conversationMoved" && entry.state === "closed";
    });
    return has ? [] : [`${verb} of ${conversation} by ${agent} was answered and is lost`];
  });
}

/** What a stream told, across all lives and without gap or repeat, is what is kept of it. */
async function streamsDiffer(client: Client, ledger: Ledger): Promise<string[]> {
  const differences: string[] = [];
  for (const [agent, told] of ledger.streams) {
    const kept = await keptStream(client, agent);
    for (let place = 0; place < Math.max(told.length, kept.length); place += 1) {
      const [one, other] = [JSON.stringify(told[place]), JSON.stringify(kept[place])];
      if (one === other) continue;
      differences.push(`${agent}'s event ${place}: told ${one}, kept ${other}`);
      break;
    }
  }
  return differences;
}

/** The last presence that a stream told is the one that stands. */
async function presencesDiffer(client: Client, ledger: Ledger): Promise<string[]> {
  const differences: string[] = [];
  for (const [agent, told] of ledger.streams) {
    const { body } = await client.ask("GET", `/agents/${agent}`);
    const last = told.findLast(({ type }) => type === "presenceChanged")?.["status"];
    if (body["status"] !== last) {
      differences.push(`${agent} is ${String(body["status"])}, and was told ${String(last)}`);
    }
  }
  return differences;
}

/** What a customer polled is still there, in the same order; a prompt may have been withdrawn. */
async function pollsDiffer(client: Client, ledger: Ledger): Promise<string[]> {
  const differences: string[] = [];
  for (const [customer, told] of ledger.polls) {
    const path = `/channels/web/customers/${customer}/poll?waitMs=0`;
    const { body } = await client.ask("GET", path);
    const kept = new Map(((body["entries"] ?? []) as ToldEntry[]).map((one) => [one.id, one]));
    let before = -1;
    for (const entry of told) {
      if (sequenceOf(entry.id) <= before) differences.push(`${customer}: ${entry.id} out of order`);
      before = sequenceOf(entry.id);
      const found = JSON.stringify(kept.get(entry.id));
      if (entry.kind === "prompt" && found === undefined) continue;
      if (found !== JSON.stringify(entry)) {
        differences.push(`${customer} polled ${JSON.stringify(entry)}, and now it is ${found}`);
      }
    }
  }
  return differences;
}

/** Each entry at least once, under one webhook id, always the same, and in order where it is new. */
function pushesDiffer(ledger: Ledger, conversations: readonly Conversation[]): string[] {
  const differences: string[] = [];
  const first = new Map<string, { readonly webhookId: string; readonly text: string }>();
  const newest = new Map<string, number>();
  for (const { webhookId, entry } of ledger.pushes) {
    const text = JSON.stringify(entry);
    const known = first.get(entry.id);
    if (known !== undefined) {
      if (known.webhookId !== webhookId || known.text !== text) {
        differences.push(`${entry.id} was pushed as ${known.text} and as ${text}`);
      }
      continue;
    }
    first.set(entry.id, { webhookId, text });
    const sequence = sequenceOf(entry.id);
    if (sequence < (newest.get(entry.conversation) ?? 0)) {
      differences.push(`${entry.id} of ${entry.conversation} was pushed out of order`);
    }
    newest.set(entry.conversation, sequence);
  }
  for (const { channel, timeline } of conversations) {
    const told = timeline.filter(({ type }) => type === "messageSent");
    for (const { id, text } of channel === "hook" ? told : []) {
      const pushed = first.get(id);
      if (pushed === undefined) differences.push(`${id} was never pushed`);
      else if (!pushed.text.includes(JSON.stringify(text))) differences.push(`${id} has no text`);
    }
  }
  return differences;
}

/** A timeline's versions never go back, its ids rise, and its last state is the conversation's. */
function storyDiffers({ id, state, version, timeline }: Conversation): string[] {
  const differences: string[] = [];
  let [lastId, lastVersion] = [0, 0];
  for (const entry of timeline) {
    if (sequenceOf(entry.id) <= lastId) differences.push(`${id}: ${entry.id} out of order`);
    if ((entry.version ?? lastVersion) < lastVersion) differences.push(`${id}: version goes back`);
    lastId = sequenceOf(entry.id);
    lastVersion = entry.version ?? lastVersion;
  }
  const last = timeline.findLast(({ type }) => type === "conversationMoved")?.state;
  if (last !== state) differences.push(`${id} is ${state}, and its timeline says ${last}`);
  if (lastVersion !== version) differences.push(`${id} is at version ${version}: ${lastVersion}`);
  return differences;
}

function sequenceOf(id: string): number {
  return Number(id.slice(1));
}
