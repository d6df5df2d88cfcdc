import type { Result } from "../../core/engine.ts";
import type { WorkerLimits } from "../limits.ts";
import { OperatingError } from "./routing.ts";

/** A command on its way to its partition. */
export interface Letter {
  readonly bytes: Uint8Array;
  /** Absent: time passes. */
  readonly tenant: string | undefined;
  /** The command's type, for the metrics. */
  readonly type: string;
  /** A tick that is journaled in any case. */
  readonly keep: boolean;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: Error) => void;
}

/** Commands of one partition in the order in which they came, bounded in number, bytes and by tenant. */
export class Inbox {
  readonly #limits: WorkerLimits;
  #letters: Letter[] = [];
  /** Letters before it were taken. */
  #first = 0;
  #bytes = 0;
  readonly #byTenant = new Map<string, number>();

  constructor(limits: WorkerLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#letters.length - this.#first;
  }

  /** Errors: `OperatingError` with `overloaded`. */
  put(letter: Letter): void {
    const { tenant } = letter;
    if (tenant !== undefined) {
      const ofTenant = this.#byTenant.get(tenant) ?? 0;
      this.#refuseTooMany(letter, ofTenant);
      this.#byTenant.set(tenant, ofTenant + 1);
    }
    this.#letters.push(letter);
    this.#bytes += letter.bytes.length;
  }

  /** Take the oldest ones, as many as share one batch. */
  take(): Letter[] {
    const { batchCommandsMax, batchBytesMax } = this.#limits;
    let end = this.#first;
    let bytes = 0;
    while (end < this.#letters.length && end - this.#first < batchCommandsMax) {
      bytes += this.#letters[end]?.bytes.length ?? 0;
      if (bytes > batchBytesMax && end > this.#first) break;
      end += 1;
    }
    const taken = this.#letters.slice(this.#first, end);
    this.#first = end;
    for (const letter of taken) this.#forget(letter);
    if (this.#first > 1024 && this.#first * 2 > this.#letters.length) {
      this.#letters = this.#letters.slice(this.#first);
      this.#first = 0;
    }
    return taken;
  }

  /** Take all of them. */
  takeAll(): Letter[] {
    const taken = this.#letters.slice(this.#first);
    this.#letters = [];
    this.#first = 0;
    for (const letter of taken) this.#forget(letter);
    return taken;
  }

  #forget({ bytes, tenant }: Letter): void {
    this.#bytes -= bytes.length;
    if (tenant === undefined) return;
    const left = (this.#byTenant.get(tenant) ?? 0) - 1;
    if (left > 0) this.#byTenant.set(tenant, left);
    else this.#byTenant.delete(tenant);
  }

  #refuseTooMany({ bytes }: Letter, ofTenant: number): void {
    const { inboxCommandsMax, inboxBytesMax, inboxCommandsPerTenantMax } = this.#limits;
    if (ofTenant >= inboxCommandsPerTenantMax) {
      throw new OperatingError("overloaded", `${ofTenant} commands of this tenant wait already`);
    }
    if (this.size >= inboxCommandsMax || this.#bytes + bytes.length > inboxBytesMax) {
      throw new OperatingError(
        "overloaded",
        `${this.size} commands with ${this.#bytes} bytes wait already`,
      );
    }
  }
}
