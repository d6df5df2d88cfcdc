import type { RememberedKind } from "../engine.ts";
import type { Conversation, Partition, Remembered, Tenant } from "./state.ts";

const hourMs = 3_600_000;

export type Direction = Remembered["direction"];

/** The first write with this id, while it is remembered (3.1, FINE-PRINT 29). */
export function recall(
  partition: Partition,
  tenant: Tenant,
  channel: string,
  direction: Direction,
  id: string,
): Remembered | undefined {
  const found = partition.remembered.get(keyOf(tenant.id, channel, direction, id));
  return found !== undefined && isCurrent(partition, tenant, found) ? found : undefined;
}

/** Note down an accepted write; the oldest are forgotten to make room. */
export function remember(
  partition: Partition,
  conversation: Conversation,
  direction: Direction,
  id: string,
  kind: RememberedKind,
): void {
  const { remembered, limits } = partition;
  const tenant = conversation.tenant.id;
  const channel = conversation.channel.id;
  const key = keyOf(tenant, channel, direction, id);
  remembered.delete(key);
  const at = partition.now;
  const entry = { tenant, channel, direction, id, conversation: conversation.id, kind, at };
  remembered.set(key, entry);
  for (const [oldestKey, oldest] of remembered) {
    const owner = partition.tenants.get(oldest.tenant);
    const current = owner !== undefined && isCurrent(partition, owner, oldest);
    if (current && remembered.size <= limits.idsRememberedMax) break;
    remembered.delete(oldestKey);
  }
}

/** The channel goes on under another id. */
export function renameChannel(
  partition: Partition,
  tenant: Tenant,
  from: string,
  to: string,
): void {
  const { remembered } = partition;
  const entries = [...remembered];
  remembered.clear();
  for (const [key, entry] of entries) {
    if (entry.tenant !== tenant.id || entry.channel !== from) {
      remembered.set(key, entry);
    } else {
      remembered.set(keyOf(tenant.id, to, entry.direction, entry.id), { ...entry, channel: to });
    }
  }
}

function isCurrent(partition: Partition, tenant: Tenant, entry: Remembered): boolean {
  const { deduplicationHours } = tenant.configuration.retention;
  return partition.now < entry.at + deduplicationHours * hourMs;
}

export function keyOf(tenant: string, channel: string, direction: Direction, id: string): string {
  return `${tenant}\n${channel}\n${direction}\n${id}`;
}
