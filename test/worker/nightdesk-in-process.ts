import { vi } from "vitest";
import { main } from "../../worker/cli.ts";

export interface Ended {
  /** The exit code that the command would end with. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command `nightdesk` in this process, which costs less than a process of its own. */
export async function nightdesk(...args: readonly string[]): Promise<Ended> {
  const stdout = vi.spyOn(console, "log").mockReturnValue(undefined);
  const stderr = vi.spyOn(console, "error").mockReturnValue(undefined);
  process.exitCode = 0;
  await main(args);
  const status = process.exitCode;
  process.exitCode = 0;
  const textOf = (spy: typeof stdout) =>
    spy.mock.calls.map((line) => `${line.join(" ")}\n`).join("");
  const ended = { status, stdout: textOf(stdout), stderr: textOf(stderr) };
  vi.restoreAllMocks();
  return ended;
}
