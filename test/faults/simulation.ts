import * as fc from "fast-check";
import type { MessageReceived, MessageSent } from "../../core/events.ts";
import type { BotCall } from "../../core/engine.ts";
import type { Command, ResolvedConfiguration, Result } from "../../core/index.ts";
import { contentOf } from "../../worker/http/wire.ts";
import { defaultWorkerLimits } from "../../worker/limits.ts";
import type { PushMessage } from "../../worker/delivery/push-message.ts";
import type { WorkerLimits } from "../../worker/limits.ts";
import type { CommandInput } from "../../worker/shards/routing.ts";
import { configurationOf, plansOf } from "../core/desk.ts";
import { configurations } from "../core/random-configurations.ts";
import { aims, commandOf } from "../core/random-moves.ts";
import type { Aim } from "../core/random-moves.ts";
import { fewCustomers, fewPeople } from "../core/random-streams.ts";
import { monday } from "../core/script-time.ts";
import { Chance } from "../crash/chance.ts";
import { Bots } from "./bots.ts";
import type { BotFate, BotWords } from "./bots.ts";
import { Courier, botHost } from "./courier.ts";
import { Machine, claim } from "./machine.ts";
import { Outside } from "./outside.ts";
import type { SimulatedTime } from "./simulated-time.ts";
import { Truth } from "./truth.ts";
import { Webhooks } from "./webhooks.ts";
import type { Fate } from "./webhooks.ts";

/** One run: what it starts from is its seed's, and each step has chance of its own. */
export interface Plan {
  readonly seed: number;
  /** Places of the steps that are played; a step does the same whichever others are left out. */
  readonly steps: readonly number[];
}

/** What a run came to, where nothing was broken. */
export interface Outcome {
  readonly commands: number;
  readonly events: number;
  readonly starts: number;
  readonly pushed: number;
  /** Times that a bot was asked. */
  readonly asked: number;
}

/** Every step from 0 on. */
export function planOf(seed: number, stepCount: number): Plan {
  return { seed, steps: Array.from({ length: stepCount }, (_, step) => step) };
}

/**
 * Plays a run: a safety phase with faults, then a liveness phase without, at the end of which all
 * that is routable is assigned and all that was written has arrived.
 *
 * Errors: PromiseBroken, LawBroken, and whatever the worker throws that it should not.
 */
export async function play(plan: Plan): Promise<Outcome> {
  using simulation = new Simulation(plan.seed);
  for (const step of plan.steps) await simulation.step(step);
  return await simulation.finish();
}

/** The shortest run found that still fails. */
export async function shrink(
  plan: Plan,
  fails: (shorter: Plan) => Promise<boolean>,
  triesMax = 300,
): Promise<Plan> {
  let best = plan;
  let tries = 0;
  for (let size = Math.ceil(plan.steps.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < best.steps.length && tries < triesMax;) {
      const kept = best.steps.filter((_, place) => place < from || place >= from + size);
      const shorter = { ...best, steps: kept };
      tries += 1;
      if (await fails(shorter)) best = shorter;
      else from += size;
    }
  }
  return best;
}

class Simulation implements Disposable {
  readonly #seed: number;
  readonly #truth: Truth;
  readonly #outside: Outside;
  readonly #machine: Machine;
  readonly #tenants: readonly {
    readonly id: string;
    readonly configurations: readonly ResolvedConfiguration[];
  }[];
  readonly #ids: string[] = [];
  #chance: Chance;
  readonly #webhooks = new Webhooks();
  readonly #bots: Bots;
  readonly #limits: WorkerLimits;
  /** The network's and delivery's own: what they ask goes on between steps. */
  readonly #luck: Chance;
  #courier: Courier;
  #commands = 0;
  /** Faults are over. */
  #isHealed = false;
  /** What bots wrote by themselves so far. */
  #botWrites = 0;

  constructor(seed: number) {
    this.#seed = seed;
    this.#chance = new Chance(seed);
    const limits = {
      ...defaultWorkerLimits,
      storeRowsPendingMax: this.#chance.pick([1, 30, 20_000]),
      timersPerTickMax: this.#chance.pick([2, 10_000]),
      idsRememberedMax: this.#chance.pick([8, 2_000_000]),
      pushAttemptsMax: this.#chance.pick([3, 1_000_000, 1_000_000]),
      pushConcurrencyMax: this.#chance.pick([1, 16]),
      botConcurrencyMax: this.#chance.pick([1, 16]),
      botCallsWaitingMax: this.#chance.pick([1, 10_000]),
      botTimeoutMs: this.#chance.pick([5000, 30_000]),
    };
    this.#limits = limits;
    this.#truth = new Truth(limits);
    this.#outside = new Outside(this.#truth);
    // The machine's chance goes on where the steps' begins anew.
    const own = new Chance(seed ^ 0x5bd1_e995);
    this.#machine = new Machine(limits, this.#truth, own, monday + 8.8 * hourMs);
    const count = 1 + this.#chance.below(2);
    const samples = fc.sample(configurations(), { seed, numRuns: count });
    this.#tenants = samples.map((list, index) => {
      return { id: `t${index}`, configurations: this.#withEndpoints(list) };
    });
    this.#luck = new Chance(seed ^ 0x2545_f491);
    this.#webhooks.onArrival = (message) => this.#arrive(message);
    this.#bots = new Bots(this.#truth, limits.botTimeoutMs);
    this.#bots.onBroken = (error) => this.#courier.noteFailure(error);
    this.#bots.words = () => this.#botWords();
    this.#bots.onAsked = (call) => this.#writeOn(call);
    this.#bots.onAcknowledged = (call) => this.#writeAsBot(call);
    if (this.#chance.once(2)) this.#changeBots();
    this.#courier = this.#newCourier();
    this.#machine.start();
  }

  [Symbol.dispose](): void {
    this.#courier.end();
    this.#machine[Symbol.dispose]();
  }

  /** One thing happens, and then all that follows from it before time goes on. */
  async step(step: number): Promise<void> {
    this.#chance = new Chance(
      Math.imul(this.#seed, 0x0100_0193) ^ Math.imul(step + 1, 0x9e37_79b9),
    );
    const roll = this.#chance.below(100);
    if (!this.#machine.isUp) this.#restart();
    if (roll < 62) this.#request(step);
    else if (roll < 70) this.#changeNetwork();
    else if (roll < 76) this.#arm();
    else if (roll < 80) this.#maintain();
    else if (roll < 83) this.#stop();
    else if (roll < 85) this.#staleBatch();
    else if (roll < 90) this.#turnTimers();
    else if (step % 2 === 0) this.#machine.chore((partition) => partition.settle());
    else this.#machine.chore((partition) => partition.writeStore());
    if (this.#machine.isUp && this.#chance.below(3) > 0) this.#submit();
    await this.#courier.settle();
    this.#checkCalls();
  }

  /** Faults end: everything comes to its end, and is compared. */
  async finish(): Promise<Outcome> {
    this.#heal();
    this.#machine.kill();
    this.#restart();
    this.#heal();
    // Bots who answer at once are asked all that they were not asked, before any time passes.
    await this.#courier.settle();
    claim(this.#truth.engine.botCalls().length === 0, "a bot is not asked after a start");
    for (let round = 0; this.#outside.waiting.length > 0 && round < 500; round += 1) {
      this.#deliver(this.#outside.waiting.splice(0, 8), 0);
      await this.#courier.settle();
    }
    await this.#assignEverything();
    await this.#pushEverything();
    claim(this.#truth.engine.botCalls().length === 0, "a bot's answer is waited for without end");
    this.#outside.checkAnswers();
    this.#outside.checkArrived(this.#machine, this.#limits.pushAttemptsMax === 3);
    this.#machine.compareAll();
    this.#machine.chore((partition) => partition.seal());
    this.#machine.cutPower();
    this.#restart();
    this.#machine.compareAll();
    return {
      commands: this.#commands,
      events: this.#truth.events.length,
      starts: this.#machine.starts,
      pushed: this.#webhooks.requests,
      asked: this.#bots.requests,
    };
  }

  #restart(): void {
    this.#outside.forgetWorker();
    // While nobody ran time went on, and somebody may have set the clock, either way.
    this.#machine.pass(this.#chance.pick([0, 10, 2000, 60_000, 9 * hourMs]));
    if (this.#chance.once(5)) {
      this.#machine.clockSources.wall += this.#chance.pick([-2 * hourMs, -4000, 3 * hourMs]);
    }
    // A thread that is replaced leaves the rest of its process as it is.
    const isSameProcess = this.#machine.endedBy === "thread";
    if (!isSameProcess) {
      this.#courier.end();
      this.#bots.forgetCalls();
    }
    this.#machine.start();
    if (isSameProcess) this.#courier.noticeRecovery();
    else this.#courier = this.#newCourier();
  }

  /** To delivery a failure here would be one of the network, and tried again. */
  #arrive(message: PushMessage): void {
    try {
      this.#outside.arrive(message);
    } catch (error) {
      this.#courier.noteFailure(error);
      throw error;
    }
  }

  #newCourier(): Courier {
    const courier = new Courier({
      machine: this.#machine,
      webhooks: this.#webhooks,
      bots: this.#bots,
      limits: this.#limits,
      random: () => this.#luck.below(1_000_000) / 1_000_000,
      submit: (command, time) => this.#submitOwn(command, time),
    });
    this.#machine.onActivity = (activity) => courier.notice(activity);
    return courier;
  }

  /** What the worker itself has to say; undefined where nobody knows what became of it. */
  #submitOwn(input: CommandInput, time: SimulatedTime): Result | undefined {
    if (input.type === "recordDelivery" && input.status === "sent") {
      this.#outside.checkSent(input.tenant, input.entry);
    }
    if (input.type === "answerFromBot" || input.type === "failBot") {
      const call = { ...input, channel: this.#channelOf(input.tenant, input.conversation) };
      this.#bots.check(input, time, this.#botOf(call) !== undefined);
    }
    this.#fire();
    if (!this.#machine.isUp) return undefined;
    const isOfBot = input.type === "answerFromBot" || input.type === "failBot";
    if (!this.#isHealed && this.#luck.once(isOfBot ? 8 : 40)) this.#machine.losesNextAnswer = true;
    const command = { ...input, at: this.#machine.now } as Command;
    const committed = this.#machine.commit([command]);
    this.#commands += 1;
    return committed.kind === "answered" ? committed.results[0] : undefined;
  }

  /** Somebody asks for something; it will come to the worker some time, or never, or twice. */
  #request(step: number): void {
    const [aim] = fc.sample(aims, { seed: (this.#seed ^ step) | 0, numRuns: 1 });
    if (aim === undefined) return;
    const command = this.#commandOf(aim);
    if (command === undefined) return;
    if (command.at > this.#machine.now) this.#machine.pass(command.at - this.#machine.now);
    if (this.#chance.once(2)) this.#fire();
    if (ofWorker.has(command.type)) return;
    this.#outside.waiting.push({ command, internal: command.type === "planCalendars" });
  }

  #commandOf(aim: Aim): Command | undefined {
    const { engine } = this.#truth;
    const at = Math.max(this.#machine.now, monday);
    const tenants = this.#tenants;
    return commandOf(aim, {
      engine,
      at,
      tenants,
      addresses: fewCustomers,
      people: fewPeople,
      ids: this.#ids,
    });
  }

  /** Some of what is under way arrives, in any order, in one batch. */
  #submit(): void {
    const { waiting } = this.#outside;
    const taken = [];
    for (let count = 1 + this.#chance.below(4); count > 0 && waiting.length > 0; count -= 1) {
      taken.push(...waiting.splice(this.#chance.below(waiting.length), 1));
    }
    this.#deliver(taken, 8);
  }

  /** @param troubles one in so many requests is lost, and comes twice; 0: none */
  #deliver(requests: readonly Outside["waiting"][number][], troubles: number): void {
    const isTrouble = (): boolean => troubles > 0 && this.#chance.once(troubles);
    const arriving = requests.filter(() => !isTrouble());
    const lost = requests.filter((request) => !arriving.includes(request));
    // Their senders hear nothing, and ask again.
    this.#outside.waiting.push(...lost.filter(({ internal }) => !internal));
    if (arriving.length === 0) return;
    this.#fire();
    if (!this.#machine.isUp) {
      this.#outside.waiting.push(...arriving);
      return;
    }
    const at = this.#machine.now;
    const commands = arriving.map(({ command }) => stamped(command, at));
    const committed = this.#machine.commit(commands);
    this.#commands += commands.length;
    // What was undone must not come back with the power.
    if (committed.kind === "refused" && troubles > 0 && this.#chance.once(3)) {
      this.#machine.cutPower();
    }
    for (const [place, request] of arriving.entries()) {
      const result = committed.kind === "answered" ? committed.results[place] : undefined;
      const command = commands[place];
      if (result === undefined || command === undefined || isTrouble()) {
        this.#outside.waiting.push(request);
      } else {
        this.#outside.note(command, result);
        if (isTrouble()) this.#outside.waiting.push(request);
      }
    }
  }

  /** Everything due fires, as the host's alarm has it. */
  #fire(): void {
    for (let count = 0; count < 5000; count += 1) {
      if (!this.#machine.isUp) return;
      const { nextDeadlineAt = Infinity, lastAt } = this.#machine.partition.state;
      const { now } = this.#machine;
      if (nextDeadlineAt > now) return;
      const at = nextDeadlineAt <= lastAt ? lastAt : now;
      const { kind } = this.#machine.commit([{ type: "tick", at }]);
      if (kind !== "answered") return;
    }
    claim(false, "what is due does not fire");
  }

  /** Time goes to the next deadline, or a moment before or behind it. */
  #turnTimers(): void {
    for (let count = this.#chance.below(4); count >= 0 && this.#machine.isUp; count -= 1) {
      const { now } = this.#machine;
      const next = this.#machine.partition.state.nextDeadlineAt ?? now;
      const to = next + this.#chance.pick([-1, 0, 0, 1, 5000]);
      if (to > now) this.#machine.pass(to - now);
      this.#fire();
    }
  }

  /** The bots or the endpoints work, or are slow, or fail now and then, or are dead. */
  #changeNetwork(): void {
    if (this.#chance.once(2)) {
      this.#changeBots();
      return;
    }
    const fates = this.#chance.pick<readonly Fate[]>([
      ["taken"],
      ["taken", "taken", "taken", "failed", "silent", "unanswered", "unreachable"],
      ["unanswered", "taken"],
      ["silent"],
      ["failed", "unreachable"],
    ]);
    const latencies = this.#chance.pick([[0], [0, 5, 400], [3000, 20_000]]);
    this.#webhooks.fate = () => this.#luck.pick(fates);
    this.#webhooks.latencyMs = () => this.#luck.pick(latencies);
  }

  #changeBots(): void {
    const fates = this.#chance.pick<readonly BotFate[]>([
      ["answered"],
      ["answered", "answered", "answered", ...botFailures],
      ["answered", "unanswered", "silent", "broken"],
      botFailures,
    ]);
    // An answer that takes longer than its time is none.
    const latencies = this.#chance.pick([
      [0],
      [0, 5, 4999],
      [4000, 20_000],
      [29_999, 31_000, 90_000],
    ]);
    this.#bots.fate = () => this.#luck.pick(fates);
    this.#bots.latencyMs = () => this.#luck.pick(latencies);
  }

  /** No two bots' answers have the same texts. */
  #botWords(): BotWords {
    const text = (): { readonly text: string } => {
      this.#botWrites += 1;
      return { text: `bot-${this.#botWrites}` };
    };
    switch (this.#luck.below(9)) {
      case 0:
        return { replies: [text()], handoff: true };
      case 1:
        return { handoff: { skillQueue: this.#luck.pick(["q0", "q1", "nowhere"]) } };
      case 2:
        return { replies: [text(), text()], close: true };
      case 3:
      case 4:
        return {};
      default:
        return { replies: [text()] };
    }
  }

  /** A customer writes on while the bot thinks. */
  #writeOn({ tenant, conversation }: BotCall): void {
    const view = this.#truth.engine.conversation(tenant, conversation);
    if (this.#isHealed || view?.customer === undefined || this.#luck.once(2)) return;
    this.#botWrites += 1;
    const { channel, customer } = view;
    const id = `again-${this.#botWrites}`;
    const command = { type: "receiveMessage", at: 0, tenant, id, channel, customer } as const;
    this.#outside.waiting.push({ command: { ...command, content: "" }, internal: false });
  }

  /** A bot that only acknowledged does something itself, over the same network as everybody. */
  #writeAsBot({ tenant, conversation }: BotCall): void {
    this.#botWrites += 1;
    const base = { at: 0, tenant, conversation };
    if (this.#luck.once(5)) return;
    const command = this.#luck.pick<Command>([
      { type: "writeMessage", ...base, id: `bot-${this.#botWrites}`, content: "" },
      { type: "writeMessage", ...base, id: `bot-${this.#botWrites}`, content: "" },
      { type: "handOffConversation", ...base, bot: true },
      { type: "closeConversation", ...base, bot: true },
    ]);
    this.#outside.waiting.push({ command, internal: false });
  }

  /** The bot that the conversation's channel has now. */
  #botOf({ tenant, channel }: Pick<BotCall, "tenant" | "channel">): string | undefined {
    const channels = this.#truth.engine.configuration(tenant)?.configuration.channels ?? [];
    const { chatbot } = channels.find(({ id }) => id === channel)?.offlineMessages ?? {};
    return chatbot?.url;
  }

  #channelOf(tenant: string, conversation: number): string {
    return this.#truth.engine.conversation(tenant, conversation)?.channel ?? "";
  }

  #checkCalls(): void {
    if (!this.#machine.isUp) return;
    this.#courier.checkCalls(this.#truth.engine.botCalls(), (call) => this.#botOf(call));
  }

  /** Endpoints that move with the configuration, and bots that come and go. */
  #withEndpoints(list: readonly ResolvedConfiguration[]): readonly ResolvedConfiguration[] {
    const isBotty = this.#chance.once(2);
    return list.map((configuration, place) => ({
      ...configuration,
      channels: configuration.channels.map((channel) => {
        const { offlineMessages } = channel;
        const isWithBot = isBotty && place > 0 && offlineMessages.enabled;
        const routingMode = isWithBot ? "chatbot" : offlineMessages.routingMode;
        const hasBot = routingMode === "chatbot" || this.#chance.once(3);
        const chatbot = hasBot ? botAt(this.#chance.below(2)) : {};
        return {
          ...channel,
          push: { url: `http://hook.test/${place % 2}/${channel.id}`, secret: "hook" },
          offlineMessages: { ...offlineMessages, routingMode, chatbot },
        };
      }),
    }));
  }

  /** Something of the disk will fail, or the thread end at the worst moment. */
  #arm(): void {
    const { disk } = this.#machine;
    const code = this.#chance.pick(["EIO", "ENOSPC"]);
    switch (this.#chance.below(8)) {
      case 0:
        // All of it may have been written, and the failure said all the same.
        disk.failNext({
          operation: "write",
          code,
          bytesWritten: this.#chance.pick([this.#chance.below(200), Infinity]),
        });
        if (this.#chance.once(2)) disk.cutAfter(3 + this.#chance.below(4));
        return;
      case 1:
        disk.failNext({ operation: "sync", code: "EIO" });
        return;
      case 2:
        disk.failNext({ operation: "write", code, bytesWritten: this.#chance.below(200) });
        disk.failNext({ operation: "truncate", code: "EIO" });
        return;
      case 3:
        disk.failNext({ operation: "syncDirectory", code: "EIO" });
        return;
      case 4:
        disk.capacityBytes = disk.sizeBytes + 300;
        return;
      case 5:
        disk.capacityBytes = Infinity;
        return;
      case 6:
        this.#machine.losesNextAnswer = true;
        return;
      default:
        disk.cutAfter(1 + this.#chance.below(12));
    }
  }

  /** What upkeep and a stop do. */
  #maintain(): void {
    const what = this.#chance.below(5);
    if (what === 4) {
      this.#machine.checkpointStore();
      return;
    }
    this.#machine.chore((partition) => {
      if (what === 0) partition.closeSegment();
      else if (what === 1) partition.trim();
      else partition.seal();
    });
  }

  #stop(): void {
    const roll = this.#chance.below(8);
    if (roll === 0 && !this.#machine.isUp) return;
    if (roll < 4) this.#machine.cutPower();
    else this.#machine.kill();
  }

  /** A batch of a life that is over: it must not come in. */
  #staleBatch(): void {
    const { lastEpoch, lastIndex } = this.#machine.partition.state;
    if (lastEpoch < 2) return;
    const tick = { type: "tick", at: this.#machine.now + 400 * 24 * hourMs } as const;
    const { kind } = this.#machine.commit([tick], lastEpoch - 1);
    if (!this.#machine.isUp) return;
    const after = this.#machine.partition.state.lastIndex;
    claim(kind !== "answered" || after === lastIndex, "a batch of an older epoch came in");
  }

  #heal(): void {
    this.#isHealed = true;
    const { disk } = this.#machine;
    disk.capacityBytes = Infinity;
    disk.cutAfter(Infinity);
    disk.forgetFailures();
    this.#bots.fate = () => "answered";
    this.#bots.latencyMs = () => 0;
  }

  /** All agents come, and stay: nothing routable may be left. */
  async #assignEverything(): Promise<void> {
    for (const { id: tenant, configurations: list } of this.#tenants) {
      if (this.#truth.engine.configuration(tenant) === undefined) continue;
      const configuration = roomy(list, this.#chance.once(2));
      this.#send({ type: "configureTenant", at: 0, tenant, configuration, plans: [] });
    }
    for (let round = 0; round < 200; round += 1) {
      const { engine } = this.#truth;
      await this.#courier.settle();
      let isMore = false;
      for (const tenant of engine.tenants()) if (this.#serve(tenant, round < 4)) isMore = true;
      if (!isMore) return;
      this.#machine.pass(round < 4 ? 400 : 61_000);
      this.#fire();
    }
    const { conversationsByState } = this.#truth.engine.counts();
    claim(false, `not everything is assigned: ${JSON.stringify(conversationsByState)}`);
  }

  /** Agents take what they are offered and close what they have; whether anything still waits. */
  #serve(tenant: string, isChoosy: boolean): boolean {
    const { engine } = this.#truth;
    for (const { id: agent } of engine.agents(tenant)) {
      this.#send({ type: "setPresence", at: 0, tenant, agent, status: "available" });
    }
    for (const { id: agent } of engine.agents(tenant)) {
      const { conversations } = engine.agents(tenant).find(({ id }) => id === agent) ?? {};
      for (const conversation of conversations ?? []) {
        const state = engine.conversation(tenant, conversation)?.state;
        if (state === "offered" && isChoosy && this.#chance.once(2)) {
          this.#send({ type: "declineOffer", at: 0, tenant, conversation, agent });
        } else if (state === "offered") {
          this.#send({ type: "acceptOffer", at: 0, tenant, conversation, agent });
        } else this.#send({ type: "closeConversation", at: 0, tenant, conversation, agent });
      }
    }
    const waits = engine.skillQueues(tenant).some(({ waiting, held, offered }) => {
      return waiting.live + waiting.offline + held + offered > 0;
    });
    return waits || this.#botsHaveTurns();
  }

  /** A conversation with a bot may rest only where the bot has written last and nothing is due. */
  #botsHaveTurns(): boolean {
    const { engine, events } = this.#truth;
    const lastWords = new Map<number, MessageReceived | MessageSent>();
    for (const event of events) {
      if (event.type === "messageReceived" || event.type === "messageSent") {
        lastWords.set(event.conversation, event);
      }
    }
    return lastWords.values().some(({ tenant, conversation, type }) => {
      const view = engine.conversation(tenant, conversation);
      if (view?.state !== "with-bot") return false;
      return type === "messageReceived" || view.deadlines.length > 0;
    });
  }

  #send(command: Command): void {
    this.#deliver([{ command, internal: false }], 0);
  }

  /** The network works, but not at once: the outboxes become empty. */
  async #pushEverything(): Promise<void> {
    let left = 12;
    this.#webhooks.fate = () => {
      left -= 1;
      return left > 0 ? "failed" : "taken";
    };
    this.#webhooks.latencyMs = () => 0;
    for (let round = 0; round < 500; round += 1) {
      await this.#courier.settle();
      if (!this.#hasOutbox()) return;
      this.#machine.pass(Math.max(1, this.#courier.nextInMs ?? 1));
    }
    claim(false, "the outbox does not become empty");
  }

  #hasOutbox(): boolean {
    const { engine } = this.#truth;
    return engine.tenants().some((tenant) => {
      const channels = engine.configuration(tenant)?.configuration.channels ?? [];
      return channels.some(({ id: channel }) => {
        const query = { type: "outbox", tenant, channel, except: [], limit: 1 } as const;
        return this.#machine.partition.query(query).length > 0;
      });
    });
  }
}

/** The instant is the host's, and so are the plans. */
function stamped(command: Command, at: number): Command {
  if (command.type === "configureTenant") {
    return { ...command, at, plans: plansOf(command.configuration, at, 20) };
  }
  if ("content" in command) {
    // What is kept of a message is what HTTP makes of it.
    return { ...command, at, content: contentOf({ text: command.id }) };
  }
  if (command.type !== "planCalendars") return { ...command, at };
  const plans = command.plans.map((plan) => {
    return { ...plan, from: at, flips: plan.flips.filter((flip) => flip > at) };
  });
  return { ...command, at, plans };
}

/** Whatever ids the tenant has had, and nothing that keeps an agent from a conversation. */
function roomy(list: readonly ResolvedConfiguration[], hasBots: boolean): ResolvedConfiguration {
  const ids = (key: "skillQueues" | "channels" | "agents"): string[] => [
    ...new Set(list.flatMap((configuration) => configuration[key].map(({ id }) => id))),
  ];
  const each = <T>(names: readonly string[], settings: T) =>
    Object.fromEntries(names.map((name) => [name, settings]));
  const queues = ids("skillQueues");
  return configurationOf({
    calendars: { office: { timeZone: "UTC", weekly: {} }, night: { timeZone: "UTC", weekly: {} } },
    queues: each(queues, { calendar: undefined, maxWaiting: 10_000, acceptance: "manual" }),
    agents: each(ids("agents"), { capacity: 100, skills: each(queues, 5) }),
    channels: each(ids("channels"), {
      kind: "web",
      skillQueue: queues[0],
      push: { url: "http://hook.test/", secret: "hook" },
      offlineMessages: { enabled: true, ...(hasBots && { chatbot: botAt(0) }) },
    }),
  });
}

function botAt(place: number) {
  return { url: `http://${botHost}/${place}`, accessCode: "bot" };
}

const botFailures: readonly BotFate[] = [
  "refused",
  "malformed",
  "broken",
  "unanswered",
  "silent",
  "unreachable",
];

/** Nobody outside says this: the worker does, when it has done it. */
const ofWorker: ReadonlySet<Command["type"]> = new Set([
  "tick",
  "recordDelivery",
  "answerFromBot",
  "failBot",
]);

const hourMs = 3_600_000;
