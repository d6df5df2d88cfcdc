import { type Static, Type } from "typebox";
import { hoursPattern } from "./hours.ts";
import {
  type LastAgentSettings,
  agentSelections,
  channelKinds,
  routingModes,
  weekdays,
} from "./resolved.ts";
import {
  checkedText,
  choice,
  closedObject,
  closedSection,
  forEach,
  list,
  nullableRange,
  plainSchema,
  range,
  toggle,
  withoutDefaults,
} from "./schema-keys.ts";
import {
  datePattern,
  httpUrlPattern,
  nameBytesMax,
  printablePattern,
  promptLengthMax,
  promptPattern,
  secretNamePattern,
} from "./text-checks.ts";

const text = (description: string) => Type.String({ description });
const id = (description: string) =>
  checkedText("id", description, { maxLength: nameBytesMax, pattern: printablePattern });
const secretName = (description: string) =>
  checkedText("secret-name", description, { maxLength: nameBytesMax, pattern: secretNamePattern });
const httpUrl = (description: string) =>
  checkedText("http-url", description, { format: "uri", pattern: httpUrlPattern });
const date = (description: string) =>
  checkedText("date", description, { format: "date", pattern: datePattern });
const hours = checkedText(
  "hours",
  "Local opening hours, half-open: HH:MM-HH:MM. An end before the start lies on the next day.",
  { pattern: hoursPattern },
);

const calendar = closedObject(
  {
    id: id("Name by which skill queues refer to the calendar."),
    timeZone: checkedText("time-zone", "IANA name of its time zone, such as Europe/Berlin."),
    weekly: closedSection(
      forEach(weekdays, () =>
        Type.Optional(Type.Array(hours, { description: "Hours that start on this day." })),
      ),
      "Opening hours of an ordinary week; a day that is absent is closed.",
    ),
    restDates: list(date("A date."), "Dates closed all day."),
    workDates: list(
      closedObject(
        { date: date("The date."), hours: Type.Array(hours, { description: "Its hours." }) },
        "A date with hours of its own.",
      ),
      "Dates with hours of their own, which win over rest dates and the week.",
    ),
  },
  "When skill queues are open.",
);

const skillQueue = closedObject(
  {
    id: id("Name of the queue, and of the skill that it needs."),
    calendar: Type.Optional(text("Id of its calendar; without one it is always open.")),
    agentSelection: Type.Optional(
      choice(agentSelections, {
        default: "longest-idle",
        description: "Which of the eligible agents gets a conversation.",
      }),
    ),
    acceptance: Type.Optional(
      choice(["automatic", "manual"], {
        default: "automatic",
        description: "Whether an agent must accept a conversation before it is theirs.",
      }),
    ),
    offerTimeoutSeconds: range(5, 600, 30, "How long an agent may take to accept."),
    reofferSeconds: range(1, 3600, 60, "How long an agent who did not take one is passed over."),
    connectWaitSeconds: range(0, 60_000, 60, "How long a live conversation waits for an agent."),
    maxWaiting: range(0, 10_000, 1000, "Live conversations that may wait; offline: no such cap."),
    order: Type.Optional(
      choice(["age", "reply-window"], {
        default: "age",
        description: "Whether the oldest comes first, or the soonest end of a reply window.",
      }),
    ),
    liveFirst: toggle(true, "Whether live conversations come before offline ones."),
    reassignAfterMinutes: nullableRange(5, 600, {
      default: null,
      description: "How long an agent may take for a first reply; null: no limit.",
    }),
    maxAssignmentsPerAgentPerMinute: nullableRange(1, 600, {
      default: null,
      description: "Assignments of this queue to one agent in any minute; null: no limit.",
    }),
  },
  "A waiting line that needs one skill.",
);

const agent = closedObject(
  {
    id: id("Name by which the agent is known."),
    name: Type.Optional(text("For people to read.")),
    skills: Type.Unsafe<Readonly<Record<string, number>>>({
      type: "object",
      description: "Id of a skill queue → level, 10 best.",
      additionalProperties: { type: "integer", minimum: 1, maximum: 10 },
      minProperties: 1,
      maxProperties: 50,
    }),
    capacity: Type.Integer({
      minimum: 1,
      maximum: 100,
      description: "Units that the agent's conversations may use together.",
    }),
  },
  "A person who answers.",
);

const lastAgentKeys = {
  enabled: toggle(false, "Whether customers go back to the agent who last wrote to them."),
  validityMinutes: range(1, 525_600, 10_080, "How long that agent is remembered."),
  waitMinutes: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 60,
      description:
        "Open time for which a conversation is kept for a last agent who is signed in, less than the routing limit; 10, or half of the routing limit if that is less.",
    }),
  ),
  offlineWaitMinutes: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 60,
      description: "The same for one who is not signed in; 5, or half of the routing limit.",
    }),
  ),
  scope: Type.Optional(
    choice(["channel", "customer"], {
      default: "channel",
      description: "Whose last agent: that of the address, or of the customerId.",
    }),
  ),
};

const mailTemplate = (description: string) =>
  Type.Optional(
    closedObject({ subject: text("Subject."), body: text("Text of the mail.") }, description),
  );

const offlineMessages = closedSection(
  {
    enabled: toggle(false, "Offline Messages."),
    prompt: Type.Optional(
      checkedText("prompt", "Offline Message Prompt; without it none is sent.", {
        maxLength: promptLengthMax,
        pattern: promptPattern,
      }),
    ),
    routingTimeLimit: range(1, 60, 30, "Offline Message Routing Time Limit."),
    routingTimeLimitUnit: Type.Optional(
      choice(["minutes", "hours", "days"], {
        default: "minutes",
        description: "Unit of the routing time limit; a day is 24 counted hours.",
      }),
    ),
    routingClock: Type.Optional(
      choice(["working", "wall"], {
        default: "working",
        description: "Whether the limit counts while the queue's calendar is open, or always.",
      }),
    ),
    agentOutboundTimeLimitMinutes: nullableRange(0, 10_080, {
      default: null,
      description:
        "Agent Outbound Call Time Limit. null: no limit; 0: agents may not reply to offline messages.",
    }),
    calledCustomerReplyTimeoutMinutes: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 5,
        description:
          "Called Customer Reply Timeout Period, less than the channel's customer reply timeout; 5 on email, 3 elsewhere.",
      }),
    ),
    routingMode: Type.Optional(
      choice(routingModes, { default: "skill-queue", description: "Routing Mode." }),
    ),
    lastAgentMode: Type.Optional(
      Type.Unsafe<Partial<LastAgentSettings>>(
        withoutDefaults(
          closedObject(lastAgentKeys, ""),
          "Last Agent Mode: each key given must equal the channel's.",
        ),
      ),
    ),
    chatbot: Type.Optional(
      closedObject(
        {
          url: Type.Optional(httpUrl("Where the chatbot is called.")),
          accessCode: Type.Optional(secretName("Name of the secret that holds its access code.")),
        },
        "Connect to Chatbot: both keys are needed in routing mode chatbot.",
      ),
    ),
    automaticReplyToEachEmail: toggle(
      false,
      "Automatically reply to each email: on email only, and both templates are needed.",
    ),
  },
  "What happens to messages that customers send while nobody can answer.",
);

const channel = closedObject(
  {
    id: id("Name by which the channel is known."),
    kind: choice(channelKinds, {
      description: "What the channel is.",
      "~code": "channel_kind_unsupported",
    }),
    skillQueue: text("Id of the skill queue in which its conversations wait."),
    priority: range(0, 14, 0, "Higher comes first."),
    addresses: list(text("An address."), "Its own addresses, which get no automatic reply."),
    customerReplyTimeoutMinutes: nullableRange(1, 60, {
      description: "Customer Reply Timeout Period; null: off; 60 on email, 20 elsewhere.",
    }),
    push: Type.Optional(
      closedObject(
        {
          url: httpUrl("Where entries are sent."),
          secret: secretName("Name of the secret that signs them."),
        },
        "Message Push; without it the customer side polls.",
      ),
    ),
    lastAgentMode: closedSection(lastAgentKeys, "Last agent mode of the channel."),
    autoReply: closedSection(
      {
        workingHours: mailTemplate("Automatic reply while the calendar is open."),
        nonWorkingHours: mailTemplate("Automatic reply while it is closed."),
        maxPerSenderPerHour: range(1, 100, 10, "Automatic replies to one sender in any hour."),
      },
      "Automatic replies to email.",
    ),
    offlineMessages,
  },
  "One entry point of one kind.",
);

/**
 * The configuration document of one tenant as people write it. Types, validation and the published
 * JSON Schema all come from here; what no schema can say is in the rules beside it.
 */
export const configurationSchema = closedObject(
  {
    calendars: list(calendar, "Opening hours."),
    skillQueues: list(skillQueue, "Waiting lines."),
    agents: list(agent, "Agents; ties between them follow this order."),
    channelCosts: closedSection(
      forEach(channelKinds, (kind) => range(1, 100, 1, `Units that one of kind ${kind} uses.`)),
      "Units of an agent's capacity that a conversation uses, by kind of channel.",
    ),
    channels: list(channel, "Entry points."),
    presence: closedSection(
      {
        heartbeatSeconds: range(10, 3600, 120, "Silence after which an agent is offline."),
        graceSeconds: range(0, 3600, 60, "How long an agent who is offline keeps what they own."),
      },
      "How it is known who is there.",
    ),
    retention: closedSection(
      {
        deduplicationHours: range(1, 168, 24, "How long the id of a message is recognised."),
        dormantDays: range(1, 365, 30, "How long a dormant conversation stays open."),
        closedDays: range(1, 3650, 90, "How long a closed conversation is kept."),
      },
      "How long things are kept.",
    ),
  },
  "The configuration of one Nightdesk tenant.",
);

/** A valid document before its defaults are filled in. */
export type ConfigurationDocument = Static<typeof configurationSchema>;

/** The schema as plain JSON Schema (draft 2020-12), for editors and other programs. */
export const jsonSchema: Readonly<Record<string, unknown>> = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "Nightdesk configuration",
  ...plainSchema(configurationSchema),
};
