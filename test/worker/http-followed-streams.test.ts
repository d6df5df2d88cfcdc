import { expect, test } from "vitest";
import { StreamReader } from "../../worker/http/event-reader.ts";
import { Tenants } from "../../worker/http/tenants.ts";
import { ToldEvents } from "../../worker/http/told-events.ts";
import type { Follower } from "../../worker/http/wakeups.ts";
import { Wakeups } from "../../worker/http/wakeups.ts";
import type { RecordedEvent } from "../../worker/shards/routing.ts";
import { ScriptedRouting } from "./http/scripted-routing.ts";

const tenant = "acme";

function presence(sequence: number, agent = "ana"): RecordedEvent {
  const at = Date.UTC(2026, 2, 2);
  const status = "available";
  const event = { type: "presenceChanged", tenant, sequence, at, agent, status } as const;
  return { event: { ...event, reason: "assigned_by_person" } };
}

/** Whose stream is followed, and what was asked. */
class FollowedRouting extends ScriptedRouting {
  followed: string[] = [];
  follow(of: string): () => void {
    this.followed.push(of);
    return () => void (this.followed = this.followed.filter((other) => other !== of));
  }

  get questions(): number {
    return this.queries.filter(({ type }) => type === "events").length;
  }
}

function begin(agent?: string) {
  const routing = new FollowedRouting();
  const source = agent === undefined ? { tenant } : { tenant, agent };
  const follower = new Wakeups(routing).follow(source);
  return { routing, follower, reader: new StreamReader(routing, source, follower, 0) };
}

async function readAll(reader: StreamReader, follower: Follower): Promise<string[]> {
  const ids: string[] = [];
  while (await follower.next(0)) {
    for (let page = await reader.read(); page.length > 0; page = await reader.read()) {
      ids.push(...page.map(({ id }) => id));
    }
  }
  return ids;
}

test("a reader who is up to date asks nothing more while batches tell", async () => {
  const { routing, follower, reader } = begin();
  expect(await reader.read()).toEqual([]);
  expect(routing.questions).toBe(1);
  routing.spread({ told: [presence(1), presence(2)] });
  routing.spread({ told: [] });
  routing.spread({ told: [presence(4)] });
  expect(await readAll(reader, follower)).toHaveLength(3);
  expect(routing.questions).toBe(1);
});

test("a batch that tells nothing of a stream wakes nobody who follows it", async () => {
  const { routing, follower } = begin();
  routing.spread({ told: [] });
  expect(await follower.next(0)).toBe(false);
});

test("where a batch does not tell, the reader asks, and reads nothing twice", async () => {
  const { routing, follower, reader } = begin();
  await reader.read();
  routing.spread({ told: [presence(1)] });
  routing.spread({});
  routing.events = [presence(1), presence(2)];
  const first = await readAll(reader, follower);
  // Told of both before the question was asked, and of one more behind it.
  routing.spread({ told: [presence(2), presence(3)] });
  const second = await readAll(reader, follower);
  expect([first.length, second.length]).toEqual([2, 1]);
});

test("a reader asks after a recovery, because a batch may have been told to nobody", async () => {
  const { routing, follower, reader } = begin("ana");
  await reader.read();
  routing.events = [presence(1)];
  routing.recover();
  routing.events = [presence(1), presence(2)];
  routing.spread({ agents: ["ana"], told: [presence(2)] });
  expect(await readAll(reader, follower)).toHaveLength(2);
});

test("what is known of tenants is asked again after a recovery", async () => {
  const routing = new FollowedRouting();
  const tenants = new Tenants(routing);
  expect((await tenants.find(tenant)).revision).toBe(3);
  routing.revision = 4;
  expect((await tenants.find(tenant)).revision).toBe(3);
  routing.recover();
  expect((await tenants.find(tenant)).revision).toBe(4);
});

test("an agent is told of what is their own", async () => {
  const { routing, follower, reader } = begin("ben");
  await reader.read();
  routing.spread({ agents: ["ana", "ben"], told: [presence(1), presence(2, "ben")] });
  routing.spread({ agents: ["ana"], told: [presence(3)] });
  expect(await readAll(reader, follower)).toHaveLength(1);
  expect(routing.questions).toBe(1);
});

test("whoever follows an agent is not given what others were told", () => {
  const routing = new FollowedRouting();
  const wakeups = new Wakeups(routing);
  const [all, ana, ben] = [{ tenant }, { tenant, agent: "ana" }, { tenant, agent: "ben" }].map(
    (source) => wakeups.follow(source),
  );
  routing.spread({ agents: ["ana", "ben"], told: [presence(1), presence(2, "ben"), presence(3)] });
  const given = [all, ana, ben].map((follower) =>
    follower?.take()?.map(({ event }) => event.sequence),
  );
  expect(given).toEqual([[1, 2, 3], [1, 3], [2]]);
});

test("a tenant is followed as long as its reader stays", () => {
  const { routing, follower } = begin();
  expect(routing.followed).toEqual([tenant]);
  follower.stop();
  expect(routing.followed).toEqual([]);
});

test("a reader who does not come for what was told has to ask", () => {
  const told = new ToldEvents();
  for (let sequence = 1; sequence <= 16; sequence += 1) told.add([presence(sequence)]);
  expect(told.take()).toHaveLength(16);
  for (let sequence = 1; sequence <= 17; sequence += 1) told.add([presence(sequence)]);
  told.add([presence(18)]);
  expect(told.take()).toBeUndefined();
  told.add([presence(19)]);
  expect(told.take()).toHaveLength(1);
});
