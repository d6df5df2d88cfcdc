import { MemoryDisk } from "./memory-disk.ts";
import type { Choose } from "./memory-disk.ts";

/** Power is gone: the process that used the disk does not see this, nor anything else. */
export class PowerCut extends Error {
  override readonly name = "PowerCut";
}

/** A disk whose power fails at an operation that was chosen before. */
export class FailingDisk extends MemoryDisk {
  #operationsLeft = Infinity;

  /** Cut the power at the `count`-th operation from now, 1 being the next. */
  cutAfter(count: number): void {
    this.#operationsLeft = count;
  }

  /** What the next machine finds after the power was cut: another disk, with nothing armed. */
  afterPowerCut(choose: Choose): FailingDisk {
    return adopt(this.crash(choose));
  }

  /** What the next process finds where only the process died: all that this one wrote. */
  afterDeath(): this {
    this.#operationsLeft = Infinity;
    return this;
  }

  /** Of all files, as whoever plays sees it: no operation of the machine. */
  get sizeBytes(): number {
    return super.list().reduce((sum, { size }) => sum + size, 0);
  }

  override list() {
    this.#pass();
    return super.list();
  }
  override open(...given: Parameters<MemoryDisk["open"]>) {
    this.#pass();
    return super.open(...given);
  }
  override write(...given: Parameters<MemoryDisk["write"]>): void {
    // The cut may come when some of the bytes have left.
    if (this.#operationsLeft === 1) super.write(...given);
    this.#pass();
    super.write(...given);
  }
  override sync(...given: Parameters<MemoryDisk["sync"]>): void {
    this.#pass();
    super.sync(...given);
  }
  override syncDirectory(): void {
    this.#pass();
    super.syncDirectory();
  }
  override read(...given: Parameters<MemoryDisk["read"]>): number {
    this.#pass();
    return super.read(...given);
  }
  override truncate(...given: Parameters<MemoryDisk["truncate"]>): void {
    this.#pass();
    super.truncate(...given);
  }
  override unlink(name: string): void {
    this.#pass();
    super.unlink(name);
  }

  #pass(): void {
    this.#operationsLeft -= 1;
    if (this.#operationsLeft <= 0) throw new PowerCut("the power is gone");
  }
}

function adopt(left: MemoryDisk): FailingDisk {
  const disk = new FailingDisk();
  for (const { name } of left.list()) disk.put(name, left.bytesOf(name));
  return disk;
}
