import { beforeEach, describe, expect, test } from "vitest";
import { CircuitBreaker } from "../../worker/delivery/circuit-breaker.ts";

describe("a circuit", () => {
  let breaker: CircuitBreaker;
  beforeEach(() => {
    breaker = new CircuitBreaker({ failures: 3, openMs: 1000, openMaxMs: 5000 });
  });
  const fail = (nowMs: number, ...sources: readonly number[]): void => {
    for (const source of sources) breaker.failed(nowMs, breaker.pass, source);
  };

  test("is closed to begin with, and lets everything pass", () => {
    expect(breaker.isClosed).toBe(true);
    expect(breaker.allowance(0)).toBe(Number.POSITIVE_INFINITY);
    expect(breaker.probesAtMs()).toBeUndefined();
  });

  test("opens when so many sources have failed in a row", () => {
    fail(0, 1, 2);
    expect(breaker.allowance(0)).toBe(Number.POSITIVE_INFINITY);
    fail(10, 3);
    expect(breaker.allowance(10)).toBe(0);
    expect(breaker.probesAtMs()).toBe(1010);
  });

  test("stays closed however often one source fails", () => {
    for (let failures = 0; failures < 100; failures += 1) fail(failures, 1);
    expect(breaker.isClosed).toBe(true);
  });

  test("counts from anew after a success", () => {
    fail(0, 1, 2);
    breaker.succeeded();
    fail(0, 3, 4);
    expect(breaker.isClosed).toBe(true);
  });

  test("lets one probe pass when its time is over, not a moment before", () => {
    fail(0, 1, 2, 3);
    expect(breaker.allowance(999)).toBe(0);
    expect(breaker.allowance(1000)).toBe(1);
  });

  test("opens for twice as long after each probe that fails, up to its bound", () => {
    fail(0, 1, 2, 3);
    const openMs = [];
    for (let probe = 0; probe < 4; probe += 1) {
      const nowMs = breaker.probesAtMs() ?? 0;
      fail(nowMs, 1);
      openMs.push((breaker.probesAtMs() ?? 0) - nowMs);
    }
    expect(openMs).toEqual([2000, 4000, 5000, 5000]);
  });

  test("closes when a probe succeeds, and begins with the short time again", () => {
    fail(0, 1, 2, 3);
    fail(1000, 1);
    breaker.succeeded();
    expect(breaker.isClosed).toBe(true);
    fail(5000, 1, 2, 3);
    expect(breaker.probesAtMs()).toBe(6000);
  });

  test("is not failed by what it let through before it opened", () => {
    const { pass } = breaker;
    fail(0, 1, 2, 3);
    breaker.failed(1000, pass, 4);
    expect(breaker.allowance(1000)).toBe(1);
  });

  test("is closed by the success of what it let through before it opened", () => {
    fail(0, 1, 2, 3);
    breaker.succeeded();
    expect(breaker.allowance(1)).toBe(Number.POSITIVE_INFINITY);
  });

  test("stays open for as long as the endpoint has asked for", () => {
    fail(0, 1, 2);
    breaker.failed(0, breaker.pass, 3, 30_000);
    expect(breaker.probesAtMs()).toBe(30_000);
  });
});
