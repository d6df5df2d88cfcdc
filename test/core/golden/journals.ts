import { readFileSync, readdirSync } from "node:fs";
import { decodeCommand, encodeCommand } from "../../../core/codec.ts";
import type { Command, Event } from "../../../core/index.ts";
import type { Implementation } from "../implementations.ts";
import { hashOf } from "../random-streams.ts";

/** What a journal came to under a version of the engine. */
export interface Recording {
  readonly commandCount: number;
  readonly eventCount: number;
  readonly eventsHash: string;
  readonly stateHash: string;
}

/** By engine version, then by journal. */
export type Recordings = Readonly<Record<string, Readonly<Record<string, Recording>>>>;

export const recordingsPath = new URL("recordings.json", import.meta.url);

export function readRecordings(): Recordings {
  // Written by record.ts, and nobody else.
  return JSON.parse(readFileSync(recordingsPath, "utf8")) as Recordings;
}

export function journalPath(name: string): URL {
  return new URL(`${name}.ndjson`, import.meta.url);
}

export function journalNames(): string[] {
  return readdirSync(new URL(".", import.meta.url))
    .filter((file) => file.endsWith(".ndjson"))
    .map((file) => file.replace(/\.ndjson$/u, ""))
    .toSorted();
}

export function journalCommands(name: string): Command[] {
  const lines = readFileSync(journalPath(name), "utf8").trimEnd().split("\n");
  // Written by record.ts, and nobody else.
  return lines.map((line) => JSON.parse(line) as Command);
}

/** Plays a journal as a partition would after a restart: each command through bytes. */
export function replay(implementation: Implementation, name: string): Recording {
  const engine = implementation.create();
  const events: Event[] = [];
  const commands = journalCommands(name);
  for (const command of commands) {
    engine.apply(decodeCommand(encodeCommand(command)), events);
  }
  return {
    commandCount: commands.length,
    eventCount: events.length,
    eventsHash: hashOf(events),
    stateHash: engine.stateHash(),
  };
}
