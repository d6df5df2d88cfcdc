import type { SnapshotReader, SnapshotWriter } from "../snapshot-format.ts";
import { idScope, idText, IdTable } from "./id-table.ts";
import { Table } from "./table.ts";
import { TenantLists } from "./tenant-lists.ts";
import type { TextArena, TextOrWords } from "./text-arena.ts";

/** Fields of a customer's row, after those of `IdTable`; its scope is the channel. */
const width = 16;
const tenant = 3;
const customerId = 4;
const open = 5;
/** Conversations that name it. */
const references = 6;
const isKnown = 7;
const idlePrevious = 8;
const idleNext = 9;
const isIdle = 10;
const lastAgent = 11;
const lastMessageAt = 6;
const lastAgentAt = 7;

/** Fields of a person's row, somebody known by a `customerId`. */
const personWidth = 8;
const personPrevious = 3;
const personNext = 4;
const personAgent = 5;
const personAt = 3;

/**
 * Customers by channel and address, and last agents by `customerId`. A row lives while it is found
 * by its address or some conversation names it. Those with nothing open stand in a list of their
 * tenant, longest untouched first, and may be forgotten from there.
 */
export class CustomerDirectory {
  readonly rows = new Table(width);
  readonly #texts: TextArena;
  readonly #byAddress: IdTable;
  readonly #people = new Table(personWidth);
  readonly #byPerson: IdTable;
  readonly #idle = new TenantLists(this.rows, idlePrevious, idleNext);
  readonly #counts: number[] = [];
  readonly #persons = new TenantLists(this.#people, personPrevious, personNext);
  /** The address looked at last, which most of a command's events name. */
  #recent = 0;
  #recentAddress: string | undefined;
  #soughtHash = 0;
  #soughtChannel = 0;

  constructor(texts: TextArena) {
    this.#texts = texts;
    this.#byAddress = new IdTable(this.rows, texts);
    this.#byPerson = new IdTable(this.#people, texts);
  }

  /** Customers of the tenant that are found by an address. */
  countOf(ofTenant: number): number {
    return this.#counts[ofTenant] ?? 0;
  }

  find(channel: number, address: string): number {
    return this.#look(this.#texts.encode(address, channel), channel, address);
  }

  seek(channel: number, address: TextOrWords): number {
    return this.#look(this.#texts.encodeEither(address, channel), channel, address.text);
  }

  /** Note down the customer who was just sought in vain: the address is in the scratch still. */
  addSought(ofTenant: number, address: string | undefined): number {
    const row = this.#newRow(ofTenant);
    this.#know(row, this.#soughtHash, this.#soughtChannel);
    if (address !== undefined) this.#noteRecent(row, address);
    return row;
  }

  /** So many are to be added. */
  reserve(customers: number): void {
    this.rows.reserve(customers);
    this.#byAddress.reserve(customers);
  }

  /** One of a snapshot, who is not there yet: the address comes next in it. */
  addSaved(ofTenant: number, channel: number, from: SnapshotReader): number {
    const row = this.#newRow(ofTenant);
    this.#know(row, this.#texts.encodeSaved(from, channel), channel);
    return row;
  }

  saveAddress(row: number, to: SnapshotWriter): void {
    this.#texts.save(this.rows.get(row, idText), to);
  }

  /** Address and `customerId`, as far as they are there. */
  saveTexts(row: number, to: SnapshotWriter): void {
    if (this.hasAddress(row)) this.saveAddress(row, to);
    if (this.hasCustomerId(row)) this.#texts.save(this.rows.get(row, customerId), to);
  }

  /** A customer that only conversations name. */
  addUnknown(ofTenant: number, channel: number, address: string | undefined): number {
    const row = this.#newRow(ofTenant);
    this.rows.set(row, idScope, channel);
    this.#noteRecent(row, address);
    if (address === undefined) return row;
    this.#texts.encode(address, channel);
    this.rows.set(row, idText, this.#texts.store());
    return row;
  }

  /**
   * Two turned out to be one, `one` of both. What was learned later holds; of the same moment, what
   * the channel that stays has learned.
   */
  merge(one: number, stays: number, moves: number): void {
    const wroteLater = this.lastMessageAt(moves) > this.lastMessageAt(stays);
    const [first, second] = wroteLater ? [moves, stays] : [stays, moves];
    const answeredLater =
      this.lastAgent(moves) !== 0 &&
      (this.lastAgent(stays) === 0 || this.lastAgentAt(moves) > this.lastAgentAt(stays));
    const answered = answeredLater ? moves : stays;
    const agent = this.lastAgent(answered);
    const agentAt = this.lastAgentAt(answered);
    const id = this.customerIdOf(first) ?? this.customerIdOf(second);
    this.setLastMessageAt(one, this.lastMessageAt(first));
    this.setLastAgent(one, agent, agentAt);
    if (id !== undefined) this.setCustomerId(one, id);
  }

  /** Of those with nothing open it was touched last. */
  touchIdle(row: number): void {
    this.#noLongerIdle(row);
    if (this.openOf(row) === 0) this.#nowIdle(row);
  }

  /** It is found by its address no more. */
  forget(row: number): void {
    if (this.rows.get(row, isKnown) === 0) return;
    this.#byAddress.remove(row);
    this.rows.set(row, isKnown, 0);
    const of = this.rows.get(row, tenant);
    this.#counts[of] = this.countOf(of) - 1;
    this.#noLongerIdle(row);
    this.#release(row);
  }

  forgetOldestIdle(ofTenant: number): void {
    const first = this.#idle.firstOf(ofTenant);
    if (first === 0) return;
    this.#noLongerIdle(first);
    this.forget(first);
  }

  /** Address and `customerId` are gone for good; it must be forgotten too. */
  erase(row: number): void {
    this.#freeText(row, idText);
    this.#freeText(row, customerId);
  }

  /** A customer that is forgotten goes on at another channel. */
  moveTo(row: number, channel: number): void {
    const address = this.addressOf(row);
    if (address === undefined) return;
    this.#freeText(row, idText);
    const hash = this.#texts.encode(address, channel);
    this.#know(row, hash, channel);
  }

  refer(row: number): void {
    this.rows.set(row, references, this.rows.get(row, references) + 1);
  }

  unrefer(row: number): void {
    this.rows.set(row, references, this.rows.get(row, references) - 1);
    this.#release(row);
  }

  isKnown(row: number): boolean {
    return this.rows.get(row, isKnown) !== 0;
  }

  tenantOf(row: number): number {
    return this.rows.get(row, tenant);
  }

  channelOf(row: number): number {
    return this.rows.get(row, idScope);
  }

  hasAddress(row: number): boolean {
    return this.rows.get(row, idText) !== 0;
  }

  addressOf(row: number): string | undefined {
    if (row === this.#recent) return this.#recentAddress;
    const text = this.rows.get(row, idText);
    this.#noteRecent(row, text === 0 ? undefined : this.#texts.load(text));
    return this.#recentAddress;
  }

  hasCustomerId(row: number): boolean {
    return this.rows.get(row, customerId) !== 0;
  }

  customerIdOf(row: number): string | undefined {
    const text = this.rows.get(row, customerId);
    return text === 0 ? undefined : this.#texts.load(text);
  }

  setCustomerId(row: number, id: string): void {
    this.#freeText(row, customerId);
    this.#texts.encode(id, 0);
    this.rows.set(row, customerId, this.#texts.store());
  }

  /** Its open conversation, or 0. */
  openOf(row: number): number {
    return this.rows.get(row, open);
  }

  /** It has something open again, or nothing any more. */
  setOpen(row: number, conversation: number): void {
    this.rows.set(row, open, conversation);
    if (conversation === 0) this.#nowIdle(row);
    else this.#noLongerIdle(row);
  }

  /** -1: never. */
  lastMessageAt(row: number): number {
    return this.rows.getDouble(row, lastMessageAt);
  }

  setLastMessageAt(row: number, at: number): void {
    this.rows.setDouble(row, lastMessageAt, at);
  }

  /** Name of the agent who last sent a message; 0: nobody. */
  lastAgent(row: number): number {
    return this.rows.get(row, lastAgent);
  }

  lastAgentAt(row: number): number {
    return this.rows.getDouble(row, lastAgentAt);
  }

  setLastAgent(row: number, name: number, at: number): void {
    this.rows.set(row, lastAgent, name);
    this.rows.setDouble(row, lastAgentAt, at);
  }

  /** Those with nothing open, longest untouched first. */
  idleOf(ofTenant: number): number[] {
    return this.#idle.inOrder(ofTenant);
  }

  /** The person whose id this customer has, or 0. */
  personOf(row: number): number {
    const id = this.customerIdOf(row);
    return id === undefined ? 0 : this.findPerson(this.tenantOf(row), id);
  }

  findPerson(ofTenant: number, id: string): number {
    return this.#byPerson.findText(id, ofTenant);
  }

  personAgent(person: number): number {
    return this.#people.get(person, personAgent);
  }

  personAt(person: number): number {
    return this.#people.getDouble(person, personAt);
  }

  /** Note down a last agent, as the person touched last. */
  setPerson(ofTenant: number, id: string, name: number, at: number): void {
    const hash = this.#texts.encode(id, ofTenant);
    let person = this.#byPerson.find(hash, ofTenant);
    if (person === 0) {
      person = this.#people.take();
      this.#byPerson.add(person, hash, ofTenant);
    } else {
      this.#persons.remove(ofTenant, person);
    }
    this.#persons.push(ofTenant, person);
    this.#people.set(person, personAgent, name);
    this.#people.setDouble(person, personAt, at);
  }

  forgetPerson(ofTenant: number, id: string): void {
    const person = this.findPerson(ofTenant, id);
    if (person !== 0) this.#dropPerson(ofTenant, person);
  }

  forgetOldestPerson(ofTenant: number): void {
    const first = this.#persons.firstOf(ofTenant);
    if (first !== 0) this.#dropPerson(ofTenant, first);
  }

  personCount(ofTenant: number): number {
    return this.#persons.countOf(ofTenant);
  }

  /** Longest untouched first. */
  peopleOf(ofTenant: number): { id: string; agent: number; at: number }[] {
    return this.#persons.inOrder(ofTenant).map((person) => ({
      id: this.#texts.load(this.#people.get(person, idText)),
      agent: this.personAgent(person),
      at: this.personAt(person),
    }));
  }

  #look(hash: number, channel: number, address: string | undefined): number {
    this.#soughtHash = hash;
    this.#soughtChannel = channel;
    const row = this.#byAddress.find(hash, channel);
    if (row !== 0 && address !== undefined) this.#noteRecent(row, address);
    return row;
  }

  #noteRecent(row: number, address: string | undefined): void {
    this.#recent = row;
    this.#recentAddress = address;
  }

  #know(row: number, hash: number, channel: number): void {
    this.#byAddress.add(row, hash, channel);
    this.rows.set(row, isKnown, 1);
    const of = this.rows.get(row, tenant);
    this.#counts[of] = this.countOf(of) + 1;
  }

  #newRow(ofTenant: number): number {
    const row = this.rows.take();
    this.rows.set(row, tenant, ofTenant);
    this.rows.setDouble(row, lastMessageAt, -1);
    return row;
  }

  #release(row: number): void {
    if (this.rows.get(row, references) > 0 || this.rows.get(row, isKnown) !== 0) return;
    this.#noLongerIdle(row);
    this.#freeText(row, idText);
    this.#freeText(row, customerId);
    this.rows.give(row);
  }

  #freeText(row: number, field: number): void {
    const text = this.rows.get(row, field);
    if (text !== 0) this.#texts.free(text);
    this.rows.set(row, field, 0);
    if (row === this.#recent) this.#noteRecent(0, undefined);
  }

  #nowIdle(row: number): void {
    if (this.rows.get(row, isIdle) !== 0 || this.rows.get(row, idText) === 0) return;
    this.rows.set(row, isIdle, 1);
    this.#idle.push(this.rows.get(row, tenant), row);
  }

  #noLongerIdle(row: number): void {
    if (this.rows.get(row, isIdle) === 0) return;
    this.#idle.remove(this.rows.get(row, tenant), row);
    this.rows.set(row, isIdle, 0);
  }

  #dropPerson(ofTenant: number, person: number): void {
    this.#persons.remove(ofTenant, person);
    this.#byPerson.remove(person);
    this.#texts.free(this.#people.get(person, idText));
    this.#people.give(person);
  }
}
