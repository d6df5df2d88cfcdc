/**
 * Real time, as those who call the outside world need it. A test clock has no part in it: retries,
 * timeouts and the timestamps of signatures run on the time that the receiver lives in.
 */
export interface RealTime {
  /** Monotonic ms from any moment: what waits are counted on. */
  nowMs(): number;
  /** Epoch ms of the system clock. */
  wallMs(): number;
  /** Calls `wake` once, `waitMs` from now; returns the way to call it off. */
  after(waitMs: number, wake: () => void): () => void;
}

export const realTime: RealTime = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  after: (waitMs, wake) => {
    const timer = setTimeout(wake, waitMs);
    return () => clearTimeout(timer);
  },
};

/** Resolves after `waitMs`, or as soon as `signal` is aborted. */
export async function pause(time: RealTime, waitMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const finish = (): void => resolve(undefined);
  const cancel = time.after(waitMs, finish);
  signal.addEventListener("abort", finish, { once: true });
  await promise;
  cancel();
  signal.removeEventListener("abort", finish);
}
