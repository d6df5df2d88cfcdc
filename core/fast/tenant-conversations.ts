import { F } from "./conversation-row.ts";
import { inSequence } from "./conversation-selection.ts";
import type { Partition, Tenant } from "./state.ts";

/** Every conversation of the tenant that the engine knows, by number. O(n log n): for rare use. */
export function conversationsOfTenant(partition: Partition, tenant: Tenant): readonly number[] {
  const { conversations } = partition;
  const found: number[] = [];
  for (let row = 1; row <= conversations.last; row += 1) {
    if (conversations.get(row, F.tenant) === tenant.handle) found.push(row);
  }
  return inSequence(partition, found);
}
