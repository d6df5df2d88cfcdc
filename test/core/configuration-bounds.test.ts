import { describe, expect, test } from "vitest";
import { channelKinds } from "../../core/configuration/resolved.ts";
import {
  type Changes,
  at,
  problemsOf,
  resolved,
  smallWith,
  violationsOf,
} from "./configuration-example.ts";

const offline = "/channels/0/offlineMessages";

describe("every number has a least, a greatest and a default", () => {
  // [path, least, greatest, default]; no default: it is required
  const ranges: readonly (readonly [string, number, number, number | null | undefined])[] = [
    ["/skillQueues/0/offerTimeoutSeconds", 5, 600, 30],
    ["/skillQueues/0/reofferSeconds", 1, 3600, 60],
    ["/skillQueues/0/connectWaitSeconds", 0, 60_000, 60],
    ["/skillQueues/0/maxWaiting", 0, 10_000, 1000],
    ["/skillQueues/0/reassignAfterMinutes", 5, 600, null],
    ["/skillQueues/0/maxAssignmentsPerAgentPerMinute", 1, 600, null],
    ["/agents/0/skills/billing", 1, 10, undefined],
    ["/agents/0/capacity", 1, 100, undefined],
    ["/channelCosts/sms", 1, 100, 1],
    ["/presence/heartbeatSeconds", 10, 3600, 120],
    ["/presence/graceSeconds", 0, 3600, 60],
    ["/retention/deduplicationHours", 1, 168, 24],
    ["/retention/dormantDays", 1, 365, 30],
    ["/retention/closedDays", 1, 3650, 90],
    ["/channels/0/priority", 0, 14, 0],
    ["/channels/0/customerReplyTimeoutMinutes", 1, 60, 20],
    ["/channels/0/lastAgentMode/validityMinutes", 1, 525_600, 10_080],
    ["/channels/0/lastAgentMode/waitMinutes", 0, 60, 10],
    ["/channels/0/lastAgentMode/offlineWaitMinutes", 0, 60, 5],
    ["/channels/0/autoReply/maxPerSenderPerHour", 1, 100, 10],
    [`${offline}/routingTimeLimit`, 1, 60, 30],
    [`${offline}/agentOutboundTimeLimitMinutes`, 0, 10_080, null],
    [`${offline}/calledCustomerReplyTimeoutMinutes`, 1, 5, 3],
  ];
  const nullable = new Set([
    "/skillQueues/0/reassignAfterMinutes",
    "/skillQueues/0/maxAssignmentsPerAgentPerMinute",
    "/channels/0/customerReplyTimeoutMinutes",
    `${offline}/agentOutboundTimeLimitMinutes`,
  ]);

  test.each(ranges)("%s is %i to %i", (path, min, max, preset) => {
    for (const value of [min, max]) {
      expect(at(resolved(smallWith({ [path]: value })), path)).toBe(value);
    }
    for (const value of [min - 1, max + 1, 1e300, -1e300]) {
      expect(violationsOf(smallWith({ [path]: value }))).toEqual([
        {
          path,
          code: "out_of_range",
          message: `Must be ${min} to ${max}.`,
          value,
          limit: { min, max },
        },
      ]);
    }
    for (const value of [min + 0.5, String(min), true, [min], {}, Infinity, Number.NaN]) {
      expect(problemsOf(smallWith({ [path]: value }))).toEqual([`${path} wrong_type`]);
    }
    if (nullable.has(path)) {
      expect(at(resolved(smallWith({ [path]: null })), path)).toBeNull();
    } else {
      expect(problemsOf(smallWith({ [path]: null }))).toEqual([`${path} wrong_type`]);
    }
    if (preset !== undefined) expect(at(resolved(smallWith()), path)).toBe(preset);
  });
});

describe("the seed's settings on both sides of each bound", () => {
  const outcomes: readonly (readonly [string, unknown, string | undefined])[] = [
    ["routingTimeLimit", 0, "out_of_range"],
    ["routingTimeLimit", 1, undefined],
    ["routingTimeLimit", 60, undefined],
    ["routingTimeLimit", 61, "out_of_range"],
    ["routingTimeLimit", 1.5, "wrong_type"],
    ["agentOutboundTimeLimitMinutes", null, undefined],
    ["agentOutboundTimeLimitMinutes", -1, "out_of_range"],
    ["agentOutboundTimeLimitMinutes", 0, undefined],
    ["agentOutboundTimeLimitMinutes", 10_080, undefined],
    ["agentOutboundTimeLimitMinutes", 10_081, "out_of_range"],
    ["calledCustomerReplyTimeoutMinutes", 0, "out_of_range"],
    ["calledCustomerReplyTimeoutMinutes", 1, undefined],
    ["calledCustomerReplyTimeoutMinutes", 5, undefined],
    ["calledCustomerReplyTimeoutMinutes", 6, "out_of_range"],
    ["calledCustomerReplyTimeoutMinutes", null, "wrong_type"],
    ["prompt", "a".repeat(256), undefined],
    ["prompt", "a".repeat(257), "prompt_too_long"],
    ["prompt", "🌙".repeat(256), undefined],
    ["prompt", "🌙".repeat(257), "prompt_too_long"],
    ["prompt", `${"a".repeat(255)}🌙`, undefined],
    ["prompt", `${"a".repeat(256)}🌙`, "prompt_too_long"],
    // One family on the screen is seven code points, and those are what is counted.
    ["prompt", "👨‍👩‍👧‍👦".repeat(36) + "abcd", undefined],
    ["prompt", "👨‍👩‍👧‍👦".repeat(36) + "abcde", "prompt_too_long"],
    ["prompt", 5, "wrong_type"],
    ["routingTimeLimitUnit", "weeks", "not_one_of"],
    ["routingClock", "lunar", "not_one_of"],
    ["routingMode", "nobody", "not_one_of"],
    ["enabled", "yes", "wrong_type"],
  ];

  test.each(outcomes)("%s of %j: %s", (key, value, code) => {
    const document = smallWith({ [`${offline}/enabled`]: true, [`${offline}/${key}`]: value });
    expect(problemsOf(document)).toEqual(code === undefined ? [] : [`${offline}/${key} ${code}`]);
  });

  test("no outbound limit and a limit of zero stay two things", () => {
    const path = `${offline}/agentOutboundTimeLimitMinutes`;
    expect(at(resolved(smallWith({ [path]: 0 })), path)).toBe(0);
    expect(at(resolved(smallWith({ [path]: null })), path)).toBe(null);
    expect(at(resolved(smallWith()), path)).toBe(null);
  });

  test("a negative zero is zero", () => {
    const path = "/channels/0/priority";
    expect(at(resolved(smallWith({ [path]: -0 })), path)).toBe(0);
  });
});

describe("the prompt", () => {
  const path = `${offline}/prompt`;

  test.each(["'", '"', "/", "<", ">", "\\", ";"])("must not contain %s", (character) => {
    const value = `closed ${character} until nine`;
    const [violation, ...others] = violationsOf(smallWith({ [path]: value }));
    expect(others).toEqual([]);
    expect(violation).toMatchObject({
      path,
      code: "prompt_forbidden_character",
      value,
      limit: null,
    });
    expect(violation?.message).toContain(character);
  });

  test("names every forbidden character in one violation, beside its length", () => {
    const violations = violationsOf(smallWith({ [path]: `<b>${"a".repeat(254)}` }));
    expect(violations.map(({ code }) => code)).toEqual([
      "prompt_too_long",
      "prompt_forbidden_character",
    ]);
    expect(violations[0]?.limit).toBe(256);
    expect(violations[1]?.message).toContain("< or >");
  });

  test("is never shortened", () => {
    const prompt = "🌙".repeat(256);
    expect(at(resolved(smallWith({ [path]: prompt })), path)).toBe(prompt);
  });

  test("without a character is no prompt", () => {
    expect(at(resolved(smallWith({ [path]: "" })), path)).toBeUndefined();
  });
});

describe("channel kinds", () => {
  test.each(["line", "wechat", "facebook", "x", "LINE", "Email", "", "__proto__"])(
    "%s is refused",
    (kind) => {
      expect(violationsOf(smallWith({ "/channels/0/kind": kind }))).toMatchObject([
        {
          path: "/channels/0/kind",
          code: "channel_kind_unsupported",
          value: kind,
          limit: channelKinds,
        },
      ]);
    },
  );

  test.each(channelKinds)("%s is accepted", (kind) => {
    expect(at(resolved(smallWith({ "/channels/0/kind": kind })), "/channels/0/kind")).toBe(kind);
  });

  test("a kind that is no text has the wrong type", () => {
    expect(problemsOf(smallWith({ "/channels/0/kind": 5 }))).toEqual([
      "/channels/0/kind wrong_type",
    ]);
  });
});

describe("the default reply timeouts go by kind", () => {
  test.each(channelKinds)("%s", (kind) => {
    const channel = resolved(smallWith({ "/channels/0/kind": kind })).channels[0];
    expect(channel?.customerReplyTimeoutMinutes).toBe(kind === "email" ? 60 : 20);
    expect(channel?.offlineMessages.calledCustomerReplyTimeoutMinutes).toBe(
      kind === "email" ? 5 : 3,
    );
  });
});

describe("texts with a form", () => {
  const id = "/agents/0/id";
  const secret = "/channels/0/push/secret";
  const url = "/channels/0/push/url";
  const push = { url: "https://adapter.example/in", secret: "wa-push" };
  const zone = "/calendars/0/timeZone";
  const monday = "/calendars/0/weekly/mon";
  const rest = "/calendars/0/restDates";
  const work = "/calendars/0/workDates";
  const day = (date: string) => [{ date, hours: [] }];

  const accepted: readonly (readonly [string, unknown])[] = [
    [id, "a"],
    [id, "a".repeat(128)],
    [id, "ü".repeat(64)],
    [id, "🌙".repeat(32)],
    [id, "__proto__"],
    [id, "Ana María/2 ~1"],
    [secret, "a.b-c_d"],
    [secret, "...a"],
    [secret, "a".repeat(128)],
    [url, "http://localhost:8080"],
    [url, "https://[::1]:9000/in?x=1#y"],
    [url, "HTTPS://Müller.example/ä"],
    [zone, "UTC"],
    [zone, "America/Argentina/Buenos_Aires"],
    [zone, "Asia/Calcutta"],
    [zone, "Etc/GMT+5"],
    [monday, ["00:00-24:00"]],
    [monday, ["22:00-06:00", "12:00-13:00", "13:00-14:00"]],
    [monday, ["00:00-00:01"]],
    [monday, ["00:01-00:00"]],
    [monday, []],
    [rest, ["2028-02-29", "2028-02-29"]],
    [work, day("2026-12-31")],
  ];
  test.each(accepted)("%s may be %j", (path, value) => {
    expect(problemsOf(smallWith({ "/channels/0/push": push, [path]: value }))).toEqual([]);
  });

  // [path, value, code], the code behind the rest of the path where the violation lies deeper
  const refused: readonly (readonly [string, unknown, string])[] = [
    [id, "", "wrong_type"],
    [id, "a\nb", "wrong_type"],
    [id, "a\u200Bb", "wrong_type"],
    [id, "a\u2028b", "wrong_type"],
    [id, "a\uD800b", "wrong_type"],
    [id, "a".repeat(129), "too_long"],
    [id, "ü".repeat(65), "too_long"],
    [id, "🌙".repeat(33), "too_long"],
    // The first characters of three and of four bytes.
    [id, "\u0800".repeat(43), "too_long"],
    [id, "\u{10000}".repeat(33), "too_long"],
    [id, 7, "wrong_type"],
    [secret, "", "wrong_type"],
    [secret, "a/b", "wrong_type"],
    [secret, "a\\b", "wrong_type"],
    [secret, ".", "wrong_type"],
    [secret, "..", "wrong_type"],
    [secret, "a\0b", "wrong_type"],
    [secret, "a".repeat(129), "too_long"],
    [url, "", "url_invalid"],
    [url, "adapter.example/in", "url_invalid"],
    [url, "/in", "url_invalid"],
    [url, "ftp://adapter.example/in", "url_invalid"],
    [url, "javascript:alert(1)", "url_invalid"],
    [url, "https:adapter.example", "url_invalid"],
    [url, "https://", "url_invalid"],
    [url, "https:///in", "url_invalid"],
    [url, "https://me:pass@adapter.example", "url_invalid"],
    [url, "https://adapter.example/a b", "url_invalid"],
    [url, " https://adapter.example", "url_invalid"],
    [url, "https://adapter.example:99999", "url_invalid"],
    [zone, "Europe/Bärlin", "time_zone_unknown"],
    [zone, "Mars/Olympus", "time_zone_unknown"],
    [zone, "+01:00", "time_zone_unknown"],
    [zone, "-05:00", "time_zone_unknown"],
    [zone, "CEST+1", "time_zone_unknown"],
    [zone, "", "time_zone_unknown"],
    [zone, 1, "wrong_type"],
    [monday, ["09:00-09:00"], "/0 hours_invalid"],
    [monday, ["24:00-06:00"], "/0 hours_invalid"],
    [monday, ["09:00-24:01"], "/0 hours_invalid"],
    [monday, ["9:00-17:00"], "/0 hours_invalid"],
    [monday, ["09:00-17:60"], "/0 hours_invalid"],
    [monday, ["09:00 - 17:00"], "/0 hours_invalid"],
    [monday, ["09:00–17:00"], "/0 hours_invalid"],
    [monday, ["09:00-17:00\n"], "/0 hours_invalid"],
    [monday, ["09:00-17:00", 540], "/1 wrong_type"],
    [monday, "09:00-17:00", "wrong_type"],
    [monday, ["09:00-12:00", "11:59-13:00"], "/1 hours_overlap"],
    [monday, ["22:00-06:00", "21:00-22:01"], "/1 hours_overlap"],
    [monday, ["00:00-24:00", "12:00-13:00"], "/1 hours_overlap"],
    [rest, ["2026-02-29"], "/0 date_invalid"],
    [rest, ["2026-13-01"], "/0 date_invalid"],
    [rest, ["26-12-25"], "/0 date_invalid"],
    [rest, ["2026-12-25T00:00"], "/0 date_invalid"],
    [rest, ["20261225"], "/0 date_invalid"],
    [work, day("2026-06-31"), "/0/date date_invalid"],
    [work, [...day("2026-06-30"), ...day("2026-06-30")], "/1/date duplicate_id"],
  ];
  test.each(refused)("%s must not be %j: %s", (path, value, problem) => {
    expect(problemsOf(smallWith({ "/channels/0/push": push, [path]: value }))).toEqual([
      problem.startsWith("/") ? path + problem : `${path} ${problem}`,
    ]);
  });

  test("hours of a work date must not overlap", () => {
    const workDates = [{ date: "2026-12-19", hours: ["10:00-14:00", "13:00-15:00"] }];
    expect(problemsOf(smallWith({ [work]: workDates }))).toEqual([
      `${work}/0/hours/1 hours_overlap`,
    ]);
  });
});

describe("an agent has 1 to 50 skills", () => {
  const changes = (count: number): Changes => {
    const ids = Array.from({ length: count }, (_, index) => `q${index}`);
    return {
      "/skillQueues": [{ id: "billing" }, ...ids.map((id) => ({ id }))],
      "/agents/0/skills": Object.fromEntries(ids.map((id) => [id, 1])),
    };
  };
  test.each([
    [0, false],
    [1, true],
    [50, true],
    [51, false],
  ])("%i: %s", (count, valid) => {
    const problems = problemsOf(smallWith(changes(count)));
    expect(problems).toEqual(valid ? [] : ["/agents/0/skills out_of_range"]);
  });
});
