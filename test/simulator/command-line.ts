import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { main } from "../../simulator/cli.ts";

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command `sim` from source in a process of its own, to its end. */
export function simProcess(...argv: readonly string[]): Promise<Finished> {
  const file = fileURLToPath(new URL("../../simulator/bin.ts", import.meta.url));
  return new Promise((resolve) => {
    const options = { maxBuffer: 64 * 1024 * 1024 };
    execFile(process.execPath, [file, ...argv], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      resolve({ code, stdout, stderr });
    });
  });
}

/**
 * The same in this process, which saves a start of Node.js for every command, and with no threads
 * beside this one unless the arguments say otherwise. One at a time: what it writes is caught where the process writes.
 */
export async function sim(...argv: readonly string[]): Promise<Finished> {
  const written = { stdout: "", stderr: "" };
  const restore = (["stdout", "stderr"] as const).map((name) => {
    const stream = process[name];
    const before = Object.getOwnPropertyDescriptor(stream, "write");
    stream.write = (text: string | Uint8Array) => {
      written[name] += String(text);
      return true;
    };
    return () => {
      if (before === undefined) Reflect.deleteProperty(stream, "write");
      else Object.defineProperty(stream, "write", before);
    };
  });
  const { log } = console;
  console.log = (text: unknown) => {
    written.stdout += `${String(text)}\n`;
  };
  const before = process.exitCode;
  process.exitCode = 0;
  try {
    const simulates = argv[0] === "run" || argv[0] === "compare";
    await main([...argv, ...(simulates && !argv.includes("--threads") ? ["--threads", "0"] : [])]);
    return { code: process.exitCode, ...written };
  } finally {
    process.exitCode = before;
    console.log = log;
    for (const put of restore) put();
  }
}

export function shippedScenario(name: string): string {
  return fileURLToPath(new URL(`../../simulator/scenarios/${name}.yaml`, import.meta.url));
}
