import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, test, type TestContext, vi } from "vitest";
import { compareRuns } from "../../simulator/comparison.ts";
import { differenceText } from "../../simulator/difference-text.ts";
import { counted, durationInterval } from "../../simulator/figures.ts";
import { comparisonHtml } from "../../simulator/report/comparison-page.ts";
import { reportHtml } from "../../simulator/report/page.ts";
import { loadScenario } from "../../simulator/scenario/scenario.ts";
import { summarize } from "../../simulator/summary.ts";
import { buildWorld } from "../../simulator/world.ts";
import { needs } from "../requirements.ts";
import { shippedScenario } from "./command-line.ts";
import { replicate } from "./theory-scenario.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const folder = mkdtempSync(join(tmpdir(), "nightdesk-report-"));
const pages = ["report.html", "comparison.html"] as const;
const axeSource = readFileSync(
  createRequire(import.meta.url).resolve("axe-core/axe.min.js"),
  "utf8",
);
let browser: Browser | undefined;

beforeAll(() => {
  const loaded = loadScenario(shippedScenario("quiet-night"));
  if ("problems" in loaded) throw new Error(JSON.stringify(loaded.problems));
  const world = buildWorld(loaded.scenario);
  const records = replicate(world, 3, 11);
  const others = replicate(world, 3, 12);
  const summary = summarize(world, records, 11);
  const about = {
    names: ["as it is", "as it may be"],
    seed: 11,
    replications: 3,
    engineVersion: 1,
    configurationHashes: ["0a", "0b"],
    changes: ["/run/seed=12"],
    warnings: ["a note"],
    broken: [],
  } as const;
  const measures = compareRuns({ world, records }, { world, records: others }, 30, 0.95);
  writeFileSync(join(folder, "report.html"), reportHtml(world, records, summary));
  const comparison = comparisonHtml({ ...about, confidence: 0.95, measures });
  writeFileSync(join(folder, "comparison.html"), comparison);
});

afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

/** The page as a reader opens it; whatever it says in the console or asks the network for is kept. */
async function opened(
  context: TestContext,
  file: string,
  colorScheme: "light" | "dark",
): Promise<{ readonly page: Page; readonly errors: string[]; readonly requests: string[] }> {
  needs(context, "chromium");
  browser ??= await chromium.launch({ executablePath: chromiumOnPath(), args: ["--no-sandbox"] });
  const page = await browser.newPage({ colorScheme, viewport: { width: 1280, height: 900 } });
  const errors: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") errors.push(message.text());
  });
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(pathToFileURL(join(folder, file)).href, { waitUntil: "load" });
  return { page, errors, requests };
}

function chromiumOnPath(): string {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const names = ["chromium", "chromium-browser", "google-chrome"];
  const found = folders.flatMap((one) => names.map((name) => join(one, name))).find(existsSync);
  return found ?? "chromium";
}

test.for(pages)(
  "%s opens without an error and asks the network for nothing",
  async (file, context) => {
    const { page, errors, requests } = await opened(context, file, "light");
    expect(await page.title()).not.toBe("");
    expect(errors).toEqual([]);
    expect(requests).toEqual([pathToFileURL(join(folder, file)).href]);
    await page.close();
  },
);

test.for(pages.flatMap((file) => [[file, "light"] as const, [file, "dark"] as const]))(
  "axe finds nothing wrong with %s when it is %s",
  async ([file, scheme], context) => {
    const { page } = await opened(context, file, scheme);
    await page.evaluate(axeSource);
    const found = await page.evaluate<string>(
      "axe.run().then(({ violations, passes }) => JSON.stringify({ passes: passes.length, violations: violations.map(({ id, nodes }) => [id, nodes.length, nodes[0].html]) }))",
    );
    const { violations, passes } = JSON.parse(found) as { violations: unknown[]; passes: number };
    expect(violations).toEqual([]);
    expect(passes).toBeGreaterThan(10);
    await page.close();
  },
);

test("two waits beyond the limit are said to be that, and not to differ by nothing", () => {
  const html = comparisonHtml({
    names: ["a", "b"],
    seed: 1,
    replications: 8,
    confidence: 0.95,
    engineVersion: 1,
    configurationHashes: ["0a", "0b"],
    changes: [],
    warnings: [],
    broken: [],
    measures: [
      {
        scope: "all",
        measure: "p99 of the working-time wait",
        unit: "ms",
        first: Infinity,
        second: Infinity,
        difference: { estimate: 0, low: 0, high: 0, method: "t of the share within" },
        varianceReduction: NaN,
      },
    ],
  });
  expect(html).toContain("both beyond the limit");
  expect(html).not.toContain("no difference shown");
});

test("what one day, one replication and a wait without end are called", () => {
  expect([counted(1, "day"), counted(2, "day"), counted(0, "day")]).toEqual([
    "1 day",
    "2 days",
    "0 days",
  ]);
  const waits = { scope: "all", measure: "p90", unit: "ms", varianceReduction: NaN } as const;
  const method = "t of the share within";
  const both = differenceText({
    ...waits,
    first: Infinity,
    second: Infinity,
    difference: { estimate: 0, low: 0, high: 0, method },
  });
  expect(Object.values(both).join("|")).toBe(
    "beyond the limit|beyond the limit|both beyond the limit|–|–",
  );
  const gone = differenceText({
    ...waits,
    first: Infinity,
    second: 60_000,
    difference: { estimate: -Infinity, low: -Infinity, high: -5000, method },
  });
  expect(Object.values(gone).join("|")).toBe("beyond the limit|1.0 min|−∞|[−∞, −5.0 s]|–");
  const unbounded = { estimate: 60_000, low: 30_000, high: Infinity, method } as const;
  expect(durationInterval(unbounded)).toBe("1.0 min [30 s, ∞]");
});

test("nothing is wider than the window, also on a phone", async (context) => {
  for (const file of pages) {
    const { page } = await opened(context, file, "light");
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 900 });
      const excess = await page.evaluate<number>(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth",
      );
      expect(excess, `${file} at ${width}`).toBeLessThanOrEqual(0);
      // Charts keep a size at which their labels can be read, and are moved sideways instead.
      const lowest = await page.evaluate<number>(
        `Math.min(...Array.from(document.querySelectorAll("svg text"), (text) => text.getBoundingClientRect().height))`,
      );
      expect(lowest, `${file} at ${width}`).toBeGreaterThan(8);
    }
    await page.close();
  }
});

test.for(pages)(
  "%s printed on A4 keeps every chart whole on its page, and no table is cut at the side",
  async (file, context) => {
    // A4 less margins of 12 mm, at 96 pixels an inch.
    const [width, height] = [703, 1032];
    const { page } = await opened(context, file, "light");
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ media: "print" });
    const charts = await page.evaluate<{ height: number; right: number; whole: boolean }[]>(
      `Array.from(document.querySelectorAll("figure"), (figure) => {
        const { height, right } = figure.getBoundingClientRect();
        return { height, right, whole: getComputedStyle(figure).breakInside === "avoid" };
      })`,
    );
    expect(charts.length).toBeGreaterThan(file === "report.html" ? 4 : 0);
    for (const chart of charts) {
      expect(chart.whole).toBe(true);
      expect(chart.height).toBeLessThan(height);
      expect(chart.right).toBeLessThanOrEqual(width);
    }
    const widest = await page.evaluate<number>(
      `Math.max(...Array.from(document.querySelectorAll("table"), (table) => table.getBoundingClientRect().right))`,
    );
    expect(widest).toBeLessThanOrEqual(width);
    const pdf = await page.pdf({
      format: "A4",
      margin: { top: "12mm", bottom: "12mm", left: "12mm", right: "12mm" },
    });
    expect(pdf.subarray(0, 5).toString("latin1")).toBe("%PDF-");
    expect(pdf.length).toBeGreaterThan(20_000);
    await page.close();
  },
);
