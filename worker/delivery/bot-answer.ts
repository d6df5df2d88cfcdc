import { type Static, Type } from "typebox";
import { Compile } from "typebox/compile";

const closed = { additionalProperties: false };

/**
 * What a bot may answer (FINE-PRINT 38): replies to send in order, then a hand-off to people or the
 * end of the conversation, not both. A key that is not here makes the answer malformed.
 */
const botAnswerSchema = Type.Object(
  {
    replies: Type.Optional(
      Type.Array(Type.Object({ text: Type.String({ minLength: 1 }) }, closed), { maxItems: 20 }),
    ),
    handoff: Type.Optional(
      Type.Union([
        Type.Literal(true),
        Type.Object({ skillQueue: Type.String({ minLength: 1 }) }, closed),
      ]),
    ),
    close: Type.Optional(Type.Literal(true)),
  },
  closed,
);

export type BotAnswer = Static<typeof botAnswerSchema>;

const validator = Compile(botAnswerSchema);

/** Bytes of a reply's text in UTF-8, as of any message. */
const textBytesMax = 65_536;

/**
 * The answer in a 2xx body: nothing but an acknowledgement where it is empty, undefined where it is
 * malformed.
 */
export function parseBotAnswer(body: string): BotAnswer | undefined {
  if (body.trim() === "") return {};
  const answer = parseJson(body);
  if (!validator.Check(answer)) return undefined;
  if (answer.handoff !== undefined && answer.close !== undefined) return undefined;
  const tooLong = answer.replies?.some(({ text }) => Buffer.byteLength(text) > textBytesMax);
  return tooLong === true ? undefined : answer;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
