/** Numbers a row: 128 bytes. */
export const rowWidth = 16;

/** What a row is. An explanation follows the row that it explains. */
export const eventTypes = [
  "explanation",
  "episodeBegan",
  "messageReceived",
  "messageSent",
  "promptSent",
  "autoReplySent",
  "messageGivenToBot",
  "conversationMoved",
  "conversationWentOffline",
  "conversationReserved",
  "reservationEnded",
  "conversationOffered",
  "offerWithdrawn",
  "conversationAssigned",
  "conversationLeft",
  "routingTimedOut",
  "mayWriteChanged",
  "presenceChanged",
  "tenantConfigured",
  "deliveryRecorded",
] as const;
export const rowType = Object.fromEntries(eventTypes.map((type, index) => [type, index])) as Record<
  (typeof eventTypes)[number],
  number
>;

/** Cells that every row of a conversation has; from `payload` on they differ by type. */
export const cell = {
  type: 0,
  sequence: 1,
  at: 2,
  /** -1: no timer caused it. */
  dueAt: 3,
  tenant: 4,
  conversation: 5,
  version: 6,
  channel: 7,
  /** 0: erased. */
  customer: 8,
  queue: 9,
  payload: 10,
} as const;
