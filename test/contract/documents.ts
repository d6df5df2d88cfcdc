import type { ConfigurationDocument } from "./wire.ts";

type Part = Readonly<Record<string, unknown>>;

/** Every day from nine to six, in UTC. */
export const office: Part = {
  id: "office",
  timeZone: "UTC",
  weekly: Object.fromEntries(
    ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map((day) => [day, ["09:00-18:00"]]),
  ),
};

export interface DocumentParts {
  /** Of the queue `open`, which has no calendar. */
  readonly open?: Part;
  /** Of the queue `office`, which has one. */
  readonly office?: Part;
  readonly queues?: readonly Part[];
  /** By default only ana, with both skills and three units. */
  readonly agents?: readonly Part[];
  /** Of the channel `web`, on the queue `open` unless said. */
  readonly web?: Part;
  /** Of its `offlineMessages`, which are enabled. */
  readonly offline?: Part;
  readonly channels?: readonly Part[];
  readonly tenant?: Part;
}

/**
 * A small tenant: queues `open` and `office`, agent `ana`, channel `web`. Heartbeat and grace are
 * an hour each, so that most tests need not keep agents alive.
 */
export function document(parts: DocumentParts = {}): ConfigurationDocument {
  return {
    calendars: [office],
    skillQueues: [
      { id: "open", ...parts.open },
      { id: "office", calendar: "office", ...parts.office },
      ...(parts.queues ?? []),
    ],
    agents: parts.agents ?? [agent("ana", 3)],
    presence: { heartbeatSeconds: 3600, graceSeconds: 3600 },
    channels: [
      {
        id: "web",
        kind: "web",
        skillQueue: "open",
        offlineMessages: { enabled: true, ...parts.offline },
        ...parts.web,
      },
      ...(parts.channels ?? []),
    ],
    ...parts.tenant,
  };
}

export function agent(id: string, capacity: number, skills: Part = { open: 5, office: 5 }): Part {
  return { id, skills, capacity };
}

/** A channel with offline messages enabled. */
export function channel(id: string, kind: string, more: Part = {}, offline: Part = {}): Part {
  return { id, kind, skillQueue: "open", offlineMessages: { enabled: true, ...offline }, ...more };
}
