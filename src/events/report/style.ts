/** The look of a report: one column, wide tables scroll by themselves, and paper gets no shadows and no scrolling. */
export const STYLE = `
:root { --ink: #1b2430; --faint: #64748b; --line: #dfe5ec; --paper: #fff; --ground: #f4f6f9;
  --scan: #94a3b8; --interaction: #e59b2c; --high: #c2352b; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 24px 16px 48px; }
h1 { font-size: 26px; margin: 0 0 4px; }
h2 { font-size: 18px; margin: 0 0 12px; }
h3 { font-size: 15px; margin: 0 0 6px; }
.faint { color: var(--faint); }
section { background: var(--paper); border: 1px solid var(--line); border-radius: 10px; padding: 18px; margin: 18px 0 0; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(130px, 1fr)); gap: 12px; margin-top: 18px; }
.figure { background: var(--paper); border: 1px solid var(--line); border-radius: 10px; padding: 12px 14px; }
.figure b { display: block; font-size: 24px; line-height: 1.2; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 13px; }
th, td { text-align: left; padding: 5px 8px; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--faint); font-weight: 600; white-space: nowrap; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
td.code, .code { font-family: ui-monospace, monospace; font-size: 12px; white-space: nowrap; }
td.user { white-space: normal; overflow-wrap: anywhere; min-width: 160px; }
td.long { white-space: normal; overflow-wrap: anywhere; min-width: 260px; }
td.time { white-space: nowrap; font-variant-numeric: tabular-nums; }
.matrix th.decky { writing-mode: vertical-rl; transform: rotate(180deg); font-weight: 500; max-height: 120px; }
.matrix td { text-align: center; border: 2px solid var(--paper); padding: 3px; min-width: 26px; font-size: 11px; }
.matrix th { border: 0; }
.scan { background: #e6ebf1; } .interaction { background: #fbe3bd; } .high-confidence { background: #f3b9b4; }
.tag { border-radius: 6px; padding: 1px 7px; font-size: 12px; white-space: nowrap; }
.bar { height: 10px; border-radius: 3px; background: #4b74a8; min-width: 2px; }
.incident { border-top: 1px solid var(--line); padding: 12px 0; break-inside: avoid; }
.incident:first-of-type { border-top: 0; }
.path { display: flex; flex-wrap: wrap; gap: 6px 0; margin-top: 8px; }
.path > span { max-width: 100%; }
.leg { display: inline-flex; }
.step { border: 1px solid var(--line); border-radius: 8px; padding: 4px 8px; font-size: 12px; }
.step b { display: block; }
.arrow { align-self: center; color: var(--faint); padding: 0 5px; }
.legend span { margin-right: 14px; } .legend i { display: inline-block; width: 10px; height: 10px; margin-right: 5px; }
svg { display: block; width: 100%; height: 170px; border-bottom: 1px solid var(--line); }
.axis { display: grid; grid-template-columns: repeat(4, 1fr); font-size: 11px; margin: 4px 0 8px; }
p { margin: 0 0 10px; }
@media (max-width: 600px) { svg { height: 120px; } main { padding: 14px 10px 32px; } section { padding: 12px; } h1 { font-size: 21px; } }
@media print { body { background: none; font-size: 11px; } main { max-width: none; padding: 0; }
  section, .figure { border-color: #bbb; } .scroll { overflow: visible; } td.long, td.user { min-width: 0; }
  section { break-inside: auto; } tr, svg, .figure { break-inside: avoid; } h2, h3 { break-after: avoid; }
  .figures { grid-template-columns: repeat(6, 1fr); } table { font-size: 10px; } td.code, .code, .tag { font-size: 9px; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
`
