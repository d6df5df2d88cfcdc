import { describe, expect, test } from "vitest";
import type { CustomerEntry } from "../../worker/shards/routing.ts";
import {
  contentOf,
  parseContent,
  parseConversation,
  parseSequence,
  parseTime,
  wireConversation,
  wireEntry,
  wireSequence,
  wireTime,
} from "../../worker/http/wire.ts";

test("a conversation's id and a cursor lead back to their numbers", () => {
  for (const number of [0, 1, 17, Number.MAX_SAFE_INTEGER]) {
    expect(parseConversation(wireConversation(number))).toBe(number);
    expect(parseSequence(wireSequence(number))).toBe(number);
  }
});

test.each(["", "c", "c-1", "c01", "c1.5", "c1e3", "e1", "17", "c9007199254740993", "C1", "c1 "])(
  "%j is the id of no conversation",
  (id) => {
    expect(parseConversation(id)).toBeUndefined();
  },
);

test.each(["", "e", "e-1", "e01", "c1", "1", "e99999999999999999999"])(
  "%j is no cursor",
  (cursor) => {
    expect(parseSequence(cursor)).toBeUndefined();
  },
);

test("times are RFC 3339 in UTC with milliseconds", () => {
  expect(wireTime(Date.UTC(2026, 2, 2, 7))).toBe("2026-03-02T07:00:00.000Z");
});

test.each([
  ["2026-03-02T07:00:00Z", Date.UTC(2026, 2, 2, 7)],
  ["2026-03-02t07:00:00.5z", Date.UTC(2026, 2, 2, 7, 0, 0, 500)],
  ["2026-03-02T08:00:00.123456789+01:00", Date.UTC(2026, 2, 2, 7, 0, 0, 123)],
])("%s is a time", (text, ms) => {
  expect(parseTime(text)).toBe(ms);
});

test.each([
  "2026-03-02",
  "2026-03-02T07:00Z",
  "2026-03-02T07:00:00",
  "2026-02-30T07:00:00Z",
  "2026-03-02T25:00:00Z",
  "2026-03-02T07:00:00Z[Europe/Berlin]",
  "Mon, 02 Mar 2026 07:00:00 GMT",
  "",
])("%j is no time", (text) => {
  expect(parseTime(text)).toBeUndefined();
});

describe("the content of a message", () => {
  test("comes back as it was given, half a surrogate pair included", () => {
    const content = {
      text: "a\ud800b",
      attachments: [{ url: "https://x.example/a", type: "a/b" }],
    };
    expect(parseContent(contentOf(content))).toEqual(content);
  });

  test("holds only what belongs to a message", () => {
    const message = { text: "hello", id: "m1", customer: "+49" };
    expect(parseContent(contentOf(message))).toEqual({ text: "hello" });
  });

  test("is empty once erased", () => {
    expect(parseContent(undefined)).toEqual({});
    expect(parseContent("")).toEqual({});
  });
});

describe("a customer entry", () => {
  const entry: CustomerEntry = {
    sequence: 9,
    tenant: "acme",
    channel: "web",
    customer: "+49",
    conversation: 7,
    at: Date.UTC(2026, 2, 2),
    kind: "message",
    offline: true,
    delivery: "pending",
  };
  const keys = { id: "e9", conversation: "c7", at: "2026-03-02T00:00:00.000Z", offline: true };

  test("shows what was said, and nothing of its delivery", () => {
    const content = contentOf({ text: "hi", subject: "Re: hi", tag: "HUMAN_AGENT", template: "t" });
    expect(wireEntry({ ...entry, content, inReplyTo: "m1", deliveryReason: "x" })).toEqual({
      ...keys,
      kind: "message",
      text: "hi",
      subject: "Re: hi",
      tag: "HUMAN_AGENT",
      template: "t",
      inReplyTo: "m1",
    });
  });

  test("leaves out what there is not, instead of null", () => {
    expect(wireEntry({ ...entry, kind: "status", status: "dormant", reason: "dormancy" })).toEqual({
      ...keys,
      kind: "status",
      status: "dormant",
      reason: "dormancy",
    });
  });
});
