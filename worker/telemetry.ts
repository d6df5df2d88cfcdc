import pino from "pino";
import type { Logger } from "pino";
import type { EngineCounts, Result } from "../core/engine.ts";
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";

export type { Logger } from "pino";

/** The log of the process: JSON lines on standard error, so that standard output stays a contract. */
export function createLogger(level: string = "info"): Logger {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ fd: 2, sync: true }),
  );
}

/** What the worker counts and measures, for Prometheus. */
export class Telemetry {
  readonly registry = new Registry();
  #collecting: Promise<void> | undefined;
  #counts: () => Promise<readonly PartitionCounts[]> = () => Promise.resolve([]);

  readonly commands = new Counter({
    name: "nightdesk_commands_total",
    help: "Commands answered, by type and outcome (accepted, duplicate, or the rejection's code)",
    labelNames: ["type", "outcome"] as const,
    registers: [this.registry],
  });
  readonly refusals = new Counter({
    name: "nightdesk_refusals_total",
    help: "Commands and queries refused by the machinery, by the operating error's code",
    labelNames: ["code"] as const,
    registers: [this.registry],
  });
  readonly batchCommands = new Histogram({
    name: "nightdesk_batch_commands",
    help: "Commands in a batch",
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096],
    registers: [this.registry],
  });
  readonly journalSyncSeconds = new Histogram({
    name: "nightdesk_journal_sync_seconds",
    help: "Time to append a batch and make it durable",
    buckets: secondsFrom(0.0001),
    registers: [this.registry],
  });
  readonly applySeconds = new Histogram({
    name: "nightdesk_apply_seconds",
    help: "Time to apply a batch to the engine",
    buckets: secondsFrom(0.00005),
    registers: [this.registry],
  });
  readonly storeSeconds = new Histogram({
    name: "nightdesk_store_seconds",
    help: "Time that writing the store took a shard's thread at a stretch",
    buckets: secondsFrom(0.0001),
    registers: [this.registry],
  });
  readonly timerLatenessSeconds = new Histogram({
    name: "nightdesk_timer_lateness_seconds",
    help: "From the instant a timer was due to the answer of the batch that fired it",
    buckets: secondsFrom(0.0001),
    registers: [this.registry],
  });
  readonly assignments = new Counter({
    name: "nightdesk_assignments_total",
    help: "Conversations assigned, by the rule that chose the agent",
    labelNames: ["rule"] as const,
    registers: [this.registry],
  });
  readonly inboxCommands = new Gauge({
    name: "nightdesk_inbox_commands",
    help: "Commands that wait for their batch, by partition",
    labelNames: ["partition"] as const,
    registers: [this.registry],
  });
  readonly conversations = new Gauge({
    name: "nightdesk_conversations",
    help: "Conversations the engine knows, by state",
    labelNames: ["state"] as const,
    registers: [this.registry],
    collect: () => this.#collect(),
  });
  readonly idsRemembered = new Gauge({
    name: "nightdesk_ids_remembered",
    help: "Ids of writes remembered to recognise a repeat, by partition",
    labelNames: ["partition"] as const,
    registers: [this.registry],
    collect: () => this.#collect(),
  });
  readonly idsWindowSeconds = new Gauge({
    name: "nightdesk_ids_window_seconds",
    help: "Age of the oldest id remembered, by partition",
    labelNames: ["partition"] as const,
    registers: [this.registry],
    collect: () => this.#collect(),
  });
  readonly timersArmed = new Gauge({
    name: "nightdesk_timers_armed",
    help: "Timers that run or are paused, by partition",
    labelNames: ["partition"] as const,
    registers: [this.registry],
    collect: () => this.#collect(),
  });
  readonly shardRestarts = new Counter({
    name: "nightdesk_shard_restarts_total",
    help: "Shard threads that died and were recovered from the journal",
    registers: [this.registry],
  });
  readonly snapshotChecksFailed = new Counter({
    name: "nightdesk_snapshot_check_failed_total",
    help: "Replays for a snapshot that came to other events than the partition: a bug, look into it",
    registers: [this.registry],
  });
  readonly httpSeconds = new Histogram({
    name: "nightdesk_http_seconds",
    help: "HTTP answers, by route, method and status",
    labelNames: ["route", "method", "status"] as const,
    buckets: secondsFrom(0.0005),
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Ask for the partitions' counts whenever the metrics are read. */
  follow(counts: () => Promise<readonly PartitionCounts[]>): void {
    this.#counts = counts;
  }

  /** Count what a batch's commands came to; `types` and `results` in the same order. */
  countResults(types: readonly string[], results: readonly Result[]): void {
    const counts = new Map<string, { readonly labels: CommandLabels; count: number }>();
    for (const [index, type] of types.entries()) {
      const outcome = outcomeOf(results[index]);
      const key = `${type} ${outcome}`;
      const known = counts.get(key);
      if (known === undefined) counts.set(key, { labels: { type, outcome }, count: 1 });
      else known.count += 1;
    }
    for (const { labels, count } of counts.values()) this.commands.inc(labels, count);
  }

  /** Once for all gauges that are read together. */
  async #collect(): Promise<void> {
    this.#collecting ??= this.#setGauges().finally(() => {
      this.#collecting = undefined;
    });
    await this.#collecting;
  }

  /** Partitions that do not answer keep their last figures. */
  async #setGauges(): Promise<void> {
    const all = await this.#counts().catch(() => []);
    const byState = new Map<string, number>();
    for (const { partition, now, counts } of all) {
      const labels = { partition: String(partition) };
      this.idsRemembered.set(labels, counts.idsRemembered);
      this.idsWindowSeconds.set(labels, (now - (counts.oldestIdAt ?? now)) / 1000);
      this.timersArmed.set(labels, counts.timersArmed);
      for (const [state, count] of Object.entries(counts.conversationsByState)) {
        byState.set(state, (byState.get(state) ?? 0) + count);
      }
    }
    for (const [state, count] of byState) this.conversations.set({ state }, count);
  }
}

/** What a partition's engine holds, and when it said so (epoch ms). */
export interface PartitionCounts {
  readonly partition: number;
  readonly now: number;
  readonly counts: EngineCounts;
}

interface CommandLabels {
  readonly type: string;
  readonly outcome: string;
}

function outcomeOf(result: Result | undefined): string {
  if (result?.status === "rejected") return result.code;
  return result?.status === "accepted" && result.duplicateOf !== undefined
    ? "duplicate"
    : "accepted";
}

/** Sixteen buckets, each twice the one before. */
function secondsFrom(smallest: number): number[] {
  return Array.from({ length: 16 }, (_, index) => smallest * 2 ** index);
}
