import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { wireEntry } from "../../worker/http/wire.ts";
import { RecordingServer, deadUrl } from "./delivery/recording-server.ts";
import { Scene, pushSecret } from "./delivery/scene.ts";

/** The texts that an endpoint was sent, in order. */
function textsOf(server: RecordingServer): readonly string[] {
  return server.requests.map(({ body }) => (JSON.parse(body) as Pushed).data.text);
}

interface Pushed {
  readonly conversation: string;
  readonly data: { readonly id: string; readonly conversation: string; readonly text: string };
}

describe("a push", () => {
  test("is a signed POST whose data is the entry as a poll answers it", async () => {
    await using server = await RecordingServer.start();
    await using scene = Scene.started({ web: server.url });
    const entry = scene.routing.write(1, "We are closed.", { kind: "prompt" });
    const [request] = await server.received(1);
    expect(request?.method).toBe("POST");
    expect(request?.path).toBe("/hook?from=nightdesk");
    expect(request?.headers["content-type"]).toBe("application/json");
    const verified = new Webhook(pushSecret).verify(request?.body ?? "", {
      "webhook-id": String(request?.headers["webhook-id"]),
      "webhook-timestamp": String(request?.headers["webhook-timestamp"]),
      "webhook-signature": String(request?.headers["webhook-signature"]),
    });
    expect(verified).toEqual({
      type: "entry.prompt",
      timestamp: "2026-01-05T08:00:00.001Z",
      tenant: "acme",
      channel: "web",
      customer: "customer-1",
      data: wireEntry(scene.routing.entry(entry)),
    });
    const [record] = await scene.routing.recorded(1);
    expect(record).toMatchObject({ entry, channel: "web", tenant: "acme", status: "sent" });
  });

  test("keeps its webhook-id over the attempts and is signed for the moment of each", async () => {
    await using server = await RecordingServer.start((_, index) => (index === 0 ? 500 : 200));
    await using scene = Scene.started({ web: server.url }, { pushBackoffMs: 20_000 });
    scene.routing.write(1, "hello");
    scene.time.advance(await scene.time.nextWaitMs());
    const [first, second] = await server.received(2);
    expect(second?.headers["webhook-id"]).toBe(first?.headers["webhook-id"]);
    const seconds = [first, second].map((sent) => Number(sent?.headers["webhook-timestamp"]));
    expect((seconds[1] ?? 0) - (seconds[0] ?? 0)).toBe(10);
  });

  test("of another tenant has another webhook-id, and no full stop in it", async () => {
    await using server = await RecordingServer.start();
    await using scene = Scene.started({ web: server.url });
    const push = { url: server.url, secret: "push" };
    scene.routing.configure("web", { push }, "north.west");
    scene.routing.write(1, "hello", { tenant: "north.west" });
    const [request] = await server.received(1);
    expect(request?.headers["webhook-id"]).toBe("north%2Ewest-e1");
  });

  test("is not followed elsewhere by a redirect", async () => {
    await using elsewhere = await RecordingServer.start();
    await using server = await RecordingServer.start((_, index) =>
      index === 0 ? { status: 307, headers: { location: elsewhere.url } } : 200,
    );
    await using scene = Scene.started({ web: server.url });
    scene.routing.write(1, "hello");
    scene.time.advance(await scene.time.nextWaitMs());
    await scene.routing.recorded(1);
    expect(server.requests).toHaveLength(2);
    expect(elsewhere.requests).toEqual([]);
  });

  test("counts as sent when a 2xx has arrived, however long the rest of the answer is", async () => {
    await using server = await RecordingServer.start(() => (response) => {
      response.writeHead(200);
      const pour = (): void => {
        while (response.write("x".repeat(1000)));
        response.once("drain", pour);
      };
      pour();
    });
    await using scene = Scene.started({ web: server.url });
    scene.routing.write(1, "hello");
    expect(await scene.routing.recorded(1)).toMatchObject([{ status: "sent" }]);
    await server.idle();
  });
});

describe("entries of one conversation", () => {
  test("arrive in order, one at a time, also where the first one fails", async () => {
    await using server = await RecordingServer.start((_, index) => (index < 3 ? 503 : 200));
    await using scene = Scene.started({ web: server.url });
    for (const text of ["one", "two", "three"]) scene.routing.write(1, text);
    for (let failures = 1; failures <= 3; failures += 1) {
      await server.received(failures);
      scene.time.advance(await scene.time.nextWaitMs());
    }
    const records = await scene.routing.recorded(3);
    expect(records.map(({ entry, status }) => [entry, status])).toEqual([
      [1, "sent"],
      [2, "sent"],
      [3, "sent"],
    ]);
    expect(textsOf(server)).toEqual(["one", "one", "one", "one", "two", "three"]);
    expect(server.busiest).toBe(1);
  });

  test("do not wait for those of another one", async () => {
    await using server = await RecordingServer.start(({ body }) =>
      body.includes("poison") ? 500 : 200,
    );
    await using scene = Scene.started({ web: server.url });
    scene.routing.write(1, "poison");
    scene.routing.write(1, "behind it");
    scene.routing.write(2, "sound");
    scene.routing.write(3, "sound");
    const records = await scene.routing.recorded(2);
    expect(new Set(records.map(({ entry }) => entry))).toEqual(new Set([3, 4]));
    expect(textsOf(server)).not.toContain("behind it");
  });

  test("go on after one that was given up", async () => {
    await using server = await RecordingServer.start(({ body }) =>
      body.includes("poison") ? 500 : 200,
    );
    await using scene = Scene.started({ web: server.url }, { pushAttemptsMax: 2 });
    scene.routing.write(1, "poison");
    scene.routing.write(1, "behind it");
    scene.time.advance(await scene.time.nextWaitMs());
    expect(await scene.routing.recorded(2)).toMatchObject([
      { entry: 1, status: "failed", reason: "push_server_error" },
      { entry: 2, status: "sent" },
    ]);
  });

  test("that were withdrawn while they waited for another attempt are not sent", async () => {
    await using server = await RecordingServer.start((_, index) => (index === 0 ? 500 : 200));
    await using scene = Scene.started({ web: server.url });
    const prompt = scene.routing.write(1, "We are closed.", { kind: "prompt" });
    scene.routing.write(1, "an agent's answer");
    const waitMs = await scene.time.nextWaitMs();
    scene.routing.setDelivery(prompt, "withdrawn");
    scene.time.advance(waitMs);
    expect(await scene.routing.recorded(1)).toMatchObject([{ entry: 2, status: "sent" }]);
    expect(textsOf(server)).toEqual(["We are closed.", "an agent's answer"]);
  });

  test("that were sent before are sent again on request, under the same webhook-id", async () => {
    await using server = await RecordingServer.start((_, index) => (index === 0 ? 410 : 200));
    await using scene = Scene.started({ web: server.url });
    const entry = scene.routing.write(1, "hello");
    await scene.routing.recorded(1);
    scene.routing.setDelivery(entry, "pending");
    expect(await scene.routing.recorded(2)).toMatchObject([
      { status: "failed" },
      { status: "sent" },
    ]);
    const [first, second] = server.requests.map(({ headers }) => headers["webhook-id"]);
    expect(second).toBe(first);
  });
});

describe("an endpoint", () => {
  test("has at most so many requests in flight, and all of its entries in the end", async () => {
    const { promise: open, resolve: openGate } = Promise.withResolvers<undefined>();
    await using server = await RecordingServer.start(async () => {
      await open;
      return 200;
    });
    await using scene = Scene.started({ web: server.url }, { pushConcurrencyMax: 4 });
    for (let conversation = 1; conversation <= 20; conversation += 1) {
      scene.routing.write(conversation, "hello");
    }
    await server.received(4);
    openGate(undefined);
    await scene.routing.recorded(20);
    expect(server.busiest).toBe(4);
    expect(new Set(server.requests.map(({ headers }) => headers["webhook-id"])).size).toBe(20);
  });

  test("that hangs or refuses connections delays no other one", async () => {
    await using hanging = await RecordingServer.start(() => () => undefined);
    await using sound = await RecordingServer.start();
    await using scene = Scene.started({
      hangs: hanging.url,
      dead: await deadUrl(),
      sound: sound.url,
    });
    for (let conversation = 1; conversation <= 100; conversation += 1) {
      scene.routing.write(conversation, "lost", { channel: "hangs" });
      scene.routing.write(1000 + conversation, "lost", { channel: "dead" });
      scene.routing.write(2000 + conversation, "found", { channel: "sound" });
    }
    const records = await scene.routing.recorded(100);
    expect(new Set(records.map(({ channel }) => channel))).toEqual(new Set(["sound"]));
    expect(hanging.requests).toHaveLength(16);
  });

  test("that moved gets at once what waited for the old one", async () => {
    await using server = await RecordingServer.start();
    await using scene = Scene.started({ web: await deadUrl() });
    scene.routing.write(1, "hello");
    await scene.time.nextWaitMs();
    scene.routing.configure("web", { push: { url: server.url, secret: "push" } });
    expect(await scene.routing.recorded(1)).toMatchObject([{ entry: 1, status: "sent" }]);
  });

  test("that a channel no longer has is sent nothing more, until it has one again", async () => {
    await using server = await RecordingServer.start();
    await using scene = Scene.started({ web: server.url });
    scene.routing.write(1, "one");
    await scene.routing.recorded(1);
    scene.routing.configure("web", {});
    // Wait until that has arrived: another channel that is configured after it is served.
    scene.routing.configure("mark", { push: { url: server.url, secret: "push" } });
    scene.routing.write(2, "mark", { channel: "mark" });
    await scene.routing.recorded(2);
    scene.routing.write(1, "two");
    scene.routing.write(2, "mark", { channel: "mark" });
    await scene.routing.recorded(3);
    expect(textsOf(server)).toEqual(["one", "mark", "mark"]);
    scene.routing.configure("web", { push: { url: server.url, secret: "push" } });
    await scene.routing.recorded(4);
    expect(textsOf(server)).toEqual(["one", "mark", "mark", "two"]);
  });

  test("whose secret is missing or damaged is sent nothing, until the secret is there", async () => {
    await using server = await RecordingServer.start();
    await using scene = Scene.started({ web: server.url }, { pushAttemptsMax: 1 });
    scene.secrets.delete("push");
    scene.routing.write(1, "hello");
    scene.time.advance(await scene.time.nextWaitMs());
    scene.secrets.set("push", "whsec_?");
    scene.time.advance(await scene.time.nextWaitMs());
    await scene.time.nextWaitMs();
    expect(server.requests).toEqual([]);
    scene.secrets.set("push", pushSecret);
    scene.time.advance(await scene.time.nextWaitMs());
    expect(await scene.routing.recorded(1)).toMatchObject([{ entry: 1, status: "sent" }]);
  });
});
