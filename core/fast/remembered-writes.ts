import { assert } from "../assert.ts";
import type { RememberedKind, Result } from "../engine.ts";
import type { fromAgent, fromCustomer } from "./deduplication.ts";
import { D } from "./conversation-row.ts";
import { outcomeOf } from "./outcome.ts";
import { channelOf, tenantOf, type Channel, type Partition, type Tenant } from "./state.ts";
import type { TextOrWords } from "./text-arena.ts";

const hourMs = 3_600_000;

export type Direction = typeof fromCustomer | typeof fromAgent;
export const rememberedKinds = [
  "message",
  "write",
  "contact",
] as const satisfies readonly RememberedKind[];

export function scopeOf(channel: Channel, direction: Direction): number {
  return channel.name * 2 + direction;
}

/** The answer to a repeat, while its first write is remembered (3.1, FINE-PRINT 29). */
export function repeated(
  partition: Partition,
  channel: Channel,
  direction: Direction,
  id: TextOrWords,
): Result | undefined {
  const scope = scopeOf(channel, direction);
  const { remembered, byNumber, idTexts } = partition;
  const first = remembered.seek(idTexts.encodeEither(id, scope), scope);
  if (first === 0 || !isCurrent(partition, channel.tenant, first)) return undefined;
  const kind = rememberedKinds[remembered.kindOf(first)] ?? "message";
  const number = remembered.conversationOf(first);
  const conversation = byNumber.find(number);
  if (conversation !== 0 && tenantOf(partition, conversation) === channel.tenant) {
    return outcomeOf(partition, conversation, kind);
  }
  const gone = { state: "closed", offline: false, version: 0, duplicateOf: kind } as const;
  return { status: "accepted", conversation: number, ...gone };
}

/** Note down an accepted write, which was just asked for; the oldest are forgotten to make room. */
export function remember(
  partition: Partition,
  conversation: number,
  direction: Direction,
  kind: RememberedKind,
): void {
  const { remembered, limits, conversations, now } = partition;
  const scope = scopeOf(channelOf(partition, conversation), direction);
  assert(remembered.soughtScope === scope, "an id that was not asked for");
  if (remembered.found !== 0) remembered.forget(remembered.found);
  const number = conversations.getDouble(conversation, D.id);
  remembered.now = now;
  remembered.add(remembered.soughtHash, scope, number, rememberedKinds.indexOf(kind));
  for (let oldest = remembered.oldest; oldest !== 0; oldest = remembered.oldest) {
    const isOver = remembered.count > limits.idsRememberedMax;
    if (!isOver && isCurrent(partition, ownerOf(partition, oldest), oldest)) break;
    remembered.forget(oldest);
  }
  remembered.tidy();
}

/** Tenant of a remembered id; undefined if there is none of that name. */
function ownerOf(partition: Partition, entry: number): Tenant | undefined {
  return partition.tenantsByChannelName[partition.remembered.scopeOf(entry) >> 1];
}

function isCurrent(partition: Partition, tenant: Tenant | undefined, entry: number): boolean {
  if (tenant === undefined) return false;
  const { deduplicationHours } = tenant.configuration.retention;
  return partition.now < partition.remembered.atOf(entry) + deduplicationHours * hourMs;
}
