import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { WorkerLimits } from "../limits.ts";
import type { Telemetry } from "../telemetry.ts";
import type { App } from "./app.ts";
import { EarlyRefusal } from "./early-refusal.ts";
import { Problem } from "./problems.ts";

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

const reads: ReadonlySet<string | undefined> = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Bounds the writes that are under way: what comes beyond is refused as `overloaded`, so that those who
 * are let in are answered soon. Reads are not counted: polls and streams are under way for long, and
 * cost nothing meanwhile.
 *
 * It stands before the application, because a refusal has to cost much less than what it refuses.
 * Parsing a request and answering it is half of the cost of serving it: whoever sends twice what can be
 * served would leave no time for anybody. So a connection of which one request was refused is from then
 * on looked at before the parser (`EarlyRefusal`).
 */
export function refuseOverload(app: App, limits: WorkerLimits, { refusals }: Telemetry): void {
  const { server } = app;
  const listeners = server.listeners("request") as Listener[];
  server.removeAllListeners("request");
  const crowd = new Crowd(limits.writesUnderWayMax);
  const gates = new WeakMap<Socket, EarlyRefusal>();
  const refusing = {
    isFull: () => crowd.isFull(),
    answer: Buffer.from(`HTTP/1.1 503 Service Unavailable\r\n${fields}\r\n\r\n${body}`, "latin1"),
    note: (count: number) => {
      crowd.refused();
      refusals.inc({ code: refusal.code }, count);
    },
  };
  const guard = (socket: Socket): void => {
    const gate = EarlyRefusal.of(socket, refusing);
    if (gate !== undefined) gates.set(socket, gate);
  };
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    const isWrite = !reads.has(request.method);
    const isRefused = isWrite && crowd.isFull();
    if (isRefused && !gates.has(request.socket)) guard(request.socket);
    gates.get(request.socket)?.follow(request, response);
    if (isRefused) {
      refusing.note(1);
      response.writeHead(refusal.status, headers).end(body);
      return;
    }
    if (isWrite) {
      crowd.enter();
      // Also where the client has gone.
      response.once("close", () => crowd.leave());
    }
    for (const listener of listeners) listener.call(server, request, response);
  });
}

/**
 * Who is under way. Where it was full once, fewer are let in until nobody was refused for a moment: a
 * line that stands at its bound makes everybody in it wait for all of it, and serves no more for that
 * (K. Nichols and V. Jacobson, "Controlling Queue Delay", ACM Queue 10(5), 2012).
 */
class Crowd {
  readonly #max: number;
  #count = 0;
  #refusedAtMs = Number.NEGATIVE_INFINITY;

  constructor(max: number) {
    this.#max = max;
  }

  isFull(): boolean {
    if (this.#count >= this.#max) return true;
    if (this.#count < crowdedMax) return false;
    return performance.now() - this.#refusedAtMs < calmMs;
  }

  enter(): void {
    this.#count += 1;
  }

  leave(): void {
    this.#count -= 1;
  }

  refused(): void {
    this.#refusedAtMs = performance.now();
  }
}

const crowdedMax = 200;
const calmMs = 1000;

const refusal = new Problem("overloaded", "As many writes as are allowed are under way.");
const body = JSON.stringify(refusal.body());
const headers = {
  "content-type": "application/problem+json",
  "content-length": String(Buffer.byteLength(body)),
  "retry-after": "1",
};
const fields = Object.entries(headers)
  .map(([name, value]) => `${name}: ${value}`)
  .join("\r\n");
