import type {
  AgentSettings,
  ChannelSettings,
  Command,
  ConversationEvent,
  ConversationMoved,
  ConversationState,
  Event,
  PresenceStatus,
  ReasonCode,
  ResolvedConfiguration,
  SkillQueueSettings,
  WriteVerdict,
} from "../../core/index.ts";
import { ModelCalendar, alwaysOpen } from "./model-calendar.ts";

/**
 * What anybody could know who only followed the commands and the events: the laws compare the
 * engine with it, so nothing here is taken from the engine's own code.
 */
export class Model {
  readonly tenants = new Map<string, ModelTenant>();
  opened = 0;
  closed = 0;
  lastSequence = 0;

  tenant(id: string): ModelTenant {
    let tenant = this.tenants.get(id);
    if (tenant === undefined) {
      tenant = new ModelTenant(id);
      this.tenants.set(id, tenant);
    }
    return tenant;
  }

  conversationOf(event: ConversationEvent): ModelConversation {
    return this.tenant(event.tenant).conversation(event);
  }

  /** What an event changes; `command` is the one that was being applied. */
  follow(event: Event, command: Command): void {
    this.lastSequence = event.sequence;
    const tenant = this.tenant(event.tenant);
    switch (event.type) {
      case "tenantConfigured":
        if (command.type === "configureTenant") tenant.configure(command);
        return;
      case "presenceChanged":
        tenant.agent(event.agent).presenceChanged(event.status, event.at, tenant);
        return;
      case "customerErased":
        for (const id of event.conversations) tenant.conversations.get(id)?.erase();
        tenant.forget(event.customer);
        return;
      case "deliveryRecorded":
        return;
      default:
        this.#followConversation(event, tenant);
    }
  }

  #followConversation(event: ConversationEvent, tenant: ModelTenant): void {
    const conversation = tenant.conversation(event);
    switch (event.type) {
      case "episodeBegan":
        if (event.opened) this.opened += 1;
        conversation.beginEpisode(event.priority, event.skillQueue);
        return;
      case "messageReceived":
        conversation.received(event.sequence, event.at);
        tenant.lastMessages.set(conversation.customerKey, event.at);
        if (event.customerId !== undefined) {
          tenant.nameCustomer(conversation.customerKey, event.customerId);
        }
        return;
      case "messageSent":
        if (event.agent === undefined) {
          conversation.botHasWritten = true;
          return;
        }
        conversation.answered();
        tenant.noteLastAgent(conversation.customerKey, { agent: event.agent, at: event.at });
        return;
      case "conversationMoved":
        if (event.to === "closed") this.closed += 1;
        conversation.moved(event);
        return;
      case "conversationWentOffline":
        conversation.offline = true;
        conversation.wentOffline += 1;
        return;
      case "promptSent":
        conversation.prompts += 1;
        return;
      case "conversationReserved":
        conversation.reservedFor = event.agent;
        conversation.reservations += 1;
        return;
      case "reservationEnded":
        if (event.reason === "taken") conversation.taken = true;
        else conversation.reservedFor = undefined;
        return;
      case "conversationOffered":
      case "conversationAssigned":
        if (conversation.lastMove === "matched") tenant.routed(event);
        if (event.type === "conversationAssigned") conversation.told = event.mayWrite.verdict;
        return;
      case "offerWithdrawn":
        if (event.reason === "declined" || event.reason === "offer_timeout") {
          conversation.passOver(event.agent, event.at);
        }
        return;
      case "conversationLeft":
        if (event.reason === "released" || event.reason === "first_reply_overdue") {
          if (event.to !== "dormant" && event.to !== "closed") {
            conversation.passOver(event.agent, event.at);
          }
        }
        return;
      case "mayWriteChanged":
        conversation.told = event.mayWrite.verdict;
        return;
      case "messageGivenToBot":
      case "autoReplySent":
      case "routingTimedOut":
    }
  }
}

interface LastAgent {
  readonly agent: string;
  readonly at: number;
}

const surgeWindowMs = 60_000;

export class ModelTenant {
  readonly id: string;
  readonly agents = new Map<string, ModelAgent>();
  readonly conversations = new Map<number, ModelConversation>();
  readonly calendars = new Map<string, ModelCalendar>();
  /** Arrival of the last message, by channel and address. */
  readonly lastMessages = new Map<string, number>();
  /** By channel and address. */
  readonly customerIds = new Map<string, string>();
  /** Who last wrote, and when: by channel and address, and by `customerId`. */
  readonly lastAgents = new Map<string, LastAgent>();
  readonly lastAgentsOfPeople = new Map<string, LastAgent>();
  /** By queue: whom the selection rule chose last. */
  readonly lastChosen = new Map<string, string>();
  /** By queue and agent: when something was routed, while the queue has a rate. */
  readonly routings = new Map<string, number[]>();
  /** By queue: the most that ever might wait live. Who has a place keeps it when `maxWaiting` falls. */
  readonly longestLines = new Map<string, number>();
  revision = 0;
  configuredAt = 0;
  #configuration: ResolvedConfiguration | undefined;

  constructor(id: string) {
    this.id = id;
  }

  get isConfigured(): boolean {
    return this.#configuration !== undefined;
  }

  get configuration(): ResolvedConfiguration {
    if (this.#configuration === undefined)
      throw new Error(`tenant ${this.id} has no configuration`);
    return this.#configuration;
  }

  configure(command: Extract<Command, { readonly type: "configureTenant" }>): void {
    this.#configuration = command.configuration;
    this.revision += 1;
    this.configuredAt = command.at;
    const names = new Set(command.configuration.calendars.map(({ id }) => id));
    for (const id of this.calendars.keys()) if (!names.has(id)) this.calendars.delete(id);
    for (const plan of command.plans) this.plan(plan, command.at);
    for (const settings of command.configuration.agents)
      this.agent(settings.id).settings = settings;
    const agents = new Set(command.configuration.agents.map(({ id }) => id));
    for (const agent of this.agents.values()) if (!agents.has(agent.id)) this.#remove(agent);
    const queues = new Set(command.configuration.skillQueues.map(({ id }) => id));
    for (const key of [...this.routings.keys(), ...this.lastChosen.keys()]) {
      if (queues.has(key.split("\n")[0] ?? "")) continue;
      this.routings.delete(key);
      this.lastChosen.delete(key);
    }
    for (const queue of command.configuration.skillQueues) {
      const longest = Math.max(queue.maxWaiting, this.longestLines.get(queue.id) ?? 0);
      this.longestLines.set(queue.id, longest);
      if (queue.maxAssignmentsPerAgentPerMinute !== null) continue;
      for (const agent of agents) this.routings.delete(`${queue.id}\n${agent}`);
    }
    const channels = new Map(Object.entries(command.replace ?? {}));
    for (const conversation of this.conversations.values()) {
      // Open ones tell of it by an event of their own.
      const { queue } = conversation;
      if (!conversation.isOpen && !this.hasQueue(queue)) {
        conversation.queue = channels.get(queue) ?? queue;
      }
      const to = channels.get(conversation.channel);
      if (to === undefined || this.hasChannel(conversation.channel) || !this.hasChannel(to))
        continue;
      conversation.channel = to;
    }
    this.#renameChannels(channels);
  }

  /** What is known of the customers of a removed channel is known of the one that replaces it. */
  #renameChannels(replace: ReadonlyMap<string, string>): void {
    const wroteAt = new Map(this.lastMessages);
    const latest = <T>(map: Map<string, T>, at: (value: T, key: string) => number): void => {
      for (const [key, value] of Array.from(map)) {
        const [channel = "", address = ""] = key.split("\n");
        if (this.hasChannel(channel)) continue;
        map.delete(key);
        const to = replace.get(channel);
        if (to === undefined || !this.hasChannel(to)) continue;
        const newKey = `${to}\n${address}`;
        const known = map.get(newKey);
        if (known === undefined || at(known, newKey) < at(value, key)) map.set(newKey, value);
      }
    };
    latest(this.lastMessages, (at) => at);
    latest(this.lastAgents, ({ at }) => at);
    latest(this.customerIds, (_, key) => wroteAt.get(key) ?? -Infinity);
  }

  nameCustomer(key: string, customerId: string): void {
    if (this.customerIds.get(key) === customerId) return;
    this.customerIds.set(key, customerId);
    const here = this.lastAgents.get(key);
    const known = this.lastAgentsOfPeople.get(customerId);
    if (here !== undefined && (known === undefined || known.at < here.at)) {
      this.lastAgentsOfPeople.set(customerId, here);
    }
  }

  noteLastAgent(key: string, last: LastAgent): void {
    this.lastAgents.set(key, last);
    const customerId = this.customerIds.get(key);
    if (customerId !== undefined) this.lastAgentsOfPeople.set(customerId, last);
  }

  /** Of this conversation's customer, within the channel's scope. */
  lastAgentOf(conversation: ModelConversation): LastAgent | undefined {
    const here = this.lastAgents.get(conversation.customerKey);
    const { scope } = this.channel(conversation.channel).lastAgentMode;
    const customerId = this.customerIds.get(conversation.customerKey);
    if (scope === "channel" || customerId === undefined) return here;
    const anywhere = this.lastAgentsOfPeople.get(customerId);
    return here === undefined || (anywhere !== undefined && anywhere.at >= here.at)
      ? anywhere
      : here;
  }

  #remove(agent: ModelAgent): void {
    agent.removed = true;
    for (const key of this.routings.keys()) {
      if (key.endsWith(`\n${agent.id}`)) this.routings.delete(key);
    }
    for (const { passedOver } of this.conversations.values()) passedOver.delete(agent.id);
  }

  plan(plan: Parameters<ModelCalendar["plan"]>[0], at: number): void {
    const calendar = this.calendars.get(plan.calendar) ?? new ModelCalendar();
    this.calendars.set(plan.calendar, calendar);
    calendar.plan(plan, at);
  }

  agent(id: string): ModelAgent {
    let agent = this.agents.get(id);
    if (agent === undefined || (agent.removed && this.settingsOfAgent(id) !== undefined)) {
      agent = new ModelAgent(id);
      const settings = this.settingsOfAgent(id);
      if (settings !== undefined) agent.settings = settings;
      this.agents.set(id, agent);
    }
    return agent;
  }

  settingsOfAgent(id: string): AgentSettings | undefined {
    return this.#configuration?.agents.find((agent) => agent.id === id);
  }

  hasChannel(id: string): boolean {
    return this.configuration.channels.some((channel) => channel.id === id);
  }

  channel(id: string): ChannelSettings {
    return must(
      this.configuration.channels.find((channel) => channel.id === id),
      id,
    );
  }

  hasQueue(id: string): boolean {
    return this.configuration.skillQueues.some((queue) => queue.id === id);
  }

  queue(id: string): SkillQueueSettings {
    return must(
      this.configuration.skillQueues.find((queue) => queue.id === id),
      id,
    );
  }

  calendarOf(queue: string): ModelCalendar {
    const { calendar } = this.queue(queue);
    return calendar === undefined ? alwaysOpen : must(this.calendars.get(calendar), calendar);
  }

  /** Present agents with the skill, in the document's order. */
  withSkill(queue: string): ModelAgent[] {
    return this.configuration.agents
      .filter(({ skills }) => Object.hasOwn(skills, queue))
      .map(({ id }) => this.agent(id));
  }

  cost(conversation: ModelConversation): number {
    return this.configuration.channelCosts[this.channel(conversation.channel).kind];
  }

  conversation(event: ConversationEvent): ModelConversation {
    let conversation = this.conversations.get(event.conversation);
    if (conversation === undefined) {
      conversation = new ModelConversation(this, event);
      this.conversations.set(event.conversation, conversation);
    }
    return conversation;
  }

  routed(
    event: Extract<
      ConversationEvent,
      { readonly type: "conversationOffered" | "conversationAssigned" }
    >,
  ): void {
    const { rule } = event.reason;
    if (rule !== "reserved" && rule !== "last-agent") {
      this.lastChosen.set(event.skillQueue, event.agent);
    }
    if (this.queue(event.skillQueue).maxAssignmentsPerAgentPerMinute === null) return;
    const key = `${event.skillQueue}\n${event.agent}`;
    const recent = (this.routings.get(key) ?? []).filter((at) => at + surgeWindowMs > event.at);
    this.routings.set(key, [...recent, event.at]);
  }

  forget(customer: string): void {
    for (const key of new Set([...this.lastMessages.keys(), ...this.lastAgents.keys()])) {
      const customerId = this.customerIds.get(key);
      if (!key.endsWith(`\n${customer}`) && customerId !== customer) continue;
      this.lastMessages.delete(key);
      this.lastAgents.delete(key);
      this.customerIds.delete(key);
      if (customerId !== undefined) this.lastAgentsOfPeople.delete(customerId);
    }
    this.lastAgentsOfPeople.delete(customer);
  }
}

export class ModelAgent {
  readonly id: string;
  settings: AgentSettings = { id: "", skills: {}, capacity: 0 };
  presence: PresenceStatus = "offline";
  /** Until when the agent may come back without anything being lost. */
  graceUntil = 0;
  idleSince = 0;
  used = 0;
  removed = false;

  constructor(id: string) {
    this.id = id;
  }

  get free(): number {
    return this.settings.capacity - this.used;
  }

  presenceChanged(status: PresenceStatus, at: number, tenant: ModelTenant): void {
    if (this.presence === "offline" && at >= this.graceUntil) this.idleSince = at;
    if (status === "offline" && this.presence !== "offline") {
      this.graceUntil = at + tenant.configuration.presence.graceSeconds * 1000;
    }
    this.presence = status;
  }
}

export class ModelConversation {
  readonly id: number;
  readonly tenant: ModelTenant;
  channel: string;
  customer: string | undefined;
  queue: string;
  priority = 0;
  /** `held` is `queued` here. */
  state: ConversationState | undefined;
  offline = false;
  version = 0;
  agent: string | undefined;
  units = 0;
  /** Sequences of the messages that no agent has answered. */
  unanswered: number[] = [];
  age: number | undefined;
  ageSequence = 0;
  reservedFor: string | undefined;
  /** The reservation is over because its agent is getting the conversation right now. */
  taken = false;
  readonly passedOver = new Map<string, number>();
  lastMove: ReasonCode | undefined;
  /** What the owner knows. */
  told: WriteVerdict | undefined;
  /** Since the customer last did. */
  botHasWritten = false;
  // of the episode
  wentOffline = 0;
  prompts = 0;
  reservations = 0;

  constructor(tenant: ModelTenant, event: ConversationEvent) {
    this.tenant = tenant;
    this.id = event.conversation;
    this.channel = event.channel;
    this.customer = event.customer;
    this.queue = event.skillQueue;
  }

  get customerKey(): string {
    return `${this.channel}\n${this.customer ?? ""}`;
  }

  get isOpen(): boolean {
    return this.state !== "closed";
  }

  get isOwned(): boolean {
    return this.state === "assigned" || this.state === "awaiting-customer" || this.state === "live";
  }

  get lastMessageAt(): number | undefined {
    return this.tenant.lastMessages.get(this.customerKey);
  }

  /** The state as it is called at this instant. */
  stateAt(at: number): ConversationState | undefined {
    if (this.state !== "queued") return this.state;
    return this.tenant.calendarOf(this.queue).isOpen(at) ? "queued" : "held";
  }

  beginEpisode(priority: number, queue: string): void {
    this.priority = priority;
    this.queue = queue;
    this.offline = false;
    this.passedOver.clear();
    this.wentOffline = 0;
    this.prompts = 0;
    this.reservations = 0;
  }

  received(sequence: number, at: number): void {
    if (this.age === undefined) {
      this.age = at;
      this.ageSequence = sequence;
    }
    this.unanswered.push(sequence);
    this.botHasWritten = false;
  }

  answered(): void {
    this.unanswered = [];
    this.age = undefined;
  }

  moved(event: ConversationMoved): void {
    // Whom a person wakes seeks an agent anew, if it comes to that: an episode without an event (3.2).
    if (this.state === "dormant" && event.to === "assigned" && !event.offline) {
      this.wentOffline = 0;
      this.prompts = 0;
    }
    const before = this.isOwned ? this.agent : undefined;
    if (this.agent !== event.agent) this.#changeHands(event.agent);
    this.state = event.to === "held" ? "queued" : event.to;
    this.agent = event.agent;
    this.version = event.version;
    this.offline = event.offline;
    this.priority = event.priority;
    this.queue = event.skillQueue;
    this.lastMove = event.reason;
    if (this.taken) this.reservedFor = undefined;
    this.taken = false;
    const after = this.isOwned ? this.agent : undefined;
    for (const agent of before === after ? [] : [before, after]) {
      if (agent !== undefined) this.tenant.agent(agent).idleSince = event.at;
    }
    if (event.to === "dormant" || event.to === "closed") {
      this.answered();
      this.passedOver.clear();
    }
    if (event.reason === "contacted") this.passedOver.clear();
    if (this.unanswered.length > 0) return;
    if (this.state === "queued" && this.age === undefined) {
      this.age = event.at;
      this.ageSequence = event.sequence;
    }
    if (this.isOwned) this.age = undefined;
  }

  #changeHands(to: string | undefined): void {
    if (this.agent !== undefined) this.tenant.agent(this.agent).used -= this.units;
    this.units = to === undefined ? 0 : this.tenant.cost(this);
    if (to !== undefined) this.tenant.agent(to).used += this.units;
    this.told = undefined;
  }

  passOver(agent: string, at: number): void {
    this.passedOver.set(agent, at + this.tenant.queue(this.queue).reofferSeconds * 1000);
  }

  erase(): void {
    this.customer = undefined;
  }
}

export function must<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`${what} is missing`);
  return value;
}
