import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command `sim` from source in a process of its own, to its end. */
export function sim(...argv: readonly string[]): Promise<Finished> {
  const file = fileURLToPath(new URL("../../simulator/bin.ts", import.meta.url));
  return new Promise((resolve) => {
    const options = { maxBuffer: 64 * 1024 * 1024 };
    execFile(process.execPath, [file, ...argv], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      resolve({ code, stdout, stderr });
    });
  });
}

export function shippedScenario(name: string): string {
  return fileURLToPath(new URL(`../../simulator/scenarios/${name}.yaml`, import.meta.url));
}
