import { present } from "../assert.ts";
import type { CalendarPlan, ConfigureTenant } from "../commands.ts";
import type { ResolvedConfiguration } from "../configuration/resolved.ts";
import type { Result } from "../engine.ts";
import { newClock, wake, type Clock } from "./clocks.ts";
import { rule, state } from "./codes.ts";
import { refreshCosts, updateChannels } from "./configuring-channels.ts";
import { dropSkills, removeAgent, updateAgents } from "./configuring-agents.ts";
import { keepTimeLeft } from "./configuring-queues.ts";
import { flag } from "./conversation-row.ts";
import { leaveBucket, markDirty, takeBucket } from "./conversation-selection.ts";
import { stateOf } from "./conversations.ts";
import { emitPlain, rowType } from "./event-rows.ts";
import { rebuildMembers, refreshAgents } from "./members.ts";
import { reject } from "./outcome.ts";
import { closeForLive, follow } from "./plans.ts";
import { replaceQueues, replaceRefusal } from "./replacing.ts";
import { refreshVerdict } from "./reply-windows.ts";
import { refreshAllowances } from "./surge-rate.ts";
import {
  giveHandle,
  has,
  newHandle,
  queueOf,
  type Partition,
  type Queue,
  type Tenant,
} from "./state.ts";
import { conversationsOfTenant } from "./tenant-conversations.ts";

/** Create a tenant, or change its configuration under way (3.18). */
export function configureTenant(partition: Partition, command: ConfigureTenant): Result {
  const known = partition.tenants.get(command.tenant);
  const revision = known?.revision ?? 0;
  if (command.expectedRevision !== undefined && command.expectedRevision !== revision) {
    return reject("configuration_changed", `the configuration is at revision ${revision}`);
  }
  const replace = new Map(Object.entries(command.replace ?? {}));
  const refusal =
    known === undefined ? undefined : replaceRefusal(partition, known, command, replace);
  if (refusal !== undefined) return refusal;
  const tenant = known ?? newTenant(partition, command.tenant, command.configuration);
  const skillsBefore = new Map(tenant.configuration.agents.map(({ id, skills }) => [id, skills]));
  takeLinesApart(partition, tenant);
  tenant.configuration = command.configuration;
  refreshCosts(tenant);
  tenant.revision = revision + 1;
  const at = emitPlain(partition, rowType.tenantConfigured, tenant.handle);
  partition.events.cells[at] = tenant.revision;
  updateClocks(partition, tenant, command.plans);
  const removedQueues = updateQueues(partition, tenant);
  updateChannels(partition, tenant, replace);
  const removedAgents = updateAgents(partition, tenant);
  replaceQueues(partition, tenant, removedQueues, replace);
  dropSkills(partition, tenant, skillsBefore);
  for (const agent of removedAgents) removeAgent(partition, tenant, agent);
  for (const queue of tenant.queues.values()) {
    refreshAllowances(partition, queue);
    if (!queue.clock.open) closeForLive(partition, queue);
  }
  putLinesTogether(partition, tenant);
  return { status: "configured", revision: tenant.revision };
}

export function newTenant(
  partition: Partition,
  id: string,
  configuration: ResolvedConfiguration,
): Tenant {
  const handle = newHandle(partition, partition.tenantsByHandle);
  const tenant: Tenant = {
    handle,
    id,
    revision: 0,
    configuration,
    clocks: new Map(),
    queues: new Map(),
    agents: new Map(),
    channels: new Map(),
    names: { numbers: new Map(), texts: [""] },
    agentsByName: [],
    costs: [],
    waiting: 0,
    isUnsettled: false,
    dirty: [],
    entered: [],
  };
  partition.tenantsByHandle[handle] = tenant;
  partition.tenants.set(id, tenant);
  return tenant;
}

/** Lines and orders are built anew at the end; until then nothing has a place. */
function takeLinesApart(partition: Partition, tenant: Tenant): void {
  refreshAgents(partition);
  partition.rebuilding = true;
  for (const conversation of conversationsOfTenant(partition, tenant)) {
    leaveBucket(partition, conversation);
  }
}

/** Costs, orders and limits may have changed: lines and verdicts anew. */
function putLinesTogether(partition: Partition, tenant: Tenant): void {
  refreshAgents(partition);
  rebuildMembers(partition, tenant);
  refreshCosts(tenant);
  partition.rebuilding = false;
  for (const conversation of conversationsOfTenant(partition, tenant)) {
    if (stateOf(partition, conversation) === state.closed) continue;
    refreshVerdict(partition, conversation);
    if (!has(partition, conversation, flag.inLine)) continue;
    takeBucket(partition, queueOf(partition, conversation), conversation);
  }
  for (const queue of tenant.queues.values()) markDirty(partition, queue);
  listQueuesOfClocks(partition, tenant);
}

export function listQueuesOfClocks(partition: Partition, tenant: Tenant): void {
  const queues = [...tenant.queues.values()];
  for (const clock of tenant.clocks.values()) {
    clock.queues = queues.filter((queue) => queue.clock === clock);
  }
  for (const clock of partition.clocks) {
    if (clock?.isGone !== true || clock.wheel.count > 0) continue;
    giveHandle(partition, partition.clocks, clock.handle);
  }
}

/** What follows from a flip comes when all else is in place. */
function updateClocks(partition: Partition, tenant: Tenant, plans: readonly CalendarPlan[]): void {
  for (const { id } of tenant.configuration.calendars) {
    const plan = plans.find(({ calendar }) => calendar === id);
    const clock = tenant.clocks.get(id) ?? addClock(partition, tenant, id, partition.now);
    if (plan !== undefined) follow(partition, clock, plan);
  }
}

export function addClock(partition: Partition, tenant: Tenant, id: string, since: number): Clock {
  const { timers, clocks } = partition;
  const clock = newClock(timers, newHandle(partition, clocks), id, false, since);
  clocks[clock.handle] = clock;
  wake(partition, clock);
  tenant.clocks.set(id, clock);
  return clock;
}

/** Answers the queues that are gone. */
function updateQueues(partition: Partition, tenant: Tenant): Queue[] {
  const before = new Map(tenant.queues);
  tenant.queues.clear();
  for (const settings of tenant.configuration.skillQueues) {
    const clock =
      settings.calendar === undefined
        ? partition.wall
        : present(tenant.clocks.get(settings.calendar), `calendar ${settings.calendar}`);
    const queue = before.get(settings.id) ?? newQueue(partition, tenant, settings, clock);
    before.delete(settings.id);
    tenant.queues.set(queue.id, queue);
    queue.settings = settings;
    queue.rule = rule[settings.agentSelection];
    queue.isPlain = isPlain(settings);
    if (queue.clock !== clock) changeClock(partition, tenant, queue, clock);
  }
  const calendars = new Set(tenant.configuration.calendars.map(({ id }) => id));
  for (const [id, clock] of tenant.clocks) {
    if (calendars.has(id)) continue;
    tenant.clocks.delete(id);
    clock.isGone = true;
    wake(partition, clock);
  }
  return [...before.values()];
}

export function newQueue(
  partition: Partition,
  tenant: Tenant,
  settings: Queue["settings"],
  clock: Clock,
): Queue {
  const handle = newHandle(partition, partition.queues);
  const queue: Queue = {
    // What each assignment reads comes first, next to each other in memory.
    handle,
    isPlain: isPlain(settings),
    clock,
    idle: [],
    free: [],
    orders: [],
    tooFull: [],
    byPresence: [0, 0, 0],
    members: [],
    lastChosen: 0,
    rule: rule[settings.agentSelection],
    settings,
    tenant,
    id: settings.id,
    isDirty: false,
    agents: new Int32Array(0),
    turns: [],
    lanes: 0,
    readyReserved: 0,
    waiting: 0,
    placesTaken: 0,
    live: 0,
    routed: new Map(),
    allowances: new Map(),
  };
  partition.queues[handle] = queue;
  return queue;
}

function isPlain(settings: Queue["settings"]): boolean {
  const { acceptance, order, maxAssignmentsPerAgentPerMinute } = settings;
  return acceptance === "automatic" && order === "age" && maxAssignmentsPerAgentPerMinute === null;
}

function changeClock(partition: Partition, tenant: Tenant, queue: Queue, clock: Clock): void {
  const before = queue.clock;
  queue.clock = clock;
  for (const conversation of conversationsOfTenant(partition, tenant)) {
    if (queueOf(partition, conversation) === queue) keepTimeLeft(partition, conversation, before);
  }
}
