import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { root } from "../repository.ts";
import { WorkerProcess, temporaryFolder } from "./worker-process.ts";

// `nightdesk start` as a user meets it.

const run = promisify(execFile);

test("the printed curl lines work as they stand, also after a restart", async () => {
  const folder = temporaryFolder();
  for (const round of [1, 2]) {
    const worker = await WorkerProcess.start(folder);
    const lines = await worker.printed(/^curl /u, 3);
    const answers: unknown[] = [];
    for (const line of lines) {
      const { stdout } = await run("sh", ["-c", line]);
      answers.push(JSON.parse(stdout));
    }
    expect(answers).toMatchObject([
      { status: "available" },
      { conversation: "c1", agent: "ana", duplicate: round === 2 },
      {
        entries: [{ text: "Is anybody there?" }, {}, {}, {}, { reason: { rule: "longest-idle" } }],
      },
    ]);
    expect(await worker.end("SIGTERM")).toBe(0);
    expect(worker.complaints).toContain("stopped");
  }
});

test("a second worker on the same data folder ends with 1 and says why", async () => {
  const folder = temporaryFolder();
  const first = await WorkerProcess.start(folder);
  await expect(WorkerProcess.start(folder)).rejects.toThrow("data_in_use");
  expect((await first.call("GET", "/readyz")).status).toBe(200);
});

test("a port that is taken ends it with 1, and the message says what to do", async () => {
  const first = await WorkerProcess.start(temporaryFolder());
  const { port } = new URL(first.url);
  const data = join(temporaryFolder(), "data");
  const options = ["--port", port, "--data", data, "--log-level", "silent"];
  const second = run(process.execPath, [join(root, "worker/bin.ts"), "start", ...options]);
  await expect(second).rejects.toMatchObject({
    code: 1,
    stderr: `nightdesk: EADDRINUSE: port ${port} is in use; another one can be given by --port, 0 takes any that is free\n`,
  });
});

test("SIGTERM under load answers what was begun, loses nothing, and ends with 0", async () => {
  const folder = temporaryFolder();
  const worker = await WorkerProcess.start(folder);
  const accepted = new Set<string>();
  let stopping = false;
  const sender = async (name: number): Promise<void> => {
    for (let count = 0; ; count += 1) {
      const id = `${name}-${count}`;
      const sent = worker.call("POST", "/v1/tenants/demo/messages", {
        id,
        channel: "web",
        customer: `c${id}`,
        text: "Hello?",
      });
      const answer = await sent.catch((error: unknown) => error);
      // Once it stops, a connection may be refused or closed instead.
      if (answer instanceof Error || (answer as { status: number }).status === 503) {
        if (!stopping) throw new Error("refused before it was told to stop");
        return;
      }
      accepted.add(id);
    }
  };
  const senders = Array.from({ length: 8 }, (_, name) => sender(name));
  while (accepted.size < 200) await (await fetch(`${worker.url}/healthz`)).text();
  stopping = true;
  expect(await worker.end("SIGTERM")).toBe(0);
  await Promise.all(senders);

  const again = await WorkerProcess.start(folder);
  const stored = new Set<string>();
  let cursor: unknown = "";
  while (typeof cursor === "string") {
    const page = cursor === "" ? "" : `&cursor=${cursor}`;
    const { body } = await again.call("GET", `/v1/tenants/demo/conversations?limit=500${page}`);
    for (const { customer } of body["items"] as { customer: string }[]) stored.add(customer);
    cursor = body["next"];
  }
  expect([...accepted].filter((id) => !stored.has(`c${id}`))).toEqual([]);
});
