import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import { promisify } from "node:util";
import { describe, expect, test, vi } from "vitest";
import type { Result } from "../../core/index.ts";
import { requestAt } from "../../worker/http/request-framing.ts";
import { defaultWorkerLimits } from "../../worker/limits.ts";
import { Telemetry } from "../../worker/telemetry.ts";
import { serve } from "./http/http-fixture.ts";
import { accepted } from "./http/scripted-routing.ts";

const body = '{"id":"m","channel":"web","customer":"+49","text":"hello"}';
const write = request("POST /v1/tenants/acme/messages", `content-length: ${body.length}`, body);
const read = request("GET /healthz");

function request(line: string, field = "accept: */*", content = ""): string {
  return `${line} HTTP/1.1\r\nhost: here\r\ncontent-type: application/json\r\n${field}\r\n\r\n${content}`;
}

describe("a request in what a connection sent", () => {
  test.each([
    ["a write with its body", write, true],
    ["a read", read, false],
    ["a write without a body", request("DELETE /v1/tenants/acme/customers/c"), true],
    ["a connection kept alive", request("POST /a", "Connection: keep-alive"), true],
  ])("%s is whole, also in front of another one", (_, text, isWrite) => {
    expect(requestAt(Buffer.from(text + write), 0)).toEqual({ end: text.length, isWrite });
    expect(requestAt(Buffer.from(read + text), read.length)).toMatchObject({ isWrite });
  });

  test.each([
    ["without all of its body", write.slice(0, -1)],
    ["without all of its head", write.slice(0, 60)],
    ["in the middle of a body", body],
    ["of another version", write.replace("1.1", "1.0")],
    ["in chunks", request("POST /a", "Transfer-Encoding: chunked", "0\r\n\r\n")],
    ["that expects to be asked for its body", request("POST /a", "expect: 100-continue")],
    ["that ends the connection", request("POST /a", "connection: close")],
    ["that is an upgrade", request("GET /a", "connection: upgrade\r\nupgrade: h2c")],
    ["with two lengths", request("POST /a", "content-length: 1\r\ncontent-length: 2", "abc")],
    ["with a length that is none", request("POST /a", "content-length : 1", "a")],
    ["with a folded field", request("POST /a", "x: y\r\n content-length: 3", "abc")],
  ])("one %s is left to the parser", (_, text) => {
    expect(requestAt(Buffer.from(text), 0)).toBeUndefined();
  });
});

describe("on a connection that was refused once", () => {
  test("answers stay in the order of the requests, whoever gives them", async () => {
    await using door = await full(2);
    const { line } = door;
    line.send(write + write);
    await door.begun(2);
    line.send(write + write + read + write);
    line.send(read + write);
    await vi.waitFor(async () => expect(await door.refusals()).toContain('"overloaded"} 5'));
    door.finish();
    expect(await line.statuses(8)).toEqual([202, 503, 503, 503, 200, 503, 200, 503]);
  });

  test("requests in pieces are answered once each", async () => {
    await using door = await full();
    const { line } = door;
    line.send(write);
    expect(await line.statuses(1)).toEqual([503]);
    for (const size of [1, 7, write.length - 1, write.length + 5]) {
      const text = write + read + write + write + read;
      for (let from = 0; from < text.length; from += size) {
        line.send(text.slice(from, from + size));
        await line.sent();
      }
      expect(await line.statuses(5)).toEqual([503, 200, 503, 503, 200]);
    }
    expect(door.commandCount()).toBe(1);
  });

  test("a body that looks like a request is one no more than any other", async () => {
    await using door = await full();
    const { line } = door;
    line.send(write);
    expect(await line.statuses(1)).toEqual([503]);
    line.send(request("POST /v1/tenants/acme/messages", `content-length: ${write.length}`));
    expect(await line.statuses(1)).toEqual([503]);
    line.send(write + read);
    expect(await line.statuses(1)).toEqual([200]);
  });

  test("what only the parser knows how to treat is refused by it", async () => {
    await using door = await full();
    const { line } = door;
    line.send(write + request("POST /v1/tenants/acme/messages", "transfer-encoding: chunked"));
    line.send("3\r\nabc\r\n0\r\n\r\n");
    expect(await line.statuses(2)).toEqual([503, 503]);
    line.send(write + read);
    expect(await line.statuses(2)).toEqual([503, 200]);
  });

  test("it is served again when there is room", async () => {
    await using door = await full();
    const { line } = door;
    line.send(write + write + write);
    expect(await line.statuses(3)).toEqual([503, 503, 503]);
    door.finish();
    await vi.waitFor(async () => {
      line.send(write);
      expect(await line.statuses(1)).toEqual([202]);
    });
    expect(await door.refusals()).toContain('nightdesk_refusals_total{code="overloaded"}');
  });
});

/** A server with one write under way, of `max` at most, and a connection of another sender. */
async function full(max = 1) {
  const telemetry = new Telemetry();
  const http = serve({ telemetry, limits: { ...defaultWorkerLimits, writesUnderWayMax: max } });
  const held = Promise.withResolvers<Result>();
  http.routing.answer = () => held.promise;
  const url = await http.listen();
  const holder = await Line.to(url);
  holder.send(write);
  const begun = async (count: number): Promise<void> => {
    await vi.waitFor(() => expect(http.routing.commands.length).toBe(count));
  };
  await begun(1);
  const line = await Line.to(url);
  return {
    line,
    begun,
    commandCount: () => http.routing.commands.length,
    finish: () => held.resolve(accepted),
    refusals: () => telemetry.registry.metrics(),
    [Symbol.asyncDispose]: async () => {
      held.resolve(accepted);
      line.close();
      holder.close();
      await http[Symbol.asyncDispose]();
    },
  };
}

/** A connection that says what it is told, byte by byte, and reads answers in their order. */
class Line {
  readonly #socket: Socket;
  #text = "";
  #read = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay().setEncoding("latin1");
    socket.on("data", (chunk: string) => {
      this.#text += chunk;
    });
  }

  static async to(url: string): Promise<Line> {
    const socket = connect({ host: "127.0.0.1", port: Number(new URL(url).port) });
    await once(socket, "connect");
    return new Line(socket);
  }

  send(text: string): void {
    this.#socket.write(text);
  }

  /** Resolves when what was said has left, and a turn of everybody's loop has passed. */
  async sent(): Promise<void> {
    await promisify(this.#socket.write.bind(this.#socket, "", "latin1"))();
    await setImmediate();
  }

  /** Of the next so many answers. */
  async statuses(count: number): Promise<readonly number[]> {
    const all = await vi.waitFor(() => {
      const found = [...this.#text.matchAll(/HTTP\/1\.1 (?!100)(\d{3})/gu)].map(([, code]) =>
        Number(code),
      );
      expect(found.length).toBeGreaterThanOrEqual(this.#read + count);
      return found.slice(this.#read);
    });
    this.#read += all.length;
    return all;
  }

  close(): void {
    this.#socket.destroy();
  }
}
