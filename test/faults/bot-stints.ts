import type { Command, Event, Result } from "../../core/index.ts";
import { LawBroken } from "../core/step.ts";

/** What a bot has of a conversation that is with it. */
interface Stint {
  /** The message that it was given and has not answered. */
  calling: number | undefined;
  /** When the oldest message was given that the bot has not written to. */
  silentSince: number | undefined;
}

/**
 * Conversations with bots, as their events tell it, apart from both engines (DOMAIN 3.15, FINE-PRINT
 * 38): one call at a time, only the answer to that call counts, a conversation leaves its bot once, and
 * for silence only when the bot had all of its time.
 */
export class BotStints {
  readonly #stints = new Map<number, Stint>();

  /** Errors: LawBroken */
  observe(command: Command, result: Result, events: readonly Event[]): void {
    // What was due fires first. Timers without any wait fire behind what the command itself did.
    const own = events.findIndex(({ dueAt }) => dueAt === undefined);
    const fired = own === -1 ? events.length : own;
    for (const event of events.slice(0, fired)) this.#follow(event);
    if (command.type === "answerFromBot" || command.type === "failBot") {
      this.#answer(command.conversation, command.message, result);
    }
    for (const event of events.slice(fired)) this.#follow(event);
  }

  #answer(conversation: number, message: number, result: Result): void {
    const stint = this.#stints.get(conversation);
    const isAwaited = stint?.calling === message;
    const isTaken = result.status === "accepted" || result.status === "acknowledged";
    if (isTaken && !isAwaited) {
      throw new LawBroken(
        `${conversation}: an answer to ${message}, which nobody waits for, counts`,
      );
    }
    if (!isTaken && isAwaited) {
      throw new LawBroken(`${conversation}: the answer to ${message} does not count`);
    }
    if (isTaken && stint !== undefined) stint.calling = undefined;
  }

  #follow(event: Event): void {
    if (!("conversation" in event)) return;
    const { conversation } = event;
    const stint = this.#stints.get(conversation);
    if (event.type === "conversationMoved") {
      const isWithBot = stint !== undefined;
      if ((event.from === "with-bot") !== isWithBot) {
        throw new LawBroken(`${conversation} leaves ${event.from ?? "nothing"} for ${event.to}`);
      }
      if (event.reason === "bot_silent" && event.dueAt !== undefined)
        this.#endSilence(event, stint);
      // With its queue replaced it stays where it is.
      if (isWithBot && event.to === "with-bot") return;
      if (event.to === "with-bot") {
        this.#stints.set(conversation, { calling: undefined, silentSince: undefined });
      } else this.#stints.delete(conversation);
    } else if (event.type === "messageGivenToBot") {
      if (stint === undefined || stint.calling !== undefined) {
        throw new LawBroken(
          `${conversation}: message ${event.message} is given to a bot out of turn`,
        );
      }
      stint.calling = event.message;
      stint.silentSince ??= event.at;
    } else if (event.type === "messageSent" && stint !== undefined) stint.silentSince = undefined;
  }

  #endSilence({ conversation, at, dueAt }: Event & { conversation: number }, stint?: Stint): void {
    const since = stint?.silentSince ?? Infinity;
    if (dueAt === since + botAnswerMs && at >= dueAt) return;
    throw new LawBroken(`${conversation}: a bot that is silent since ${since} lost it at ${at}`);
  }
}

/** DOMAIN 3.9. */
const botAnswerMs = 30_000;
