// Loaded into a worker and its threads by `--import`: lets the machine under it fail when a test says
// so, by writing a word into the file that NIGHTDESK_SABOTAGE names.
import fs from "node:fs";
import { isMainThread } from "node:worker_threads";

const file = process.env["NIGHTDESK_SABOTAGE"];
const realNow = Date.now;
const realSync = fs.fdatasyncSync;

Date.now = () => realNow() + Number(/^clock (-?\d+)$/u.exec(order())?.[1] ?? 0);

if (!isMainThread) {
  fs.fdatasyncSync = (descriptor) => {
    const what = order();
    if (what === "exit") once(() => process.exit(7));
    if (what === "out of memory") once(() => fill([]));
    if (what === "sync fails") once(failSync);
    const slowMs = Number(/^slow (\d+)$/u.exec(what)?.[1] ?? 0);
    if (slowMs > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, slowMs);
    realSync(descriptor);
  };
}

function order(): string {
  return file === undefined || !fs.existsSync(file) ? "" : fs.readFileSync(file, "utf8").trim();
}

function once(harm: () => void): void {
  if (file !== undefined) fs.rmSync(file);
  harm();
}

function failSync(): never {
  throw Object.assign(new Error("EIO: i/o error, fdatasync"), { code: "EIO" });
}

/** Until this thread has no memory left. */
function fill(held: object[]): never {
  for (;;) held.push(Array.from({ length: 10_000 }, (_, index) => ({ index })));
}
