import { describe, expect, test } from "vitest";
import { OutboxRouting } from "./delivery/outbox-routing.ts";
import { RecordingServer, deadUrl } from "./delivery/recording-server.ts";
import { Scene } from "./delivery/scene.ts";
import type { DeliveryLimits } from "../../worker/delivery/delivery-limits.ts";

/** Delivery whose channel `web` has a bot at this URL. */
function sceneWithBot(
  url: string,
  limits?: Partial<DeliveryLimits>,
  routing = new OutboxRouting(),
): Scene {
  const scene = new Scene(limits, { routing });
  routing.configure("web", { chatbot: { url, accessCode: "bot" } });
  scene.delivery.start();
  return scene;
}

const reply = (body: unknown) => ({ status: 200, body: JSON.stringify(body) });

describe("a bot", () => {
  test("is given the message with the access code, and its replies go to the engine", async () => {
    await using bot = await RecordingServer.start(() =>
      reply({ replies: [{ text: "Hello" }, { text: "How can I help?" }] }),
    );
    await using scene = sceneWithBot(bot.url);
    const message = scene.routing.giveToBot(1, "good evening");
    const [command] = await scene.routing.submitted(1);
    expect(command).toEqual({
      type: "answerFromBot",
      tenant: "acme",
      conversation: 1,
      message,
      replies: ['{"text":"Hello"}', '{"text":"How can I help?"}'],
    });
    const [request] = bot.requests;
    expect(request?.method).toBe("POST");
    expect(request?.path).toBe("/hook?from=nightdesk");
    expect(request?.headers.authorization).toBe("Bearer open-sesame");
    expect(request?.headers["content-type"]).toBe("application/json");
    expect(JSON.parse(request?.body ?? "")).toEqual({
      tenant: "acme",
      channel: "web",
      customer: "customer-1",
      conversation: "c1",
      message: { id: "m-1", text: "good evening" },
    });
  });

  test.each([
    ["acknowledges with 204", 204, { replies: [] }],
    ["acknowledges with an empty 200", { status: 200 }, { replies: [] }],
    ["hands off", reply({ handoff: true }), { replies: [], handOff: true }],
    [
      "replies and hands off to a queue",
      reply({ replies: [{ text: "One moment." }], handoff: { skillQueue: "billing" } }),
      { replies: ['{"text":"One moment."}'], handOff: true, skillQueue: "billing" },
    ],
    [
      "replies and closes",
      reply({ replies: [{ text: "Good bye." }], close: true }),
      { replies: ['{"text":"Good bye."}'], close: true },
    ],
  ])("%s", async (_, answer, expected) => {
    await using bot = await RecordingServer.start(() => answer);
    await using scene = sceneWithBot(bot.url);
    const message = scene.routing.giveToBot(1, "hi");
    expect(await scene.routing.submitted(1)).toEqual([
      { type: "answerFromBot", tenant: "acme", conversation: 1, message, ...expected },
    ]);
  });

  test.each([
    ["answers 400", 400, "bot_refused"],
    ["answers 401", 401, "bot_refused"],
    ["answers 500", 500, "bot_refused"],
    ["redirects", { status: 302, headers: { location: "/" } }, "bot_refused"],
    ["answers no JSON", { status: 200, body: "<html>" }, "bot_malformed"],
    ["answers another shape", reply({ answer: 42 }), "bot_malformed"],
    ["answers too much", { status: 200, body: " ".repeat(1024 * 1024 + 1) }, "bot_malformed"],
    ["breaks the connection", "break", "bot_unreachable"],
    ["breaks off in the middle", "break off", "bot_unreachable"],
    ["answers no text", "no text", "bot_malformed"],
  ] as const)("that %s leaves the customer to people", async (_, answer, reason) => {
    await using bot = await RecordingServer.start(() => {
      if (answer === "break") return (response) => response.destroy();
      if (answer === "break off") {
        return (response) => {
          response.writeHead(200, { "content-length": "100" }).write("{", () => response.destroy());
        };
      }
      if (answer === "no text") {
        return (response) => response.end(Buffer.from([0x22, 0xc3, 0x28, 0x22]));
      }
      return answer;
    });
    await using scene = sceneWithBot(bot.url);
    const message = scene.routing.giveToBot(1, "hi");
    expect(await scene.routing.submitted(1)).toEqual([
      { type: "failBot", tenant: "acme", conversation: 1, message, reason },
    ]);
  });

  test.each([
    ["says nothing", () => undefined],
    [
      "does not come to an end",
      (response: { write: (text: string) => unknown }) => void response.write("{"),
    ],
  ])("that %s for 30 seconds leaves the customer to people", async (_, answer) => {
    await using bot = await RecordingServer.start(() => answer);
    await using scene = sceneWithBot(bot.url, { botTimeoutMs: 30_000 });
    scene.routing.giveToBot(1, "hi");
    await bot.received(1);
    scene.time.advance(29_999);
    expect(await scene.time.nextWaitMs()).toBe(1);
    expect(scene.routing.commands).toEqual([]);
    scene.time.advance(1);
    expect(await scene.routing.submitted(1)).toMatchObject([{ reason: "bot_silent" }]);
  });

  test("that nobody can reach leaves the customer to people", async () => {
    await using scene = sceneWithBot(await deadUrl());
    scene.routing.giveToBot(1, "hi");
    expect(await scene.routing.submitted(1)).toMatchObject([{ reason: "bot_unreachable" }]);
  });

  test.each([
    ["is missing", undefined],
    ["is empty", ""],
    ["has two lines", "one\ntwo"],
  ])("whose access code %s is not called", async (_, accessCode) => {
    await using bot = await RecordingServer.start();
    await using scene = sceneWithBot(bot.url);
    if (accessCode === undefined) scene.secrets.delete("bot");
    else scene.secrets.set("bot", accessCode);
    scene.routing.giveToBot(1, "hi");
    expect(await scene.routing.submitted(1)).toMatchObject([{ reason: "bot_unreachable" }]);
    expect(bot.requests).toEqual([]);
  });

  test("that the configuration no longer has leaves the customer to people", async () => {
    await using bot = await RecordingServer.start();
    await using scene = sceneWithBot(bot.url);
    scene.routing.configure("web", {});
    scene.routing.giveToBot(1, "hi");
    expect(await scene.routing.submitted(1)).toMatchObject([{ reason: "bot_unreachable" }]);
    expect(bot.requests).toEqual([]);
  });

  test("that hands off to a queue that is not there leaves the customer to people", async () => {
    await using bot = await RecordingServer.start(() => reply({ handoff: { skillQueue: "x" } }));
    await using scene = sceneWithBot(bot.url);
    scene.routing.rejections.push("unknown_skill_queue");
    scene.routing.giveToBot(1, "hi");
    expect(await scene.routing.submitted(2)).toMatchObject([
      { type: "answerFromBot", skillQueue: "x" },
      { type: "failBot", reason: "bot_malformed" },
    ]);
  });

  test("may answer when the conversation has left it: that is no failure", async () => {
    await using bot = await RecordingServer.start(() => reply({ replies: [{ text: "late" }] }));
    await using scene = sceneWithBot(bot.url);
    scene.routing.rejections.push("wrong_state");
    scene.routing.giveToBot(1, "hi");
    await scene.routing.submitted(1);
    scene.routing.giveToBot(2, "hi");
    expect(await scene.routing.submitted(2)).toMatchObject([
      { type: "answerFromBot", conversation: 1 },
      { type: "answerFromBot", conversation: 2 },
    ]);
  });
});

describe("calls of bots", () => {
  test("that have no answer yet are made after a start", async () => {
    await using bot = await RecordingServer.start();
    const routing = new OutboxRouting();
    routing.giveToBot(1, "from before", { tell: false });
    routing.giveToBot(2, "from before", { tell: false });
    await using scene = sceneWithBot(bot.url, {}, routing);
    const commands = await scene.routing.submitted(2);
    expect(new Set(commands.map((command) => command.type))).toEqual(new Set(["answerFromBot"]));
    expect(bot.requests).toHaveLength(2);
  });

  test("that nobody spoke of are found after a while", async () => {
    await using bot = await RecordingServer.start();
    await using scene = sceneWithBot(bot.url, { deliveryLookMs: 60_000 });
    scene.routing.giveToBot(1, "heard of");
    await scene.routing.submitted(1);
    scene.routing.giveToBot(2, "unheard of", { tell: false });
    scene.time.advance(60_000);
    expect(await scene.routing.submitted(2)).toMatchObject([
      { conversation: 1 },
      { conversation: 2 },
    ]);
  });

  test("that nobody spoke of are found at once when partitions recover, at their present bot", async () => {
    await using bot = await RecordingServer.start();
    await using scene = sceneWithBot(await deadUrl(), { deliveryLookMs: 1e9 });
    scene.routing.giveToBot(1, "to a dead bot");
    await scene.routing.submitted(1);
    scene.routing.configure("web", { chatbot: { url: bot.url, accessCode: "bot" } }, "acme", false);
    scene.routing.giveToBot(2, "unheard of", { tell: false });
    scene.routing.recover();
    expect(await scene.routing.submitted(2)).toMatchObject([
      { type: "failBot" },
      { type: "answerFromBot", conversation: 2 },
    ]);
  });

  test("are made so many at a time, and each once", async () => {
    const { promise: open, resolve: openGate } = Promise.withResolvers<undefined>();
    await using bot = await RecordingServer.start(async () => {
      await open;
      return 204;
    });
    await using scene = sceneWithBot(bot.url, {
      botConcurrencyMax: 3,
      botCallsWaitingMax: 4,
      deliveryLookMs: 60_000,
    });
    for (let conversation = 1; conversation <= 20; conversation += 1) {
      scene.routing.giveToBot(conversation, "hi");
    }
    await bot.received(3);
    scene.time.advance(60_000);
    openGate(undefined);
    await scene.routing.submitted(20);
    expect(bot.busiest).toBe(3);
    expect(bot.requests).toHaveLength(20);
  });

  test("of a slow bot do not hold up those of another one", async () => {
    await using slow = await RecordingServer.start(() => () => undefined);
    await using quick = await RecordingServer.start();
    await using scene = sceneWithBot(slow.url, { botConcurrencyMax: 2 });
    scene.routing.configure("chat", { chatbot: { url: quick.url, accessCode: "bot" } });
    for (let conversation = 1; conversation <= 10; conversation += 1) {
      scene.routing.giveToBot(conversation, "hi");
    }
    scene.routing.giveToBot(11, "hi", { channel: "chat" });
    expect(await scene.routing.submitted(1)).toMatchObject([{ conversation: 11 }]);
  });

  test("are not made for a conversation that left the bot while they waited", async () => {
    const gates: (() => void)[] = [];
    await using bot = await RecordingServer.start(async () => {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      gates.push(() => resolve(undefined));
      await promise;
      return 204;
    });
    await using scene = sceneWithBot(bot.url, { botConcurrencyMax: 1 });
    for (const conversation of [1, 2, 3]) scene.routing.giveToBot(conversation, "hi");
    await bot.received(1);
    scene.routing.takeFromBot(2);
    gates[0]?.();
    await bot.received(2);
    gates[1]?.();
    expect(await scene.routing.submitted(2)).toMatchObject([
      { conversation: 1 },
      { conversation: 3 },
    ]);
  });

  test("that wait go to the bot that the configuration has meanwhile, or to people", async () => {
    await using slow = await RecordingServer.start(() => () => undefined);
    await using quick = await RecordingServer.start();
    await using scene = sceneWithBot(slow.url, { botConcurrencyMax: 1, botCallsWaitingMax: 2 });
    for (const conversation of [1, 2, 3, 4]) scene.routing.giveToBot(conversation, "hi");
    await slow.received(1);
    scene.routing.configure("web", { chatbot: { url: quick.url, accessCode: "bot" } });
    const moved = await scene.routing.submitted(3);
    expect(new Set(moved.map(({ type }) => type))).toEqual(new Set(["answerFromBot"]));
    expect([slow.requests.length, quick.requests.length]).toEqual([1, 3]);
    scene.routing.configure("web", { chatbot: { url: slow.url, accessCode: "bot" } });
    scene.routing.giveToBot(5, "hi");
    scene.routing.configure("web", {});
    expect((await scene.routing.submitted(4))[3]).toMatchObject({
      type: "failBot",
      conversation: 5,
      reason: "bot_unreachable",
    });
  });

  test("go to the bot of the channel that goes on in place of theirs", async () => {
    await using bot = await RecordingServer.start();
    await using scene = sceneWithBot(bot.url);
    scene.routing.giveToBot(1, "hi", { channel: "removed", tell: false });
    scene.routing.moveTo(1, "web");
    scene.routing.recover();
    expect(await scene.routing.submitted(1)).toMatchObject([{ type: "answerFromBot" }]);
  });

  test("are answered once, also where routing does not take the answer at first", async () => {
    await using bot = await RecordingServer.start();
    await using scene = sceneWithBot(bot.url);
    scene.routing.refuseSubmissions = 2;
    scene.routing.giveToBot(1, "hi");
    scene.time.advance(await scene.time.nextWaitMs());
    scene.time.advance(await scene.time.nextWaitMs());
    await scene.routing.submitted(1);
    expect(bot.requests).toHaveLength(1);
  });

  test("under way end before a stop; those that wait are made after the next start", async () => {
    const { promise: open, resolve: openGate } = Promise.withResolvers<undefined>();
    await using bot = await RecordingServer.start(async () => {
      await open;
      return 204;
    });
    const routing = new OutboxRouting();
    await using scene = sceneWithBot(bot.url, { botConcurrencyMax: 1 }, routing);
    routing.giveToBot(1, "hi");
    routing.giveToBot(2, "hi");
    await bot.received(1);
    const stopped = scene.delivery.stop(10_000);
    openGate(undefined);
    expect(await stopped).toEqual({ brokenOff: {} });
    expect(routing.commands).toMatchObject([{ type: "answerFromBot", conversation: 1 }]);
    expect(bot.requests).toHaveLength(1);

    await using next = sceneWithBot(bot.url, {}, routing);
    expect(await next.routing.submitted(2)).toMatchObject([{}, { conversation: 2 }]);
  });

  test("that take too long are broken off by a stop, without a word to the engine", async () => {
    await using bot = await RecordingServer.start(() => () => undefined);
    await using scene = sceneWithBot(bot.url);
    scene.routing.giveToBot(1, "hi");
    await bot.received(1);
    const stopped = scene.delivery.stop(10_000);
    scene.time.advance(10_000);
    expect(await stopped).toMatchObject({ brokenOff: { "call a bot": 1 } });
    expect(scene.routing.commands).toEqual([]);
  });
});
