import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { nameOfPerson } from "./population.ts";
import type { ReplicationRecord } from "./replication-record.ts";
import type { World } from "./world.ts";

const header =
  "replication,id,channel,customer,arrivedAt,assignedAt,agent,parkedAt,closedAt,lastAgentHit\n";

/**
 * Writes one line for each message in the denominator of the measures: it sought an agent and
 * arrived in the counted window. Instants are RFC 3339 UTC; empty where the thing never happened.
 *
 * Records may be added in any order; their lines stand in the order of the replications. The file has
 * its name only once it is whole, so that an interrupted run leaves an earlier run's file as it was.
 */
export class MessagesCsv {
  readonly #file: string;
  readonly #stream: WriteStream;
  readonly #world: World;
  readonly #early = new Map<number, ReplicationRecord>();
  #next = 1;

  constructor(file: string, world: World) {
    this.#world = world;
    this.#file = file;
    this.#stream = createWriteStream(unfinished(file), { encoding: "utf8" });
    this.#stream.write(header);
  }

  add(record: ReplicationRecord): void {
    this.#early.set(record.replication, record);
    for (;;) {
      const next = this.#early.get(this.#next);
      if (next === undefined) return;
      this.#early.delete(this.#next);
      this.#next += 1;
      this.#stream.write(linesOf(this.#world, next));
    }
  }

  async close(): Promise<void> {
    await this.#end();
    await rename(unfinished(this.#file), this.#file);
  }

  /** Leaves an earlier run's file as it was. */
  async discard(): Promise<void> {
    await this.#end();
    await rm(unfinished(this.#file));
  }

  async #end(): Promise<void> {
    this.#stream.end();
    await once(this.#stream, "close");
  }
}

function unfinished(file: string): string {
  return `${file}.unfinished`;
}

function linesOf(world: World, { replication, messages }: ReplicationRecord): string {
  const lines: string[] = [];
  for (let row = 0; row < messages.count; row += 1) {
    const arrivedAt = messages.arrivedAt[row] ?? 0;
    if (arrivedAt < world.countFrom || arrivedAt >= world.countTo) continue;
    if (messages.contained[row] === 1) continue;
    const channel = world.channels[messages.channel[row] ?? 0]?.id ?? "";
    const part = messages.part[row] ?? 0;
    const hit = messages.lastAgentHit[row] ?? -1;
    lines.push(
      [
        replication,
        quoted(messageId(channel, messages.arrival[row] ?? 0, part)),
        quoted(channel),
        quoted(nameOfPerson(world.channels, messages.person[row] ?? 0)),
        instant(arrivedAt),
        instant(messages.assignedAt[row]),
        quoted(world.agents[messages.agent[row] ?? -1]?.id ?? ""),
        instant(messages.parkedAt[row]),
        instant(messages.closedAt[row]),
        hit < 0 ? "" : hit === 1,
      ].join(","),
    );
  }
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

/** The id of a customer's message, the same in `sim traffic` and in messages.csv. */
export function messageId(channel: string, arrival: number, part = 0): string {
  return part === 0 ? `${channel}-${arrival}` : `${channel}-${arrival}.${part}`;
}

function instant(at: number | undefined): string {
  return at === undefined || Number.isNaN(at) ? "" : new Date(at).toISOString();
}

function quoted(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
