import type { Command } from "../../core/commands.ts";
import type { ConversationOutcome, Result } from "../../core/engine.ts";
import type { ConversationRows } from "../store/conversation-rows.ts";

/**
 * The result as the caller gets it, where the engine no longer knows the conversation but the store
 * does: a closed one refuses by its state instead of being unknown, and a repeat of a write answers
 * with the conversation as it was left.
 */
export function withStoredConversation(
  command: Command,
  result: Result,
  stored: ConversationRows,
): Result {
  if (command.type === "tick") return result;
  if (result.status === "accepted" && result.duplicateOf !== undefined && result.version === 0) {
    return repeated(result, command.tenant, stored);
  }
  if (result.status !== "rejected" || result.code !== "unknown_conversation") return result;
  if (!("conversation" in command)) return result;
  const row = stored.find(command.tenant, command.conversation);
  if (row === undefined) return result;
  const seen = "version" in command ? command.version : undefined;
  return seen === undefined || seen === row.version
    ? { status: "rejected", code: "wrong_state", detail: row.state }
    : {
        status: "rejected",
        code: "stale_version",
        detail: `the conversation is at version ${row.version}`,
      };
}

function repeated(
  result: ConversationOutcome,
  tenant: string,
  stored: ConversationRows,
): ConversationOutcome {
  const row = stored.find(tenant, result.conversation);
  if (row === undefined) return result;
  const { state, offline, version } = row;
  return { ...result, state, offline, version };
}
