import { Readable } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LineSplitter } from "../../worker/http/line-splitter.ts";
import { type AnswerLine, answerLines } from "../../worker/http/message-stream.ts";
import { defaultWorkerLimits } from "../../worker/limits.ts";
import { OperatingError } from "../../worker/shards/routing.ts";
import { serve } from "./http/http-fixture.ts";
import { accepted } from "./http/scripted-routing.ts";

const path = "/v1/tenants/acme/messages";
const type = { "content-type": "application/x-ndjson" };
const line = (id: string, change: object = {}) =>
  `${JSON.stringify({ id, channel: "web", customer: "+49", text: "hello", ...change })}\n`;

function answersIn(text: string): readonly Readonly<Record<string, unknown>>[] {
  return text
    .split("\n")
    .filter((one) => one !== "")
    .map((one) => JSON.parse(one) as Readonly<Record<string, unknown>>);
}

describe("a body is cut into its lines", () => {
  const split = (chunks: readonly Buffer[], lineBytesMax = 100) => {
    const splitter = new LineSplitter(lineBytesMax);
    return [...chunks.flatMap((chunk) => [...splitter.add(chunk)]), ...splitter.end()];
  };

  test("wherever the bytes are parted", () => {
    const lines = fc.array(fc.string({ unit: "grapheme" }).filter((one) => !one.includes("\n")));
    fc.assert(
      fc.property(lines, fc.array(fc.nat(40)), fc.boolean(), (given, sizes, isEnded) => {
        const bytes = Buffer.from(given.join("\n") + (isEnded ? "\n" : ""));
        const chunks: Buffer[] = [];
        let from = 0;
        for (const size of [...sizes, bytes.length]) {
          chunks.push(bytes.subarray(from, from + size));
          from += size;
        }
        const expected = given.flatMap((text, index) =>
          text.trim() === "" ? [] : [{ number: index + 1, text }],
        );
        expect(split(chunks, 10_000)).toEqual(expected);
      }),
    );
  });

  test("with LF or CRLF at their ends, and none needed at the last", () => {
    const found = split([Buffer.from("1\r\n2\n\r\n3")]);
    expect(found.map(({ number, text }) => [number, text?.trim()])).toEqual([
      [1, "1"],
      [2, "2"],
      [4, "3"],
    ]);
  });

  test("of which one that is too large or no UTF-8 spoils only itself", () => {
    const large = "x".repeat(101);
    const chunks = [`a\n${large}`, `${large}\nb\n`, "\xff\n", large].map((one) =>
      Buffer.from(one, "latin1"),
    );
    expect(split(chunks)).toEqual([
      { number: 1, text: "a" },
      { number: 2, text: undefined, fault: "too_large" },
      { number: 3, text: "b" },
      { number: 4, text: undefined, fault: "not_utf8" },
      { number: 5, text: undefined, fault: "too_large" },
    ]);
  });
});

describe("a stream of messages", () => {
  test("is answered one line each, bad ones by a problem, and the rest go on", async () => {
    await using http = serve();
    const body = [
      line("1"),
      "\n",
      "{\n",
      line("2", { extra: 1 }),
      line("3", { channel: "nope", extra: 1 }),
      "  \r\n",
      line("4"),
    ].join("");
    const answer = await http.call("POST", path, body, type);
    expect(answer.headers["content-type"]).toBe("application/x-ndjson");
    expect(answersIn(answer.text)).toMatchObject([
      { conversation: "c7", duplicate: false },
      { status: 400, code: "unreadable_body", line: 3 },
      { status: 422, code: "invalid_request", line: 4, violations: [{ path: "/extra" }] },
      { status: 404, code: "unknown_channel", line: 5 },
      { conversation: "c7", duplicate: false },
    ]);
    expect(http.routing.commands.length).toBe(2);
  });

  test("is answered in its order, whatever is durable first", async () => {
    await using http = serve();
    const waiting: (() => void)[] = [];
    http.routing.answer = (command) => {
      const { promise, resolve } = Promise.withResolvers<typeof accepted>();
      const number = "id" in command ? Number(command.id) : 0;
      waiting.push(() => resolve({ ...accepted, conversation: number }));
      return promise;
    };
    const answered = http.call("POST", path, line("1") + line("2") + line("3"), type);
    await expect.poll(() => waiting.length).toBe(3);
    for (const settle of waiting.toReversed()) settle();
    const conversations = answersIn((await answered).text).map(({ conversation }) => conversation);
    expect(conversations).toEqual(["c1", "c2", "c3"]);
  });

  test("keeps going where the engine or the machinery refuses a line", async () => {
    await using http = serve();
    http.routing.answer = (command) => {
      if (!("id" in command) || command.id === "3") return accepted;
      if (command.id === "1") return { status: "rejected", code: "unknown_skill_queue" };
      throw new OperatingError("overloaded", "too much waits");
    };
    const answer = await http.call("POST", path, line("1") + line("2") + line("3"), type);
    expect(answersIn(answer.text)).toMatchObject([
      { status: 404, code: "unknown_skill_queue", line: 1 },
      { status: 503, code: "overloaded", line: 2 },
      { conversation: "c7" },
    ]);
  });

  test("of an unknown tenant is a problem as a whole", async () => {
    await using http = serve();
    const answer = await http.call("POST", "/v1/tenants/nobody/messages", line("1"), type);
    expect([answer.status, answer.body["code"]]).toEqual([404, "unknown_tenant"]);
  });

  test("may be empty", async () => {
    await using http = serve();
    const answer = await http.call("POST", path, "\n\n", type);
    expect([answer.status, answer.text]).toEqual([200, ""]);
  });
});

describe("a stream that passes a limit", () => {
  test("gets one too_many_lines problem, then the answers end", async () => {
    await using http = serve({ limits: { ...defaultWorkerLimits, ndjsonLinesMax: 2 } });
    const body = `\n${line("1")}\n${line("2")}\n${line("3")}${line("4")}`;
    const answer = await http.call("POST", path, body, type);
    expect(answersIn(answer.text)).toMatchObject([
      { conversation: "c7" },
      { conversation: "c7" },
      { status: 413, code: "too_many_lines", line: 6 },
    ]);
    expect(http.routing.commands.length).toBe(2);
  });

  test("may have exactly as many lines and bytes as are allowed", async () => {
    const body = line("1") + line("2");
    const ndjsonBytesMax = Buffer.byteLength(body);
    await using http = serve({
      limits: { ...defaultWorkerLimits, ndjsonLinesMax: 2, ndjsonBytesMax },
    });
    const answer = await http.call("POST", path, body, type);
    expect(answersIn(answer.text).map(({ code }) => code)).toEqual([undefined, undefined]);
  });

  test("gets one too_large problem, then the answers end, though the client still sends", async () => {
    const limits = { ...defaultWorkerLimits, ndjsonBytesMax: 100_000 };
    await using http = serve({ limits });
    const url = await http.listen();
    const count = 2000;
    const answer = await fetch(url + path, {
      method: "POST",
      headers: type,
      body: Array.from({ length: count }, (_, index) => line(String(index))).join(""),
    });
    const lines = answersIn(await answer.text());
    expect(lines.at(-1)).toMatchObject({ status: 413, code: "too_large" });
    expect(lines.filter(({ code }) => code !== undefined).length).toBe(1);
    expect(lines.length - 1).toBe(http.routing.commands.length);
    expect(lines.length).toBeLessThan(count);
  });

  test("loses only the line that is too large by itself", async () => {
    await using http = serve({ limits: { ...defaultWorkerLimits, bodyBytesMax: 1000 } });
    const body = line("1", { text: "x".repeat(1000) }) + line("2");
    const answer = await http.call("POST", path, body, type);
    expect(answersIn(answer.text)).toMatchObject([
      { status: 413, code: "too_large", line: 1 },
      { conversation: "c7" },
    ]);
  });
});

describe("the flow of a stream", () => {
  test("lets no more lines wait than may be under way at a time", async () => {
    const waiting = new Set<() => void>();
    const answer: AnswerLine = (_line, _number, answered) => {
      waiting.add(() => answered({ fine: true }));
    };
    const body = Readable.from([Buffer.from("1\n".repeat(9000))], { objectMode: false });
    const read = Array.fromAsync(answerLines(body, defaultWorkerLimits, answer));
    let mostWaiting = 0;
    for (let settled = 0; settled < 9000;) {
      await turn();
      mostWaiting = Math.max(mostWaiting, waiting.size);
      // The newest first: lines need not become durable in their order.
      for (const settle of [...waiting].toReversed().slice(0, 1000)) {
        waiting.delete(settle);
        settle();
        settled += 1;
      }
    }
    expect(mostWaiting).toBe(2048);
    expect((await read).join("").split("\n").length - 1).toBe(9000);
  });

  test("does not wait for a client that sends everything before it reads", async () => {
    await using http = serve();
    const url = await http.listen();
    const body = Array.from({ length: 10_000 }, (_, index) => line(String(index))).join("");
    const answer = await fetch(url + path, { method: "POST", headers: type, body });
    // Nothing has been read of the answers yet.
    await expect.poll(() => http.routing.commands.length).toBe(10_000);
    expect(answersIn(await answer.text()).length).toBe(10_000);
  });

  test("ends with the client", async () => {
    await using http = serve();
    const url = await http.listen();
    const abort = new AbortController();
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode(line("1"))),
    });
    const request = fetch(url + path, {
      method: "POST",
      headers: type,
      body,
      duplex: "half",
      signal: abort.signal,
    });
    const answer = await request;
    await expect.poll(() => http.routing.commands.length).toBe(1);
    abort.abort();
    await expect(answer.text()).rejects.toThrow("aborted");
  });
});
