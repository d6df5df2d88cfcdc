import type { EngineLimits } from "../limits.ts";
import { newClock, wallHandle } from "./clocks.ts";
import { newConversationTable, D } from "./conversation-row.ts";
import { newLines } from "./conversation-selection.ts";
import { CustomerDirectory } from "./customers.ts";
import { RememberedIds } from "./deduplication.ts";
import { newIdleTable } from "./idle-lists.ts";
import { EventRows, rowWidth } from "./event-rows.ts";
import { LazyOrder } from "./lazy-order.ts";
import { newAgentTable, newMemberTable } from "./members.ts";
import { NumberLists } from "./number-lists.ts";
import { NumberTable } from "./number-table.ts";
import type { Partition } from "./state.ts";
import { Table } from "./table.ts";
import { TextArena } from "./text-arena.ts";
import { newTimerTable } from "./timing-wheel.ts";

/** An engine that knows nothing yet. */
export function newPartition(limits: EngineLimits): Partition {
  const timers = newTimerTable();
  const texts = new TextArena();
  const idTexts = new TextArena();
  const conversations = newConversationTable();
  const wall = newClock(timers, wallHandle, undefined, true, 0);
  const clockOrder = new LazyOrder(16);
  clockOrder.put(wall.handle, 0, 0);
  return {
    limits,
    now: 0,
    dueAt: -1,
    events: new EventRows(),
    lastSequence: 0,
    lastTimer: 0,
    lastConversation: 0,
    conversationsClosed: 0,
    nothingBefore: 0,
    clockOrder,
    dueClocks: [],
    timers,
    clocks: [undefined, wall],
    wall,
    channelNames: { numbers: new Map(), texts: [""] },
    tenantsByChannelName: [],
    conversations,
    byNumber: new NumberTable(conversations, D.id),
    numbers: new NumberLists(),
    explanations: new Table(rowWidth * 2),
    explained: new Float64Array(rowWidth),
    texts,
    idTexts,
    customers: new CustomerDirectory(texts),
    remembered: new RememberedIds(idTexts),
    lines: newLines(conversations),
    members: newMemberTable(),
    idle: newIdleTable(),
    agentRows: newAgentTable(),
    tenants: new Map(),
    tenantsByHandle: [],
    queues: [],
    agents: [],
    channels: [],
    arrival: 0,
    arrivalWait: 0,
    unsettled: [],
    staleAgents: [],
    freeHandles: new Map(),
    discarded: [],
    flush: () => undefined,
    rebuilding: false,
  };
}
