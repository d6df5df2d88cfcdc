import { GenericContainer, Wait } from "testcontainers";
import { beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { needs } from "../requirements.ts";
import { WorkerContainer, buildImage, makeVolume } from "./worker-container.ts";

// The image as an orchestrator runs it. `.ci/run` builds it before, so that the tests find it built.

const buildMs = 900_000;
const document = {
  skillQueues: [{ id: "desk" }],
  agents: [{ id: "ana", skills: { desk: 5 }, capacity: 5 }],
  channels: [{ id: "web", kind: "web", skillQueue: "desk", offlineMessages: { enabled: true } }],
};

beforeAll(() => {
  // The container that would tidy up behind a test that is killed cannot be pulled everywhere.
  process.env["TESTCONTAINERS_RYUK_DISABLED"] = "true";
  // Nothing here goes over Docker's bridge, so it need not be there and asked for this.
  process.env["TESTCONTAINERS_HOST_OVERRIDE"] = "127.0.0.1";
});

describe("the image", () => {
  test(
    "runs as nobody, on what it needs and no more, and its health check finds it ready",
    async (context) => {
      needs(context, "docker");
      const container = await new GenericContainer(await buildImage())
        .withNetworkMode("none")
        .withWaitStrategy(Wait.forHealthCheck())
        .start();
      onTestFinished(async () => void (await container.stop({ timeout: 1000 })));
      const look = `
        const { accessSync, constants, readdirSync } = require("node:fs");
        const may = (place) => { try { accessSync(place, constants.W_OK); return true; } catch { return false; } };
        console.log(JSON.stringify({
          user: process.getuid(),
          data: may("/data"),
          program: may("/nightdesk") || may("/nightdesk/dist/worker/bin.js"),
          compiler: readdirSync("/nightdesk/node_modules").includes("typescript"),
          source: readdirSync("/nightdesk").includes("worker"),
        }));`;
      const { output, exitCode } = await container.exec(["node", "-e", look]);
      expect({ exitCode, ...(JSON.parse(output) as object) }).toEqual({
        exitCode: 0,
        user: 10_001,
        data: true,
        program: false,
        compiler: false,
        source: false,
      });
    },
    buildMs,
  );

  test(
    "a container that is killed under load loses nothing that it answered; a new one on its volume goes on",
    async (context) => {
      needs(context, "docker");
      const surroundings = { volume: await makeVolume(), document };
      const image = await buildImage();
      const first = await WorkerContainer.start(image, surroundings);
      const answered: string[] = [];
      const over = new AbortController();
      const load = Array.from({ length: 8 }, async (_, writer) => {
        for (let count = 0; !over.signal.aborted; count += 1) {
          const id = `${writer}-${count}`;
          const called = await first.send(id);
          if (called?.status === 202) answered.push(id);
        }
      });
      await vi.waitFor(() => expect(answered.length).toBeGreaterThan(200), 60_000);
      await first.kill();
      over.abort();
      await Promise.all(load);

      const second = await WorkerContainer.start(image, surroundings);
      const before = await second.kept();
      expect(answered.filter((id) => before.get(id) !== 1)).toEqual([]);
      // Who asks again hears of the same one.
      for (const id of answered.slice(-5)) {
        expect(await second.send(id)).toMatchObject({ status: 202, body: { duplicate: true } });
      }
      expect((await second.send("after"))?.status).toBe(202);
      expect(await second.stop()).toBe(0);

      const third = await WorkerContainer.start(image, surroundings);
      expect(await third.kept()).toEqual(new Map([...before, ["after", 1]]));
    },
    buildMs,
  );

  test(
    "a volume that is full refuses writes, goes on reading, and recovers when there is space",
    async (context) => {
      needs(context, "docker");
      const surroundings = { volume: await makeVolume(8), document };
      const worker = await WorkerContainer.start(await buildImage(), surroundings);
      await worker.run("fs.writeFileSync('/data/filler', Buffer.alloc(4 * 1024 * 1024))");
      const taken: string[] = [];
      let refusal;
      while (refusal === undefined) {
        const id = `big-${taken.length}`;
        const called = await worker.send(id, "x".repeat(20_000));
        if (called?.status === 202) taken.push(id);
        else refusal = called;
        expect(taken.length).toBeLessThan(400);
      }
      expect(refusal).toMatchObject({ status: 503, body: { code: "journal_full" } });
      expect(Number(refusal.retryAfter)).toBeGreaterThanOrEqual(1);
      expect((await worker.call("GET", "/v1/tenants/acme/queues")).status).toBe(200);
      expect((await worker.call("GET", "/readyz")).status).toBe(200);
      await worker.run("fs.rmSync('/data/filler')");
      const sent = await vi.waitFor(async () => {
        const called = await worker.send("after");
        expect(called?.status).toBe(202);
        return called;
      }, 30_000);
      expect(sent?.body["duplicate"]).toBe(false);
      const kept = await worker.kept();
      expect([...kept.keys()].toSorted()).toEqual([...taken, "after"].toSorted());
    },
    buildMs,
  );
});
