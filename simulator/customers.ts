import type { Contact } from "./contacts.ts";
import { happenings } from "./happenings.ts";
import { purposes } from "./keyed-random.ts";
import type { Observer } from "./observer.ts";
import type { Population } from "./population.ts";
import type { Stage } from "./stage.ts";
import type { ChannelTraffic } from "./scenario/traffic-settings.ts";
import type { WorldChannel } from "./world.ts";

/** Purposes of repeated draws are 256 apart. */
const repeated = 256;

/**
 * The customers: they write, answer, lose patience, or write again after nobody came. The bot, which
 * answers for the house, is here too.
 */
export class Customers {
  readonly #stage: Stage;
  readonly #population: Population;
  readonly #observer: Observer;

  constructor(stage: Stage, population: Population, observer: Observer) {
    this.#stage = stage;
    this.#population = population;
    this.#observer = observer;
  }

  begin(): void {
    for (const channel of this.#stage.world.channels.keys()) this.#awaitArrival(channel, 0);
  }

  happen(kind: number, first: number, second: number): void {
    if (kind === happenings.arrival) {
      this.#arrive(first, second);
      return;
    }
    const contact = this.#stage.contacts.at(first);
    if (contact === undefined) return;
    contact.pending -= 1;
    if (kind === happenings.withdrawal) this.#withdraw(contact, second);
    else if (kind === happenings.botAnswer) this.#answerAsBot(contact, second);
    else this.#send(contact);
    this.#stage.contacts.release(contact);
  }

  /** A message was given to the bot, which will answer. */
  givenToBot(contact: Contact, message: number): void {
    const { botAnswersAfter } = this.#channel(contact).laws;
    const delay = botAnswersAfter.sample(this.#draw(contact, purposes.botAnswer));
    this.#later(contact, delay, happenings.botAnswer, message);
  }

  /** Nobody came within the limit: the customer may write again. */
  parked(contact: Contact): void {
    const { traffic, laws } = this.#channel(contact);
    const again = traffic?.customers.writesAgain;
    if (again === undefined || laws.writesAgainAfter === undefined) return;
    const random = this.#draw(contact, purposes.returnAfterParking + repeated * contact.parts);
    if (random.next() >= again.probability) return;
    this.#later(contact, laws.writesAgainAfter.sample(random), happenings.writesAgain);
  }

  /** After an agent's answer: whether and when the customer replies. @returns false: never */
  hear(contact: Contact): boolean {
    const { traffic, laws } = this.#channel(contact);
    const replies = traffic?.customers.replies;
    if (replies === undefined) return false;
    if (contact.repliesLeft < 0) {
      contact.repliesLeft = replies.neverAnswers >= 1 ? 0 : this.#replyCount(contact, replies);
    }
    if (contact.repliesLeft === 0) return false;
    contact.repliesLeft -= 1;
    const random = this.#draw(contact, purposes.replyDelay + repeated * contact.answers);
    const thinking = laws.replyAfter.sample(random);
    const unread = replies.reads === "poll" ? random.next() * replies.pollMinutes * 60_000 : 0;
    this.#later(contact, thinking + unread, happenings.customerReply);
    return true;
  }

  #replyCount(
    contact: Contact,
    { neverAnswers, meanReplies }: ChannelTraffic["customers"]["replies"],
  ): number {
    const random = this.#draw(contact, purposes.replyCount);
    return random.next() < neverAnswers ? 0 : geometric(meanReplies, random.next());
  }

  #awaitArrival(channel: number, index: number): void {
    const at = this.#population.arrivalAt(channel, index);
    if (at !== undefined) this.#stage.upcoming.schedule(at, happenings.arrival, channel, index);
  }

  #arrive(channel: number, index: number): void {
    this.#awaitArrival(channel, index + 1);
    const person = this.#population.identify(channel, index);
    this.#send(this.#stage.contacts.open(channel, index, person));
  }

  /** The customer writes. */
  #send(contact: Contact): void {
    const { contacts, now, router } = this.#stage;
    const part = contact.parts;
    contact.parts += 1;
    router.receive(contact.channel, contact.person, contact.arrival, part);
    const { handle, conversation, began } = router.received;
    if (began) contacts.bind(contact, conversation, handle);
    const target = contacts.of(conversation);
    if (target !== undefined && Number.isNaN(target.age)) target.age = now;
    const row =
      target !== undefined && (began || target.waiting)
        ? this.#observer.sought(target, contact, part)
        : -1;
    this.#stage.settle();
    if (began && row >= 0) this.#perhapsWithdraw(contact, row);
    if (target !== contact) contacts.release(contact);
  }

  #perhapsWithdraw(contact: Contact, row: number): void {
    const { withdrawsAfter } = this.#channel(contact).laws;
    if (withdrawsAfter === undefined || !this.#stage.log.isWaiting(row)) return;
    const purpose = purposes.withdrawal + repeated * contact.parts;
    const patience = withdrawsAfter.sample(this.#draw(contact, purpose));
    this.#later(contact, patience, happenings.withdrawal, row);
  }

  #withdraw(contact: Contact, row: number): void {
    if (contact.conversation === 0 || !this.#stage.log.isWaiting(row)) return;
    const { conversation } = contact;
    this.#stage.router.say({ type: "closeConversation", conversation, customer: true });
    this.#stage.settle();
  }

  #answerAsBot(contact: Contact, message: number): void {
    if (contact.conversation === 0) return;
    const contains = this.#channel(contact).traffic?.bot.contains ?? 0;
    const contained = this.#draw(contact, purposes.botAnswer + repeated).next() < contains;
    this.#stage.router.say({
      type: "answerFromBot",
      conversation: contact.conversation,
      message,
      replies: contained ? [""] : [],
      ...(contained ? { close: true } : { handOff: true }),
    });
    this.#stage.settle();
  }

  #later(contact: Contact, delay: number, kind: number, second = 0): void {
    contact.pending += 1;
    const at = this.#stage.now + Math.round(delay);
    this.#stage.upcoming.schedule(at, kind, contact.slot, second);
  }

  #draw(contact: Contact, purpose: number) {
    return this.#stage.random.at(this.#channel(contact).key, contact.arrival, purpose);
  }

  #channel(contact: Contact): WorldChannel {
    const channel = this.#stage.world.channels[contact.channel];
    if (channel === undefined) throw new Error(`no channel ${contact.channel}`);
    return channel;
  }
}

/** 1, 2, 3, … with this mean. */
function geometric(mean: number, u: number): number {
  return mean <= 1 ? 1 : 1 + Math.floor(Math.log(u) / Math.log1p(-1 / mean));
}
