import { once } from "node:events";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { Chance } from "../crash/chance.ts";
import { makeSite } from "./failing-worker.ts";
import type { RunningWorker } from "./failing-worker.ts";

/** A door of the worker, from its own description. */
interface Door {
  readonly method: string;
  readonly path: string;
}

const requestCount = 10_000;
const chance = new Chance(20_260_302);

test("ten thousand malformed requests over every door: refused each, and nothing changes", async () => {
  const site = makeSite();
  const worker = await site.start("--partitions=1").ready();
  await worker.call("PUT", "/v1/tenants/acme/agents/ana/presence", { status: "available" });
  for (const id of ["m-1", "m-2", "m-3"]) await worker.send(id);
  const doors = doorsOf((await worker.call("GET", "/openapi.json")).body);
  expect(doors.length).toBeGreaterThan(20);
  const before = await everything(worker);
  const answers = new Map<string, number>();
  const problems: string[] = [];
  let left = requestCount;
  const knock = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const door = chance.pick(doors);
      const { status, said } = await malformed(worker, door);
      const key = `${door.method} ${door.path}`;
      answers.set(key, (answers.get(key) ?? 0) + 1);
      // A reading that is right by accident does no harm; a writing must not be.
      const isRefused = status >= 400 && status < 500;
      const isHarmless = status < 500 && (door.method === "GET" || door.method === "DELETE");
      if (!isRefused && !isHarmless) problems.push(`${key}: ${status} to ${said}`);
    }
  };
  await Promise.all(Array.from({ length: 32 }, knock));
  expect(problems.slice(0, 10)).toEqual([]);
  expect(answers.size).toBe(doors.length);
  await Promise.all(garbage.map((bytes) => spill(worker, bytes)));
  expect(await everything(worker)).toEqual(before);
  expect((await worker.send("m-4")).status).toBe(202);
  expect(worker.log).not.toMatch(/"level":(?:50|60)/u);
}, 240_000);

/** Doors that are asked with a tenant; the others have nothing that could be malformed. */
function doorsOf(openapi: Readonly<Record<string, unknown>>): Door[] {
  const paths = openapi["paths"] as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  return Object.entries(paths)
    .filter(([path]) => path.includes("{tenant}"))
    .flatMap(([path, methods]) =>
      Object.keys(methods).map((name) => ({ method: name.toUpperCase(), path })),
    )
    .filter(({ method }) => ["GET", "POST", "PUT", "DELETE"].includes(method));
}

/** A request that no door may take: whatever is right about it, something is wrong. */
async function malformed(worker: RunningWorker, { method, path }: Door) {
  // What is deleted must not be there.
  const from = method === "DELETE" ? nobodys : values;
  const filled = path.replaceAll(/\{(\w+)\}/gu, (_, name: string) =>
    chance.pick(from[name] ?? ["x"]),
  );
  const isRead = method === "GET" || method === "DELETE";
  const body = isRead ? undefined : bodyOf();
  const type = chance.pick([
    "application/json",
    "application/json",
    "application/json",
    "text/html",
  ]);
  const response = await worker.raw(`${filled}?no-such-key=${chance.below(9)}`, {
    method,
    ...(body !== undefined && { body, headers: { "content-type": type } }),
  });
  return { status: response, said: `${filled} ${body?.slice(0, 80) ?? ""}` };
}

const values: Readonly<Record<string, readonly string[]>> = {
  tenant: ["acme", "acme", "acme", "nobody", "%00", "..%2f..", "%F0%9F%8C%99"],
  conversation: ["c1", "c999", "c-1", "c1e3", "x", "c99999999999999999999", "%27%3B--"],
  agent: ["ana", "nobody", "%0a", "__proto__", "constructor"],
  channel: ["web", "nowhere", "toString"],
  customer: ["customer-m-1", "%ff", "a%20b"],
  entry: ["e1", "e-1", "e0x10", "1"],
};

const nobodys: typeof values = {
  ...values,
  agent: ["nobody", "%0a"],
  customer: ["nobody", "%ff", "a%20b"],
};

function bodyOf(): string {
  const kind = chance.below(6);
  if (kind === 0) return chance.pick(["{", "[1,2", '{"id":}', "\u0000", "null", '"text"', "1e999"]);
  if (kind === 1) return JSON.stringify([anyValue(3)]);
  if (kind === 2) return `${"[".repeat(5000)}${"]".repeat(5000)}`;
  const keys = Object.fromEntries(
    Array.from({ length: chance.below(6) }, () => [chance.pick(keyNames), anyValue(2)]),
  );
  return JSON.stringify({ ...keys, "no such key": anyValue(1) });
}

const keyNames = [
  "id",
  "channel",
  "customer",
  "text",
  "agent",
  "from",
  "version",
  "status",
  "skillQueue",
  "attachments",
  "items",
  "override",
  "calendars",
  "agents",
  "channels",
  "__proto__",
  "headers",
];

function anyValue(depth: number): unknown {
  const leaves = [
    null,
    true,
    0,
    -1,
    1.5,
    1e308,
    "",
    "web",
    "ana",
    "m-1",
    "\ud83c",
    "c1",
    "\u202e",
    "2026-02-30T99:00:00Z",
    "x".repeat(70_000),
  ];
  if (depth === 0 || chance.below(3) > 0) return chance.pick(leaves);
  if (chance.once(2)) return Array.from({ length: chance.below(4) }, () => anyValue(depth - 1));
  return { [chance.pick(keyNames)]: anyValue(depth - 1) };
}

/** What is not even HTTP, or not all of it. */
const garbage = [
  "\u0000\u0001\u0002\r\n\r\n",
  "GET /healthz HTTP/9.9\r\n\r\n",
  "POST /v1/tenants/acme/messages HTTP/1.1\r\nhost: x\r\ncontent-length: 99\r\n\r\n{",
  "POST /v1/tenants/acme/messages HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
  `GET /${"a".repeat(100_000)} HTTP/1.1\r\nhost: x\r\n\r\n`,
  `GET / HTTP/1.1\r\nhost: x\r\n${"x: y\r\n".repeat(20_000)}\r\n`,
  "POST /v1/tenants/acme/messages HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\n",
  "GET http://elsewhere/ HTTP/1.1\r\n\r\n",
];

async function spill(worker: RunningWorker, bytes: string): Promise<void> {
  const socket = connect(worker.port, "127.0.0.1");
  socket.on("error", () => undefined);
  const closed = once(socket, "close");
  socket.end(bytes);
  socket.resume();
  await closed;
}

/** All that the tenant has, but for what time itself changes. */
async function everything(worker: RunningWorker): Promise<unknown> {
  const tenant = "/v1/tenants/acme";
  const conversations = (await worker.call("GET", `${tenant}/conversations`)).body["items"];
  const timelines = await Promise.all(
    (conversations as { readonly id: string }[]).map(
      async ({ id }) => (await worker.call("GET", `${tenant}/conversations/${id}/timeline`)).body,
    ),
  );
  const configuration = (await worker.call("GET", `${tenant}/configuration`)).body;
  return { timelines, configuration };
}
