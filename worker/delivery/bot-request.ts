import type { Dispatcher } from "undici";
import type { BotFailure } from "../../core/reasons.ts";
import { parseContent, wireConversation } from "../http/wire.ts";
import type { BotMessage } from "../shards/routing.ts";
import { type BotAnswer, parseBotAnswer } from "./bot-answer.ts";
import { type EndpointPool, discard, postBounded } from "./bounded-request.ts";
import type { DeliveryLimits } from "./delivery-limits.ts";
import type { RealTime } from "./real-time.ts";

/** What a call of a bot came to; `stopped` where delivery did not wait for it. */
export type BotOutcome =
  | { readonly kind: "answered"; readonly answer: BotAnswer }
  | { readonly kind: "failed"; readonly reason: BotFailure; readonly detail?: unknown }
  | { readonly kind: "stopped" };

/** One call of a bot with one message. */
export interface BotRequest {
  readonly url: URL;
  readonly accessCode: string;
  readonly message: BotMessage;
}

/** Give the message to the bot and wait for its answer. */
export async function requestBot(
  pool: EndpointPool,
  { url, accessCode, message }: BotRequest,
  limits: DeliveryLimits,
  time: RealTime,
  aborting: AbortSignal,
): Promise<BotOutcome> {
  const post = {
    path: url.pathname + url.search,
    headers: {
      authorization: `Bearer ${accessCode}`,
      "content-type": "application/json",
      accept: "application/json",
      "user-agent": "nightdesk",
    },
    body: JSON.stringify(botRequestBody(message)),
    timeoutMs: limits.botTimeoutMs,
  };
  const outcome = await postBounded(pool, post, time, aborting, async (response, signal) => {
    const { statusCode } = response;
    if (statusCode >= 200 && statusCode < 300) {
      return readAnswer(response, limits.botAnswerBytesMax);
    }
    await discard(response, limits.botAnswerBytesMax, signal);
    return { kind: "failed", reason: "bot_refused", detail: statusCode } as const;
  });
  switch (outcome.kind) {
    case "timed-out":
      return { kind: "failed", reason: "bot_silent" };
    case "unreachable":
      return { kind: "failed", reason: "bot_unreachable", detail: outcome.error };
    case "answered":
    case "failed":
    case "stopped":
      return outcome;
  }
}

/** What a bot is sent (FINE-PRINT 38). */
function botRequestBody(message: BotMessage): unknown {
  const { text = "", attachments } = parseContent(message.content);
  return {
    tenant: message.tenant,
    channel: message.channel,
    customer: message.customer ?? null,
    conversation: wireConversation(message.conversation),
    message: { id: message.id, text, ...(attachments !== undefined && { attachments }) },
  };
}

async function readAnswer(
  { body }: Dispatcher.ResponseData,
  bytesMax: number,
): Promise<BotOutcome> {
  const text = await readText(body, bytesMax);
  const answer = text === undefined ? undefined : parseBotAnswer(text);
  return answer === undefined
    ? { kind: "failed", reason: "bot_malformed" }
    : { kind: "answered", answer };
}

/** The whole body, or undefined where it is longer than allowed or no UTF-8. */
async function readText(
  body: AsyncIterable<Uint8Array>,
  bytesMax: number,
): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop early destroys the body and with it the connection.
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > bytesMax) return undefined;
    chunks.push(chunk);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    return undefined;
  }
}
