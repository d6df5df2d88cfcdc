import { describe, expect, test } from "vitest";
import { ContractDesk } from "./http/contract-desk.ts";

const configuration = {
  skillQueues: [{ id: "front" }],
  agents: [{ id: "ana", skills: { front: 1 }, capacity: 100 }],
  channels: [
    {
      id: "web",
      kind: "web",
      skillQueue: "front",
      offlineMessages: { enabled: true, prompt: "We are closed." },
    },
  ],
};

/** A worker with an agent who is there. */
async function opened(): Promise<ContractDesk> {
  const desk = await ContractDesk.start();
  await desk.call("PUT", "configuration", configuration);
  await desk.present("ana");
  return desk;
}

/** Reads a stream until `count` events have come; resolves with their customers, and the last id. */
async function readStream(desk: ContractDesk, count: number, lastEventId?: string) {
  const abort = new AbortController();
  const answer = await fetch(`${desk.url}/v1/tenants/acme/agents/ana/events`, {
    headers: {
      accept: "text/event-stream",
      ...(lastEventId !== undefined && { "last-event-id": lastEventId }),
    },
    signal: abort.signal,
  });
  let text = "";
  const customers = () =>
    [...text.matchAll(/"customer":"(\w+)"/gu)].map(([, customer]) => customer);
  const decoder = new TextDecoder();
  for await (const chunk of answer.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.endsWith("\n\n") && customers().length >= count) break;
  }
  abort.abort();
  return { customers: customers(), lastId: [...text.matchAll(/^id: (.*)$/gmu)].at(-1)?.[1] };
}

describe("over a restart of the worker", () => {
  test("a stream resumes by its last event, without loss or repeat", async () => {
    await using desk = await opened();
    for (const customer of ["kim", "lee"]) await desk.message("web", customer);
    const first = await readStream(desk, 2);
    expect(first.customers).toEqual(["kim", "lee"]);
    await desk.message("web", "max");
    await desk.restart();
    await desk.message("web", "noa");
    const second = await readStream(desk, 2, first.lastId);
    expect(second.customers).toEqual(["max", "noa"]);
  });

  test("a long poll resumes by its cursor, without loss or repeat", async () => {
    await using desk = await opened();
    await desk.message("web", "kim");
    const first = await desk.call("GET", "agents/ana/events?waitMs=0");
    await desk.message("web", "lee");
    await desk.restart();
    await desk.message("web", "max");
    const second = await desk.call("GET", `agents/ana/events?waitMs=0&after=${first.body.next}`);
    expect(second.body.events.map(({ customer }) => customer)).toEqual(["lee", "max"]);
    const again = await desk.call("GET", "agents/ana/events?waitMs=0");
    expect(again.body.events).toEqual([...first.body.events, ...second.body.events]);
  });

  test("what a customer acknowledged stays so, and the tag of the configuration as well", async () => {
    await using desk = await opened();
    await desk.present("ana", "offline");
    const { conversation } = await desk.message("web", "kim");
    const path = "channels/web/customers/kim/poll?waitMs=0";
    const polled = await desk.call("GET", path);
    await desk.call("GET", `${path}&after=${polled.body.next}`);
    const before = await desk.call("GET", "configuration");
    await desk.restart();
    await desk.call("POST", `conversations/${conversation}/close`);
    expect((await desk.call("GET", path)).body.entries).toMatchObject([
      { kind: "prompt", text: "We are closed." },
      { kind: "status", status: "closed" },
    ]);
    const after = await desk.call("GET", "configuration");
    expect(after.headers.get("etag")).toBe(before.headers.get("etag"));
    expect(after.body).toEqual(before.body);
  });
});
