import { afterAll, beforeAll, expect, test } from "vitest";
import { agent, channel, document } from "./documents.ts";
import { ContractWorker, minuteMs } from "./worker.ts";

let worker: ContractWorker;
beforeAll(async () => {
  worker = await ContractWorker.start();
});
afterAll(async () => worker[Symbol.asyncDispose]());

test("3.18.1 3.18.2 timers already armed keep their deadline, new ones use the new values", async () => {
  const desk = await worker.tenant(document({ offline: { routingTimeLimit: 10 } }));
  const old = await desk.inbound({ customer: "old" });
  const due = await desk.due(old.conversation, "routingLimit");
  expect(due).toBe(worker.in(10 * minuteMs));
  await desk.configure(document({ offline: { routingTimeLimit: 20 } }));
  expect(await desk.due(old.conversation, "routingLimit")).toBe(due);
  const young = await desk.inbound({ customer: "young" });
  expect(await desk.due(young.conversation, "routingLimit")).toBe(worker.in(20 * minuteMs));
  await worker.advance(10 * minuteMs - 1);
  expect(await desk.state(old.conversation)).toBe("queued");
  await worker.advance(1);
  expect(await desk.state(old.conversation)).toBe("parked");
  expect(await desk.state(young.conversation)).toBe("queued");
});

test("3.18.3 F6 disabling offline messages on a channel touches only new episodes", async () => {
  const desk = await worker.tenant(document());
  const old = await desk.inbound({ customer: "old" });
  await desk.configure(document({ offline: { enabled: false } }));
  expect(await desk.state(old.conversation)).toBe("queued");
  expect(await desk.inbound({ customer: "young" })).toMatchObject({
    state: "closed",
    reason: "offline_messages_disabled",
  });
  await desk.available("ana");
  await desk.answer(old.conversation, "ana");
  await worker.advance(3 * minuteMs);
  expect(await desk.state(old.conversation)).toBe("dormant");
});

test("3.18.3 F6 changing a channel's queue or mode touches only new episodes", async () => {
  const before = document({ queues: [{ id: "two" }] });
  const desk = await worker.tenant(before);
  const old = await desk.inbound({ customer: "old" });
  const answer = await desk.configure(
    document({
      queues: [{ id: "two" }],
      web: {
        skillQueue: "two",
        offlineMessages: {
          enabled: true,
          routingMode: "chatbot",
          chatbot: { url: "http://127.0.0.1:1/", accessCode: "b" },
        },
      },
    }),
  );
  expect(answer.status).toBe(200);
  expect(await desk.inbound({ customer: "old" })).toMatchObject({ conversation: old.conversation });
  expect(await desk.conversation(old.conversation)).toMatchObject({
    state: "queued",
    skillQueue: "open",
  });
  const young = await desk.inbound({ customer: "young" });
  expect(young.state).toBe("with-bot");
  expect((await desk.conversation(young.conversation)).skillQueue).toBe("two");
});

test("3.18.4 a removed agent's conversations lose their owner: unanswered ones queue, others go dormant", async () => {
  const desk = await worker.tenant(document({ agents: [agent("ana", 3), agent("ben", 1)] }));
  await desk.available("ana");
  const unanswered = await desk.inbound({ customer: "one" });
  const answered = await desk.inbound({ customer: "two" });
  await desk.answer(answered.conversation, "ana");
  expect((await desk.call("DELETE", "/agents/ana")).status).toBe(204);
  expect(await desk.state(unanswered.conversation)).toBe("queued");
  expect(await desk.conversation(answered.conversation)).toMatchObject({ state: "dormant" });
  const left = await desk.eventsOf("conversationLeft", unanswered.conversation);
  expect(left.at(-1)).toMatchObject({ to: "queued", reason: "agent_removed" });
});

test("3.18.5 a lost skill is removal for that queue's work", async () => {
  const both = { one: 1, two: 1 };
  const parts = (skills: object): ReturnType<typeof document> =>
    document({
      queues: [{ id: "one" }, { id: "two" }],
      agents: [agent("ana", 3, { ...skills })],
      channels: [
        channel("c1", "web", { skillQueue: "one" }),
        channel("c2", "web", { skillQueue: "two" }),
      ],
    });
  const desk = await worker.tenant(parts(both));
  await desk.available("ana");
  const kept = await desk.inbound({ channel: "c1" });
  const lost = await desk.inbound({ channel: "c2" });
  await desk.configure(parts({ one: 1 }));
  expect(await desk.conversation(kept.conversation)).toMatchObject({
    state: "assigned",
    agent: "ana",
  });
  expect(await desk.state(lost.conversation)).toBe("queued");
  expect(await desk.agent("ana")).toMatchObject({ units: { used: 1 } });
  expect((await desk.eventsOf("conversationLeft", lost.conversation)).at(-1)?.reason).toBe(
    "skill_lost",
  );
});

test("3.18.6 F6 capacity below use counts as override: `free` is negative, and nothing more is routed until below", async () => {
  const desk = await worker.tenant(document());
  await desk.available("ana");
  const ids: string[] = [];
  for (const customer of ["a", "b", "c"]) ids.push((await desk.inbound({ customer })).conversation);
  const answer = await desk.configure(document({ agents: [agent("ana", 2)] }));
  expect(answer.status).toBe(200);
  expect((await desk.agent("ana")).units).toEqual({ capacity: 2, used: 3, free: -1 });
  expect((await desk.queue("open")).freeUnits).toBe(0);
  const waits = await desk.inbound({ customer: "d" });
  expect(waits.state).toBe("queued");
  await desk.act(ids[0] ?? "", "close", { agent: "ana" });
  expect(await desk.state(waits.conversation)).toBe("queued");
  await desk.act(ids[1] ?? "", "close", { agent: "ana" });
  expect(await desk.state(waits.conversation)).toBe("assigned");
});

test("5.put-configuration.1 3.6.1 a skill given by a change of configuration matches at once", async () => {
  const desk = await worker.tenant(document({ agents: [agent("ana", 1, { office: 1 })] }));
  await desk.available("ana");
  const waits = await desk.inbound();
  expect(waits.state).toBe("queued");
  await desk.call("PUT", "/agents/ana", { skills: { open: 1 }, capacity: 1 });
  expect(await desk.conversation(waits.conversation)).toMatchObject({
    state: "assigned",
    agent: "ana",
  });
});
