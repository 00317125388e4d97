"""The page's style sheet: a light and a dark face, wide and narrow screens, paper."""

_LIGHT = ("#2f6fd0", "#bf5518", "#2a8655", "#8a4fb5", "#94700a", "#1b828c", "#c23a72", "#66666f")
_DARK = ("#6ea2f2", "#f0915a", "#63c08d", "#be8ee6", "#d9b13d", "#5cc3cd", "#f07faa", "#a5a5ad")


def _colours(values: tuple[str, ...]) -> str:
    return "".join(f"--c{n}:{value};" for n, value in enumerate(values))


_SERIES = "".join(
    f".c{n}{{background:var(--c{n});fill:var(--c{n})}}.k{n}{{color:var(--c{n})}}"
    for n in range(len(_LIGHT))
)

STYLE = (
    """
:root{color-scheme:light dark;--page:#faf9f6;--card:#fff;--ink:#1d1d20;--soft:#64646c;
--edge:#e3e1da;--track:#efede7;"""
    + _colours(_LIGHT)
    + """}
@media (prefers-color-scheme:dark){:root{--page:#131316;--card:#1c1c20;--ink:#ececef;
--soft:#a3a3ac;--edge:#34343a;--track:#2a2a30;"""
    + _colours(_DARK)
    + """}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 system-ui,"Noto Sans",
"Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;-webkit-text-size-adjust:100%}
main{max-width:80rem;margin:0 auto;padding:2.5rem 1.5rem 3rem}
h1{font-size:2rem;line-height:1.2;margin:0 0 .25rem;letter-spacing:-.01em;overflow-wrap:anywhere}
h2{font-size:1.125rem;line-height:1.35;margin:0 0 1rem}h3{font-size:.9375rem;margin:0 0 .625rem}
p{margin:0}.lead{color:var(--soft);overflow-wrap:anywhere}
.facts{display:flex;flex-wrap:wrap;gap:.5rem 2.5rem;margin:1.25rem 0 0;padding:0}
.facts div{display:flex;flex-direction:column-reverse}
.facts dt{font-size:.8125rem;color:var(--soft)}
.facts dd{margin:0;font-size:1.25rem;font-weight:600;font-variant-numeric:tabular-nums}
section{background:var(--card);border:1px solid var(--edge);border-radius:.75rem;
padding:1.5rem;margin-top:1.5rem}
.small{color:var(--soft);font-size:.8125rem;margin-top:1rem;overflow-wrap:anywhere;
max-width:52rem}.small+.small{margin-top:.375rem}
.badge{display:inline-block;flex:none;min-width:1.375rem;height:1.375rem;padding:0 .25rem;
border-radius:.6875rem;color:var(--card);font:600 .75rem/1.375rem system-ui,sans-serif;
text-align:center;vertical-align:.0625rem}
.name{display:flex;gap:.5rem;align-items:center;min-width:0}
.name b{font-weight:500;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.rows>div{display:grid;grid-template-columns:minmax(8rem,18rem) 1fr 11.5rem 15rem;gap:0 1.25rem;
align-items:center;padding:.375rem 0}
.rows .value,.panel .value,td{font-variant-numeric:tabular-nums}
.rows .value{white-space:nowrap}.rows .value span,.says,td small{color:var(--soft);
font-size:.8125rem}.says b{color:var(--ink);font-weight:600}
.track{position:relative;height:1.25rem;background:linear-gradient(var(--track),var(--track))
center/100% 2px no-repeat}.track i{position:absolute;background:currentColor}
.track .line{top:calc(50% - 2px);height:4px;border-radius:2px;opacity:.45}
.track .dot{top:calc(50% - 6px);width:12px;height:12px;margin-left:-6px;border-radius:50%}
.scale{position:relative;height:1.25rem;grid-column:2}
.scale i{position:absolute;transform:translateX(-50%);font:normal .75rem/1.25rem system-ui,
sans-serif;color:var(--soft);font-variant-numeric:tabular-nums}
.panels{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(18rem,100%),1fr));
gap:1.5rem 2.5rem}
.panels+.panels{margin-top:1.75rem}
.panel h3 small{color:var(--soft);font-weight:400;font-size:.8125rem}
.panel>div{display:grid;grid-template-columns:minmax(5rem,9.5rem) 1fr 3.5rem;gap:.75rem;
align-items:center;padding:.1875rem 0;font-size:.875rem}.panel .value{text-align:right}
.bar{background:var(--track);border-radius:3px;height:.75rem;overflow:hidden}
.bar i{display:block;height:100%;border-radius:3px}
.wide{overflow-x:auto;margin:0 -1.5rem;padding:0 1.5rem}
table{border-collapse:separate;border-spacing:0;font-size:.875rem;width:100%}
th,td{padding:.5rem;text-align:right;border-bottom:1px solid var(--edge);
white-space:nowrap;vertical-align:top}tr:last-child>*{border-bottom:0}
thead th{color:var(--soft);font-weight:500;vertical-align:bottom}
th:first-child{text-align:left;position:sticky;left:-1.5rem;background:var(--card);
padding-left:0;font-weight:500;max-width:13rem;z-index:1}td:last-child,th:last-child
{padding-right:0}td.best{font-weight:700}td small{display:block;font-weight:400}
details{margin-top:1rem;border-top:1px solid var(--edge);padding-top:1rem}
summary{cursor:pointer;font-weight:600;font-size:.9375rem}details>div{margin-top:.75rem}
svg{display:block;width:100%;height:auto}svg line{stroke:var(--edge)}
svg text{font-size:13px;fill:var(--ink);stroke:var(--card);stroke-width:4px;
paint-order:stroke;stroke-linejoin:round}svg .axis{font-size:12px;fill:var(--soft)}
svg circle{stroke:var(--card);stroke-width:1.5}
svg .front{fill:none;stroke:var(--soft);stroke-dasharray:4 4}.narrow{display:none}
.legend{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(21rem,100%),1fr));
gap:.25rem 1.5rem;margin:1rem 0 0;padding:0;list-style:none;font-size:.875rem}
.legend li{display:flex;gap:.75rem;justify-content:space-between;min-width:0}
.legend span{color:var(--soft);white-space:nowrap;font-variant-numeric:tabular-nums}
dl.words{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1.25rem;margin:0;
font-size:.875rem}dl.words dt{font-weight:500}dl.words dd{margin:0;color:var(--soft);
overflow-wrap:anywhere}
@media (max-width:44rem){main{padding:1.5rem 1rem 2rem}h1{font-size:1.625rem}
section{padding:1.125rem 1rem}.wide{margin:0 -1rem;padding:0 1rem}
th:first-child{left:-1rem;max-width:8.5rem}.facts{gap:.5rem 1.75rem}
.rows>div{grid-template-columns:1fr auto;gap:.125rem .75rem;padding:.5rem 0}
.rows .track,.rows .scale{grid-column:1/-1;margin:0 .5rem}
.rows .track{grid-row:2}.rows .says{grid-column:1/-1}
.broad{display:none}.narrow{display:block}
dl.words{grid-template-columns:1fr;gap:0}dl.words dd{margin-bottom:.5rem}}
@media print{body{background:none}section{break-inside:avoid}}
"""
    + _SERIES
)
