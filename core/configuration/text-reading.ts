/** Where a value stands in its text: the offset of its key, or of itself in a list. */
export interface Place {
  readonly offset: number;
  /** The places of an object's members by key. */
  readonly members?: ReadonlyMap<string, Place>;
  /** The places of a list's items. */
  readonly items?: readonly Place[];
}

/** A value together with where it and everything in it stands. */
export interface PlacedValue {
  readonly value: unknown;
  readonly place: Place;
}

/** Lists and objects within each other deeper than this are refused: nobody means them. */
export const depthMax = 100;

/** Why a text cannot be read, and where; thrown by the readers, and caught where they are called. */
export class UnreadableText extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.name = "UnreadableText";
    this.offset = offset;
  }
}
