import { createHash } from "node:crypto";

/**
 * A fingerprint of every decision in the order in which it was made: two 32-bit lanes mixed with
 * each number (MurmurHash3's mixing), so that it costs next to nothing while the simulation runs.
 */
export class DecisionDigest {
  #a = 0x9747b28c;
  #b = 0x1b873593;
  #count = 0;

  /** @param at integer ms @param what, @param whom whole numbers, −2^31 and above */
  add(kind: number, at: number, what: number, whom: number): void {
    this.#mix(kind);
    this.#mix(at | 0);
    this.#mix((at / 4294967296) | 0);
    this.#mix(what);
    this.#mix(whom);
    this.#count += 1;
  }

  /** 24 hexadecimal digits: both lanes and the count. */
  hex(): string {
    return [this.#a, this.#b, this.#count]
      .map((word) => (word >>> 0).toString(16).padStart(8, "0"))
      .join("");
  }

  #mix(value: number): void {
    let k = Math.imul(value, 0xcc9e2d51);
    k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
    const a = this.#a ^ k;
    this.#a = Math.imul((a << 13) | (a >>> 19), 5) + 0xe6546b64;
    const b = this.#b + value;
    this.#b = Math.imul((b ^ (b >>> 15)) | 0, 0x85ebca6b) ^ this.#a;
  }
}

/** The digest of a whole run: the replications' digests in their order. */
export function runDigest(replications: readonly string[]): string {
  return createHash("sha256").update(replications.join("\n")).digest("hex").slice(0, 32);
}
