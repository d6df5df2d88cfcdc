import type { WriteVerdict } from "../events.ts";
import type { ChannelKind } from "./resolved.ts";

/** From so long after the customer's last message on, the platform's verdict is this one. */
export interface ReplyWindowStep {
  /** Integer ms; the step holds from this moment itself. */
  readonly afterMs: number;
  readonly verdict: WriteVerdict;
}

/** What differs between kinds of channel (DOMAIN 2 and 3.11). */
export interface ChannelPolicy {
  /** @defaultValue of the channel's customer reply timeout. */
  readonly customerReplyTimeoutMinutes: number;
  /** @defaultValue of the called customer reply timeout. */
  readonly calledCustomerReplyTimeoutMinutes: number;
  /** Whether a conversation that goes offline gets the prompt. */
  readonly prompts: boolean;
  /**
   * The verdict where the customer has never written: `template-only` is refused as
   * `template_required`, `blocked` as `cannot_start`.
   */
  readonly firstContact: WriteVerdict;
  /** By rising `afterMs`, the first at 0; the last step reached holds. */
  readonly replyWindow: readonly ReplyWindowStep[];
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

const unrestricted = {
  customerReplyTimeoutMinutes: 20,
  calledCustomerReplyTimeoutMinutes: 3,
  prompts: true,
  firstContact: "allowed",
  replyWindow: [{ afterMs: 0, verdict: "allowed" }],
} as const satisfies ChannelPolicy;

/** The policy of every kind: what its platform allows, and the defaults that go by kind. */
export const channelPolicies: Readonly<Record<ChannelKind, ChannelPolicy>> = {
  web: unrestricted,
  rcs: unrestricted,
  email: {
    ...unrestricted,
    customerReplyTimeoutMinutes: 60,
    calledCustomerReplyTimeoutMinutes: 5,
    prompts: false,
  },
  whatsapp: {
    ...unrestricted,
    firstContact: "template-only",
    replyWindow: [
      { afterMs: 0, verdict: "allowed" },
      { afterMs: dayMs, verdict: "template-only" },
    ],
  },
  sms: { ...unrestricted, prompts: false },
  instagram: {
    ...unrestricted,
    firstContact: "blocked",
    replyWindow: [
      { afterMs: 0, verdict: "allowed" },
      { afterMs: dayMs, verdict: "allowed-with-tag" },
      { afterMs: 7 * dayMs, verdict: "blocked" },
    ],
  },
  telegram: { ...unrestricted, firstContact: "blocked" },
};
