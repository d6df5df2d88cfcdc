import { describe, expect, test } from "vitest";
import { channelPolicies } from "../../core/configuration/channel-policies.ts";
import { channelKinds } from "../../core/configuration/resolved.ts";
import type { MayWrite } from "../../core/events.ts";
import { verdictRefusal } from "../../core/fast/messages.ts";
import { mayWriteFrom, policyOf, verdictAt } from "../../core/fast/write-verdicts.ts";
import {
  mayWrite,
  replyWindowEndsAt,
  verdictChanges,
  writeRejection,
  type WriteSituation,
} from "../../core/reply-window.ts";
import { desk } from "./desk.ts";
import { check } from "./script.ts";

// DOMAIN 3, rules 11 and 14: who may write, until when, and what refuses them.

const minuteMs = 60_000;
const dayMs = 1440 * minuteMs;
const wroteAt = 5 * dayMs;

/** Whether anything may be written so long after the customer did. */
const after = (kind: WriteSituation["kind"], ms: number, limitMinutes: number | null): MayWrite =>
  mayWrite({ kind, now: wroteAt + ms, lastMessageAt: wroteAt, limitMinutes });
const never = (kind: WriteSituation["kind"], limitMinutes: number | null): MayWrite =>
  mayWrite({ kind, now: wroteAt, lastMessageAt: undefined, limitMinutes });

const closed = { verdict: "blocked", reason: "reply_window_closed" };

describe("who may write", () => {
  test("on the web: everybody, for ever, or until the tenant's limit ends", () => {
    expect(after("web", 400 * dayMs, null)).toEqual({ verdict: "allowed" });
    expect(after("web", 0, 10)).toEqual({ verdict: "allowed", until: wroteAt + 10 * minuteMs });
    expect(after("web", 10 * minuteMs - 1, 10)).toMatchObject({ verdict: "allowed" });
    expect(after("web", 10 * minuteMs, 10)).toEqual(closed);
  });

  test("on WhatsApp: with a template alone after a day", () => {
    expect(after("whatsapp", dayMs - 1, null)).toEqual({
      verdict: "allowed",
      until: wroteAt + dayMs,
    });
    expect(after("whatsapp", dayMs, null)).toEqual({ verdict: "template-only" });
    expect(after("whatsapp", dayMs, 2880)).toEqual({
      verdict: "template-only",
      until: wroteAt + 2 * dayMs,
    });
  });

  test("on Instagram: with a tag after a day, nobody after seven", () => {
    expect(after("instagram", 0, null)).toEqual({ verdict: "allowed", until: wroteAt + dayMs });
    expect(after("instagram", dayMs, null)).toEqual({
      verdict: "allowed-with-tag",
      until: wroteAt + 7 * dayMs,
    });
    expect(after("instagram", 7 * dayMs, null)).toEqual(closed);
    expect(
      verdictChanges({
        kind: "instagram",
        now: wroteAt,
        lastMessageAt: wroteAt,
        limitMinutes: null,
      }),
    ).toEqual([wroteAt + dayMs, wroteAt + 7 * dayMs]);
  });

  test("to somebody who never wrote: what the platform says of a first contact", () => {
    expect(never("web", 10)).toEqual({ verdict: "allowed" });
    expect(never("whatsapp", null)).toEqual({ verdict: "template-only" });
    expect(never("telegram", null)).toEqual({ verdict: "blocked", reason: "cannot_start" });
  });

  test("a limit of 0 allows no replies at all", () => {
    const nobody = { verdict: "blocked", reason: "replies_not_allowed" };
    expect(after("web", 0, 0)).toEqual(nobody);
    expect(never("telegram", 0)).toEqual(nobody);
  });

  test("the time for anything ends with the platform's or the tenant's, whichever is shorter", () => {
    const ends = (kind: WriteSituation["kind"], limitMinutes: number | null): number | undefined =>
      replyWindowEndsAt({ kind, now: wroteAt, lastMessageAt: wroteAt, limitMinutes });
    expect(ends("whatsapp", null)).toBe(wroteAt + dayMs);
    expect(ends("whatsapp", 10)).toBe(wroteAt + 10 * minuteMs);
    expect(ends("whatsapp", 2880)).toBe(wroteAt + dayMs);
    expect(ends("web", 10)).toBe(wroteAt + 10 * minuteMs);
    expect(ends("web", null)).toBe(undefined);
    expect(
      replyWindowEndsAt({
        kind: "whatsapp",
        now: wroteAt,
        lastMessageAt: undefined,
        limitMinutes: 10,
      }),
    ).toBe(undefined);
  });

  test("said in numbers it is the same as said in words", () => {
    for (const kind of channelKinds) {
      for (const limitMinutes of [null, 0, 1, 1440, 2880, 20_000]) {
        for (const lastMessageAt of [undefined, 0, wroteAt]) {
          for (const ms of [0, minuteMs, dayMs, 2 * dayMs, 7 * dayMs, 20_000 * minuteMs]) {
            for (const now of [ms - 1, ms, ms + 1].map((one) => (lastMessageAt ?? 0) + one)) {
              const { verdict, reason, until } = verdictAt(
                channelPolicies[kind],
                now,
                lastMessageAt ?? -1,
                limitMinutes ?? -1,
              );
              expect(mayWriteFrom(verdict, reason, until)).toEqual(
                mayWrite({ kind, now, lastMessageAt, limitMinutes }),
              );
            }
          }
        }
      }
    }
  });

  test("a channel without restrictions is one where nothing is ever refused", () => {
    const unrestricted = channelKinds.filter((kind) => policyOf(kind).isUnrestricted);
    expect(unrestricted).toEqual(
      channelKinds.filter(
        (kind) =>
          never(kind, null).verdict === "allowed" && after(kind, 0, null).until === undefined,
      ),
    );
    expect(policyOf("email")).toMatchObject({ isUnrestricted: true, isPlain: false });
    expect(policyOf("web")).toMatchObject({ isUnrestricted: true, isPlain: true });
    expect(policyOf("whatsapp")).toMatchObject({ isUnrestricted: false, isPlain: false });
  });
});

describe("what refuses a message", () => {
  const verdicts: readonly MayWrite[] = [
    { verdict: "allowed" },
    { verdict: "allowed-with-tag" },
    { verdict: "template-only" },
    { verdict: "blocked", reason: "cannot_start" },
    { verdict: "blocked", reason: "replies_not_allowed" },
    { verdict: "blocked", reason: "reply_window_closed" },
    { verdict: "blocked" },
  ];
  const messages = [
    {},
    { template: true },
    { template: false },
    { tag: "HUMAN_AGENT" },
    { tag: "human-agent" },
    { tag: "human agent" },
    { tag: "" },
  ];

  test("a verdict that asks for a tag or a template, without it", () => {
    const refusals = (index: number): readonly unknown[] =>
      messages.map((message) => writeRejection(verdicts[index] ?? { verdict: "allowed" }, message));
    const noTag = "tag_required";
    const noTemplate = "template_required";
    expect(refusals(0)).toEqual(messages.map(() => undefined));
    expect(refusals(1)).toEqual([noTag, noTag, noTag, undefined, undefined, noTag, noTag]);
    expect(refusals(2)).toEqual(
      messages.map(({ template }) => (template ? undefined : noTemplate)),
    );
    expect(refusals(3)).toEqual(messages.map(() => "cannot_start"));
    expect(refusals(4)).toEqual(messages.map(() => "replies_not_allowed"));
    expect(refusals(5)).toEqual(messages.map(() => "reply_window_closed"));
    expect(refusals(6)).toEqual(messages.map(() => "reply_window_closed"));
  });

  test("said in numbers it is the same", () => {
    const names = ["allowed", "allowed-with-tag", "template-only", "blocked"];
    const reasons = ["replies_not_allowed", "reply_window_closed", "cannot_start"];
    for (const may of verdicts) {
      const numbers = {
        verdict: names.indexOf(may.verdict) + 1,
        reason: reasons.indexOf(may.reason ?? "") + 1,
        until: Infinity,
      };
      for (const message of messages) {
        expect(verdictRefusal(numbers, message.template === true, message.tag)).toBe(
          writeRejection(may, message),
        );
      }
    }
  });
});

describe("the tenant's limit", () => {
  const channels = { web: { offlineMessages: { agentOutboundTimeLimitMinutes: 10 } } };

  test("binds the agent of an offline conversation, and nobody of a live one", () => {
    check(
      desk({ hours: ["09:00-18:00"], agents: { ana: 1 }, channels }),
      `
      08:55 ana available
      08:55 kim writes     | kim held offline
      09:00                | kim assigned ana may=allowed
      09:05 ana writes kim | refused reply_window_closed; kim may=blocked
      `,
    );
    check(
      desk({ agents: { ana: 1 }, channels }),
      `
      09:00 ana available
      09:00 kim writes     | kim assigned not-offline ana
      09:11 ana writes kim | kim live may=allowed
      `,
    );
  });
});
