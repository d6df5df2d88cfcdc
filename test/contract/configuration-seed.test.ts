import { afterAll, beforeAll, expect, test } from "vitest";
import { channel, document } from "./documents.ts";
import { expectValid, expectViolations } from "./validation.ts";
import { ContractWorker } from "./worker.ts";

let worker: ContractWorker;
beforeAll(async () => {
  worker = await ContractWorker.start();
});
afterAll(async () => worker[Symbol.asyncDispose]());

const settings = "/channels/0/offlineMessages";

interface Resolved {
  readonly channels: readonly {
    readonly customerReplyTimeoutMinutes: number | null;
    readonly offlineMessages: Readonly<Record<string, unknown>>;
    readonly lastAgentMode: Readonly<Record<string, unknown>>;
  }[];
}

async function resolved(doc: ReturnType<typeof document>): Promise<Resolved["channels"]> {
  const desk = await worker.tenant(doc);
  return (await desk.read<Resolved>("/configuration")).body.channels;
}

const kinds = ["web", "rcs", "email", "whatsapp", "sms", "instagram", "telegram"];

test("2.offline-messages.1 `enabled` is per channel and false by default", async () => {
  const doc = document({
    channels: [
      { id: "bare", kind: "web", skillQueue: "open" },
      { id: "empty", kind: "web", skillQueue: "open", offlineMessages: {} },
    ],
  });
  const [on, bare, empty] = await resolved(doc);
  expect(on?.offlineMessages["enabled"]).toBe(true);
  expect(bare?.offlineMessages["enabled"]).toBe(false);
  expect(empty?.offlineMessages["enabled"]).toBe(false);
  await expectViolations(worker.unused(), document({ offline: { enabled: "yes" } }), [
    { path: `${settings}/enabled`, code: "wrong_type", value: "yes", limit: null },
  ]);
});

test("2.offline-message-prompt.1 a prompt has at most 256 code points, counted as such", async () => {
  const desk = worker.unused();
  await expectValid(desk, document({ offline: { prompt: "x".repeat(256) } }));
  await expectValid(desk, document({ offline: { prompt: "🌙".repeat(256) } }));
  for (const prompt of ["x".repeat(257), "🌙".repeat(257)]) {
    await expectViolations(desk, document({ offline: { prompt } }), [
      { path: `${settings}/prompt`, code: "prompt_too_long", limit: 256, value: prompt },
    ]);
  }
});

test("2.offline-message-prompt.1 a prompt has none of ' \" / < > \\ ;", async () => {
  const desk = worker.unused();
  for (const sign of ["'", '"', "/", "<", ">", "\\", ";"]) {
    await expectViolations(desk, document({ offline: { prompt: `a${sign}b` } }), [
      { path: `${settings}/prompt`, code: "prompt_forbidden_character" },
    ]);
  }
  await expectValid(desk, document({ offline: { prompt: "Ok, soon: «yes» – (ça) | & `a` ÄÖ" } }));
});

test("2.offline-message-prompt.2 2.0.3 too long and forbidden are both said, with the whole value", async () => {
  const prompt = `${"x".repeat(300)};`;
  await expectViolations(worker.unused(), document({ offline: { prompt } }), [
    { path: `${settings}/prompt`, code: "prompt_too_long", value: prompt },
    { path: `${settings}/prompt`, code: "prompt_forbidden_character", value: prompt },
  ]);
});

test("2.offline-message-prompt.4 on email and sms a prompt is accepted with the warning `prompt_unused`", async () => {
  const offline = { enabled: true, prompt: "We are closed" };
  for (const kind of kinds) {
    const doc = document({ channels: [{ ...channel("two", kind), offlineMessages: offline }] });
    const unused = kind === "email" || kind === "sms";
    await expectValid(
      worker.unused(),
      doc,
      unused ? [{ path: "/channels/1/offlineMessages/prompt", code: "prompt_unused" }] : [],
    );
  }
});

const integers = [
  ["2.offline-message-routing-time.1", "routingTimeLimit", 1, 60],
  ["2.agent-outbound-call-time.1", "agentOutboundTimeLimitMinutes", 0, 10_080],
  ["2.called-customer-reply-timeout.1", "calledCustomerReplyTimeoutMinutes", 1, 5],
] as const;

test.each(integers)("%s `%s` is a whole number from %i to %i", async (_, key, min, max) => {
  const desk = worker.unused();
  const path = `${settings}/${key}`;
  const limit = { min, max };
  await expectValid(desk, document({ offline: { [key]: min } }));
  await expectValid(desk, document({ offline: { [key]: max } }));
  for (const value of [min - 1, max + 1]) {
    await expectViolations(desk, document({ offline: { [key]: value } }), [
      { path, code: "out_of_range", value, limit },
    ]);
  }
  for (const value of [min + 0.5, String(min), true]) {
    await expectViolations(desk, document({ offline: { [key]: value } }), [
      { path, code: "wrong_type", value },
    ]);
  }
});

test("2.offline-message-routing-time.1 2.agent-outbound-call-time.1 2.called-customer-reply-timeout.1 2.its-unit.1 2.its-clock.1 2.routing-mode.1 defaults are those of the table", async () => {
  const doc = document({ channels: kinds.map((kind) => channel(`of-${kind}`, kind)) });
  for (const [index, one] of (await resolved(doc)).slice(1).entries()) {
    const email = kinds[index] === "email";
    expect(one).toMatchObject({
      customerReplyTimeoutMinutes: email ? 60 : 20,
      offlineMessages: {
        enabled: true,
        routingTimeLimit: 30,
        routingTimeLimitUnit: "minutes",
        routingClock: "working",
        agentOutboundTimeLimitMinutes: null,
        calledCustomerReplyTimeoutMinutes: email ? 5 : 3,
        routingMode: "skill-queue",
      },
    });
  }
});

test("2.agent-outbound-call-time.2 null and 0 are never confused", async () => {
  for (const agentOutboundTimeLimitMinutes of [null, 0]) {
    const [web] = await resolved(document({ offline: { agentOutboundTimeLimitMinutes } }));
    expect(web?.offlineMessages["agentOutboundTimeLimitMinutes"]).toBe(
      agentOutboundTimeLimitMinutes,
    );
  }
});

test.each([
  ["2.its-unit.1", "routingTimeLimitUnit", ["minutes", "hours", "days"]],
  ["2.its-clock.1", "routingClock", ["working", "wall"]],
  ["2.routing-mode.1", "routingMode", ["skill-queue", "last-agent", "chatbot"]],
] as const)("%s `%s` is one of its choices", async (_, key, choices) => {
  const desk = worker.unused();
  for (const choice of choices) {
    const offline = {
      [key]: choice,
      ...(choice === "chatbot" ? { chatbot: { url: "https://bot.example", accessCode: "b" } } : {}),
    };
    const web = { lastAgentMode: { enabled: true } };
    await expectValid(
      desk,
      document({ offline, web: { ...web, offlineMessages: { enabled: true, ...offline } } }),
    );
  }
  for (const value of ["", "Minutes", "none"]) {
    await expectViolations(desk, document({ offline: { [key]: value } }), [
      { path: `${settings}/${key}`, code: "not_one_of", value, limit: choices },
    ]);
  }
});

test("2.called-customer-reply-timeout.1 2.customer-reply-timeout-period.2 the called timeout is strictly less than the customer's, both resolved", async () => {
  const desk = worker.unused();
  const path = `${settings}/calledCustomerReplyTimeoutMinutes`;
  const at = (customerReplyTimeoutMinutes: number | null, offline: object = {}): object =>
    document({
      web: { customerReplyTimeoutMinutes, offlineMessages: { enabled: true, ...offline } },
    });
  for (const timeout of [1, 2, 3]) {
    await expectViolations(desk, { ...at(timeout) }, [{ path, code: "called_timeout_too_long" }]);
  }
  await expectValid(desk, { ...at(4) });
  await expectValid(desk, { ...at(2, { calledCustomerReplyTimeoutMinutes: 1 }) });
  await expectViolations(desk, { ...at(1, { calledCustomerReplyTimeoutMinutes: 1 }) }, [
    { path, code: "called_timeout_too_long", value: 1 },
  ]);
  await expectViolations(desk, { ...at(5, { calledCustomerReplyTimeoutMinutes: 5 }) }, [
    { path, code: "called_timeout_too_long", value: 5 },
  ]);
  await expectValid(desk, { ...at(null, { calledCustomerReplyTimeoutMinutes: 5 }) });
});

test("2.customer-reply-timeout-period.2 on email 2–5 break the default called timeout", async () => {
  const desk = worker.unused();
  for (const customerReplyTimeoutMinutes of [2, 3, 4, 5]) {
    const doc = document({ channels: [channel("mail", "email", { customerReplyTimeoutMinutes })] });
    await expectViolations(desk, doc, [
      {
        path: "/channels/1/offlineMessages/calledCustomerReplyTimeoutMinutes",
        code: "called_timeout_too_long",
      },
    ]);
  }
  await expectValid(
    desk,
    document({ channels: [channel("mail", "email", { customerReplyTimeoutMinutes: 6 })] }),
  );
});

test("2.customer-reply-timeout-period.1 `customerReplyTimeoutMinutes` is 1–60 or null", async () => {
  const desk = worker.unused();
  const path = "/channels/0/customerReplyTimeoutMinutes";
  const off = { enabled: false };
  for (const value of [1, 60, null]) {
    await expectValid(
      desk,
      document({ web: { customerReplyTimeoutMinutes: value, offlineMessages: off } }),
    );
  }
  for (const value of [0, 61]) {
    await expectViolations(
      desk,
      document({ web: { customerReplyTimeoutMinutes: value, offlineMessages: off } }),
      [{ path, code: "out_of_range", value, limit: { min: 1, max: 60 } }],
    );
  }
});

test("F2 cross-field rules of `offlineMessages` bind where it is enabled", async () => {
  const desk = worker.unused();
  const broken = {
    enabled: false,
    calledCustomerReplyTimeoutMinutes: 5,
    routingMode: "chatbot",
  };
  await expectValid(
    desk,
    document({ web: { customerReplyTimeoutMinutes: 2, offlineMessages: broken } }),
  );
  await expectValid(desk, document({ offline: { enabled: false, routingMode: "last-agent" } }));
  await expectValid(
    desk,
    document({
      offline: { enabled: false, routingTimeLimit: 5 },
      web: {
        lastAgentMode: { enabled: true, waitMinutes: 10 },
        offlineMessages: { enabled: false, routingTimeLimit: 5 },
      },
    }),
  );
});

test("2.last-agent-mode.1 mode `last-agent` needs the channel's `lastAgentMode.enabled`", async () => {
  const desk = worker.unused();
  const offlineMessages = { enabled: true, routingMode: "last-agent" };
  const answer = await desk.configure(document({ web: { offlineMessages } }), "?dryRun=true");
  expect(answer.body.violations?.map(({ code }) => code)).toEqual(["last_agent_mode_disabled"]);
  await expectValid(desk, document({ web: { offlineMessages, lastAgentMode: { enabled: true } } }));
});

test("2.last-agent-mode.1 F2 each key of `offlineMessages.lastAgentMode` equals the channel's resolved one, enabled or not", async () => {
  const desk = worker.unused();
  const doc = (inner: object, enabled: boolean): ReturnType<typeof document> =>
    document({
      web: {
        lastAgentMode: { enabled: true, waitMinutes: 7 },
        offlineMessages: { enabled, lastAgentMode: inner },
      },
    });
  await expectValid(desk, doc({ enabled: true, waitMinutes: 7, offlineWaitMinutes: 5 }, true));
  await expectValid(desk, doc({ validityMinutes: 10_080, scope: "channel" }, false));
  for (const enabled of [true, false]) {
    const answer = await desk.configure(
      doc({ enabled: false, waitMinutes: 8 }, enabled),
      "?dryRun=true",
    );
    expect(answer.status).toBe(422);
    const codes = answer.body.violations?.map(({ code }) => code) ?? [];
    expect(new Set(codes)).toEqual(new Set(["last_agent_mode_differs"]));
    for (const { path } of answer.body.violations ?? []) {
      expect(path).toMatch(/^\/channels\/0\/offlineMessages\/lastAgentMode/u);
    }
  }
});

test("2.connect-to-chatbot.1 2.0.3 mode `chatbot` needs url and access code; both are missed at once", async () => {
  const desk = worker.unused();
  const url = { path: `${settings}/chatbot/url`, code: "chatbot_url_missing" };
  const code = { path: `${settings}/chatbot/accessCode`, code: "chatbot_access_code_missing" };
  const at = (chatbot?: object): ReturnType<typeof document> =>
    document({
      offline: { routingMode: "chatbot", ...(chatbot === undefined ? {} : { chatbot }) },
    });
  await expectViolations(desk, at(), [url, code]);
  await expectViolations(desk, at({}), [url, code]);
  await expectViolations(desk, at({ url: "https://bot.example/x" }), [code]);
  await expectViolations(desk, at({ accessCode: "bot" }), [url]);
  await expectViolations(desk, at({ url: "no url", accessCode: "bot" }), [
    { path: `${settings}/chatbot/url`, code: "url_invalid", value: "no url" },
  ]);
  await expectValid(desk, at({ url: "http://127.0.0.1:9/x", accessCode: "bot" }));
});

test("2.automatically-reply-to-each.1 F2 automatic replies are for email only, and need both templates, enabled or not", async () => {
  const desk = worker.unused();
  const auto = { automaticReplyToEachEmail: true };
  const template = { subject: "s", body: "b" };
  for (const enabled of [true, false]) {
    const web = await desk.configure(document({ offline: { enabled, ...auto } }), "?dryRun=true");
    expect(web.body.violations?.map((one) => one.code)).toContain("email_only");
    const mail = (autoReply?: object): ReturnType<typeof document> =>
      document({
        channels: [
          channel("mail", "email", autoReply === undefined ? {} : { autoReply }, {
            enabled,
            ...auto,
          }),
        ],
      });
    for (const missing of [
      undefined,
      {},
      { workingHours: template },
      { nonWorkingHours: template },
    ]) {
      const answer = await desk.configure(mail(missing), "?dryRun=true");
      const codes = new Set(answer.body.violations?.map((one) => one.code));
      expect(codes).toEqual(new Set(["auto_reply_template_missing"]));
    }
    await expectValid(desk, mail({ workingHours: template, nonWorkingHours: template }));
  }
});

test("F3 the waits for the last agent default to 10 and 5, or to half of the routing limit if that is less", async () => {
  const waits = async (routingTimeLimit: number): Promise<unknown> => {
    const [web] = await resolved(
      document({
        web: {
          lastAgentMode: { enabled: true },
          offlineMessages: { enabled: true, routingTimeLimit },
        },
      }),
    );
    return [web?.lastAgentMode["waitMinutes"], web?.lastAgentMode["offlineWaitMinutes"]];
  };
  expect(await waits(30)).toEqual([10, 5]);
  expect(await waits(20)).toEqual([10, 5]);
  expect(await waits(19)).toEqual([9, 5]);
  expect(await waits(9)).toEqual([4, 4]);
  expect(await waits(1)).toEqual([0, 0]);
});

test("F3 2.channel.4 a given wait that reaches the routing limit is `last_agent_wait_too_long`", async () => {
  const desk = worker.unused();
  const at = (lastAgentMode: object, limit: object): ReturnType<typeof document> =>
    document({
      web: {
        lastAgentMode: { enabled: true, ...lastAgentMode },
        offlineMessages: { enabled: true, ...limit },
      },
    });
  await expectValid(desk, at({ waitMinutes: 9, offlineWaitMinutes: 9 }, { routingTimeLimit: 10 }));
  await expectViolations(
    desk,
    at({ waitMinutes: 10, offlineWaitMinutes: 11 }, { routingTimeLimit: 10 }),
    [
      {
        path: "/channels/0/lastAgentMode/waitMinutes",
        code: "last_agent_wait_too_long",
        value: 10,
      },
      {
        path: "/channels/0/lastAgentMode/offlineWaitMinutes",
        code: "last_agent_wait_too_long",
        value: 11,
      },
    ],
  );
  await expectValid(
    desk,
    at({ waitMinutes: 60 }, { routingTimeLimit: 2, routingTimeLimitUnit: "hours" }),
  );
  await expectViolations(
    desk,
    at({ waitMinutes: 60 }, { routingTimeLimit: 1, routingTimeLimitUnit: "hours" }),
    [{ path: "/channels/0/lastAgentMode/waitMinutes", code: "last_agent_wait_too_long" }],
  );
});

test("2.its-clock.1 F4 on the wall clock a limit shorter than the longest closed stretch of the week is a warning", async () => {
  const desk = worker.unused();
  const night = (routingTimeLimit: number): ReturnType<typeof document> =>
    document({
      web: {
        skillQueue: "office",
        offlineMessages: {
          enabled: true,
          routingClock: "wall",
          routingTimeLimit,
          routingTimeLimitUnit: "hours",
        },
      },
    });
  await expectValid(desk, night(15));
  const short = await desk.configure(night(14), "?dryRun=true");
  expect(short.status).toBe(200);
  expect(short.body.warnings?.map(({ code }) => code)).toEqual(["limit_shorter_than_night"]);
  await expectValid(
    desk,
    document({ web: { offlineMessages: { enabled: true, routingClock: "wall" } } }),
  );
});
