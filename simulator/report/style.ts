/** The report's whole style: no network, light and dark, and nothing cut when printed. */
export const style = `
:root {
  color-scheme: light dark;
  --page: #fcfcfb; --ink: #1a1a19; --quiet: #56554f; --line: #dddcd6; --panel: #f2f1ec;
  --open: #f3eedd; --pass: #006300; --fail: #b3261e; --wait: #7a4b00; --better: #128a5e; --worse: #d03b3b;
  --s1: #2a78d6; --s2: #128a5e; --s3: #b97a00; --s4: #4a3aa7; --s5: #d03b3b; --s6: #c2477a; --s7: #008300; --s8: #c9541f;
  --h1: #e3eefb; --h2: #b9d6f6; --h3: #86b6ef; --h4: #3987e5; --h5: #1c5cab; --h6: #0d366b;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #1a1a19; --ink: #f5f4ef; --quiet: #c3c2b7; --line: #3b3a37; --panel: #262624;
    --open: #33301f; --pass: #5fce6d; --fail: #ff8f86; --wait: #ffc766; --better: #2fbf8a; --worse: #f07f7f;
    --s1: #5a9ff0; --s2: #2fbf8a; --s3: #e0a32b; --s4: #a79ef0; --s5: #f07f7f; --s6: #e884ae; --s7: #46b946; --s8: #f0875a;
    --h1: #1f2b38; --h2: #16406f; --h3: #1c5cab; --h4: #3987e5; --h5: #86b6ef; --h6: #cde2fb;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 1040px; margin: 0 auto; padding: 24px 20px 64px; }
h1 { font-size: 28px; margin: 0 0 4px; } h2 { font-size: 20px; margin: 40px 0 6px; } h3 { font-size: 16px; margin: 18px 0 4px; }
p { margin: 4px 0 12px; max-width: 75ch; } .quiet, caption { color: var(--quiet); }
section { break-inside: auto; } figure { margin: 8px 0 18px; break-inside: avoid; } svg { width: 100%; height: auto; display: block; }
.scroll { overflow-x: auto; } .scroll + .scroll { margin-top: 18px; }
table { border-collapse: collapse; width: 100%; font-size: 14px; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding: 4px 0; } th, td { text-align: right; padding: 5px 8px; border-bottom: 1px solid var(--line); vertical-align: top; }
th:first-child, td:first-child, td.words, th.words { text-align: left; } thead th { font-weight: 600; color: var(--quiet); } tr { break-inside: avoid; }
.verdict { font-weight: 700; white-space: nowrap; } .PASS { color: var(--pass); } .FAIL { color: var(--fail); } .UNDECIDED { color: var(--wait); }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 18px; padding: 0; margin: 4px 0; font-size: 14px; }
.key { display: inline-block; width: 12px; height: 12px; margin-right: 6px; border-radius: 2px; vertical-align: -1px; }
text { font: 12px system-ui, sans-serif; fill: var(--quiet); } text.name { fill: var(--ink); font-size: 13px; }
.grid { stroke: var(--line); stroke-width: 1; } .day { stroke: var(--quiet); stroke-width: 1; stroke-opacity: 0.5; } .open { fill: var(--open); }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; } .band { opacity: 0.22; stroke: none; } .bar { rx: 3px; }
.better { fill: var(--better); } .worse { fill: var(--worse); } .neither { fill: var(--quiet); opacity: 0.55; }
.whisker { stroke: var(--ink); stroke-width: 1.5; } .goal { stroke: var(--ink); stroke-width: 1.5; stroke-dasharray: 4 3; }
${[1, 2, 3, 4, 5, 6, 7, 8]
  .map(
    (n) =>
      `.line.series-${n} { stroke: var(--s${n}); } .band.series-${n}, .bar.series-${n} { fill: var(--s${n}); } .key.series-${n} { background: var(--s${n}); }`,
  )
  .join("\n")}
${[1, 2, 3, 4, 5, 6].map((n) => `rect.heat-${n} { fill: var(--h${n}); } .key.heat-${n} { background: var(--h${n}); border: 1px solid var(--line); }`).join("\n")}
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px; font-size: 14px; } dt { color: var(--quiet); } dd { margin: 0; overflow-wrap: anywhere; }
@media screen and (max-width: 760px) { figure { overflow-x: auto; } svg { width: 760px; } }
@media print { body { font-size: 12px; } main { max-width: none; padding: 0; } h2 { break-after: avoid; } .scroll { overflow: visible; } table { font-size: 10px; } th, td { padding: 3px 4px; } }
`;
