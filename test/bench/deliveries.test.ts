import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Deliveries, message, monotonicMs, sendAll } from "../../bench/peers/queues/work.ts";

describe("deliveries", () => {
  const said: string[] = [];
  beforeEach(() => {
    said.length = 0;
    vi.spyOn(process.stdout, "write").mockImplementation((text) => {
      said.push(String(text));
      return true;
    });
  });
  afterEach(() => vi.restoreAllMocks());

  test("are told phase by phase, in whatever order they come", () => {
    const deliveries = new Deliveries("2,3");
    const now = monotonicMs();
    for (const id of [1, 0, 4, 2]) deliveries.take(id, now);
    expect(said).toHaveLength(1);
    deliveries.take(3, now);
    expect(said.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { seen: { count: 2 } },
      { seen: { count: 3 } },
    ]);
  });

  test("refuse a message that comes twice", () => {
    const deliveries = new Deliveries("3");
    deliveries.take(1, 0);
    expect(() => deliveries.take(1, 0)).toThrow("message 1 came twice");
  });

  test("refuse a message that was never sent", () => {
    expect(() => new Deliveries("3").take(3, 0)).toThrow("or was never sent");
  });

  test("refuse a phase with a message of another instead of its own", () => {
    const deliveries = new Deliveries("2,2");
    deliveries.take(0, 0);
    expect(() => deliveries.take(2, 0)).toThrow("message 1 was lost");
  });
});

describe("sending", () => {
  test("in a burst hands over everything once, a chunk at a time", async () => {
    const chunks: number[][] = [];
    await sendAll(
      { first: 10, count: 7, rate: 0 },
      {
        many: (messages) => Promise.resolve(chunks.push(messages.map(({ id }) => id))),
        one: () => Promise.reject(new Error("one by one")),
        chunk: 3,
      },
    );
    expect(chunks).toEqual([[10, 11, 12], [13, 14, 15], [16]]);
  });

  test("at a rate does not wait for what came before", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const due: number[] = [];
    await sendAll(
      { first: 0, count: 5, rate: 1_000 },
      {
        many: () => Promise.reject(new Error("many at a time")),
        one: ({ dueAt, id }) => {
          due.push(dueAt);
          // The first is answered only once the last was sent.
          if (id === 4) resolve();
          return promise;
        },
      },
    );
    const steps = due.slice(1).map((at, index) => at - (due[index] ?? 0));
    for (const step of steps) expect(step).toBeCloseTo(1, 6);
  });

  test("spreads messages over all skills", () => {
    const skills = Array.from({ length: 16 }, (_, id) => message(id, 0).skill);
    expect(skills).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7]);
  });
});
