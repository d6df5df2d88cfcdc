import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { WorkerLimits } from "../limits.ts";
import type { Telemetry } from "../telemetry.ts";
import type { App } from "./app.ts";
import { Problem } from "./problems.ts";

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

const reads: ReadonlySet<string | undefined> = new Set(["GET", "HEAD", "OPTIONS"]);
const deafMs = 100;

/**
 * Bounds the writes that are under way: what comes beyond is refused as `overloaded`, so that those who
 * are let in are answered soon. Reads are not counted: polls and streams are under way for long, and
 * cost nothing meanwhile.
 *
 * It stands before the application, because a refusal has to cost much less than what it refuses: an
 * answer that is made before, and no look at path or body. Reading a request is half of its cost, so a
 * connection that was refused is not read for a moment; otherwise those who come again at once would
 * leave no time for anybody else.
 */
export function refuseOverload(app: App, limits: WorkerLimits, { refusals }: Telemetry): void {
  const { server } = app;
  const listeners = server.listeners("request") as Listener[];
  server.removeAllListeners("request");
  const pause = new Pause();
  let underWay = 0;
  const leave = (): void => {
    underWay -= 1;
  };
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    if (!reads.has(request.method)) {
      if (underWay >= limits.writesUnderWayMax) {
        refusals.inc({ code: refusal.code });
        response.once("finish", () => pause.take(request.socket));
        response.writeHead(refusal.status, headers).end(body);
        return;
      }
      underWay += 1;
      // Also where the client has gone.
      response.once("close", leave);
    }
    for (const listener of listeners) listener.call(server, request, response);
  });
}

const refusal = new Problem("overloaded", "As many writes as are allowed are under way.");
const body = JSON.stringify(refusal.body());
const headers = {
  "content-type": "application/problem+json",
  "content-length": Buffer.byteLength(body),
  "retry-after": "1",
};

/** Connections that are not read for a moment, all until the same one. */
class Pause {
  #sockets: Socket[] = [];

  take(socket: Socket): void {
    // Node reads on behind a request whose body nobody wanted, so this comes after that.
    setImmediate(() => socket.pause());
    this.#sockets.push(socket);
    if (this.#sockets.length === 1) setTimeout(() => this.#end(), deafMs);
  }

  #end(): void {
    const sockets = this.#sockets;
    this.#sockets = [];
    for (const socket of sockets) socket.resume();
  }
}
