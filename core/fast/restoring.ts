import { present } from "../assert.ts";
import type { SnapshotReader } from "../snapshot-format.ts";
import type { Clock } from "./clocks.ts";
import type { Agent, Channel, Partition, Queue, Tenant } from "./state.ts";

/** What the records read so far say of those to come. */
export interface Reading {
  readonly partition: Partition;
  readonly from: SnapshotReader;
  tenant: Tenant | undefined;
  /** Of the tenant, by the conversation that they have open: its number, and the customer. */
  readonly open: { readonly conversations: number[]; readonly customers: number[] };
  /** Place in these lists behind the last one that was looked up. */
  openBehind: number;
  /** Conversation looked up last. */
  recent: number;
  recentNumber: number;
}

export function tenantOf({ tenants }: Partition, id: string): Tenant {
  return present(tenants.get(id), `tenant ${id}`);
}

export function clockOf(tenant: Tenant, id: string): Clock {
  return present(tenant.clocks.get(id), `calendar ${id}`);
}

export function channelOf(tenant: Tenant, id: string): Channel {
  return present(tenant.channels.get(id), `channel ${id}`);
}

export function agentOf(tenant: Tenant, id: string): Agent {
  return present(tenant.agents.get(id), `agent ${id}`);
}

export function queueOf(tenant: Tenant, id: string): Queue {
  return present(tenant.queues.get(id), `skill queue ${id}`);
}
