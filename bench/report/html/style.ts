/**
 * The style of the report behind that of every page. Colours of strategies (`--s`), of parts of bars (`--c`) and of
 * kinds of frames (`--k`) are those of Okabe and Ito (Color Universal Design, 2008), darker or lighter where the paper
 * asks for it: readers who are colour-blind tell them apart, and dashes, shapes, marks and tables say the same.
 */
const LIGHT = `
--s0: #1c1c1c; --s1: #0072b2; --s2: #d55e00; --s3: #00805c; --s4: #b5508b; --s5: #2f8fcf; --s6: #ad7400; --s7: #7a5c3e;
--c0: #0072b2; --c1: #e69f00; --c2: #009e73; --c3: #cc79a7; --c4: #56b4e9; --c5: #d55e00; --c6: #8a8a8a; --c7: #f0e442;
--k-free: #efefef; --k-reserved: #4c4c4c; --k-kernel: #9c9c9c; --k-anon: #56b4e9; --k-ksm: #e69f00; --k-file: #009e73;
--k-contiguous: #0072b2; --k-isolated: #f0e442; --k-pinned: #cc79a7; --k-stuck: #d5400a;`;

const DARK = `
--s0: #f0f0f0; --s1: #5db3f0; --s2: #ff8a4c; --s3: #3ccb9e; --s4: #e3a0c6; --s5: #9bd8ff; --s6: #f2b84b; --s7: #c9a887;
--c0: #3d9ad8; --c1: #e69f00; --c2: #19b98a; --c3: #d98fb7; --c4: #8fd0f5; --c5: #f07a2c; --c6: #a0a0a0; --c7: #f0e442;
--k-free: #2c2c2c; --k-reserved: #6a6a6a; --k-kernel: #9c9c9c; --k-anon: #4aa5da; --k-ksm: #e69f00; --k-file: #00a67a;
--k-contiguous: #1a6fb5; --k-isolated: #f0e442; --k-pinned: #d98fb7; --k-stuck: #ff5a1f;`;

export const REPORT_STYLE = `
:root {${LIGHT} }
@media (prefers-color-scheme: dark) { :root {${DARK} } }
h3 { margin-top: 1.25rem; }
section { margin-top: 2.5rem; } section > h2 { margin-top: 0; padding-top: .5rem; border-top: 1px solid var(--grid); }
.skip { position: absolute; left: -100vw; } .skip:focus { position: static; }
a { color: inherit; } nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: 0; list-style: none; }
:focus-visible { outline: 3px solid var(--s1); outline-offset: 2px; }
.verdict { font-size: 1.1rem; } .verdict p { margin: .4rem 0; }
.about { color: var(--soft); margin: .25rem 0 .5rem; }
.scroll { margin: .75rem 0; }
th small { font-weight: normal; }
figure { justify-content: start; } .panels.two { grid-template-columns: repeat(2, minmax(0, 30rem)); }
@media (max-width: 44rem) { .panels.two { grid-template-columns: minmax(0, 1fr); } }
h3.minor { margin: .75rem 0 0; font-size: .9rem; } th, td { padding-right: .75rem; }
.key { display: flex; flex-wrap: wrap; gap: .15rem 1.1rem; padding: 0; margin: .5rem 0; list-style: none; font-size: .9rem; }
.swatch { width: 1.9rem; height: .65rem; margin-right: .4rem; vertical-align: baseline; fill: none; } .swatch.point { width: .9rem; height: .9rem; vertical-align: -.1rem; } .swatch.frame { width: .8rem; height: .8rem; vertical-align: -.05rem; outline: 1px solid var(--grid); }
pre { font-size: .85rem; background: var(--grid); padding: .6rem .8rem; border-radius: .3rem; } pre.command { white-space: pre-wrap; } pre.whole { user-select: all; max-width: 60rem; } pre.scroll:not(.command) { max-height: 24rem; overflow: auto; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; } dt { color: var(--soft); } dd { margin: 0; min-width: 0; } dl.causes { max-width: 60rem; }
.controls { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; margin: .6rem 0; }
.controls label { display: flex; gap: .4rem; align-items: center; min-width: 0; max-width: 100%; }
.controls select { min-width: 0; max-width: 100%; } .controls input { flex: 1 1 12rem; min-width: 8rem; max-width: 40rem; }
.controls select, .controls button { font: inherit; padding: .3rem .6rem; min-height: 2.2rem; } .controls button { min-width: 5rem; }
.controls output { min-width: 5rem; font-variant-numeric: tabular-nums; }
#map-told { min-height: 4.5em; max-width: 60rem; } #map-frame { min-height: 1.5em; }
.pictures { display: grid; gap: 1rem; }
canvas { display: block; cursor: crosshair; touch-action: manipulation; } svg.frames { width: 100%; max-width: 48rem; height: auto; display: block; }
.tables { display: flex; flex-wrap: wrap; gap: 0 2.5rem; align-items: flex-start; } .tables > * { min-width: 0; max-width: 100%; }
.tall .scroll { max-height: 22rem; overflow: auto; margin: 0; }
@media (max-width: 40rem) { table { font-size: .8rem; } th small { display: block; white-space: normal; } dl { grid-template-columns: 1fr; } dd { margin-bottom: .4rem; } .controls label { flex-wrap: wrap; } }
@media print {
:root { color-scheme: light; --ink: #000; --paper: #fff; --soft: #444; --grid: #ddd;${LIGHT} }
body { max-width: none; padding: 0; font-size: 10pt; } .controls, nav, .skip, #map-frame, .aside { display: none; }
@page { margin: 12mm; }
h2, h3, .key, section > p { break-after: avoid; } canvas { max-width: 100%; height: auto !important; } figure, tr, canvas { break-inside: avoid; } .panels { grid-template-columns: repeat(3, 1fr); } .panels.two { grid-template-columns: repeat(2, 1fr); }
.scroll { overflow: visible; } .tall .scroll { max-height: none; overflow: visible; } table { font-size: 7.5pt; } th, td { white-space: normal; } pre.scroll { white-space: pre-wrap; }
}
`;
