import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { signingKeys, webhookSignature } from "../../worker/delivery/signature.ts";

const first = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const second = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const id = "acme-e7";
const body = '{"type":"entry.message","text":"grüß dich ☂"}';

function headersFor(secret: string): Record<string, string> {
  const timestamp = Math.floor(Date.now() / 1000);
  const keys = signingKeys(secret) ?? [];
  return {
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": webhookSignature(keys, id, timestamp, body),
  };
}

describe("the signature", () => {
  test("is the one that the specification shows", () => {
    const keys = signingKeys(first) ?? [];
    const signed = webhookSignature(
      keys,
      "msg_p5jXN8AQM9LWM0D4loKWxJek",
      1_614_265_330,
      '{"test": 2432232314}',
    );
    expect(signed).toBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  });

  test("is verified by the public package", () => {
    expect(new Webhook(first).verify(body, headersFor(first))).toEqual(JSON.parse(body));
  });

  test("of a secret without whsec_ is verified with its bytes as they are", () => {
    const webhook = new Webhook("correct horse", { format: "raw" });
    expect(webhook.verify(body, headersFor("correct horse"))).toEqual(JSON.parse(body));
  });

  test("of two secrets is verified by a receiver that has either of them", () => {
    const headers = headersFor(`${second}\n${first}`);
    expect(headers["webhook-signature"]?.split(" ")).toHaveLength(2);
    for (const secret of [first, second]) {
      expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
    }
  });

  test("of another body, id or secret is not verified", () => {
    const headers = headersFor(first);
    const webhook = new Webhook(first);
    expect(() => webhook.verify(`${body} `, headers)).toThrow("No matching signature");
    expect(() => webhook.verify(body, { ...headers, "webhook-id": "acme-e8" })).toThrow(
      "No matching signature",
    );
    expect(() => new Webhook(second).verify(body, headers)).toThrow("No matching signature");
  });
});

describe("a secret's file", () => {
  test.each([
    ["is empty", ""],
    ["holds blank lines only", "\n \n"],
    ["holds three secrets", `${first}\n${second}\nthird`],
    ["holds bad base64", "whsec_not base64"],
    ["holds base64 without its end", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS"],
    ["holds an empty key", "whsec_"],
    ["holds one good and one bad line", `${first}\nwhsec_?`],
  ])("signs nothing where it %s", (_, secret) => {
    expect(signingKeys(secret)).toBeUndefined();
  });

  test("may have been written on Windows and with blank lines", () => {
    expect(signingKeys(`\r\n${first}\r\n${second}\r\n`)).toEqual(
      signingKeys(`${first}\n${second}`),
    );
  });
});
