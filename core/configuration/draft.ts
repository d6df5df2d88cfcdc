import type { ConfigurationDocument } from "./schema.ts";

/** Stands in a draft where the document has something that its shape does not allow. */
export const unsound = Symbol("unsound");
export type Unsound = typeof unsound;

/**
 * A document as far as it can be read: missing keys have their defaults, and what is required but
 * missing, or has the wrong type or range, is `unsound`. A text of the wrong form is kept, so that
 * what refers to it still finds it. So rules between settings can bind on every part that is well
 * formed, and stay silent where a setting they need is not.
 */
export type Draft<T> =
  | Unsound
  | (T extends readonly (infer Item)[]
      ? readonly Draft<Item>[]
      : T extends object
        ? { readonly [Key in keyof T]: Draft<T[Key]> }
        : T);

/** What a list holds, an optional one too. */
type ItemOf<List> = Extract<List, readonly unknown[]>[number];

export type ConfigurationDraft = Draft<ConfigurationDocument>;
/** The same where it is an object, whatever is in it. */
export type ReadableConfiguration = Extract<ConfigurationDraft, object>;
export type CalendarDraft = Extract<ItemOf<ReadableConfiguration["calendars"]>, object>;
export type ChannelDraft = Extract<ItemOf<ReadableConfiguration["channels"]>, object>;
export type OfflineMessagesDraft = Extract<ChannelDraft["offlineMessages"], object>;

export function isSound<T>(value: T): value is Exclude<T, Unsound> {
  return value !== unsound;
}

/** A section that is an object or a list: neither unsound nor absent. */
export function isReadable<T>(section: T): section is Extract<T, object> {
  return typeof section === "object" && section !== null;
}

/** The items of a list that can be read into, with their indexes. */
export function* readableItems<Item>(
  list: readonly Item[] | Unsound | undefined,
): Generator<readonly [index: number, item: Extract<Item, object>]> {
  if (!isReadable(list)) return;
  for (const [index, item] of list.entries()) {
    if (isReadable(item)) yield [index, item];
  }
}
