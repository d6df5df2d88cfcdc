import { expect, test } from "vitest";
import { encodeCommand } from "../../core/codec.ts";
import type { Command } from "../../core/commands.ts";

// Only detects change: a layout that differs needs a new codecVersion, and the old one readable.
const at = Date.UTC(2026, 0, 2);
const tenant = "demo";
const examples: readonly (readonly [Command, string])[] = [
  [{ type: "tick", at }, "0101808884e0b733"],
  [
    {
      type: "receiveMessage",
      at,
      tenant,
      id: "m1",
      channel: "mail",
      customer: "ana@x.y",
      priority: 3,
      content: '{"text":"grüß"}',
    },
    "010404808884e0b7330464656d6f026d31046d61696c07616e6140782e7903117b2274657874223a226772c3bcc39f227d",
  ],
  [
    {
      type: "planCalendars",
      at,
      tenant,
      plans: [{ calendar: "office", from: at, open: true, flips: [at + 1000, at + 90_000] }],
    },
    "0103808884e0b7330464656d6f01066f6666696365808884e0b7330102e807a8b705",
  ],
  [
    { type: "setPresence", at, tenant, agent: "ana", status: "away" },
    "010f808884e0b7330464656d6f03616e6101",
  ],
  [
    { type: "closeConversation", at, tenant, conversation: 300, customer: true },
    "010c08808884e0b7330464656d6fac0201",
  ],
];

test.each(examples)("%o is written as it always was", (command, hex) => {
  expect(Buffer.from(encodeCommand(command)).toString("hex")).toBe(hex);
});
