"""The style sheet of a report as a page: calm, light and dark, and fit for paper."""

CSS = """
:root { color-scheme: light dark; --ink: #1d2329; --soft: #66717c; --line: #dfe3e8;
  --paper: #ffffff; --card: #f7f9fa; --accent: #0b76b7; --good: #1a7f4b; --warn: #9a6700;
  --bad: #b3261e; --c1: #c2600a; --c2: #3f8f29; --c3: #a33ea1; --c4: #8a7400; --c5: #00808a;
  --c6: #b8433f; --r1: #0a8f5b; --r2: #17808f; --r3: #5d7ba0; --r4: #8d97a3 }
@media screen and (prefers-color-scheme: dark) { :root { --ink: #e4e8ec; --soft: #95a1ad;
  --line: #333b44; --paper: #14181d; --card: #1b2127; --accent: #4db2ef; --good: #5cc98d;
  --warn: #e0b04a; --bad: #f0837b; --c1: #f09a4a; --c2: #83cc6b; --c3: #d98ad7; --c4: #d9c25a;
  --c5: #57c4cd; --c6: #ee8f8a; --r1: #4fd39a; --r2: #4bb7c4; --r3: #8aa5c7; --r4: #7d8894 } }
* { box-sizing: border-box }
body { margin: 0 auto; padding: 2.5rem 1.5rem 4rem; max-width: 72rem; background: var(--paper);
  color: var(--ink); font: 15px/1.55 system-ui, -apple-system, "Segoe UI", sans-serif }
h1 { margin: 0; font-size: 1.9rem; letter-spacing: -.01em; overflow-wrap: anywhere }
h1 small { font-size: .9rem; font-weight: 400; color: var(--soft); margin-left: .6rem }
h2 { margin: 2.6rem 0 .7rem; padding-bottom: .35rem; font-size: 1.1rem;
  border-bottom: 1px solid var(--line) }
h2 small { margin-left: .7rem; font-size: .85rem; font-weight: 400; color: var(--soft) }
p { margin: .25rem 0; white-space: pre-wrap; max-width: 60rem; overflow-wrap: anywhere }
ul { margin: .3rem 0; padding-left: 1.2rem }
li { margin: .2rem 0; overflow-wrap: anywhere }
.framed { margin: 1.6rem 0; padding: 1.1rem 1.4rem 1.3rem; background: var(--card);
  border: 1px solid var(--line); border-left: 5px solid var(--frame); border-radius: 8px }
.framed h2 { margin: 0 0 .5rem; padding: 0; border: 0; color: var(--frame) }
.framed p .strong { font-size: 1.15rem }
.framed.good { --frame: var(--good) } .framed.warn { --frame: var(--warn) }
.framed.dim { --frame: var(--soft) }
dl { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: .15rem 1.2rem;
  margin: .9rem 0 0 }
dt { color: var(--soft); overflow-wrap: anywhere }
dd { margin: 0; overflow-wrap: anywhere }
.scroll { overflow-x: auto; margin: .6rem 0 }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
th { padding: .2rem .9rem .35rem 0; font-weight: 500; font-size: .85rem; color: var(--soft);
  text-align: left; border-bottom: 1px solid var(--line) }
td { padding: .22rem .9rem .22rem 0; white-space: pre-wrap; vertical-align: middle;
  max-width: 34rem; overflow-wrap: anywhere }
.right { text-align: right; white-space: pre }
tr.below td { padding: 0 0 .6rem; font-size: .9rem; border-bottom: 1px solid var(--line) }
.strong { font-weight: 600 } .dim { color: var(--soft) } .accent { color: var(--accent) }
.good { color: var(--good) } .warn { color: var(--warn) } .bad { color: var(--bad) }
.framed.good, .framed.warn, .framed.dim { color: inherit }
.rank1 { color: var(--r1); font-weight: 600 } .rank2 { color: var(--r2) }
.rank3 { color: var(--r3) } .rank4 { color: var(--r4) }
code { font: .92em ui-monospace, "SF Mono", Menlo, Consolas, monospace; user-select: all;
  padding: .1rem .35rem; background: var(--card); border: 1px solid var(--line);
  border-radius: 4px }
pre { margin: .4rem 0; white-space: pre-wrap }
pre code { display: block; padding: .6rem .8rem }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(21rem, 1fr)); gap: 1.5rem }
figure { margin: .4rem 0 }
figcaption { font-size: .85rem } figcaption b { font-weight: 600; margin-right: 1rem }
.key { margin-right: 1rem; color: var(--soft); white-space: nowrap }
.key::before { content: ""; display: inline-block; width: 1.1em; height: 3px; margin-right: .4em;
  vertical-align: middle; border-radius: 2px; background: currentColor }
.key.grey::before { width: 6px; height: 6px; border-radius: 50% }
svg text { fill: var(--soft); font-size: 11px }
svg.plot { display: block; width: 100%; height: auto }
svg.strip { display: block }
.track, .gridline { stroke: var(--line) } .axis { stroke: var(--soft) }
.span { stroke: currentColor; stroke-width: 2.5 } .mark { stroke: var(--warn); stroke-width: 1.5 }
.sure { fill: currentColor } .bar { fill: currentColor; opacity: .55 }
.reach { fill: currentColor; opacity: .22 }
.dot { fill: currentColor } .ring { fill: var(--paper); stroke: currentColor; stroke-width: 1.5 }
path { fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linejoin: round }
path.level { stroke-dasharray: 5 4; stroke-width: 1.4 }
.c0 { color: var(--accent) } .c1 { color: var(--c1) } .c2 { color: var(--c2) }
.c3 { color: var(--c3) } .c4 { color: var(--c4) } .c5 { color: var(--c5) } .c6 { color: var(--c6) }
.grey { color: var(--soft) } circle.dots { fill: currentColor; opacity: .6 }
@media print { body { padding: 0; max-width: none; font-size: 10.5pt }
  section, figure, tr { break-inside: avoid } h2 { break-after: avoid }
  .scroll { overflow: visible } }
"""
