import { parseConfigurationText } from "../../core/configuration/document.ts";
import { pointerTokens } from "../../core/configuration/json-pointer.ts";
import { resolveConfiguration } from "../../core/configuration/resolve.ts";
import type { ResolvedConfiguration } from "../../core/configuration/resolved.ts";
import type { Violation } from "../../core/configuration/violations.ts";

/** The example document of DOMAIN section 2, with an address that can be called. */
const exampleText = `
calendars:
  - id: office
    timeZone: Europe/Berlin
    weekly: { mon: ["09:00-18:00"], tue: ["09:00-18:00"], wed: ["09:00-18:00"], thu: ["09:00-18:00"], fri: ["09:00-16:00"] }
    restDates: ["2026-12-25"]                                   # closed all day
    workDates: [{ date: "2026-12-19", hours: ["10:00-14:00"] }] # wins over a rest date, which wins over weekly
skillQueues:
  - { id: billing, calendar: office, agentSelection: longest-idle, acceptance: automatic }
agents:
  - { id: ana, skills: { billing: 8 }, capacity: 6 }
channelCosts: { email: 1, whatsapp: 2 }
channels:
  - id: wa-main
    kind: whatsapp
    skillQueue: billing
    customerReplyTimeoutMinutes: 20
    push: { url: "https://adapter.example/push", secret: wa-push }
    lastAgentMode: { enabled: true, validityMinutes: 10080, waitMinutes: 10 }
    offlineMessages:
      enabled: true
      prompt: "We are closed and will answer in the morning."
      routingTimeLimit: 30
      agentOutboundTimeLimitMinutes: null
      calledCustomerReplyTimeoutMinutes: 3
      routingMode: last-agent
  - id: mail
    kind: email
    skillQueue: billing
    offlineMessages: { enabled: true, automaticReplyToEachEmail: true }
    autoReply: { workingHours: { subject: "…", body: "…" }, nonWorkingHours: { subject: "…", body: "…" } }
`;

/** What stands at a pointer is replaced; undefined removes it; missing objects are made. */
export type Changes = Readonly<Record<string, unknown>>;

export function exampleWith(changes: Changes = {}): unknown {
  const parsed = parseConfigurationText(exampleText, "yaml");
  if ("problem" in parsed) throw new Error(parsed.problem.message);
  return changed(parsed.value, changes);
}

/** The least that has one of everything: a web channel, offline messages off. */
export function smallWith(changes: Changes = {}): unknown {
  const document = {
    calendars: [{ id: "office", timeZone: "Europe/Berlin", weekly: { mon: ["09:00-17:00"] } }],
    skillQueues: [{ id: "billing", calendar: "office" }],
    agents: [{ id: "ana", skills: { billing: 5 }, capacity: 10 }],
    channels: [{ id: "web", kind: "web", skillQueue: "billing" }],
  };
  return changed(document, changes);
}

export function violationsOf(document: unknown): readonly Violation[] {
  const resolution = resolveConfiguration(document);
  return "violations" in resolution ? resolution.violations : [];
}

/** Each violation as `path code`. */
export function problemsOf(document: unknown): string[] {
  return violationsOf(document).map(({ path, code }) => `${path} ${code}`);
}

/** Each warning as `path code`; fails where the document is not valid. */
export function warningsOf(document: unknown): string[] {
  return resolve(document).warnings.map(({ path, code }) => `${path} ${code}`);
}

export function resolved(document: unknown): ResolvedConfiguration {
  return resolve(document).configuration;
}

/** What a pointer leads to; undefined where it leads nowhere. */
export function at(value: unknown, pointer: string): unknown {
  let found = value;
  for (const token of pointerTokens(pointer)) {
    if (typeof found !== "object" || found === null) return undefined;
    found = (found as Readonly<Record<string, unknown>>)[token];
  }
  return found;
}

function resolve(document: unknown) {
  const resolution = resolveConfiguration(document);
  if ("violations" in resolution) {
    throw new Error(`Not valid: ${JSON.stringify(resolution.violations)}`);
  }
  return resolution;
}

function changed(document: unknown, changes: Changes): unknown {
  const copy = structuredClone(document);
  for (const [pointer, value] of Object.entries(changes)) {
    const tokens = pointerTokens(pointer);
    const last = tokens.pop();
    let parent = copy as Record<string, unknown>;
    for (const token of tokens) {
      parent[token] ??= {};
      parent = parent[token] as Record<string, unknown>;
    }
    if (last === undefined) throw new Error("The whole document cannot be replaced");
    if (value === undefined) delete parent[last];
    else parent[last] = structuredClone(value);
  }
  return copy;
}
