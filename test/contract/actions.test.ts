import { afterAll, beforeAll, expect, test } from "vitest";
import { agent, channel, document } from "./documents.ts";
import { ContractWorker, minuteMs } from "./worker.ts";

let worker: ContractWorker;
beforeAll(async () => {
  worker = await ContractWorker.start();
});
afterAll(async () => worker[Symbol.asyncDispose]());

const two = [agent("ana", 2), agent("ben", 2)];
const manual = { acceptance: "manual" };

test("3.14.1 accept and decline: only `offered`, only its agent", async () => {
  const desk = await worker.tenant(document({ agents: two, open: manual }));
  await desk.available("ana");
  const { conversation } = await desk.inbound();
  for (const action of ["accept", "decline"]) {
    expect(await desk.act(conversation, action, { agent: "ben" })).toMatchObject({
      status: 409,
      body: { code: "not_owner" },
    });
    expect(await desk.act(conversation, action, { agent: "zoe" })).toMatchObject({
      status: 404,
      body: { code: "unknown_agent" },
    });
  }
  expect(await desk.act(conversation, "accept", { agent: "ana" })).toMatchObject({ status: 200 });
  for (const action of ["accept", "decline"]) {
    expect(await desk.act(conversation, action, { agent: "ana" })).toMatchObject({
      status: 409,
      body: { code: "wrong_state" },
    });
  }
});

test("3.14.2 3.14.4 F20 assign: any open state; withdraws an offer, replaces an owner; `assigned`, its timers end", async () => {
  const desk = await worker.tenant(
    document({ agents: two, open: manual, offline: { routingTimeLimit: 1 } }),
  );
  await desk.presence("ben", "away");
  await desk.available("ana");
  const { conversation, state } = await desk.inbound();
  expect(state).toBe("offered");
  const assign = (by: string): Promise<unknown> => desk.act(conversation, "assign", { agent: by });
  expect(await assign("ben")).toMatchObject({
    status: 200,
    body: { state: "assigned", agent: "ben" },
  });
  expect(await desk.eventsOf("offerWithdrawn", conversation)).toMatchObject([
    { agent: "ana", reason: "assigned_by_person" },
  ]);
  expect(await assign("ana")).toMatchObject({ body: { state: "assigned", agent: "ana" } });
  expect((await desk.agent("ben")).units.used).toBe(0);
  await desk.answer(conversation, "ana");
  expect(await desk.due(conversation, "customerReply")).not.toBeUndefined();
  expect(await assign("ben")).toMatchObject({ body: { state: "assigned", agent: "ben" } });
  expect(await desk.due(conversation, "customerReply")).toBeUndefined();
  await desk.act(conversation, "release");
  await desk.presence("ana", "away");
  await worker.advance(20 * minuteMs);
  expect(["dormant", "parked", "queued"]).toContain(await desk.state(conversation));
  expect(await assign("ben")).toMatchObject({
    status: 200,
    body: { state: "assigned", agent: "ben" },
  });
  await desk.act(conversation, "close");
  expect(await assign("ben")).toMatchObject({ status: 409, body: { code: "wrong_state" } });
});

test("3.14.2 assign reaches parked, held and dormant ones", async () => {
  await worker.next("20:00");
  const desk = await worker.tenant(
    document({
      agents: two,
      offline: { routingTimeLimit: 1 },
      channels: [channel("o", "web", { skillQueue: "office" })],
    }),
  );
  const parked = await desk.inbound({ customer: "p" });
  const held = await desk.inbound({ channel: "o" });
  await worker.advance(minuteMs);
  await desk.presence("ana", "away");
  for (const { conversation } of [parked, held]) {
    expect(await desk.act(conversation, "assign", { agent: "ana" })).toMatchObject({
      status: 200,
      body: { state: "assigned", agent: "ana" },
    });
  }
  await desk.answer(parked.conversation, "ana");
  await worker.advance(3 * minuteMs);
  expect(await desk.state(parked.conversation)).toBe("dormant");
  expect(await desk.act(parked.conversation, "assign", { agent: "ana" })).toMatchObject({
    status: 200,
    body: { state: "assigned" },
  });
});

test("F20 assign to the present owner changes nothing", async () => {
  const desk = await worker.tenant(document());
  await desk.available("ana");
  const { conversation, version } = await desk.inbound();
  const events = await desk.events();
  expect(await desk.act(conversation, "assign", { agent: "ana" })).toMatchObject({
    status: 200,
    body: { state: "assigned", version },
  });
  expect(await desk.events()).toHaveLength(events.length);
});

test("3.14.3 F6 F28 assign needs a signed-in agent, the skill and free units, unless `override`; the excess counts, and nothing more is routed until below", async () => {
  const desk = await worker.tenant(
    document({ agents: [agent("ana", 1), agent("ben", 1, { office: 1 })] }),
  );
  const ids: string[] = [];
  for (const customer of ["a", "b", "c"]) ids.push((await desk.inbound({ customer })).conversation);
  const [a = "", b = "", c = ""] = ids;
  const assign = (id: string, body: object): Promise<unknown> => desk.act(id, "assign", body);
  expect(await assign(a, { agent: "ana" })).toMatchObject({
    status: 409,
    body: { code: "agent_not_available" },
  });
  expect(await assign(a, { agent: "ana", override: true })).toMatchObject({
    status: 409,
    body: { code: "agent_not_available" },
  });
  await desk.presence("ben", "away");
  expect(await assign(a, { agent: "ben" })).toMatchObject({
    status: 409,
    body: { code: "skill_missing" },
  });
  expect(await assign(a, { agent: "ben", override: true })).toMatchObject({
    status: 200,
    body: { agent: "ben" },
  });
  expect(await assign(b, { agent: "ben" })).toMatchObject({
    status: 409,
    body: { code: "skill_missing" },
  });
  await desk.presence("ana", "away");
  expect(await assign(b, { agent: "ana" })).toMatchObject({ status: 200 });
  expect(await assign(c, { agent: "ana" })).toMatchObject({
    status: 409,
    body: { code: "no_capacity" },
  });
  expect(await assign(c, { agent: "ana", override: true })).toMatchObject({ status: 200 });
  expect((await desk.agent("ana")).units).toEqual({ capacity: 1, used: 2, free: -1 });
  await desk.available("ana");
  const waits = await desk.inbound({ customer: "d" });
  await desk.act(b, "close");
  expect(await desk.state(waits.conversation)).toBe("queued");
  await desk.act(c, "close");
  expect(await desk.state(waits.conversation)).toBe("assigned");
});

test("3.14.5 release: its owner or a supervisor, nobody else, and only of an owned one", async () => {
  const desk = await worker.tenant(document({ agents: two }));
  const { conversation } = await desk.inbound();
  expect(await desk.act(conversation, "release")).toMatchObject({
    status: 409,
    body: { code: "wrong_state" },
  });
  await desk.available("ana");
  expect(await desk.act(conversation, "release", { agent: "ben" })).toMatchObject({
    status: 409,
    body: { code: "not_owner" },
  });
  expect(await desk.act(conversation, "release", { agent: "ana" })).toMatchObject({ status: 200 });
});

test("3.14.6 3.14.7 F28 hand-off: an owner to another queue, age kept; needs `skillQueue`; by a supervisor `not_owner`", async () => {
  const desk = await worker.tenant(
    document({
      agents: [agent("ana", 1, { open: 1 }), agent("ben", 1, { office: 1 })],
      queues: [{ id: "two" }],
    }),
  );
  await desk.available("ana");
  const { conversation } = await desk.inbound();
  const { age } = await desk.conversation(conversation);
  await worker.advance(1000);
  expect(await desk.act(conversation, "handoff", { agent: "ana" })).toMatchObject({
    status: 422,
    body: { code: "invalid_request" },
  });
  expect(await desk.act(conversation, "handoff", { skillQueue: "two" })).toMatchObject({
    status: 409,
    body: { code: "not_owner" },
  });
  expect(
    await desk.act(conversation, "handoff", { agent: "ben", skillQueue: "two" }),
  ).toMatchObject({ status: 409, body: { code: "not_owner" } });
  expect(
    await desk.act(conversation, "handoff", { agent: "ana", skillQueue: "none" }),
  ).toMatchObject({ status: 404, body: { code: "unknown_skill_queue" } });
  expect(await desk.act(conversation, "handoff", { bot: true })).toMatchObject({
    status: 409,
    body: { code: "wrong_state" },
  });
  expect(
    await desk.act(conversation, "handoff", { agent: "ana", skillQueue: "two" }),
  ).toMatchObject({ status: 200, body: { state: "queued" } });
  expect(await desk.conversation(conversation)).toMatchObject({ skillQueue: "two", age });
});

test("F22 a hand-off with nothing unanswered waits with the hand-off as its age", async () => {
  const desk = await worker.tenant(document({ queues: [{ id: "two" }] }));
  await desk.available("ana");
  const { conversation } = await desk.inbound();
  await desk.answer(conversation, "ana");
  await worker.advance(5000);
  await desk.act(conversation, "handoff", { agent: "ana", skillQueue: "two" });
  expect(await desk.conversation(conversation)).toMatchObject({ state: "queued", age: worker.now });
});

test("3.14.8 write: only the owner", async () => {
  const desk = await worker.tenant(document({ agents: two }));
  const { conversation } = await desk.inbound();
  expect(await desk.write(conversation, "ana")).toMatchObject({ status: 409 });
  await desk.available("ana");
  expect(await desk.write(conversation, "ben")).toMatchObject({
    status: 409,
    body: { code: "not_owner" },
  });
  expect(await desk.write(conversation, { bot: true })).toMatchObject({
    status: 409,
    body: { code: "wrong_state" },
  });
  expect(await desk.write(conversation, "zoe")).toMatchObject({
    status: 404,
    body: { code: "unknown_agent" },
  });
  expect(await desk.write(conversation, "ana")).toMatchObject({ status: 202 });
});

test("3.14.9 F28 close: owner, supervisor, or the channel; not another agent, not the bot outside `with-bot`", async () => {
  const desk = await worker.tenant(document({ agents: [agent("ana", 9), agent("ben", 2)] }));
  await desk.available("ana");
  const closed = async (body: object): Promise<unknown> => {
    const { conversation } = await desk.inbound();
    expect(await desk.act(conversation, "close", { agent: "ben" })).toMatchObject({
      status: 409,
      body: { code: "not_owner" },
    });
    expect(await desk.act(conversation, "close", { bot: true })).toMatchObject({
      status: 409,
      body: { code: "wrong_state" },
    });
    const answer = await desk.act(conversation, "close", body);
    expect(answer).toMatchObject({ status: 200, body: { state: "closed" } });
    expect(await desk.act(conversation, "close", body)).toMatchObject({
      status: 409,
      body: { code: "wrong_state" },
    });
    return (await desk.eventsOf("conversationLeft", conversation)).at(-1)?.reason;
  };
  expect(await closed({ agent: "ana" })).toBe("closed_by_agent");
  expect(await closed({})).toBe("closed_by_supervisor");
  expect(await closed({ customer: true })).toBe("customer_ended");
});

test("3.14.10 3.14.11 F28 each may carry the `version` it saw; a stale one is refused before anything of the state", async () => {
  const desk = await worker.tenant(document({ agents: two, open: manual }));
  await desk.available("ana");
  const { conversation, version } = await desk.inbound();
  expect(version).toBe(2);
  for (const action of ["accept", "decline", "assign", "release", "handoff", "close"]) {
    const body = {
      agent: "ben",
      version: 1,
      ...(action === "handoff" ? { skillQueue: "office" } : {}),
    };
    expect(await desk.act(conversation, action, body)).toMatchObject({
      status: 409,
      body: { code: "stale_version" },
    });
  }
  expect(await desk.write(conversation, "ben", { version: 1 })).toMatchObject({
    status: 409,
    body: { code: "stale_version" },
  });
  expect(await desk.act(conversation, "accept", { agent: "ana", version })).toMatchObject({
    status: 200,
    body: { version: 3 },
  });
  expect(await desk.write(conversation, "ana", { version: 3 })).toMatchObject({ status: 202 });
});

test("3.14.12 F28 refusals in their order: wrong state before owner, owner before agent, skill before capacity", async () => {
  const desk = await worker.tenant(
    document({ agents: [agent("ana", 1), agent("ben", 1, { office: 1 })] }),
  );
  await desk.available("ana");
  const { conversation } = await desk.inbound();
  expect(await desk.act(conversation, "accept", { agent: "ben" })).toMatchObject({
    body: { code: "wrong_state" },
  });
  expect(await desk.act(conversation, "assign", { agent: "ben" })).toMatchObject({
    body: { code: "agent_not_available" },
  });
  expect(await desk.contact("ben")).toMatchObject({
    status: 409,
    body: { code: "conversation_owned" },
  });
  await desk.presence("ben", "away");
  const full = await desk.inbound({ customer: "f" });
  await desk.act(full.conversation, "assign", { agent: "ben", override: true });
  expect(await desk.act(conversation, "assign", { agent: "ben" })).toMatchObject({
    body: { code: "skill_missing" },
  });
  await desk.act(full.conversation, "close");
  const next = await desk.inbound({ customer: "n" });
  expect(await desk.act(next.conversation, "assign", { agent: "ana" })).toMatchObject({
    status: 409,
    body: { code: "no_capacity" },
  });
});

test("F31 F28 unknown things are 404 in path or body; a wrong body is 422 `invalid_request` with every violation", async () => {
  const desk = await worker.tenant(document());
  await desk.available("ana");
  const { conversation } = await desk.inbound();
  const code = (answer: { body: { code: string } }): string => answer.body.code;
  expect(code(await desk.act("c999", "close"))).toBe("unknown_conversation");
  expect(code(await desk.act("nonsense", "close"))).toBe("unknown_conversation");
  expect(code(await desk.send({ channel: "none" }))).toBe("unknown_channel");
  expect(code(await worker.unused().send())).toBe("unknown_tenant");
  expect(code(await desk.act(conversation, "assign", { agent: "none" }))).toBe("unknown_agent");
  const wrong = await desk.act(conversation, "close", { version: "1", colour: 2 });
  expect(wrong).toMatchObject({ status: 422, body: { code: "invalid_request" } });
  expect(wrong.body.violations).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ path: "/version", code: "wrong_type", value: "1" }),
      expect.objectContaining({ path: "/colour", code: "unknown_key" }),
    ]),
  );
  expect((await desk.call("POST", `/conversations/${conversation}/close`, "{")).status).toBe(400);
  // 422 comes after 404.
  expect((await desk.act("c999", "close", { colour: 1 })).status).toBe(404);
});

test("5.post-conversations-id-accept.1 F30 `POST /conversations/assign` and `release` take `{ items }` and answer each", async () => {
  const desk = await worker.tenant(document({ agents: [agent("ana", 2)] }));
  const ids: string[] = [];
  for (const customer of ["a", "b", "c"]) ids.push((await desk.inbound({ customer })).conversation);
  await desk.presence("ana", "away");
  interface Bulk {
    readonly items: readonly {
      readonly status: number;
      readonly code?: string;
      readonly conversation?: string;
    }[];
  }
  const items = ids.map((conversation) => ({ conversation, agent: "ana" }));
  const assigned = await desk.call<Bulk>("POST", "/conversations/assign", {
    items: [...items, { conversation: "c999", agent: "ana" }],
  });
  expect(assigned).toMatchObject({
    status: 200,
    body: {
      items: [
        { status: 200, conversation: ids[0], state: "assigned", agent: "ana" },
        { status: 200, conversation: ids[1], state: "assigned" },
        { status: 409, code: "no_capacity" },
        { status: 404, code: "unknown_conversation" },
      ],
    },
  });
  const released = await desk.call<Bulk>("POST", "/conversations/release", {
    items: ids.map((conversation) => ({ conversation })),
  });
  expect(released.body.items.map(({ status }) => status)).toEqual([200, 200, 409]);
});

test("F30 contact, write and the six actions answer what `POST /messages` does; actions with 200", async () => {
  const desk = await worker.tenant(document({ open: manual }));
  await desk.available("ana");
  const { conversation } = await desk.inbound();
  const shape = { conversation, offline: false };
  expect(await desk.act(conversation, "accept", { agent: "ana" })).toMatchObject({
    status: 200,
    body: { ...shape, state: "assigned", version: 3, agent: "ana" },
  });
  expect(await desk.write(conversation, "ana")).toMatchObject({
    status: 202,
    body: { ...shape, state: "live", version: 4, agent: "ana" },
  });
  expect(await desk.act(conversation, "release", { agent: "ana" })).toMatchObject({
    status: 200,
    body: { ...shape, state: "dormant", version: 5 },
  });
  expect(await desk.act(conversation, "close", {})).toMatchObject({
    status: 200,
    body: { ...shape, state: "closed", version: 6 },
  });
});
