import { describe, expect, test } from "vitest";
import { OutboxRouting } from "./delivery/outbox-routing.ts";
import { RecordingServer, deadUrl } from "./delivery/recording-server.ts";
import { Scene } from "./delivery/scene.ts";

describe("an entry that was not delivered", () => {
  test("is tried again after exponential waits with jitter, and then given up", async () => {
    await using server = await RecordingServer.start(() => 502);
    const draws = [0.5, 0.25, 1, 0.125, 0.75, 0.5];
    const limits = { pushAttemptsMax: 7, pushBackoffMaxMs: 10_000 };
    await using scene = Scene.started({ web: server.url }, limits, {
      random: () => draws.shift() ?? 0,
    });
    scene.routing.write(1, "hello");
    const waits: number[] = [];
    for (let attempts = 1; attempts < 7; attempts += 1) {
      await server.received(attempts);
      const waitMs = await scene.time.nextWaitMs();
      waits.push(waitMs);
      scene.time.advance(waitMs);
    }
    expect(waits).toEqual([500, 500, 4000, 1000, 7500, 5000]);
    expect(await scene.routing.recorded(1)).toMatchObject([
      { entry: 1, status: "failed", reason: "push_server_error" },
    ]);
    expect(server.requests).toHaveLength(7);
  });

  test("is not tried before its wait is over", async () => {
    await using server = await RecordingServer.start((_, index) => (index === 0 ? 500 : 200));
    await using scene = Scene.started({ web: server.url });
    scene.routing.write(1, "hello");
    expect(await scene.time.nextWaitMs()).toBe(500);
    scene.time.advance(499);
    // Whatever else happens meanwhile.
    scene.routing.write(2, "another");
    await scene.routing.recorded(1);
    expect(server.requests).toHaveLength(2);
    scene.time.advance(1);
    await scene.routing.recorded(2);
    expect(server.requests).toHaveLength(3);
  });

  test.each([
    ["a status of the server", 503, "push_server_error"],
    ["a status of the client that speaks of the endpoint", 404, "push_not_accepted"],
    ["too many requests", 429, "push_not_accepted"],
    ["a redirect", 302, "push_redirected"],
  ])("says so: %s", async (_, status, reason) => {
    await using server = await RecordingServer.start(() => status);
    await using scene = Scene.started({ web: server.url }, { pushAttemptsMax: 1 });
    scene.routing.write(1, "hello");
    expect(await scene.routing.recorded(1)).toMatchObject([{ status: "failed", reason }]);
  });

  test("says so: nobody listens", async () => {
    await using scene = Scene.started({ web: await deadUrl() }, { pushAttemptsMax: 1 });
    scene.routing.write(1, "hello");
    const [record] = await scene.routing.recorded(1);
    expect(record).toMatchObject({ status: "failed", reason: "push_unreachable" });
  });

  test("says so: the connection breaks", async () => {
    await using server = await RecordingServer.start(() => (response) => response.destroy());
    await using scene = Scene.started({ web: server.url }, { pushAttemptsMax: 1 });
    scene.routing.write(1, "hello");
    const [record] = await scene.routing.recorded(1);
    expect(record).toMatchObject({ status: "failed", reason: "push_unreachable" });
  });

  test("says so: no answer in time", async () => {
    await using server = await RecordingServer.start(() => () => undefined);
    const limits = { pushAttemptsMax: 1, pushTimeoutMs: 15_000 };
    await using scene = Scene.started({ web: server.url }, limits);
    scene.routing.write(1, "hello");
    await server.received(1);
    scene.time.advance(14_999);
    expect(await scene.time.nextWaitMs()).toBe(1);
    scene.time.advance(1);
    const [record] = await scene.routing.recorded(1);
    expect(record).toMatchObject({ status: "failed", reason: "push_timed_out" });
  });

  test("is given up at once on 410, and soon where its content is refused", async () => {
    await using server = await RecordingServer.start(({ body }) =>
      body.includes("stale") ? 410 : 422,
    );
    await using scene = Scene.started({ web: server.url }, { pushRefusedAttemptsMax: 2 });
    scene.routing.write(1, "stale");
    expect(await scene.routing.recorded(1)).toMatchObject([{ reason: "push_gone" }]);
    scene.routing.write(2, "odd");
    scene.time.advance(await scene.time.nextWaitMs());
    expect(await scene.routing.recorded(2)).toMatchObject([{}, { reason: "push_refused" }]);
    expect(server.requests).toHaveLength(3);
  });
});

describe("Retry-After", () => {
  test.each([
    ["seconds", () => "30", 30_000],
    ["less than the wait anyhow", () => "0", 500],
    ["more than an hour", () => "86400", 3_600_000],
  ])("is honoured: %s", async (_, header, waitMs) => {
    await using server = await RecordingServer.start(() => ({
      status: 429,
      headers: { "retry-after": header() },
    }));
    await using scene = Scene.started({ web: server.url });
    scene.routing.write(1, "hello");
    expect(await scene.time.nextWaitMs()).toBe(waitMs);
  });

  test("is honoured: a date", async () => {
    await using server = await RecordingServer.start(() => ({
      status: 503,
      headers: { "retry-after": new Date(Date.now() + 60_000).toUTCString() },
    }));
    await using scene = Scene.started({ web: server.url });
    scene.routing.write(1, "hello");
    const waitMs = await scene.time.nextWaitMs();
    // A date has no milliseconds, and the test's clock stood still since it was made.
    expect(waitMs).toBeGreaterThan(58_000);
    expect(waitMs).toBeLessThan(62_000);
  });
});

describe("an endpoint that does not work", () => {
  test("is left in peace but for a probe, ever more rarely", async () => {
    await using server = await RecordingServer.start(() => 500);
    await using scene = Scene.started({ web: server.url }, { pushConcurrencyMax: 1 });
    for (let conversation = 1; conversation <= 50; conversation += 1) {
      scene.routing.write(conversation, "hello");
    }
    const openMs = [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000];
    for (const [probes, waitMs] of openMs.entries()) {
      await scene.time.untilWaitMs(waitMs);
      expect(server.requests).toHaveLength(5 + probes);
      scene.time.advance(waitMs);
    }
    expect(scene.routing.commands).toEqual([]);
  });

  test("gets everything, in order within each conversation, when it works again", async () => {
    let works = false;
    const accepted: string[] = [];
    await using server = await RecordingServer.start(({ body }) => {
      if (works) accepted.push(body);
      return works ? 200 : 500;
    });
    await using scene = Scene.started({ web: server.url });
    for (let conversation = 1; conversation <= 50; conversation += 1) {
      for (const text of ["one", "two", "three"]) scene.routing.write(conversation, text);
    }
    await scene.time.untilWaitMs(1000);
    works = true;
    scene.time.advance(1000);
    await scene.routing.recorded(100);
    scene.time.advance(1000);
    await scene.routing.recorded(150);
    const texts = new Map<string, string[]>();
    for (const body of accepted) {
      const { conversation, text } = (JSON.parse(body) as Pushed).data;
      texts.set(conversation, [...(texts.get(conversation) ?? []), text]);
    }
    expect(new Set([...texts.values()].map((ordered) => ordered.join(" ")))).toEqual(
      new Set(["one two three"]),
    );
    expect(texts.size).toBe(50);
  });

  test("is not declared so by a single conversation that always fails", async () => {
    await using server = await RecordingServer.start(({ body }) =>
      body.includes("poison") ? 500 : 200,
    );
    await using scene = Scene.started({ web: server.url });
    scene.routing.write(1, "poison");
    for (let attempts = 1; attempts <= 8; attempts += 1) {
      await server.received(attempts);
      scene.time.advance(await scene.time.nextWaitMs());
    }
    await server.received(9);
    scene.routing.write(2, "sound");
    expect(await scene.routing.recorded(1)).toMatchObject([{ entry: 2, status: "sent" }]);
  });

  test("is probed with a conversation that has not failed, where there is one", async () => {
    await using server = await RecordingServer.start(({ body }) =>
      body.includes("poison") ? 500 : 200,
    );
    await using scene = Scene.started({ web: server.url }, { pushCircuitFailures: 2 });
    scene.routing.write(1, "poison");
    scene.routing.write(2, "poison");
    await server.received(2);
    await server.idle();
    await scene.time.untilWaitMs(1000);
    scene.routing.write(3, "sound");
    scene.time.advance(1000);
    expect(await scene.routing.recorded(1)).toMatchObject([{ entry: 3, status: "sent" }]);
  });

  test("makes no conversation be given up, however long it lasts and however many wait", async () => {
    await using server = await RecordingServer.start(() => 500);
    const limits = { pushConcurrencyMax: 1, pushRetryingMax: 3, pushCircuitFailures: 3 };
    await using scene = Scene.started({ web: server.url }, limits);
    for (let conversation = 1; conversation <= 20; conversation += 1) {
      scene.routing.write(conversation, "hello");
    }
    for (const openMs of [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]) {
      await scene.time.untilWaitMs(openMs);
      scene.time.advance(openMs);
    }
    await server.received(12);
    expect(new Set(server.requests.map(({ headers }) => headers["webhook-id"])).size).toBe(3);
    expect(scene.routing.commands).toEqual([]);
  });

  test("costs no more memory than for so many conversations: the most tried is given up", async () => {
    await using server = await RecordingServer.start(({ body }) =>
      body.includes("poison") ? 500 : 200,
    );
    await using scene = Scene.started({ web: server.url }, { pushRetryingMax: 3 });
    scene.routing.write(1, "poison");
    scene.time.advance(await scene.time.nextWaitMs());
    await server.received(2);
    await server.idle();
    for (const conversation of [2, 3, 4]) {
      scene.routing.write(conversation, "poison");
      scene.routing.write(10 + conversation, "sound");
      await server.received(2 * conversation);
      await server.idle();
    }
    const records = await scene.routing.recorded(4);
    expect(records.filter(({ status }) => status === "failed")).toMatchObject([
      { entry: 1, reason: "push_retries_full" },
    ]);
  });
});

describe("routing that does not answer", () => {
  test("does not make an entry go out twice", async () => {
    await using server = await RecordingServer.start();
    await using scene = Scene.started({ web: server.url });
    scene.routing.refuseSubmissions = 3;
    scene.routing.write(1, "hello");
    for (let refusals = 1; refusals <= 3; refusals += 1) {
      scene.time.advance(await scene.time.nextWaitMs());
    }
    await scene.routing.recorded(1);
    expect(server.requests).toHaveLength(1);
  });

  test("is asked for the outbox again after a while", async () => {
    await using server = await RecordingServer.start();
    await using scene = Scene.started({ web: server.url });
    scene.routing.write(1, "one");
    await scene.routing.recorded(1);
    scene.routing.refuseQueries = 2;
    scene.routing.write(1, "two");
    scene.time.advance(await scene.time.nextWaitMs());
    scene.time.advance(await scene.time.nextWaitMs());
    await scene.routing.recorded(2);
    expect(server.requests).toHaveLength(2);
  });

  test("and that refuses a record leads to another push, but not at once", async () => {
    await using server = await RecordingServer.start();
    await using scene = Scene.started({ web: server.url });
    scene.routing.rejections.push("unknown_channel");
    scene.routing.write(1, "hello");
    const waitMs = await scene.time.nextWaitMs();
    expect(waitMs).toBe(300_000);
    scene.time.advance(waitMs);
    await scene.routing.recorded(2);
    expect(server.requests).toHaveLength(2);
  });

  test("and that has said nothing is asked now and then", async () => {
    await using server = await RecordingServer.start();
    await using scene = Scene.started({ web: server.url }, { deliveryLookMs: 60_000 });
    await scene.routing.outboxRead(1);
    await scene.time.nextWaitMs();
    scene.routing.write(1, "unheard of", { tell: false });
    scene.time.advance(60_000);
    expect(await scene.routing.recorded(1)).toMatchObject([{ entry: 1, status: "sent" }]);
  });
});

describe("a stop", () => {
  test("waits for what is in flight and begins nothing more", async () => {
    const { promise: open, resolve: openGate } = Promise.withResolvers<undefined>();
    await using server = await RecordingServer.start(async () => {
      await open;
      return 200;
    });
    await using scene = Scene.started({ web: server.url });
    scene.routing.write(1, "one");
    scene.routing.write(1, "two");
    await server.received(1);
    const stopped = scene.delivery.stop(10_000);
    openGate(undefined);
    expect(await stopped).toEqual({ brokenOff: {} });
    expect(scene.routing.commands).toMatchObject([{ entry: 1, status: "sent" }]);
    expect(server.requests).toHaveLength(1);
  });

  test("breaks off what takes too long, and says so; the next start sends it again", async () => {
    const routing = new OutboxRouting();
    await using hanging = await RecordingServer.start(() => () => undefined);
    await using scene = Scene.started({ web: hanging.url }, {}, { routing });
    routing.write(1, "hello");
    const [first] = await hanging.received(1);
    const stopped = scene.delivery.stop(10_000);
    scene.time.advance(10_000);
    expect(await stopped).toMatchObject({ brokenOff: { "push an entry": 1 } });
    expect(routing.commands).toEqual([]);

    await using server = await RecordingServer.start();
    await using next = Scene.started({ web: server.url }, {}, { routing });
    await next.routing.recorded(1);
    expect(server.requests[0]?.headers["webhook-id"]).toBe(first?.headers["webhook-id"]);
  });
});

interface Pushed {
  readonly data: { readonly conversation: string; readonly text: string };
}
