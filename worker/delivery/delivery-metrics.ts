import { Counter, Gauge, Histogram, Registry } from "prom-client";

/** What delivery counts, for Prometheus. No label names a tenant or a channel. */
export class DeliveryMetrics {
  readonly pushes: Counter<"outcome">;
  readonly givenUp: Counter<"reason">;
  readonly pushSeconds: Histogram;
  readonly pushesInFlight: Gauge;
  readonly circuitsOpened: Counter;
  readonly botCalls: Counter<"outcome">;
  readonly botSeconds: Histogram;

  constructor(registry: Registry = new Registry()) {
    const registers = [registry];
    this.pushes = new Counter({
      name: "nightdesk_pushes_total",
      help: "Attempts to push an entry, by outcome (sent, gone, or the failure's code)",
      labelNames: ["outcome"],
      registers,
    });
    this.givenUp = new Counter({
      name: "nightdesk_pushes_given_up_total",
      help: "Entries whose push was given up and that can be polled still, by the last failure",
      labelNames: ["reason"],
      registers,
    });
    this.pushSeconds = new Histogram({
      name: "nightdesk_push_seconds",
      help: "Time of an attempt to push",
      buckets,
      registers,
    });
    this.pushesInFlight = new Gauge({
      name: "nightdesk_pushes_in_flight",
      help: "Entries that are being pushed",
      registers,
    });
    this.circuitsOpened = new Counter({
      name: "nightdesk_push_circuits_opened_total",
      help: "Times that an endpoint's circuit was opened, failed probes included",
      registers,
    });
    this.botCalls = new Counter({
      name: "nightdesk_bot_calls_total",
      help: "Calls of a bot, by outcome (answered, or the failure's code)",
      labelNames: ["outcome"],
      registers,
    });
    this.botSeconds = new Histogram({
      name: "nightdesk_bot_seconds",
      help: "Time of a call of a bot",
      buckets,
      registers,
    });
  }
}

/** Seconds: from a neighbour to a timeout. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30];
