import { ByteReader, ByteWriter, MalformedBytes } from "./bytes.ts";
import { deliveryStatuses, presenceStatuses } from "./commands.ts";
import type * as Commands from "./commands.ts";
import type { CalendarPlan, Command, CommandType } from "./commands.ts";
import type { ResolvedConfiguration } from "./configuration/resolved.ts";
import { botFailures } from "./reasons.ts";

/**
 * The format of commands as bytes: what a journal keeps. It grows when a layout below changes;
 * formats of earlier releases stay readable.
 *
 * A command is one byte with this number, one byte with the command's own number, where it has
 * optional fields an integer with one bit for each of them, lowest first, that says whether it is
 * there, and then its fields in the order of the tables below. Integers and texts are those of
 * `ByteWriter`; a flag is a byte, 0 or 1; a choice is a byte, the place in its list; a list is its
 * length and then its items; JSON is a text.
 */
export const codecVersion = 1;

/** The command as bytes. Complexity: linear in its texts. */
export function encodeCommand(command: Command): Uint8Array {
  return commandBytes(command).slice();
}

/** As `encodeCommand`, in memory that the next call writes to: for who puts the bytes elsewhere. */
export function commandBytes(command: Command): Uint8Array {
  const { number, fields, optionalCount } = layouts[command.type];
  // The table has a field for each property of this command, and no other.
  const values = command as unknown as Readonly<Record<string, unknown>>;
  writer.clear();
  writer.byte(codecVersion);
  writer.byte(number);
  if (optionalCount > 0) {
    writer.integer(
      fields.reduce((set, { name, bit }) => (values[name] === undefined ? set : set | bit), 0),
    );
  }
  for (const { name, field } of fields) {
    const value = values[name];
    if (value !== undefined) field.write(writer, value);
  }
  return writer.view();
}

/**
 * The command that `encodeCommand` was given.
 *
 * Errors: `MalformedBytes` where it cannot have been, or was of a format that this release does not
 * know.
 */
export function decodeCommand(bytes: Uint8Array): Command {
  const reader = new ByteReader(bytes);
  const version = reader.byte();
  if (version !== codecVersion) throw new MalformedBytes(`a command of format ${version}`);
  const number = reader.byte();
  const found = layoutsByNumber.get(number);
  if (found === undefined) throw new MalformedBytes(`a command with the number ${number}`);
  const present = found.optionalCount > 0 ? reader.integer() : 0;
  const command: Record<string, unknown> = { type: found.type };
  for (const { name, field, bit } of found.fields) {
    if (bit === 0 || (present & bit) !== 0) command[name] = field.read(reader);
  }
  if (reader.remaining > 0) throw new MalformedBytes(`${reader.remaining} bytes too many`);
  // Every field was read by the table of this very command.
  return command as unknown as Command;
}

/** How a value of one type is written and read. */
interface Field<T> {
  write(to: ByteWriter, value: T): void;
  read(from: ByteReader): T;
}

interface OptionalField<T> extends Field<T> {
  readonly optional: true;
}

/** A field for each property of a command, optional where the property is. */
type Fields<C> = {
  readonly [K in Exclude<keyof C, "type">]-?: object extends Pick<C, K>
    ? OptionalField<NonNullable<C[K]>>
    : Field<C[K]>;
};

interface Layout {
  readonly type: CommandType;
  readonly number: number;
  readonly fields: readonly NamedField[];
  readonly optionalCount: number;
}

interface NamedField {
  readonly name: string;
  /** Of an optional field in the set of those that are there; else 0. */
  readonly bit: number;
  readonly field: Field<unknown>;
}

const integer: Field<number> = {
  write: (to, value) => to.integer(value),
  read: (from) => from.integer(),
};

const text: Field<string> = {
  write: (to, value) => to.text(value),
  read: (from) => from.text(),
};

const flag: Field<boolean> = {
  write: (to, value) => to.byte(value ? 1 : 0),
  read: (from) => from.byte() === 1,
};

function choice<T extends string>(options: readonly T[]): Field<T> {
  return {
    write: (to, value) => to.byte(options.indexOf(value)),
    read: (from) => {
      const value = options[from.byte()];
      if (value === undefined) throw new MalformedBytes("a choice that its list does not have");
      return value;
    },
  };
}

function list<T>(item: Field<T>): Field<readonly T[]> {
  return {
    write: (to, values) => {
      to.integer(values.length);
      for (const value of values) item.write(to, value);
    },
    read: (from) => {
      const length = from.integer();
      if (length > from.remaining) throw new MalformedBytes("a list ends too soon");
      return Array.from({ length }, () => item.read(from));
    },
  };
}

function json<T>(): Field<T> {
  return {
    write: (to, value) => to.text(JSON.stringify(value)),
    // Written by the function beside it, from a value of this type.
    read: (from) => JSON.parse(from.text()) as T,
  };
}

/** Flips are kept as the distances between them. */
const plan: Field<CalendarPlan> = {
  write: (to, { calendar, from, open, flips }) => {
    to.text(calendar);
    to.integer(from);
    flag.write(to, open);
    to.integer(flips.length);
    let last = from;
    for (const flip of flips) {
      to.integer(flip - last);
      last = flip;
    }
  },
  read: (reader) => {
    const calendar = reader.text();
    const from = reader.integer();
    const open = flag.read(reader);
    const count = reader.integer();
    if (count > reader.remaining) throw new MalformedBytes("a plan ends too soon");
    let last = from;
    const flips = Array.from({ length: count }, () => (last += reader.integer()));
    return { calendar, from, open, flips };
  },
};

function optional<T>(field: Field<T>): OptionalField<T> {
  return { ...field, optional: true };
}

const ofTenant = { at: integer, tenant: text };
const ofConversation = { ...ofTenant, conversation: integer, version: optional(integer) };
const byAgent = { ...ofConversation, agent: optional(text) };
const noted = { note: optional(text) };

/** Numbers are never given to another command. */
const layouts: Readonly<Record<CommandType, Layout>> = {
  tick: layout<Commands.Tick>("tick", 1, { at: integer }),
  configureTenant: layout<Commands.ConfigureTenant>("configureTenant", 2, {
    ...ofTenant,
    configuration: json<ResolvedConfiguration>(),
    plans: list(plan),
    replace: optional(json<Readonly<Record<string, string>>>()),
    expectedRevision: optional(integer),
  }),
  planCalendars: layout<Commands.PlanCalendars>("planCalendars", 3, {
    ...ofTenant,
    plans: list(plan),
  }),
  receiveMessage: layout<Commands.ReceiveMessage>("receiveMessage", 4, {
    ...ofTenant,
    id: text,
    channel: text,
    customer: text,
    customerId: optional(text),
    skillQueue: optional(text),
    priority: optional(integer),
    automatic: optional(flag),
    content: text,
  }),
  writeMessage: layout<Commands.WriteMessage>("writeMessage", 5, {
    ...ofTenant,
    conversation: integer,
    id: text,
    agent: optional(text),
    version: optional(integer),
    template: optional(flag),
    tag: optional(text),
    content: text,
  }),
  contactCustomer: layout<Commands.ContactCustomer>("contactCustomer", 6, {
    ...ofTenant,
    id: text,
    agent: text,
    channel: text,
    customer: text,
    template: optional(flag),
    tag: optional(text),
    content: text,
  }),
  acceptOffer: layout<Commands.AcceptOffer>("acceptOffer", 7, { ...byAgent, ...noted }),
  declineOffer: layout<Commands.DeclineOffer>("declineOffer", 8, { ...byAgent, ...noted }),
  assignConversation: layout<Commands.AssignConversation>("assignConversation", 9, {
    ...ofConversation,
    agent: text,
    override: optional(flag),
    ...noted,
  }),
  releaseConversation: layout<Commands.ReleaseConversation>("releaseConversation", 10, {
    ...byAgent,
    ...noted,
  }),
  handOffConversation: layout<Commands.HandOffConversation>("handOffConversation", 11, {
    ...byAgent,
    bot: optional(flag),
    skillQueue: optional(text),
    ...noted,
  }),
  closeConversation: layout<Commands.CloseConversation>("closeConversation", 12, {
    ...byAgent,
    bot: optional(flag),
    customer: optional(flag),
    ...noted,
  }),
  answerFromBot: layout<Commands.AnswerFromBot>("answerFromBot", 13, {
    ...ofTenant,
    conversation: integer,
    message: integer,
    replies: list(text),
    handOff: optional(flag),
    skillQueue: optional(text),
    close: optional(flag),
  }),
  failBot: layout<Commands.FailBot>("failBot", 14, {
    ...ofTenant,
    conversation: integer,
    message: integer,
    reason: choice(botFailures),
  }),
  setPresence: layout<Commands.SetPresence>("setPresence", 15, {
    ...ofTenant,
    agent: text,
    status: choice(presenceStatuses),
  }),
  eraseCustomer: layout<Commands.EraseCustomer>("eraseCustomer", 16, {
    ...ofTenant,
    customer: text,
  }),
  recordDelivery: layout<Commands.RecordDelivery>("recordDelivery", 17, {
    ...ofTenant,
    channel: text,
    entry: integer,
    status: choice(deliveryStatuses),
    reason: optional(text),
  }),
};

const layoutsByNumber: ReadonlyMap<number, Layout> = new Map(
  Object.values(layouts).map((entry) => [entry.number, entry]),
);

/** One for all calls: they do not overlap. */
const writer = new ByteWriter();

function layout<C extends { readonly type: CommandType }>(
  type: C["type"],
  number: number,
  fields: Fields<C>,
): Layout {
  let optionalCount = 0;
  const named = Object.entries<Field<unknown>>(fields).map(([name, field]) => {
    const bit = "optional" in field ? 1 << optionalCount++ : 0;
    return { name, bit, field };
  });
  return { type, number, fields: named, optionalCount };
}
