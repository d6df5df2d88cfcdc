import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** What one program said about one run of M/M/50 with 48 arrivals and unit service. */
export interface Observation {
  readonly customers: number;
  /** Processor time of the whole process while it simulated: fair where the machine is shared. */
  readonly seconds: number;
  readonly meanWait: number;
}

/** One simulator in the contest. */
export interface Contestant {
  readonly name: string;
  /** Customers of a published run, and of a smoke run. */
  readonly customers: { readonly full: number; readonly smoke: number };
  readonly run: (customers: number, seed: number) => Observation;
}

const here = fileURLToPath(new URL(".", import.meta.url));
const cache = fileURLToPath(new URL("../../../.cache/peers/simulators", import.meta.url));
const python = join(cache, "venv", "bin", "python");
const jars = join(cache, "ssj");
const classes = join(cache, "classes");

/** Installs the peers under `.cache`, once: pinned versions from PyPI and Maven Central. */
export function providePeers(): void {
  mkdirSync(classes, { recursive: true });
  if (!existsSync(python)) execFileSync("python3", ["-m", "venv", join(cache, "venv")]);
  const packages = ["simpy==4.1.2", "ciw==3.2.7"];
  execFileSync(python, ["-m", "pip", "install", "--quiet", ...packages], { stdio: "inherit" });
  if (!existsSync(jars)) {
    const goal = ["dependency:copy-dependencies", `-DoutputDirectory=${jars}`];
    execFileSync("mvn", ["-q", "-B", "-f", join(here, "pom.xml"), ...goal], { stdio: "inherit" });
  }
  execFileSync("javac", ["-cp", join(jars, "*"), "-d", classes, join(here, "SsjEvents.java")]);
}

function observed(program: string, argv: readonly string[]): Observation {
  return JSON.parse(execFileSync(program, argv, { encoding: "utf8" })) as Observation;
}

const perDay = 48 * 1440;

const inPython =
  (file: string) =>
  (customers: number, seed: number): Observation =>
    observed(python, [join(here, file), String(customers), String(seed)]);

export const contestants: readonly Contestant[] = [
  {
    name: "Nightdesk, the whole router",
    customers: { full: 43 * perDay, smoke: perDay },
    run(customers, seed) {
      const days = Math.round(customers / perDay);
      return observed(process.execPath, [join(here, "engine.ts"), String(days), String(seed)]);
    },
  },
  {
    name: "SSJ 3.3.2, event classes",
    customers: { full: 3_000_000, smoke: 100_000 },
    run: (customers, seed) =>
      observed("java", [
        "-cp",
        `${classes}:${join(jars, "*")}`,
        "SsjEvents",
        String(customers),
        String(seed),
      ]),
  },
  {
    name: "SimPy 4.1.2, callbacks",
    customers: { full: 500_000, smoke: 20_000 },
    run: inPython("simpy_callbacks.py"),
  },
  {
    name: "SimPy 4.1.2, processes",
    customers: { full: 500_000, smoke: 20_000 },
    run: inPython("simpy_processes.py"),
  },
  {
    name: "Ciw 3.2.7",
    customers: { full: 50_000, smoke: 5_000 },
    run: inPython("ciw_network.py"),
  },
];

/** Heap in use at the end of each month of a simulated year, bytes. */
export function heapByMonth(messagesPerDay: number): readonly number[] {
  const argv = ["--expose-gc", join(here, "year.ts"), String(messagesPerDay)];
  const { heap } = JSON.parse(execFileSync(process.execPath, argv, { encoding: "utf8" })) as {
    readonly heap: readonly number[];
  };
  return heap;
}
