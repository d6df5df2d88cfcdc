import type { ConversationView, Deadline, Event, ResolvedConfiguration } from "../../core/index.ts";
import type { ModelCalendar } from "./model-calendar.ts";
import type { Model, ModelConversation } from "./model.ts";
import type { Views } from "./step.ts";

/** A deadline as the engine showed it after a step, in terms that outlive a change of plan. */
export interface DeadlineRecord {
  readonly deadline: Deadline;
  /** When it is due by the plans of that moment; undefined: beyond what is planned. */
  readonly dueAt: number | undefined;
  /** Open time of the queue until it is due. */
  readonly leftOpenMs: number;
  readonly calendar: ModelCalendar;
  /** Counts open time of the queue rather than the wall's; undefined: either. */
  readonly working: boolean | undefined;
}

/** By tenant and conversation, then by timer. */
export type DeadlineRecords = ReadonlyMap<string, ReadonlyMap<string, DeadlineRecord>>;

/** Every armed deadline of every conversation at `at`. */
export function deadlineRecords(
  model: Model,
  views: Views,
  at: number,
  before: DeadlineRecords,
): DeadlineRecords {
  const records = new Map<string, Map<string, DeadlineRecord>>();
  for (const [tenant, conversations] of views.conversations) {
    for (const view of conversations.values()) {
      const conversation = model.tenant(tenant).conversations.get(view.id);
      if (conversation === undefined) continue;
      const key = recordKey(tenant, view.id);
      records.set(key, recordsOf(conversation, view, at, before.get(key)));
    }
  }
  return records;
}

export function recordKey(tenant: string, conversation: number): string {
  return `${tenant} ${conversation}`;
}

function recordsOf(
  conversation: ModelConversation,
  view: ConversationView,
  at: number,
  before: ReadonlyMap<string, DeadlineRecord> | undefined,
): Map<string, DeadlineRecord> {
  const calendar = conversation.tenant.calendarOf(view.skillQueue);
  const records = new Map<string, DeadlineRecord>();
  for (const deadline of view.deadlines) {
    if (deadline.timer === "replyWindow") continue;
    const key = timerKey(deadline);
    const known = before?.get(key);
    const working = isWorking(conversation, deadline, known, at);
    const { dueAt = calendar.after(at, deadline.remainingMs ?? 0) } = deadline;
    const leftOpenMs = deadline.remainingMs ?? calendar.openMs(at, dueAt ?? at);
    records.set(key, { deadline, dueAt, leftOpenMs, calendar, working });
  }
  return records;
}

export function timerKey({ timer, agent }: Deadline): string {
  return agent === undefined ? timer : `${timer} ${agent}`;
}

/** Stays what it was while the timer runs on; a setting may have changed since it was armed. */
function isWorking(
  { tenant, channel }: ModelConversation,
  { timer, dueAt }: Deadline,
  known: DeadlineRecord | undefined,
  at: number,
): boolean | undefined {
  if (timer === "lastAgentWait") return true;
  if (timer !== "routingLimit") return false;
  const { routingClock } = tenant.channel(channel).offlineMessages;
  const now = routingClock === "working";
  const changing = tenant.revision > 1 && tenant.configuredAt === at;
  if (known === undefined) return changing ? undefined : now;
  if (known.deadline.dueAt === dueAt) return known.working;
  return known.working === now ? now : undefined;
}

/** How long a timer runs when it is armed, under this configuration; undefined: never armed. */
export function lengthOf(
  configuration: ResolvedConfiguration,
  conversation: { readonly queue: string; readonly channel: string },
  { timer }: Pick<Deadline, "timer">,
  events: readonly Event[],
): number | undefined {
  const queue = configuration.skillQueues.find(({ id }) => id === conversation.queue);
  const channel = configuration.channels.find(({ id }) => id === conversation.channel);
  if (queue === undefined || channel === undefined) return undefined;
  const { offlineMessages, customerReplyTimeoutMinutes } = channel;
  const unit = { minutes: 60_000, hours: 3_600_000, days: 86_400_000 };
  const minutes = (count: number | null): number | undefined =>
    count === null ? undefined : count * 60_000;
  switch (timer) {
    case "connectWait":
      return queue.connectWaitSeconds * 1000;
    case "routingLimit":
      return offlineMessages.routingTimeLimit * unit[offlineMessages.routingTimeLimitUnit];
    case "lastAgentWait":
      return events.find((event) => event.type === "conversationReserved")?.waitMs;
    case "offer":
      return queue.offerTimeoutSeconds * 1000;
    case "reoffer":
      return queue.reofferSeconds * 1000;
    case "firstReply":
      return minutes(queue.reassignAfterMinutes);
    case "calledCustomerReply":
      return minutes(offlineMessages.calledCustomerReplyTimeoutMinutes);
    case "customerReply":
    case "botIdle":
      return minutes(customerReplyTimeoutMinutes);
    case "botAnswer":
      return 30_000;
    case "dormancy":
      return configuration.retention.dormantDays * 86_400_000;
    case "replyWindow":
      return undefined;
  }
}
