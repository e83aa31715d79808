/// The look of the page: one column of 900 pixels, light or dark as the reader's system is, light on paper.
enum ReportStyle {
    static let sheet = """
        :root { color-scheme: light dark; --ink: #1c2126; --faint: #5d6770; --paper: #ffffff; --line: #dde2e6;
          --grid: #e4e8eb; --tint: #eaf3fa; --note: #fff4e0; --link: #00599c; }
        @media screen and (prefers-color-scheme: dark) { :root { --ink: #e4e8eb; --faint: #9aa5ae; --paper: #14181b;
          --line: #333b42; --grid: #2a3137; --tint: #16293a; --note: #3a2e14; --link: #6cb8ee; } }
        * { box-sizing: border-box; }
        body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 940px; background: var(--paper);
            color: var(--ink);
          font: 16px/1.55 system-ui, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif; }
        h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .4rem; letter-spacing: -.01em; text-wrap: balance; }
        h2 { font-size: 1.3rem; margin: 2.8rem 0 .5rem; padding-top: .8rem; border-top: 1px solid var(--line); }
        p { margin: .5rem 0 .9rem; max-width: 46rem; }
        a { color: var(--link); }
        .facts { color: var(--faint); font-size: .9rem; margin: 0 0 .8rem; max-width: none; }
        ul.verdict { padding-left: 1.1rem; max-width: 46rem; }
        ul.verdict li { margin: .3rem 0; }
        figure { margin: 1.4rem 0 1.8rem; break-inside: avoid; }
        figcaption { color: var(--faint); font-size: .9rem; max-width: 46rem; margin-top: .3rem; }
        figcaption b { color: var(--ink); }
        .drawing { overflow-x: auto; }
        .drawing svg { display: block; width: 100%; min-width: 640px; height: auto; color: var(--ink); }
        .drawing svg text { font-family: system-ui, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif; }
        .drawing .gridline { stroke: var(--grid); }
        ul.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .15rem 1.2rem; padding: 0; margin: 0 0 .4rem;
          font-size: .88rem; }
        ul.legend .sample { width: 34px; height: 10px; vertical-align: middle; }
        ul.legend .line { position: relative; display: inline-block; }
        ul.legend .onLine { position: absolute; left: 0; right: 0; top: 0; text-align: center; font-size: .7rem;
          line-height: 1.5rem; }
        ul.legend .area { display: inline-block; width: 26px; height: .8rem; vertical-align: -.1rem; }
        ul.legend .mark { display: inline-block; width: 1rem; text-align: center; font-size: .8rem; }
        .scroll { overflow-x: auto; margin: .8rem 0; }
        table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
        p.tableTitle { color: var(--faint); font-size: .9rem; margin: 0 0 .2rem; }
        th, td { padding: .28rem .7rem; border-bottom: 1px solid var(--line); vertical-align: baseline; }
        thead th { border-bottom: 1.5px solid var(--ink); font-weight: 600; vertical-align: bottom; }
        tbody th { font-weight: inherit; min-width: 8rem; }
        .text { text-align: left; }
        .number { text-align: right; }
        td.number, td.short { white-space: nowrap; }
        tr.chosen { background: var(--tint); }
        .interval { display: block; color: var(--faint); font-size: .8rem; font-weight: normal; }
        .note { background: var(--note); padding: .6rem .9rem; border-radius: 4px; }
        details { margin: .4rem 0; font-size: .95rem; }
        summary { cursor: pointer; color: var(--link); font-size: .9rem; }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.2rem; font-size: .92rem; }
        dt { color: var(--faint); } dd { margin: 0; }
        code { font-size: .9em; }
        @media print { body { max-width: none; padding: 0; font-size: 11pt; } summary { display: none; }
          h2 { break-after: avoid; } .drawing svg { min-width: 0; } }

        """
}
