import type { ConversationId } from "../../core/commands.ts";
import type { ConversationOutcome, Result } from "../../core/engine.ts";
import type { Routing } from "../shards/routing.ts";
import { Problem, refusal } from "./problems.ts";
import { unknown } from "./tenants.ts";
import { wireConversation } from "./wire.ts";

/** The outcome of a command, or the problem that its refusal is. */
export function outcomeOf(result: Result): ConversationOutcome {
  if (result.status !== "accepted") throw problemOfResult(result);
  return result;
}

/** Why a result is no outcome of a conversation. */
export function problemOfResult(result: Exclude<Result, ConversationOutcome>): Error {
  return result.status === "rejected"
    ? refusal(result)
    : new Error(`no outcome of a conversation: ${result.status}`);
}

/**
 * Why an actor whom no state allows this action is refused: the bot may not accept, decline or
 * release anything.
 *
 * Problems: `unknown_conversation`, `stale_version`, `wrong_state`.
 */
export async function wrongActor(
  routing: Routing,
  tenant: string,
  conversation: ConversationId,
  version: number | undefined,
): Promise<Problem> {
  const view = await routing.query({ type: "conversation", tenant, conversation });
  if (view === undefined) return unknown("conversation", wireConversation(conversation));
  return version !== undefined && version !== view.version
    ? new Problem("stale_version", `The conversation is at version ${view.version}.`)
    : new Problem("wrong_state", `The conversation is ${view.state}.`);
}
