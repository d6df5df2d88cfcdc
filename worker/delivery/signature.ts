import { createHmac } from "node:crypto";

/** At most so many secrets are in use at once: the new one and the one it replaces. */
const keysMax = 2;

/**
 * The keys in a secret's file: one a line, the newest first, two while a secret is being changed.
 * `whsec_` and base64 stand for the bytes that they encode, as Standard Webhooks writes secrets; any
 * other line stands for its own bytes in UTF-8.
 *
 * @returns undefined for what is no such secret: none or too many lines, an empty key, bad base64
 */
export function signingKeys(secret: string): readonly Uint8Array[] | undefined {
  const lines = secret
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  if (lines.length === 0 || lines.length > keysMax) return undefined;
  const keys = lines.flatMap((line) => keyOf(line) ?? []);
  return keys.length === lines.length ? keys : undefined;
}

function keyOf(line: string): Uint8Array | undefined {
  const encoded = /^whsec_(?<base64>.*)$/u.exec(line)?.groups?.["base64"];
  if (encoded === undefined) return Buffer.from(line, "utf8");
  const isBase64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/u;
  return encoded !== "" && isBase64.test(encoded) ? Buffer.from(encoded, "base64") : undefined;
}

/**
 * The value of `webhook-signature`: for each key `v1,` and the base64 of HMAC-SHA256 over
 * `id.timestamp.body`, separated by blanks; a receiver is content with one that it can verify.
 *
 * @param timestamp epoch seconds
 * Source: Standard Webhooks, "Signature scheme".
 */
export function webhookSignature(
  keys: readonly Uint8Array[],
  id: string,
  timestamp: number,
  body: string,
): string {
  return keys
    .map((key) => createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64"))
    .map((signature) => `v1,${signature}`)
    .join(" ");
}
