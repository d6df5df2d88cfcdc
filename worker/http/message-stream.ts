import type { Readable } from "node:stream";
import type { WorkerLimits } from "../limits.ts";
import { type Line, LineSplitter } from "./line-splitter.ts";
import { Problem, type ProblemBody } from "./problems.ts";

/** Lines of one request whose answers are awaited at a time; more bytes are read only below it. */
const linesInFlightMax = 2048;

/** Takes in a line, and says what it came to as the object to answer with. Never throws. */
export type AnswerLine = (line: string, number: number, answered: (answer: object) => void) => void;

/**
 * The answers to an NDJSON body: one line for each, in the order of the lines, as they become
 * durable. Reading never waits for the client to take its answers, or a client that first sends
 * everything would wait for ever: at most `ndjsonLinesMax` short answers are held instead.
 *
 * Beyond `ndjsonLinesMax` lines or `ndjsonBytesMax` bytes there is one problem more, `too_many_lines`
 * or `too_large`, and the answers end.
 */
export async function* answerLines(
  body: Readable,
  limits: WorkerLimits,
  answer: AnswerLine,
): AsyncGenerator<string, void, undefined> {
  const stream = new MessageStream(limits, answer);
  const reading = stream.read(body);
  yield* stream.answers();
  await reading;
}

class MessageStream {
  readonly #limits: WorkerLimits;
  readonly #answer: AnswerLine;
  readonly #splitter: LineSplitter;
  /** Answers to come, in order; one that is there has its text. */
  readonly #slots: { text: string | undefined }[] = [];
  #lineCount = 0;
  #byteCount = 0;
  #inFlight = 0;
  #isRead = false;
  #onAnswer: (() => void) | undefined;
  #onRoom: (() => void) | undefined;

  constructor(limits: WorkerLimits, answer: AnswerLine) {
    this.#limits = limits;
    this.#answer = answer;
    this.#splitter = new LineSplitter(limits.bodyBytesMax);
  }

  async read(body: Readable): Promise<void> {
    try {
      for await (const chunk of body.iterator({ destroyOnReturn: false })) {
        if (!(await this.#take(chunk as Buffer))) {
          discard(body, this.#limits.ndjsonBytesMax);
          return;
        }
      }
      await this.#takeAll(this.#splitter.end());
    } catch {
      // The client has gone; what it sent in whole lines is taken, and nobody waits for answers.
    } finally {
      this.#isRead = true;
      this.#onAnswer?.();
    }
  }

  async *answers(): AsyncGenerator<string, void, undefined> {
    for (;;) {
      const readyCount = this.#slots.findIndex(({ text }) => text === undefined);
      const ready = this.#slots.splice(0, readyCount === -1 ? this.#slots.length : readyCount);
      if (ready.length > 0) yield ready.map(({ text }) => text).join("");
      else if (this.#isRead && this.#slots.length === 0) return;
      else await this.#nextAnswer();
    }
  }

  /** Whether the limits leave room for more. */
  async #take(chunk: Buffer): Promise<boolean> {
    const room = this.#limits.ndjsonBytesMax - this.#byteCount;
    this.#byteCount += chunk.length;
    if (!(await this.#takeAll(this.#splitter.add(chunk.subarray(0, room))))) return false;
    if (chunk.length <= room) return true;
    this.#refuse(`The body has more than ${this.#limits.ndjsonBytesMax} bytes.`, "too_large");
    return false;
  }

  async #takeAll(lines: Iterable<Line>): Promise<boolean> {
    for (const line of lines) {
      this.#lineCount += 1;
      if (this.#lineCount > this.#limits.ndjsonLinesMax) {
        const detail = `The body has more than ${this.#limits.ndjsonLinesMax} lines.`;
        this.#refuse(detail, "too_many_lines", line.number);
        return false;
      }
      this.#takeLine(line);
      if (this.#inFlight >= linesInFlightMax) await this.#room();
    }
    return true;
  }

  #takeLine({ number, text, fault }: Line): void {
    if (fault === "too_large") {
      const detail = `The line has more than ${this.#limits.bodyBytesMax} bytes.`;
      this.#refuse(detail, "too_large", number);
    } else if (fault === "not_utf8") {
      this.#refuse("The line is not UTF-8.", "unreadable_body", number);
    } else if (text !== undefined) {
      const slot: { text: string | undefined } = { text: undefined };
      this.#slots.push(slot);
      this.#inFlight += 1;
      this.#answer(text, number, (answer) => {
        slot.text = `${JSON.stringify(answer)}\n`;
        this.#inFlight -= 1;
        this.#onRoom?.();
        if (this.#slots[0] === slot) this.#onAnswer?.();
      });
    }
  }

  #refuse(detail: string, code: "too_large" | "too_many_lines" | "unreadable_body", line?: number) {
    const body = new Problem(code, detail).body();
    this.#slots.push({
      text: `${JSON.stringify(line === undefined ? body : atLine(body, line))}\n`,
    });
    this.#onAnswer?.();
  }

  async #nextAnswer(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onAnswer = resolve;
    await promise;
  }

  async #room(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onRoom = resolve;
    await promise;
  }
}

export function atLine(problem: ProblemBody, line: number): ProblemBody {
  return { ...problem, line };
}

/**
 * Lets a client finish what it is sending, so that it reads the answer instead of a broken
 * connection; one that goes on for too long is cut off.
 */
function discard(body: Readable, bytesMax: number): void {
  let byteCount = 0;
  body.on("data", (chunk: Buffer) => {
    byteCount += chunk.length;
    if (byteCount > bytesMax) body.destroy();
  });
}
