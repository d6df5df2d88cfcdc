import type { PackedCommands } from "./shard-tasks.ts";

/** Put encoded commands into one piece of memory. */
export function packCommands(commands: readonly Uint8Array[]): PackedCommands {
  const ends = new Uint32Array(commands.length);
  let size = 0;
  for (const [index, command] of commands.entries()) ends[index] = size += command.length;
  const bytes = new Uint8Array(size);
  for (const [index, command] of commands.entries()) {
    bytes.set(command, (ends[index] ?? 0) - command.length);
  }
  return { bytes, ends };
}

/** The commands again, without copying them. */
export function unpackCommands({ bytes, ends }: PackedCommands): Uint8Array[] {
  let start = 0;
  return Array.from(ends, (end) => {
    const command = bytes.subarray(start, end);
    start = end;
    return command;
  });
}
