import { assert, present } from "../assert.ts";
import type { Saved, SavedTenant } from "../snapshot-records.ts";
import { plan } from "./clocks.ts";
import { presence, reason } from "./codes.ts";
import { addClock, newQueue, newTenant } from "./configuring.ts";
import { newAgent } from "./configuring-agents.ts";
import { newChannel } from "./configuring-channels.ts";
import { A } from "./member-row.ts";
import { nameNumber, type Partition, type Tenant } from "./state.ts";
import { type Reading, agentOf, queueOf } from "./restoring.ts";

/** What a configuration names. */
export function restoreConfigured(reading: Reading, saved: Saved): void {
  const { partition } = reading;
  if (saved.is === "tenant") {
    reading.tenant = restoreTenant(partition, saved);
    reading.open.conversations.length = 0;
    reading.open.customers.length = 0;
    reading.openBehind = 0;
    return;
  }
  const tenant = present(reading.tenant, "tenant of a record");
  switch (saved.is) {
    case "clock": {
      const clock = present(tenant.clocks.get(saved.calendar), `calendar ${saved.calendar}`);
      clock.open = saved.open;
      clock.elapsed = saved.elapsed;
      clock.since = saved.since;
      plan(clock, saved.flips);
      return;
    }
    case "agent": {
      const agent = agentOf(tenant, saved.id);
      agent.presence = presence[saved.presence];
      agent.presenceReason = saved.presenceReason === undefined ? 0 : reason[saved.presenceReason];
      agent.expiresAt = saved.expiresAt ?? -1;
      agent.gone = saved.gone;
      partition.agentRows.setDouble(agent.handle, A.idleSince, saved.idleSince);
      agent.missedOffers = saved.missedOffers;
      return;
    }
    default: {
      assert(saved.is === "queue", "a record that is none");
      const queue = queueOf(tenant, saved.id);
      if (saved.lastChosen !== undefined) {
        queue.lastChosen = nameNumber(tenant.names, saved.lastChosen);
      }
      for (const [agent, instants] of saved.routed) {
        queue.routed.set(nameNumber(tenant.names, agent), [...instants]);
      }
    }
  }
}

function restoreTenant(partition: Partition, saved: SavedTenant): Tenant {
  const { configuration } = saved;
  const tenant = newTenant(partition, saved.id, configuration);
  tenant.revision = saved.revision;
  for (const { id } of configuration.calendars) addClock(partition, tenant, id, 0);
  for (const [order, settings] of configuration.agents.entries()) {
    const agent = newAgent(partition, tenant, settings);
    agent.order = order;
    tenant.agents.set(agent.id, agent);
  }
  for (const settings of configuration.skillQueues) {
    const { calendar } = settings;
    const clock =
      calendar === undefined
        ? partition.wall
        : present(tenant.clocks.get(calendar), `calendar ${calendar}`);
    tenant.queues.set(settings.id, newQueue(partition, tenant, settings, clock));
  }
  const autoReplies = new Map(saved.autoReplies);
  for (const settings of configuration.channels) {
    const channel = newChannel(partition, tenant, settings);
    for (const [sender, instants] of autoReplies.get(settings.id) ?? []) {
      channel.autoReplies.set(sender, [...instants]);
    }
    tenant.channels.set(channel.id, channel);
  }
  return tenant;
}
