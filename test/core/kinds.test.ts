import { describe, test } from "vitest";
import { channelKinds, routingModes } from "../../core/configuration/resolved.ts";
import { desk } from "./desk.ts";
import { check } from "./script.ts";

// Every kind of channel in every routing mode: one night and one morning each.

const chatbot = { url: "https://bot.example/", accessCode: "bot" };

describe.each(channelKinds)("%s", (kind) => {
  const settings = (routingMode: string): Parameters<typeof desk>[0] => ({
    hours: ["09:00-18:00"],
    agents: { ana: 2, ben: 9 },
    costs: { [kind]: 2 },
    channels: {
      [kind]: {
        lastAgentMode: { enabled: true, validityMinutes: 525_600 },
        offlineMessages: { routingMode, chatbot, prompt: "We are closed." },
      },
    },
  });
  const prompts = kind === "email" || kind === "sms" ? "no event promptSent" : "event promptSent";
  const called = kind === "email" ? "5m" : "3m";
  const idle = kind === "email" ? "60m" : "20m";

  test.each(routingModes)("a night and a morning in mode %s", (mode) => {
    const atNight = {
      "skill-queue": "kim held offline for=none routingLimit:30m",
      "last-agent": "kim held offline for=ana lastAgentWait:5m routingLimit:30m",
      chatbot: "kim with-bot offline for=none no-routingLimit botAnswer@20:00:30",
    }[mode];
    const handOff = mode === "chatbot" ? "tue 08:58 bot hands-off kim | refused wrong_state" : "";
    const opening = {
      "skill-queue": "kim assigned ben",
      "last-agent": "kim queued for=ana lastAgentWait@09:05",
      chatbot: "kim assigned ben",
    }[mode];
    const owner = mode === "last-agent" ? "ana" : "ben";
    check(
      desk(settings(mode)),
      `
      09:00     ana available
      09:00     kim writes         | kim assigned not-offline ana; ana used=2; no event promptSent
      09:01     ana writes kim     | kim live customerReply@+${idle}
      09:02     ana closes kim
      20:00     kim writes         | ${atNight}; ${prompts}
      20:00:30                     | kim ${mode === "chatbot" ? "held offline routingLimit:30m" : "held"} age=20:00
      ${handOff}
      tue 08:59 ben available
      tue 09:00                    | ${opening}
      tue 09:01 ana available      | kim assigned offline ${owner}
      tue 09:02 ${owner} writes kim template tag HUMAN_AGENT | kim awaiting-customer offline calledCustomerReply@+${called}; event messageSent offline=true
      tue 09:03 kim writes         | kim live not-offline
      tue 09:04 ${owner} writes kim | kim live customerReply@+${idle}
      +${idle}                     | kim dormant not-offline; ${owner} used=0
      `,
    );
  });

  test("offline messages off: outside the hours the conversation is closed", () => {
    check(
      desk({
        hours: ["09:00-18:00"],
        channels: { [kind]: { offlineMessages: { enabled: false } } },
      }),
      `20:00 kim writes | kim closed; event conversationMoved reason=offline_messages_disabled; no event promptSent`,
    );
  });
});
