import { calendarViolations } from "./calendar-rules.ts";
import { channelViolations } from "./channel-rules.ts";
import { costViolations } from "./cost-rules.ts";
import { withDerivedDefaults } from "./derived-defaults.ts";
import { inDocumentOrder } from "./document-order.ts";
import {
  type ConfigurationDraft,
  type ReadableConfiguration,
  isReadable,
  readableItems,
} from "./draft.ts";
import { referenceViolations } from "./reference-rules.ts";
import type { ChannelSettings, LastAgentSettings, ResolvedConfiguration } from "./resolved.ts";
import { configurationSchema } from "./schema.ts";
import { type Shape, readShape } from "./shape.ts";
import type { Violation, ViolationCode, WarningCode } from "./violations.ts";
import { warningsOf } from "./warnings.ts";

export type Resolution =
  | {
      readonly configuration: ResolvedConfiguration;
      readonly warnings: readonly Violation<WarningCode>[];
    }
  | { readonly violations: readonly Violation<ViolationCode>[] };

const shape = configurationSchema as Shape;

/** A resolved configuration that still has what people may write twice. */
interface WrittenConfiguration extends ResolvedConfiguration {
  readonly channels: readonly (ChannelSettings & {
    readonly offlineMessages: { readonly lastAgentMode?: Partial<LastAgentSettings> };
  })[];
}

/**
 * Reads the configuration document of one tenant: either every default filled in, or every
 * violation, those between settings included wherever the settings they need are well formed.
 *
 * Takes any JSON value and never throws; changes nothing that it is given. What it resolves is a
 * valid document that resolves to itself. Violations come in the order of the document, a missing
 * key after those that stand, each (path, code) once. Linear in the size of the document, but for
 * sorting what is wrong.
 *
 * @example
 * const resolution = resolveConfiguration(JSON.parse(text));
 * if ("violations" in resolution) report(resolution.violations);
 * else apply(resolution.configuration);
 */
export function resolveConfiguration(document: unknown): Resolution {
  const { draft, violations } = readShape(shape, document);
  const filled = fill(draft as ConfigurationDraft);
  const found = isReadable(filled) ? [...violations, ...ruleViolations(filled)] : violations;
  if (found.length > 0) return { violations: inDocumentOrder(document, found) };

  // Nothing is unsound now and every default is in, so what is read is a document again. The second
  // reading puts its keys in the order of the schema, whoever gave them.
  const resolved = readShape(shape, withoutRepetitions(filled as WrittenConfiguration));
  const configuration = resolved.draft as ResolvedConfiguration;
  return { configuration, warnings: [...warningsOf(configuration)] };
}

function fill(draft: ConfigurationDraft): ConfigurationDraft {
  if (!isReadable(draft) || !isReadable(draft.channels)) return draft;
  return {
    ...draft,
    channels: draft.channels.map((channel) =>
      isReadable(channel) ? withDerivedDefaults(channel) : channel,
    ),
  };
}

function* ruleViolations(
  configuration: ReadableConfiguration,
): Generator<Violation<ViolationCode>> {
  yield* referenceViolations(configuration);
  yield* costViolations(configuration);
  for (const [index, calendar] of readableItems(configuration.calendars)) {
    yield* calendarViolations(calendar, `/calendars/${index}`);
  }
  for (const [index, channel] of readableItems(configuration.channels)) {
    yield* channelViolations(channel, `/channels/${index}`);
  }
}

/** Leaves out what only says again what the channel says, and a prompt without a character. */
function withoutRepetitions(configuration: WrittenConfiguration): ResolvedConfiguration {
  return {
    ...configuration,
    channels: configuration.channels.map(({ offlineMessages, ...channel }) => {
      const { lastAgentMode: _, prompt, ...settings } = offlineMessages;
      return {
        ...channel,
        offlineMessages: prompt ? { ...settings, prompt } : settings,
      };
    }),
  };
}
