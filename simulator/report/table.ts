import { escaped } from "./svg.ts";

/** A table with a caption; the first cell of each row names it. Cells are plain text. */
export function table(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const headCells = head.map((cell) => `<th scope="col">${escaped(cell)}</th>`).join("");
  const body = rows
    .map(
      ([first = "", ...others]) =>
        `<tr><th scope="row">${escaped(first)}</th>${others.map((cell) => `<td>${escaped(unbroken(cell))}</td>`).join("")}</tr>`,
    )
    .join("");
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escaped(caption)}"><table><caption>${escaped(caption)}</caption><thead><tr>${headCells}</tr></thead><tbody>${body}</tbody></table></div>`;
}

/** A number keeps its unit, and an interval stays on one line. */
function unbroken(cell: string): string {
  return cell
    .replaceAll(/(?<=\d) (?=[a-z%±])/g, "\u00a0")
    .replaceAll(/\[[^\]]*\]/g, (interval) => interval.replaceAll(" ", "\u00a0"));
}
