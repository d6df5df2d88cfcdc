import { describe, expect, test } from "vitest";
import { parseBotAnswer } from "../../worker/delivery/bot-answer.ts";

describe("a bot's answer", () => {
  test.each([
    ["nothing", "", {}],
    ["blanks", " \n", {}],
    ["an empty object", "{}", {}],
    ["a reply", '{"replies":[{"text":"hi"}]}', { replies: [{ text: "hi" }] }],
    ["no replies", '{"replies":[]}', { replies: [] }],
    ["a hand-off", '{"handoff":true}', { handoff: true }],
    [
      "a hand-off to a queue",
      '{"handoff":{"skillQueue":"billing"}}',
      { handoff: { skillQueue: "billing" } },
    ],
    ["the end", '{"close":true}', { close: true }],
    [
      "a reply of the greatest length",
      JSON.stringify({ replies: [{ text: "é".repeat(32_768) }] }),
      { replies: [{ text: "é".repeat(32_768) }] },
    ],
  ])("may be %s", (_, body, answer) => {
    expect(parseBotAnswer(body)).toEqual(answer);
  });

  test.each([
    ["no JSON", "hello"],
    ["half of it", '{"replies":['],
    ["null", "null"],
    ["a list", "[]"],
    ["a text", '"hi"'],
    ["replies that are no list", '{"replies":{"text":"hi"}}'],
    ["a reply without text", '{"replies":[{}]}'],
    ["a reply with an empty text", '{"replies":[{"text":""}]}'],
    ["a reply whose text is a number", '{"replies":[{"text":7}]}'],
    ["a reply with another key", '{"replies":[{"text":"hi","html":"<b>"}]}'],
    ["21 replies", JSON.stringify({ replies: Array.from({ length: 21 }, () => ({ text: "hi" })) })],
    ["a reply that is too long", JSON.stringify({ replies: [{ text: "é".repeat(32_769) }] })],
    ["a hand-off that is false", '{"handoff":false}'],
    ["a hand-off without its queue", '{"handoff":{}}'],
    ["a hand-off to a queue without a name", '{"handoff":{"skillQueue":""}}'],
    ["an end that is false", '{"close":false}'],
    ["a hand-off and the end", '{"handoff":true,"close":true}'],
    ["another key", '{"answer":"hi"}'],
  ])("is malformed where it is %s", (_, body) => {
    expect(parseBotAnswer(body)).toBeUndefined();
  });
});
