import type { Explanation } from "../events.ts";
import { passedOverCodes, type PassedOverCode } from "../reasons.ts";
import { ruleName } from "./codes.ts";
import * as codes from "./codes.ts";
import * as conversationRow from "./conversation-row.ts";
import { costClassOf } from "./conversation-selection.ts";
import * as eventRow from "./event-row.ts";
import * as explanationRow from "./explanation-row.ts";
import { fitOf, memberOf, refreshAgents } from "./members.ts";
import * as memberRow from "./member-row.ts";
import { isPassedOver, passedOverAgent, nextPassOver } from "./pass-overs.ts";
import { agentAt, queueOf, type Names, type Partition, type Queue } from "./state.ts";

const { passedOver, presence, rule } = codes;
const { D, F } = conversationRow;
const { rowWidth } = eventRow;
const { X } = explanationRow;
const { fit, M } = memberRow;

export { X } from "./explanation-row.ts";

const namedMax = 8;
const pairUnit = 2 ** 26;

/** Counts by code while an explanation is made. */
const counts = new Int32Array(passedOverCodes.length + 1);

/** Why: to be asked before the assignment changes what it is about (3.19). */
export function explain(partition: Partition, conversation: number, because: number): void {
  refreshAgents(partition);
  const queue = queueOf(partition, conversation);
  const costClass = costClassOf(partition, conversation);
  const { explained } = partition;
  clear(explained);
  const age = partition.conversations.getDouble(conversation, D.age);
  explained[X.rule] = because;
  explained[X.waitedMs] = age < 0 ? 0 : partition.now - age;
  explained[X.eligible] = countCodes(partition, queue, conversation, costClass);
  const passed = queue.members.length - (explained[X.eligible] ?? 0);
  if (passed > 0) nameAgents(partition, queue, conversation, costClass, passed);
}

/** Short as it is, a loop is faster than `fill`. */
function clear(cells: Float64Array): void {
  for (let index = 0; index < rowWidth; index += 1) cells[index] = 0;
}

/** Why the member may not get the conversation now; 0: they may (3.4). */
export function ineligibility(
  partition: Partition,
  conversation: number,
  member: number,
  costClass: number,
): number {
  const { members, conversations } = partition;
  const present = members.get(member, M.standing) & 3;
  if (present === presence.offline) return passedOver.offline;
  if (present === presence.away) return passedOver.away;
  const fits = fitOf(partition, member, costClass);
  if (fits === fit.tooFull) return passedOver.no_capacity;
  if (fits === fit.atRate) return passedOver.surge_rate;
  const agent = members.get(member, M.agent);
  if (isPassedOver(partition, conversation, agent)) return passedOver.passed_over;
  const reservedFor = conversations.get(conversation, F.reservedFor);
  return reservedFor !== 0 && reservedFor !== agent ? passedOver.reserved_for_other : 0;
}

/** Fills the counts from those of the queue; answers how many are eligible. */
function countCodes(
  partition: Partition,
  queue: Queue,
  conversation: number,
  costClass: number,
): number {
  const free = queue.free[costClass] ?? 0;
  const tooFull = queue.tooFull[costClass] ?? 0;
  counts[passedOver.offline] = queue.byPresence[presence.offline] ?? 0;
  counts[passedOver.away] = queue.byPresence[presence.away] ?? 0;
  counts[passedOver.no_capacity] = tooFull;
  counts[passedOver.surge_rate] = (queue.byPresence[presence.available] ?? 0) - tooFull - free;
  let passed = 0;
  let timer = partition.conversations.get(conversation, F.passOvers);
  for (; timer !== 0; timer = nextPassOver(partition, timer)) {
    const member = memberOf(partition, queue, passedOverAgent(partition, timer));
    if (member !== 0 && fitOf(partition, member, costClass) === fit.free) passed += 1;
  }
  counts[passedOver.passed_over] = passed;
  let eligible = free - passed;
  const reservedFor = partition.conversations.get(conversation, F.reservedFor);
  let others = 0;
  if (reservedFor !== 0) {
    const member = memberOf(partition, queue, reservedFor);
    const isEligible =
      member !== 0 && ineligibility(partition, conversation, member, costClass) === 0;
    others = eligible - (isEligible ? 1 : 0);
    eligible -= others;
  }
  counts[passedOver.reserved_for_other] = others;
  return eligible;
}

/** The first eight, and every code in the order in which the queue's agents have it. */
function nameAgents(
  partition: Partition,
  queue: Queue,
  conversation: number,
  costClass: number,
  passed: number,
): void {
  const { explained, members } = partition;
  let codesLeft = 0;
  for (let code = 1; code < counts.length; code += 1) if ((counts[code] ?? 0) > 0) codesLeft += 1;
  let named = 0;
  let codeCount = 0;
  let seen = 0;
  for (const member of queue.members) {
    const code = ineligibility(partition, conversation, member, costClass);
    if (code === 0) continue;
    seen += 1;
    const count = counts[code] ?? 0;
    if (count > 0) {
      explained[X.counts + codeCount] = code + 8 * count;
      counts[code] = 0;
      codeCount += 1;
      codesLeft -= 1;
    }
    if (named < namedMax) {
      const { name } = agentAt(partition, members.get(member, M.agent));
      const at = X.agents + (named >> 1);
      explained[at] = (explained[at] ?? 0) + (name * 8 + code) * (named % 2 === 0 ? 1 : pairUnit);
      named += 1;
    }
    if (seen === passed || (named === namedMax && codesLeft === 0)) break;
  }
  explained[X.codes] = codeCount;
  explained[X.named] = named;
}

/** Keep the explanation made last; answers its handle. */
export function keepExplanation(partition: Partition): number {
  const { explanations, explained } = partition;
  const kept = explanations.take();
  for (let index = 0; index < rowWidth; index += 1) {
    explanations.setDouble(kept, index, explained[index] ?? 0);
  }
  return kept;
}

/** The one kept becomes the one made last. */
export function recallExplanation(partition: Partition, kept: number): void {
  const { explanations, explained } = partition;
  for (let index = 0; index < rowWidth; index += 1) {
    explained[index] = explanations.getDouble(kept, index);
  }
}

/** As the contract says it, from cells at an offset. */
export function explanationFrom(cells: Float64Array, at: number, names: Names): Explanation {
  const byCode: Partial<Record<PassedOverCode, number>> = {};
  const codeCount = cells[at + X.codes] ?? 0;
  for (let index = 0; index < codeCount; index += 1) {
    const packed = cells[at + X.counts + index] ?? 0;
    const code = passedOverCodes[(packed & 7) - 1];
    if (code !== undefined) byCode[code] = Math.floor(packed / 8);
  }
  const agents: { agent: string; code: PassedOverCode }[] = [];
  const namedCount = cells[at + X.named] ?? 0;
  for (let index = 0; index < namedCount; index += 1) {
    const pair = cells[at + X.agents + (index >> 1)] ?? 0;
    const packed = index % 2 === 0 ? pair % pairUnit : Math.floor(pair / pairUnit);
    const code = passedOverCodes[(packed & 7) - 1];
    const agent = names.texts[packed >> 3];
    if (code !== undefined && agent !== undefined) agents.push({ agent, code });
  }
  return {
    rule: ruleName(cells[at + X.rule] ?? 0),
    waitedMs: cells[at + X.waitedMs] ?? 0,
    eligible: cells[at + X.eligible] ?? 0,
    passedOver: byCode,
    agents,
  };
}

/** Back into cells, as a snapshot is read. */
export function explanationInto(
  cells: Float64Array,
  explanation: Explanation,
  numberOf: (agent: string) => number,
): void {
  cells.fill(0);
  cells[X.rule] = rule[explanation.rule];
  cells[X.waitedMs] = explanation.waitedMs;
  cells[X.eligible] = explanation.eligible;
  const counted = Object.entries(explanation.passedOver) as [PassedOverCode, number][];
  cells[X.codes] = counted.length;
  for (const [index, [code, number]] of counted.entries()) {
    cells[X.counts + index] = passedOver[code] + 8 * number;
  }
  cells[X.named] = explanation.agents.length;
  for (const [index, { agent, code }] of explanation.agents.entries()) {
    const at = X.agents + (index >> 1);
    const packed = numberOf(agent) * 8 + passedOver[code];
    cells[at] = (cells[at] ?? 0) + packed * (index % 2 === 0 ? 1 : pairUnit);
  }
}
