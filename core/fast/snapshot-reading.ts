import { assert, present } from "../assert.ts";
import { engineVersion } from "../engine.ts";
import type { EngineLimits } from "../limits.ts";
import { inCurrentFormat } from "../snapshot-decoding.ts";
import { near, recordTag, SnapshotReader, type RecordCounts } from "../snapshot-format.ts";
import type { Saved, SavedHeader } from "../snapshot-records.ts";
import { state } from "./codes.ts";
import { listQueuesOfClocks } from "./configuring.ts";
import { channelName, refreshCosts } from "./configuring-channels.ts";
import { joinLine, placeArrival } from "./conversation-selection.ts";
import { stateOf } from "./conversations.ts";
import { rebuildMembers, refreshAgents } from "./members.ts";
import { newPartition } from "./partition.ts";
import type { Partition, Tenant } from "./state.ts";
import { conversationsOfTenant } from "./tenant-conversations.ts";
import { type Reading, tenantOf } from "./restoring.ts";
import { restoreConfigured } from "./restoring-configuration.ts";
import { restoreCustomer, restorePerson, restoreConversation } from "./restoring-conversations.ts";
import { restoreTimer } from "./restoring-timers.ts";

/**
 * Build the engine's state again, from a snapshot of this format or of the one before it.
 *
 * Errors: an AssertionError if the bytes are no such snapshot.
 */
export function restorePartition(
  bytes: Uint8Array,
  limits: EngineLimits,
  between: () => void,
): Partition {
  const from = new SnapshotReader(inCurrentFormat(bytes));
  assert(from.byte() === recordTag.header, "not a snapshot");
  // Written by an engine, as all JSON in here.
  const header = from.json() as SavedHeader;
  assert(header.engineVersion === engineVersion, "a snapshot of another engine version");
  const partition = newPartition(limits);
  partition.now = header.now;
  partition.lastSequence = header.lastSequence;
  partition.lastTimer = header.lastTimer;
  partition.lastConversation = header.lastConversation;
  partition.conversationsClosed = header.conversationsClosed;
  partition.rebuilding = true;
  makeRoom(partition, from.counts());
  restoreRecords(partition, from, between);
  for (const tenant of partition.tenants.values()) {
    rebuildMembers(partition, tenant);
    refreshCosts(tenant);
    listQueuesOfClocks(partition, tenant);
  }
  refreshAgents(partition);
  partition.rebuilding = false;
  for (const tenant of partition.tenants.values()) restoreLines(partition, tenant, between);
  partition.unsettled.length = 0;
  return partition;
}

/** Some tenths of a millisecond. */
const recordsBetween = 512;

/** Tables that grow copy what they hold. */
function makeRoom(partition: Partition, counts: RecordCounts): void {
  const { conversations, byNumber, customers, timers, remembered } = partition;
  conversations.reserve(counts.conversations);
  byNumber.reserve(counts.conversations);
  customers.reserve(counts.customers);
  timers.reserve(counts.timers);
  remembered.reserve(counts.ids);
}

/** What a snapshot shows has settled: nothing is to be matched. */
function restoreLines(partition: Partition, tenant: Tenant, between: () => void): void {
  let count = 0;
  for (const conversation of conversationsOfTenant(partition, tenant)) {
    if (stateOf(partition, conversation) === state.queued) joinLine(partition, conversation);
    count += 1;
    if (count % recordsBetween === 0) between();
  }
  // Nobody will look for an agent for the last of them, so it stands in line as well.
  placeArrival(partition);
  for (const queue of tenant.dirty) queue.isDirty = false;
  tenant.dirty.length = 0;
  tenant.isUnsettled = false;
}

function restoreRecords(partition: Partition, from: SnapshotReader, between: () => void): void {
  const reading: Reading = {
    partition,
    from,
    tenant: undefined,
    open: { conversations: [], customers: [] },
    openBehind: 0,
    recent: 0,
    recentNumber: 0,
  };
  for (let count = 1; ; count += 1) {
    if (count % recordsBetween === 0) between();
    const tag = from.byte();
    switch (tag) {
      case recordTag.customer:
        restoreCustomer(reading, present(reading.tenant, "tenant of a customer"));
        continue;
      case recordTag.person:
        restorePerson(reading, present(reading.tenant, "tenant of a person"));
        continue;
      case recordTag.conversation:
        restoreConversation(reading, present(reading.tenant, "tenant of a conversation"));
        continue;
      case recordTag.timer:
        restoreTimer(reading);
        continue;
      case recordTag.remembered:
        restoreId(reading);
        continue;
      case recordTag.end:
        assert(from.isAtEnd, "bytes behind the end of a snapshot");
        return;
      default:
        restoreConfigured(reading, from.json() as Saved);
    }
  }
}

function restoreId({ partition, from }: Reading): void {
  const { remembered, idTexts } = partition;
  const direction = from.byte() - 1;
  const write = from.byte() - 1;
  const tenant = tenantOf(partition, from.someName());
  const scope = channelName(partition, tenant, from.someName()) * 2 + direction;
  const hash = idTexts.encodeSaved(from, scope);
  const conversation = from.near(near.idConversation);
  remembered.now = from.near(near.idAt);
  remembered.add(hash, scope, conversation, write);
}
