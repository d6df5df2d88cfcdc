import { afterAll, beforeAll, expect, test } from "vitest";
import { agent, channel, document, type DocumentParts } from "./documents.ts";
import type { TenantDesk } from "./tenant.ts";
import { ContractWorker, minuteMs } from "./worker.ts";

let worker: ContractWorker;
beforeAll(async () => {
  worker = await ContractWorker.start();
});
afterAll(async () => worker[Symbol.asyncDispose]());

const two = [agent("ana", 3), agent("ben", 3)];

function lastAgent(
  parts: DocumentParts = {},
  mode: object = {},
  offline: object = {},
): ReturnType<typeof document> {
  return document({
    agents: two,
    ...parts,
    web: {
      lastAgentMode: { enabled: true, ...mode },
      offlineMessages: {
        enabled: true,
        routingMode: "last-agent",
        routingTimeLimit: 60,
        ...offline,
      },
      ...parts.web,
    },
  });
}

/** ana answers this customer, and the conversation is over. */
async function answeredBy(
  desk: TenantDesk,
  by: string,
  customer = "vera",
  channelId = "web",
): Promise<void> {
  const { conversation } = await desk.inbound({ customer, channel: channelId });
  await desk.presence(by, "away");
  await desk.act(conversation, "assign", { agent: by });
  await desk.answer(conversation, by);
  await desk.act(conversation, "close", { agent: by });
}

test("3.7.1 3.7.2 F33 an eligible last agent gets it, although another is longer idle; it does not move the round-robin", async () => {
  const desk = await worker.tenant(lastAgent({ open: { agentSelection: "round-robin" } }));
  await answeredBy(desk, "ben");
  await desk.available("ana", "ben");
  const back = await desk.inbound();
  expect(back).toMatchObject({ state: "assigned", agent: "ben" });
  expect((await desk.explanation(back.conversation)).rule).toBe("last-agent");
  expect((await desk.inbound({ customer: "new" })).agent).toBe("ana");
});

test("3.7.3 3.7.6 3.last-agent-wait.1 a signed-in last agent is waited for `waitMinutes`, then it is open to the whole queue at its age", async () => {
  const desk = await worker.tenant(lastAgent({}, { waitMinutes: 10, offlineWaitMinutes: 4 }));
  await answeredBy(desk, "ana");
  await desk.available("ben");
  const age = worker.now;
  const { conversation, state } = await desk.inbound();
  expect(state).toBe("queued");
  expect(await desk.conversation(conversation)).toMatchObject({ reservedFor: "ana", version: 1 });
  expect(await desk.due(conversation, "lastAgentWait")).toBe(worker.in(10 * minuteMs));
  expect(await desk.queue("open")).toMatchObject({ reserved: 1, waiting: { live: 1, offline: 0 } });
  await worker.advance(10 * minuteMs - 1);
  expect(await desk.state(conversation)).toBe("queued");
  await worker.advance(1);
  expect(await desk.conversation(conversation)).toMatchObject({
    state: "assigned",
    agent: "ben",
    age,
  });
});

test("3.7.3 `offlineWaitMinutes` if they are not signed in", async () => {
  const desk = await worker.tenant(lastAgent({}, { waitMinutes: 10, offlineWaitMinutes: 4 }));
  await answeredBy(desk, "ana");
  await desk.presence("ana", "offline");
  await desk.available("ben");
  const { conversation } = await desk.inbound();
  expect(await desk.due(conversation, "lastAgentWait")).toBe(worker.in(4 * minuteMs));
});

test("3.7.3 3.7.4 F33 counted in open time: at opening time an agent who signs in three minutes late still gets their customers", async () => {
  await worker.next("20:00");
  const desk = await worker.tenant(
    lastAgent({
      web: {
        skillQueue: "office",
        lastAgentMode: { enabled: true },
        offlineMessages: { enabled: true, routingMode: "last-agent" },
      },
    }),
  );
  await answeredBy(desk, "ana");
  await desk.presence("ana", "offline");
  const { conversation, state } = await desk.inbound();
  expect(state).toBe("held");
  expect(await desk.conversation(conversation)).toMatchObject({ reservedFor: "ana" });
  expect(await desk.due(conversation, "lastAgentWait")).toBe(5 * minuteMs);
  await worker.next("08:59");
  await desk.available("ben");
  await worker.next("09:03");
  expect(await desk.state(conversation)).toBe("queued");
  await desk.available("ana");
  expect(await desk.conversation(conversation)).toMatchObject({ state: "assigned", agent: "ana" });
  expect((await desk.explanation(conversation)).rule).toBe("reserved");
});

test("3.7.4 3.7.5 presence changes never end a reservation; removal, loss of the skill and a decline do", async () => {
  for (const how of ["removal", "skill", "decline"]) {
    const desk = await worker.tenant(lastAgent({ open: { acceptance: "manual" } }));
    await answeredBy(desk, "ana");
    await desk.presence("ana", "offline");
    await desk.available("ben");
    const { conversation } = await desk.inbound();
    if (how === "decline") {
      await desk.available("ana");
      expect(await desk.conversation(conversation)).toMatchObject({
        state: "offered",
        agent: "ana",
      });
      await desk.act(conversation, "decline", { agent: "ana" });
    } else {
      await desk.presence("ana", "away");
      await desk.presence("ana", "offline");
      expect((await desk.conversation(conversation)).reservedFor).toBe("ana");
      if (how === "removal") await desk.call("DELETE", "/agents/ana");
      else await desk.call("PUT", "/agents/ana", { skills: { office: 1 }, capacity: 1 });
    }
    const now = await desk.conversation(conversation);
    expect(now).toMatchObject({ state: "offered", agent: "ben" });
    expect(now.reservedFor).toBeUndefined();
  }
});

test("3.7.2 2.channel.4 only within `validityMinutes`, exactly, and only with the skill", async () => {
  const desk = await worker.tenant(lastAgent({}, { validityMinutes: 60 }));
  await answeredBy(desk, "ben", "in-time");
  await answeredBy(desk, "ben", "too-late");
  await worker.advance(60 * minuteMs - 1);
  await desk.available("ana");
  await desk.presence("ben", "away");
  const inTime = await desk.inbound({ customer: "in-time" });
  expect(await desk.conversation(inTime.conversation)).toMatchObject({
    state: "queued",
    reservedFor: "ben",
  });
  await worker.advance(1);
  expect(await desk.inbound({ customer: "too-late" })).toMatchObject({
    state: "assigned",
    agent: "ana",
  });
});

test("3.7.1 live: `lastAgentMode.enabled` alone; without it nobody is waited for", async () => {
  for (const enabled of [true, false]) {
    const desk = await worker.tenant(
      document({
        agents: two,
        web: { lastAgentMode: { enabled }, offlineMessages: { enabled: true } },
      }),
    );
    await answeredBy(desk, "ana");
    await desk.available("ben");
    const back = await desk.inbound();
    expect(back).toMatchObject(enabled ? { state: "queued", offline: false } : { agent: "ben" });
  }
});

test("F17 a live reservation ends when it goes offline in another mode, and keeps running in mode `last-agent`", async () => {
  for (const routingMode of ["skill-queue", "last-agent"]) {
    const desk = await worker.tenant(
      lastAgent({ open: { connectWaitSeconds: 60 } }, {}, { routingMode }),
    );
    await answeredBy(desk, "ana");
    await desk.available("ben");
    const { conversation, offline } = await desk.inbound();
    expect(offline).toBe(false);
    const due = await desk.due(conversation, "lastAgentWait");
    await worker.advance(minuteMs);
    if (routingMode === "skill-queue") {
      expect(await desk.conversation(conversation)).toMatchObject({
        state: "assigned",
        agent: "ben",
        offline: true,
      });
    } else {
      expect(await desk.conversation(conversation)).toMatchObject({
        state: "queued",
        reservedFor: "ana",
        offline: true,
      });
      expect(await desk.due(conversation, "lastAgentWait")).toBe(due);
    }
  }
});

test("F17 one reservation an episode: over once, it is not made again when the conversation goes offline", async () => {
  const desk = await worker.tenant(
    lastAgent({ open: { connectWaitSeconds: 900 } }, { waitMinutes: 1 }),
  );
  await answeredBy(desk, "ana");
  const { conversation } = await desk.inbound();
  await worker.advance(minuteMs);
  expect((await desk.conversation(conversation)).reservedFor).toBeUndefined();
  await worker.advance(14 * minuteMs);
  const now = await desk.conversation(conversation);
  expect(now.offline).toBe(true);
  expect(now.reservedFor).toBeUndefined();
});

test("F17 an offer to the last agent ends the reservation", async () => {
  const desk = await worker.tenant(
    lastAgent({ open: { acceptance: "manual", offerTimeoutSeconds: 5 } }),
  );
  await answeredBy(desk, "ana");
  await desk.available("ben");
  const { conversation } = await desk.inbound();
  expect((await desk.conversation(conversation)).reservedFor).toBe("ana");
  await desk.available("ana");
  const offered = await desk.conversation(conversation);
  expect(offered).toMatchObject({ state: "offered", agent: "ana" });
  expect(offered.reservedFor).toBeUndefined();
  await worker.advance(5000);
  expect(await desk.conversation(conversation)).toMatchObject({ state: "offered", agent: "ben" });
});

test("2.channel.4 scope `customer` joins addresses by `customerId`, scope `channel` does not", async () => {
  for (const scope of ["channel", "customer"]) {
    const desk = await worker.tenant(
      document({
        agents: two,
        web: { lastAgentMode: { enabled: true, scope }, offlineMessages: { enabled: true } },
        channels: [channel("sms", "sms")],
      }),
    );
    const { conversation } = await desk.inbound({
      channel: "sms",
      customer: "+491",
      customerId: "k1",
    });
    await desk.presence("ana", "away");
    await desk.act(conversation, "assign", { agent: "ana" });
    await desk.answer(conversation, "ana");
    await desk.available("ben");
    const back = await desk.inbound({ customer: "vera", customerId: "k1" });
    if (scope === "customer") {
      expect(await desk.conversation(back.conversation)).toMatchObject({
        state: "queued",
        reservedFor: "ana",
      });
    } else {
      expect(back).toMatchObject({ state: "assigned", agent: "ben" });
    }
  }
});

test("3.4.2 F33 a conversation reserved for one is `reserved_for_other` to the rest", async () => {
  const desk = await worker.tenant(lastAgent());
  await answeredBy(desk, "ana");
  await desk.available("ben");
  const { conversation } = await desk.inbound();
  await desk.available("ana");
  expect(await desk.explanation(conversation)).toMatchObject({
    rule: "reserved",
    eligible: 1,
    passedOver: { reserved_for_other: 1 },
    agents: [{ agent: "ben", code: "reserved_for_other" }],
  });
});

test("3.5.1 those reserved for this agent come first", async () => {
  const desk = await worker.tenant(lastAgent({ agents: [agent("ana", 1), agent("ben", 1)] }));
  await answeredBy(desk, "ana");
  await desk.presence("ana", "offline");
  await desk.inbound({ customer: "older", priority: 14 });
  await worker.advance(1000);
  const mine = await desk.inbound();
  await desk.available("ana");
  expect((await desk.agent("ana")).conversations).toEqual([mine.conversation]);
});

test("F17 F10 a return after an answer is live again, and the last-agent rule waits for going offline", async () => {
  const desk = await worker.tenant(lastAgent());
  await desk.available("ana");
  const { conversation } = await desk.inbound();
  await desk.answer(conversation, "ana");
  await desk.inbound();
  await desk.available("ben");
  const released = await desk.act(conversation, "release", { agent: "ana" });
  expect(released.body).toMatchObject({ state: "assigned", agent: "ben", offline: false });
});
