/**
 * Bounds and figures of delivery, in integers; times are real ms. docs/delivery.md explains what
 * they mean together.
 */
export interface DeliveryLimits {
  /** Requests in flight at one endpoint, that is, for one channel with push. @defaultValue 16 */
  readonly pushConcurrencyMax: number;
  /** From the start of a request until its status has arrived. @defaultValue 15,000 */
  readonly pushTimeoutMs: number;
  /** Attempts after which an entry is given up. @defaultValue 50 */
  readonly pushAttemptsMax: number;
  /** Attempts after which an entry whose content is refused is given up. @defaultValue 8 */
  readonly pushRefusedAttemptsMax: number;
  /** Upper end of the first wait between attempts; doubled by each further one. @defaultValue 1,000 */
  readonly pushBackoffMs: number;
  /** Upper end of any wait between attempts. @defaultValue 300,000 */
  readonly pushBackoffMaxMs: number;
  /** Longest `Retry-After` that is waited for. @defaultValue 3,600,000 */
  readonly pushRetryAfterMaxMs: number;
  /** Conversations of one endpoint that wait for a further attempt. @defaultValue 1,000 */
  readonly pushRetryingMax: number;
  /** Different conversations in a row whose failure opens the circuit. @defaultValue 5 */
  readonly pushCircuitFailures: number;
  /** How long the circuit stays open at first; doubled by each failed probe. @defaultValue 1,000 */
  readonly pushCircuitOpenMs: number;
  /** How long the circuit stays open at most. @defaultValue 60,000 */
  readonly pushCircuitOpenMaxMs: number;
  /** Calls in flight at one bot. @defaultValue 16 */
  readonly botConcurrencyMax: number;
  /** Calls that wait for one bot in memory; the rest waits in the journal. @defaultValue 10,000 */
  readonly botCallsWaitingMax: number;
  /** From the start of a call until the whole answer has arrived. @defaultValue 30,000 */
  readonly botTimeoutMs: number;
  /** Bytes of a bot's answer. @defaultValue 1,048,576 */
  readonly botAnswerBytesMax: number;
  /** Bytes of an endpoint's answer that are read before the connection is dropped. @defaultValue 16,384 */
  readonly pushAnswerBytesMax: number;
  /** After how long without any word the outbox and the open calls are looked at. @defaultValue 60,000 */
  readonly deliveryLookMs: number;
}

export const defaultDeliveryLimits = {
  pushConcurrencyMax: 16,
  pushTimeoutMs: 15_000,
  pushAttemptsMax: 50,
  pushRefusedAttemptsMax: 8,
  pushBackoffMs: 1000,
  pushBackoffMaxMs: 300_000,
  pushRetryAfterMaxMs: 3_600_000,
  pushRetryingMax: 1000,
  pushCircuitFailures: 5,
  pushCircuitOpenMs: 1000,
  pushCircuitOpenMaxMs: 60_000,
  botConcurrencyMax: 16,
  botCallsWaitingMax: 10_000,
  botTimeoutMs: 30_000,
  botAnswerBytesMax: 1024 * 1024,
  pushAnswerBytesMax: 16_384,
  deliveryLookMs: 60_000,
} satisfies DeliveryLimits;
