import type { Result } from "../../core/engine.ts";
import type { WorkerLimits } from "../limits.ts";
import { OperatingError } from "./routing.ts";
import type { PackedCommands } from "./shard-tasks.ts";

/** Who waits for a command on its way to its partition. */
export interface Letter {
  /** Absent: time passes. */
  readonly tenant: string | undefined;
  /** The command's type, for the metrics. */
  readonly type: string;
  /** A tick that is journaled in any case. */
  readonly keep: boolean;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: Error) => void;
}

/** What goes to the partition together: letters and their commands, in the same order. */
export interface NextBatch {
  readonly letters: readonly Letter[];
  readonly commands: PackedCommands;
}

/**
 * Commands of one partition in the order in which they came, bounded in number, bytes and by tenant.
 * Their bytes stand one behind the other in one piece of memory, of which a batch is a copy.
 */
export class Inbox {
  readonly #limits: WorkerLimits;
  #letters: Letter[] = [];
  /** Bytes of each letter's command. */
  #sizes: number[] = [];
  /** Letters before it were taken. */
  #first = 0;
  #memory = new Uint8Array(startingBytes);
  /** Of the first letter in the memory. */
  #begin = 0;
  #end = 0;
  readonly #byTenant = new Map<string, number>();

  constructor(limits: WorkerLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#letters.length - this.#first;
  }

  /** @param bytes of the command; copied. Errors: `OperatingError` with `overloaded` */
  put(letter: Letter, bytes: Uint8Array): void {
    const { tenant } = letter;
    if (tenant !== undefined) {
      const ofTenant = this.#byTenant.get(tenant) ?? 0;
      this.#refuseTooMany(bytes.length, ofTenant);
      this.#byTenant.set(tenant, ofTenant + 1);
    }
    this.#letters.push(letter);
    this.#sizes.push(bytes.length);
    this.#reserve(bytes.length);
    this.#memory.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** Take the oldest ones, as many as share one batch. */
  take(): NextBatch {
    const { batchCommandsMax, batchBytesMax } = this.#limits;
    const ends: number[] = [];
    let size = 0;
    while (ends.length < this.size && ends.length < batchCommandsMax) {
      const grown = size + (this.#sizes[this.#first + ends.length] ?? 0);
      if (grown > batchBytesMax && ends.length > 0) break;
      size = grown;
      ends.push(size);
    }
    const letters = this.#letters.slice(this.#first, this.#first + ends.length);
    const bytes = this.#memory.slice(this.#begin, this.#begin + size);
    this.#forget(letters, size);
    return { letters, commands: { bytes, ends: Uint32Array.from(ends) } };
  }

  /** Take all of them, whose commands nobody wants any more. */
  takeAll(): readonly Letter[] {
    const letters = this.#letters.slice(this.#first);
    this.#forget(letters, this.#end - this.#begin);
    return letters;
  }

  #forget(letters: readonly Letter[], size: number): void {
    for (const { tenant } of letters) {
      if (tenant === undefined) continue;
      const left = (this.#byTenant.get(tenant) ?? 0) - 1;
      if (left > 0) this.#byTenant.set(tenant, left);
      else this.#byTenant.delete(tenant);
    }
    this.#first += letters.length;
    this.#begin += size;
    if (this.size === 0) this.#beginAnew();
    else if (this.#first > 1024 && this.#first * 2 > this.#letters.length) {
      this.#letters = this.#letters.slice(this.#first);
      this.#sizes = this.#sizes.slice(this.#first);
      this.#first = 0;
    }
  }

  #beginAnew(): void {
    this.#letters = [];
    this.#sizes = [];
    this.#first = 0;
    this.#begin = 0;
    this.#end = 0;
    // A burst must not pin its memory for ever.
    if (this.#memory.length > recycledBytesMax) this.#memory = new Uint8Array(startingBytes);
  }

  /** Room for so many bytes more, where the taken ones were or in twice the memory. */
  #reserve(count: number): void {
    if (this.#end + count <= this.#memory.length) return;
    const held = this.#memory.subarray(this.#begin, this.#end);
    const needed = (held.length + count) * 2;
    if (needed > this.#memory.length) {
      const grown = new Uint8Array(Math.max(needed, this.#memory.length));
      grown.set(held);
      this.#memory = grown;
    } else this.#memory.copyWithin(0, this.#begin, this.#end);
    this.#end -= this.#begin;
    this.#begin = 0;
  }

  #refuseTooMany(byteCount: number, ofTenant: number): void {
    const { inboxCommandsMax, inboxBytesMax, inboxCommandsPerTenantMax } = this.#limits;
    if (ofTenant >= inboxCommandsPerTenantMax) {
      throw new OperatingError("overloaded", `${ofTenant} commands of this tenant wait already`);
    }
    const heldBytes = this.#end - this.#begin;
    if (this.size >= inboxCommandsMax || heldBytes + byteCount > inboxBytesMax) {
      throw new OperatingError(
        "overloaded",
        `${this.size} commands with ${heldBytes} bytes wait already`,
      );
    }
  }
}

const startingBytes = 64 * 1024;
const recycledBytesMax = 4 * 1024 * 1024;
