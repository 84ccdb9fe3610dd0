"""A view as HTML: flex containers, labels, inputs, tables, tabs and embedded views, with what their bindings bring.

It is a picture for people, drawn from the JSON: not what Perspective's own client would draw to the pixel.
"""

import datetime as dt
import re
from html import escape
from typing import Any

from tests.perspective.reading import Json
from tests.perspective.runtime import RunningView

STYLE = """
:root { --neutral-10: #fff; --neutral-20: #eef1f4; --neutral-30: #d3d9df; --neutral-60: #7b8794; --neutral-70: #5b6672;
  --neutral-100: #17212b; --success: #2e7d32; --error: #c62828; --warning: #b26a00; --info: #0b6aa8;
  --callToAction: #0b6aa8 }
* { box-sizing: border-box }
body { margin: 0; font: 14px "Noto Sans", "DejaVu Sans", sans-serif; color: var(--neutral-100); background: #fff }
button { font: inherit; padding: 5px 12px; border-radius: 4px; border: 1px solid var(--callToAction);
  background: #fff; color: var(--callToAction) }
button.primary { background: var(--callToAction); color: #fff }
button:disabled { opacity: .38 }
input, textarea, .dropdown { font: inherit; width: 100%; border: 1px solid var(--neutral-30); border-radius: 4px;
  padding: 5px 8px; background: #fff; resize: none; height: 100%; white-space: nowrap; overflow: hidden }
.dropdown::after { content: "\\25be"; float: right; color: var(--neutral-60) }
.placeholder { color: var(--neutral-60) }
.table { overflow: hidden; height: 100%; min-height: 0 }
table { border-collapse: collapse; width: 100%; table-layout: fixed; font-size: 13px }
th { text-align: left; background: var(--neutral-20); font-weight: 600 }
th, td { padding: 5px 8px; border-bottom: 1px solid var(--neutral-20); overflow: hidden; text-overflow: ellipsis;
  white-space: nowrap }
.number { text-align: right }
.chosen td { background: #dcecf8 }
.empty { color: var(--neutral-60); padding: 10px }
.tabs { display: flex; gap: 2px; border-bottom: 1px solid var(--neutral-30) }
.tabs span { padding: 9px 16px } .tabs .now { border-bottom: 3px solid var(--callToAction); font-weight: 600 }
.whole { height: 100vh; display: flex; flex-direction: column; min-height: 0 }
"""


def draw(running: RunningView) -> str:
    root = {**running.made["root"], "position": {"grow": 1, "basis": "0"}}
    drawn = _Drawing(running).component(root)
    return f'<!doctype html><meta charset="utf-8"><style>{STYLE}</style><div class="whole">{drawn}</div>'


def _css(style: Json) -> str:
    kebab = {re.sub("([A-Z])", "-\\1", name).lower(): value for name, value in style.items()}
    return "; ".join(f"{name}: {value}" for name, value in kebab.items())


class _Drawing:
    def __init__(self, running: RunningView):
        self.running = running

    def component(self, node: Json) -> str:
        shown = self.running.shown(node)
        if not self.running.is_shown(node):
            return ""
        position = node.get("position", {})
        style = {"minWidth": "0", "minHeight": "0", **shown.get("style", {})}
        basis = position.get("basis", "auto")
        style["flex"] = f"{position.get('grow', 0)} {position.get('shrink', 1)} {basis}"
        made = getattr(self, "_" + re.sub(r"\W", "_", node["type"].split(".", 1)[1]))
        return made(node, shown, style)

    def _container_flex(self, node: Json, shown: Json, style: Json) -> str:
        style.update(display="flex", flexDirection=shown["direction"])
        style["flexWrap"] = shown.get("wrap", "nowrap")
        style["alignItems"] = shown.get("alignItems", "stretch")
        style["justifyContent"] = shown.get("justify", "flex-start")
        inner = "".join(map(self.component, node["children"]))
        return f'<div style="{escape(_css(style))}">{inner}</div>'

    def _container_tab(self, node: Json, shown: Json, style: Json) -> str:
        tabs = "".join(
            f'<span class="{"" if n else "now"}">{escape(one)}</span>'
            for n, one in enumerate(shown["tabs"])
        )
        first = self.component({**node["children"][0], "position": {"grow": 1, "basis": "0"}})
        style.update(display="flex", flexDirection="column")
        return f'<div style="{escape(_css(style))}"><div class="tabs">{tabs}</div>{first}</div>'

    def _display_label(self, node: Json, shown: Json, style: Json) -> str:
        return f'<div style="{escape(_css(style))}">{escape(_text(shown["text"]))}</div>'

    def _input_button(self, node: Json, shown: Json, style: Json) -> str:
        off = "" if shown.get("enabled", True) else " disabled"
        kind = "primary" if shown.get("primary") else ""
        if "backgroundColor" in style:
            style["borderColor"] = style["backgroundColor"]
        text = escape(shown["text"])
        return f'<button class="{kind}" style="{escape(_css(style))}"{off}>{text}</button>'

    def _input_text_field(self, node: Json, shown: Json, style: Json) -> str:
        text, hint = escape(_text(shown["text"])), escape(shown["placeholder"])
        return (
            f'<div style="{escape(_css(style))}"><input value="{text}" placeholder="{hint}"></div>'
        )

    def _input_text_area(self, node: Json, shown: Json, style: Json) -> str:
        text, hint = escape(_text(shown["text"])), escape(shown["placeholder"])
        area = f'<textarea placeholder="{hint}">{text}</textarea>'
        return f'<div style="{escape(_css(style))}">{area}</div>'

    def _input_dropdown(self, node: Json, shown: Json, style: Json) -> str:
        labels = {one["value"]: one["label"] for one in shown["options"]}
        value = shown["value"]
        hint = f'<span class="placeholder">{escape(shown["placeholder"]["text"])}</span>'
        text = escape(_text(labels.get(value, value))) if value else hint
        return f'<div style="{escape(_css(style))}"><div class="dropdown">{text}</div></div>'

    def _display_table(self, node: Json, shown: Json, style: Json) -> str:
        columns = shown["columns"]
        wide = "".join(
            f'<col style="width: {c["width"]}px">' if "width" in c else "<col>" for c in columns
        )
        head = "".join(
            f'<th class="{_kind(c)}">{escape(c["header"]["title"])}</th>' for c in columns
        )
        chosen = self.running.chosen.get(node["meta"]["name"])
        rows = "".join(
            f'<tr class="{"chosen" if n == chosen else ""}">'
            + "".join(f'<td class="{_kind(c)}">{_cell(c, row)}</td>' for c in columns)
            + "</tr>"
            for n, row in enumerate(shown["data"])
        )
        if not rows:
            text = escape(shown["emptyMessage"]["noData"]["text"])
            rows = f'<tr><td class="empty" colspan="{len(columns)}">{text}</td></tr>'
        table = f"<table><colgroup>{wide}</colgroup><tr>{head}</tr>{rows}</table>"
        return f'<div class="table" style="{escape(_css(style))}">{table}</div>'

    def _display_view(self, node: Json, shown: Json, style: Json) -> str:
        style.update(display="flex", flexDirection="column")
        inner = self._embedded(shown["path"], shown["params"])
        return f'<div style="{escape(_css(style))}">{inner}</div>'

    def _display_flex_repeater(self, node: Json, shown: Json, style: Json) -> str:
        inner = "".join(self._embedded(shown["path"], one) for one in shown["instances"])
        return f'<div style="{escape(_css(style))}">{inner}</div>'

    def _embedded(self, path: str, params: Json) -> str:
        one = self.running
        inner = RunningView(one.views, path, one.ask, one.session, **params)
        root = {**inner.made["root"], "position": {"grow": 1, "basis": "auto"}}
        return _Drawing(inner).component(root)


def _text(value: Any) -> str:
    return "" if value is None else f"{value}"


def _kind(column: Json) -> str:
    return "number" if column["render"] == "number" else ""


def _cell(column: Json, row: Json) -> str:
    value = row[column["field"]]
    if value is None:
        return ""
    if column["render"] == "date":
        moment = dt.datetime.fromtimestamp(value / 1000, dt.UTC)
        pattern = column["dateFormat"].replace("mm", "%M").replace("MM", "%m")
        for theirs, ours in (("YYYY", "%Y"), ("DD", "%d"), ("HH", "%H"), ("ss", "%S")):
            pattern = pattern.replace(theirs, ours)
        return moment.strftime(pattern)
    if column["render"] == "boolean":
        return "&#10003;" if value else ""
    if column["render"] == "number":
        if column["numberFormat"].endswith("0.000"):
            return f"{value:,.3f}"
        return f"{value:,.1f}".removesuffix(".0")
    return escape(_text(value))
