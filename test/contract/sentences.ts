/** One thing that the contract says. */
export interface Sentence {
  /** Stable while the sentence keeps its place: `3.7.2` is the second of rule 7, `F12` an item. */
  readonly id: string;
  readonly text: string;
}

/**
 * The sentences of DOMAIN.md's sections 2–5, in order. Rules are split where a sentence ends; rows
 * of tables, lines of the state diagram and laws count one by one.
 */
export function domainSentences(markdown: string): readonly Sentence[] {
  return sections(markdown)
    .filter(({ number }) => number >= 2 && number <= 5)
    .flatMap(({ number, lines }) => sectionSentences(number, lines));
}

/** The items of FINE-PRINT.md, one sentence each. */
export function finePrintItems(markdown: string): readonly Sentence[] {
  return markdown.split("\n").flatMap((line) => {
    const [, number, text] = /^(\d+)\. (.+)$/u.exec(line) ?? [];
    return number === undefined || text === undefined ? [] : [{ id: `F${number}`, text }];
  });
}

interface Section {
  readonly number: number;
  readonly lines: readonly string[];
}

function sections(markdown: string): readonly Section[] {
  return markdown
    .split(/^## /mu)
    .slice(1)
    .map((part) => ({ number: Number.parseInt(part, 10), lines: part.split("\n").slice(1) }));
}

function sectionSentences(section: number, lines: readonly string[]): readonly Sentence[] {
  const found: Sentence[] = [];
  const counts = new Map<string, number>();
  const add = (group: string, text: string): void => {
    const count = (counts.get(group) ?? 0) + 1;
    counts.set(group, count);
    found.push({ id: `${section}.${group}.${count}`, text });
  };
  let fence: string | undefined;
  let rows = 0;
  for (const line of lines) {
    if (line.startsWith("```")) {
      if (fence === undefined) fence = line.slice(3) || "diagram";
      else fence = undefined;
      if (fence === "yaml") add("example", "The example document is valid.");
    } else if (fence !== undefined) {
      if (fence === "diagram" && line.trim() !== "") add("diagram", line.trim());
    } else if (line.startsWith("|")) {
      rows += 1;
      if (rows > 2) for (const { group, text } of rowSentences(line)) add(group, text);
    } else {
      rows = 0;
      for (const { group, text } of proseSentences(section, line)) add(group, text);
    }
  }
  return found;
}

interface Grouped {
  readonly group: string;
  readonly text: string;
}

/** A row belongs to the group that its key names: `2.prompt.1`, `3.9.offer.1`, `5.get-queues.1`. */
function rowSentences(row: string): readonly Grouped[] {
  const cells = row
    .replaceAll(String.raw`\|`, "\u0000")
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.replaceAll("\u0000", "|").trim());
  const [first = "", ...others] = cells;
  const group = slug(first);
  const texts =
    others.length >= 3
      ? [others.join(" | ")]
      : others.join(": ").split(" · ").flatMap(splitSentences);
  return texts.filter((text) => text !== "").map((text) => ({ group, text }));
}

function proseSentences(section: number, line: string): readonly Grouped[] {
  const text = line.trim();
  if (text === "" || text.startsWith("#")) return [];
  const [, rule, rest] = /^(\d+)\. (.+)$/u.exec(text) ?? [];
  if (rule !== undefined && rest !== undefined) {
    return splitSentences(rest)
      .flatMap(splitClauses)
      .map((sentence) => ({ group: rule, text: sentence }));
  }
  if (section === 4) return text.split(" · ").map((law) => ({ group: "law", text: law }));
  const [, head] = /^\*\*([^*]+)\*\*/u.exec(text) ?? [];
  const group = head === undefined ? (text.startsWith("Message Push") ? "push" : "0") : slug(head);
  return splitSentences(text).map((sentence) => ({ group, text: sentence }));
}

/** A sentence ends with `.` (and what closes it) before a blank and a new beginning. */
function splitSentences(text: string): readonly string[] {
  return text
    .replace(/^(\*\*[^*]+\.\*\*) /u, "$1\u0000")
    .split(/(?<=\.[*)”"]{0,3})\s+(?=[A-Z`*“"(\d]|[a-z]+: )/u)
    .map((sentence) => sentence.replace("\u0000", " ").trim())
    .filter((sentence) => sentence !== "" && !/^\*\*\(ours[^)]*\)\*\*$/u.test(sentence));
}

/** A rule's clauses, at `;` outside brackets and quotations. */
function splitClauses(sentence: string): readonly string[] {
  const clauses: string[] = [];
  let depth = 0;
  let quoted = false;
  let from = 0;
  for (let index = 0; index < sentence.length; index += 1) {
    const sign = sentence[index] ?? "";
    if (sign === "`") quoted = !quoted;
    else if ("([{".includes(sign)) depth += 1;
    else if (")]}".includes(sign)) depth -= 1;
    else if (sign === ";" && depth === 0 && !quoted) {
      clauses.push(sentence.slice(from, index));
      from = index + 1;
    }
  }
  return [...clauses, sentence.slice(from)].map((clause) => clause.trim());
}

function slug(text: string): string {
  const words = text
    .replaceAll(/\*\*|\(.*?\)/gu, "")
    .toLowerCase()
    .match(/[a-z]+/gu);
  return (words ?? ["row"]).slice(0, 4).join("-");
}
