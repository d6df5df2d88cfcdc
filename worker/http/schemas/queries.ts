import { Type } from "typebox";
import { conversationStates } from "../../../core/events.ts";
import { waitMsDefault, waitMsMax } from "../long-poll.ts";
import { parseConversation, parseSequence } from "../wire.ts";
import { closed, conditioned, named, open } from "./keys.ts";

/** Where a long poll begins and how long it waits. */
export function waitQuery() {
  return closed(
    {
      after: Type.Optional(
        opaque("`next` of the answer before; without it from the oldest kept.", parseSequence),
      ),
      waitMs: Type.Optional(
        Type.Integer({
          minimum: 0,
          maximum: waitMsMax,
          default: waitMsDefault,
          description: "How long to wait, in real time, while there is nothing.",
        }),
      ),
    },
    "",
  );
}

export interface Wait {
  readonly after?: string;
  readonly waitMs?: number;
}

export const itemsPerPageDefault = 100;
export const itemsPerPageMax = 1000;

/** Which part of a list. */
export function pageKeys(parse: (cursor: string) => number | undefined) {
  return {
    cursor: Type.Optional(opaque("`next` of the page before.", parse)),
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: itemsPerPageMax,
        default: itemsPerPageDefault,
        description: "Items on a page.",
      }),
    ),
  };
}

export function conversationQuery() {
  return closed(
    {
      state: Type.Optional(
        conditioned(
          Type.String({ description: "States, separated by commas.", examples: ["held,queued"] }),
          (states: string) =>
            states.split(",").every(isState)
              ? []
              : [
                  {
                    code: "not_one_of",
                    message: `Must be some of ${conversationStates.join(", ")}, separated by commas.`,
                    limit: conversationStates,
                  },
                ],
        ),
      ),
      queue: Type.Optional(Type.String({ description: "Id of a skill queue." })),
      agent: Type.Optional(Type.String({ description: "Owner, or whom it is offered to." })),
      channel: Type.Optional(Type.String({ description: "Id of a channel." })),
      customer: Type.Optional(Type.String({ description: "The customer's address." })),
      ...pageKeys(parseConversation),
    },
    "",
  );
}

/** A page of a list, in the order in which its items were made. */
export function pageOf(name: string, item: ReturnType<typeof open>) {
  return open(
    {
      items: Type.Array(item, { description: "In the order in which they were made." }),
      next: Type.Unsafe<string | null>({
        type: ["string", "null"],
        description: "Give it as `cursor` for the page behind; null at the end.",
      }),
    },
    "A page.",
    named(name),
  );
}

function opaque(description: string, parse: (cursor: string) => number | undefined) {
  return conditioned(Type.String({ description }), (cursor: string) =>
    parse(cursor) === undefined
      ? [{ code: "wrong_type", message: "Must be a cursor that was given." }]
      : [],
  );
}

const states: ReadonlySet<string> = new Set(conversationStates);

function isState(text: string): boolean {
  return states.has(text);
}
