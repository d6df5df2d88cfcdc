import {
  type ReadableConfiguration,
  type Unsound,
  isReadable,
  isSound,
  readableItems,
} from "./draft.ts";
import { pointerTo } from "./json-pointer.ts";
import type { Violation, ViolationCode, ViolationLimit } from "./violations.ts";

type Found = Generator<Violation<ViolationCode>>;
type Named = { readonly id: string | Unsound } | Unsound;
type List = readonly Named[] | Unsound | undefined;

/** Where more ids than this are known, a violation does not list them. */
const idsListedMax = 32;

/** Ids are unique in their list, and what refers to one finds it. */
export function* referenceViolations(configuration: ReadableConfiguration): Found {
  const { calendars, skillQueues, agents, channels } = configuration;
  yield* duplicateIds(calendars, "/calendars");
  yield* duplicateIds(skillQueues, "/skillQueues");
  yield* duplicateIds(agents, "/agents");
  yield* duplicateIds(channels, "/channels");

  const knownCalendars = new KnownIds("calendar", calendars);
  for (const [index, { calendar }] of readableItems(skillQueues)) {
    if (calendar !== undefined) {
      yield* knownCalendars.lookUp(calendar, `/skillQueues/${index}/calendar`);
    }
  }
  const knownSkillQueues = new KnownIds("skill queue", skillQueues);
  for (const [index, { skills }] of readableItems(agents)) {
    if (!isReadable(skills)) continue;
    for (const id of Object.keys(skills)) {
      yield* knownSkillQueues.lookUp(id, pointerTo(`/agents/${index}/skills`, id));
    }
  }
  for (const [index, { skillQueue }] of readableItems(channels)) {
    yield* knownSkillQueues.lookUp(skillQueue, `/channels/${index}/skillQueue`);
  }
}

function* duplicateIds(list: List, path: string): Found {
  const seen = new Set<string>();
  for (const [index, { id }] of readableItems(list)) {
    if (!isSound(id)) continue;
    if (seen.has(id)) {
      yield {
        path: `${path}/${index}/id`,
        code: "duplicate_id",
        message: "An earlier one in this list has the same id.",
        value: id,
        limit: null,
      };
    }
    seen.add(id);
  }
}

/** The ids of one list, asked for by those that refer to them. */
class KnownIds {
  readonly #noun: string;
  /** Undefined where the list could not be read: then nothing can be said about it. */
  readonly #ids: ReadonlySet<string> | undefined;
  readonly #limit: ViolationLimit;

  constructor(noun: string, list: List) {
    this.#noun = noun;
    const ids = [...readableItems(list)].map(([, { id }]) => id).filter((id) => isSound(id));
    this.#ids = isReadable(list) ? new Set(ids) : undefined;
    this.#limit = ids.length > idsListedMax ? null : ids;
  }

  *lookUp(id: string | Unsound, path: string): Found {
    if (!isSound(id) || this.#ids === undefined || this.#ids.has(id)) return;
    yield {
      path,
      code: "unknown_reference",
      message: `No ${this.#noun} has this id.`,
      value: id,
      limit: this.#limit,
    };
  }
}
