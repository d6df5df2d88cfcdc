import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";

/** What became of one request. */
export interface Answer {
  /** 0: the connection was closed before there was an answer. */
  readonly status: number;
  /** From the moment at which it was due, so that what waits in the sender counts. */
  readonly waitedMs: number;
  readonly hasRetryAfter: boolean;
}

/** A request: its bytes, and who wants to know. */
export interface Order {
  readonly bytes: string;
  readonly dueAt: number;
  readonly answered: (answer: Answer) => void;
}

/**
 * HTTP at the least cost, so that one core can offer more than another one can take: requests that are
 * made before, and leave together where they come together, answers of which only status, length and
 * `Retry-After` are looked at. Each connection sends whatever it is given, whether or not it has been
 * answered.
 */
export class RawClient implements AsyncDisposable {
  readonly #lines: readonly Line[];
  #sent = 0;

  private constructor(lines: readonly Line[]) {
    this.#lines = lines;
  }

  static async connect(url: string, connections: number): Promise<RawClient> {
    const { hostname, port } = new URL(url);
    const lines: Line[] = [];
    for (let count = 0; count < connections; count += 1) {
      const socket = connect({ host: hostname, port: Number(port), noDelay: true });
      await once(socket, "connect");
      lines.push(new Line(socket));
    }
    return new RawClient(lines);
  }

  send(order: Order): void {
    const place = Math.floor(this.#sent / inARow) % this.#lines.length;
    this.#sent += 1;
    this.#lines[place]?.send(order);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#lines.map(async (line) => line.close()));
  }
}

/** Requests that one connection is given before the next one is. */
const inARow = 8;

class Line {
  readonly #socket: Socket;
  readonly #waiting: Order[] = [];
  #text = "";
  #isLeaving = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding("latin1").on("data", (chunk: string) => this.#read(chunk));
    socket.on("error", () => undefined);
    socket.once("close", () => this.#giveUp());
  }

  send(order: Order): void {
    this.#waiting.push(order);
    if (this.#socket.destroyed) {
      this.#giveUp();
      return;
    }
    if (!this.#isLeaving) {
      this.#isLeaving = true;
      this.#socket.cork();
      process.nextTick(() => {
        this.#isLeaving = false;
        this.#socket.uncork();
      });
    }
    this.#socket.write(order.bytes);
  }

  async close(): Promise<void> {
    const closed = once(this.#socket, "close");
    this.#socket.destroy();
    await closed;
  }

  #giveUp(): void {
    for (const { dueAt, answered } of this.#waiting.splice(0)) {
      answered({ status: 0, waitedMs: performance.now() - dueAt, hasRetryAfter: false });
    }
  }

  #read(chunk: string): void {
    this.#text += chunk;
    for (let from = 0; ;) {
      const head = this.#text.indexOf("\r\n\r\n", from);
      const lines = head === -1 ? "" : this.#text.slice(from, head).toLowerCase();
      const [, size = "0"] = /\ncontent-length: (\d+)/u.exec(lines) ?? [];
      const end = head + 4 + Number(size);
      if (head === -1 || end > this.#text.length) {
        this.#text = this.#text.slice(from);
        return;
      }
      from = end;
      const order = this.#waiting.shift();
      order?.answered({
        status: Number(lines.slice(9, 12)),
        waitedMs: performance.now() - order.dueAt,
        hasRetryAfter: lines.includes("\nretry-after: "),
      });
    }
  }
}
