import type { Conversation } from "./state.ts";

/** The places of live conversations in their queue's line (`maxWaiting`, FINE-PRINT 12). */

/** Answers whether it has a place now. */
export function takePlace(conversation: Conversation): boolean {
  const { queue, episode } = conversation;
  if (episode.hasPlace) return true;
  if (queue.placesTaken >= queue.settings.maxWaiting) return false;
  episode.hasPlace = true;
  queue.placesTaken += 1;
  return true;
}

/** It waits live in this queue no more. An offer keeps the place: it may come back from it. */
export function leavePlace(conversation: Conversation): void {
  const { queue, episode } = conversation;
  if (!episode.hasPlace) return;
  episode.hasPlace = false;
  queue.placesTaken -= 1;
}
