"""What the views are made of: bindings, scripts and components as Perspective keeps them in JSON.

Rates are in seconds and never below 2. Scripts are written with four spaces and become tabs.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

Json = dict[str, Any]
FOLDER = "Exchange/Workflows/"
MOMENT = "yyyy-MM-dd HH:mm:ss"
BORDER = "1px solid var(--neutral-30)"


def script(text: str) -> str:
    """The body of a function."""
    body = textwrap.indent(textwrap.dedent(text).strip(), "    ")
    return "\n".join(
        "\t" * ((len(line) - len(line.lstrip(" "))) // 4) + line.lstrip(" ")
        for line in body.splitlines()
    )


def _binding(kind: str, config: Json, change: str | None) -> Json:
    made: Json = {"type": kind, "config": config}
    if change:
        made["transforms"] = [{"type": "script", "code": script(change)}]
    return made


def query(
    name: str, parameters: Mapping[str, str], rate: int | str = 5, change: str | None = None
) -> Json:
    """A named query that is asked again after `rate` seconds; parameters are expressions."""
    return _binding(
        "query",
        {
            "queryPath": FOLDER + name,
            "parameters": dict(parameters),
            "polling": {"enabled": True, "rate": str(rate)},
            "returnFormat": "json",
        },
        change,
    )


def expression(text: str, change: str | None = None) -> Json:
    return _binding("expr", {"expression": text}, change)


def copy_of(path: str, is_both_ways: bool = False, change: str | None = None) -> Json:
    config: Json = {"path": path}
    if is_both_ways:
        config["bidirectional"] = True
    return _binding("property", config, change)


def several(change: str, **expressions: str) -> Json:
    """One value out of several expressions, by a script."""
    return _binding("expr-struct", {"struct": expressions, "waitOnAll": True}, change)


def on(category: str = "component", **events: str) -> Json:
    return {
        category: {
            name: {"type": "script", "scope": "G", "config": {"script": script(text)}}
            for name, text in events.items()
        }
    }


def component(
    kind: str,
    name: str,
    props: Json | None = None,
    bindings: Mapping[str, Json] | None = None,
    events: Json | None = None,
    position: Json | None = None,
    children: Sequence[Json] | None = None,
) -> Json:
    made: Json = {"type": kind, "meta": {"name": name}, "position": position or {}}
    made["props"] = props or {}
    if bindings:
        made["propConfig"] = {path: {"binding": one} for path, one in bindings.items()}
    if events:
        made["events"] = events
    if children is not None:
        made["children"] = list(children)
    return made


def flex(
    name: str,
    children: Sequence[Json],
    direction: str = "column",
    style: Json | None = None,
    **more: Any,
) -> Json:
    props: Json = {"direction": direction, "style": {"gap": "8px", **(style or {})}}
    for word in ("wrap", "alignItems", "justify"):
        if word in more:
            props[word] = more.pop(word)
    return component("ia.container.flex", name, props, children=children, **more)


def row(name: str, children: Sequence[Json], style: Json | None = None, **more: Any) -> Json:
    words = {"wrap": "wrap", "alignItems": "center", **more}
    return flex(name, children, "row", style, **words)


def label(
    name: str, text: str | Json, style: Json | None = None, position: Json | None = None
) -> Json:
    """A text, or what an expression says."""
    props: Json = {"text": text if isinstance(text, str) else ""}
    if style:
        props["style"] = style
    bindings = None if isinstance(text, str) else {"props.text": text}
    return component("ia.display.label", name, props, bindings, position=position)


def heading(name: str, text: str | Json) -> Json:
    return label(name, text, {"fontSize": "15px", "fontWeight": "bold"})


def fact(name: str, title: str, text: str, basis: str = "150px") -> Json:
    """A title above what an expression says."""
    small = {"fontSize": "11px", "color": "var(--neutral-70)"}
    whole = {"whiteSpace": "pre-wrap", "overflowWrap": "anywhere", "fontSize": "13px"}
    parts = [
        label(name + "Title", title, small),
        label(name + "Text", expression(text), whole),
    ]
    return flex(name, parts, style={"gap": "1px"}, position={"basis": basis, "shrink": 0})


def moment(path: str) -> str:
    """The expression of a point in time, empty where there is none."""
    return 'if(isNull({%s}), "", dateFormat(toDate({%s}), "%s"))' % (path, path, MOMENT)


def button(
    name: str,
    text: str,
    pressed: str,
    enabled: str | None = None,
    is_primary: bool = False,
    tone: str = "",
) -> Json:
    props: Json = {"text": text, "primary": is_primary, "style": {"fontSize": "13px"}}
    if tone:
        props["style"].update({"backgroundColor": "var(--%s)" % tone, "color": "#FFFFFF"})
        props["primary"] = True
    bindings = {"props.enabled": expression(enabled)} if enabled else None
    if enabled:
        props["enabled"] = False
    return component("ia.input.button", name, props, bindings, on(onActionPerformed=pressed))


def text_field(name: str, path: str, placeholder: str, basis: str = "160px") -> Json:
    return component(
        "ia.input.text-field",
        name,
        {"text": "", "placeholder": placeholder},
        {"props.text": copy_of(path, is_both_ways=True)},
        position={"basis": basis},
    )


def dropdown(
    name: str, path: str, placeholder: str, options: Sequence[Any] | Json, basis: str = "160px"
) -> Json:
    """Choices that are fixed, or that a binding brings."""
    props: Json = {"value": "", "placeholder": {"text": placeholder}, "showClearIcon": True}
    bindings = {"props.value": copy_of(path, is_both_ways=True)}
    if isinstance(options, dict):
        props["options"] = []
        bindings["props.options"] = options
    else:
        props["options"] = [{"label": one or "all", "value": one} for one in options]
    return component(
        "ia.input.dropdown", name, props, bindings, position={"basis": basis, "shrink": 0}
    )


def column(field: str, title: str, width: int = 0, render: str = "auto", **more: Any) -> Json:
    made: Json = {"field": field, "header": {"title": title}, "render": render, **more}
    if width:
        made["width"] = width
    if render == "date":
        made.setdefault("dateFormat", "YYYY-MM-DD HH:mm:ss")
    if render == "number":
        made.setdefault("numberFormat", "0,0.#")
    return made


def table(
    name: str,
    path: str,
    columns: Sequence[Json],
    empty: str,
    chosen: str | None = None,
    edited: str | None = None,
    basis: str = "200px",
) -> Json:
    """Rows of a custom property. chosen: what a click on a row does."""
    events = {}
    if chosen:
        events["onRowClick"] = chosen
    if edited:
        events["onEditCellCommit"] = edited
    return component(
        "ia.display.table",
        name,
        {
            "data": [],
            "columns": list(columns),
            "emptyMessage": {"noData": {"text": empty}},
            "selection": {"mode": "single"},
            "pager": {"top": False, "bottom": True},
            "style": {"border": BORDER},
        },
        {"props.data": copy_of(path)},
        on(**events) if events else None,
        {"basis": basis, "grow": 1},
    )


def embedded(
    name: str, view: str, params: Mapping[str, str | Json], position: Json | None = None
) -> Json:
    """Another view of ours; what params say are values or bindings."""
    values = {k: "" if isinstance(v, dict) else v for k, v in params.items()}
    bindings = {"props.params." + k: v for k, v in params.items() if isinstance(v, dict)}
    props = {"path": FOLDER + view, "params": values}
    return component("ia.display.view", name, props, bindings, position=position or {"grow": 1})


def view(
    root: Json,
    params: Json | None = None,
    custom: Mapping[str, Any] | None = None,
    size: tuple[int, int] = (1000, 700),
) -> Json:
    """A view. custom: by name its first value, or a pair of first value and binding. What is bound is hidden
    from the browser, which could write it otherwise."""
    config: Json = {"params." + name: {"paramDirection": "input"} for name in params or {}}
    values: Json = {}
    for name, given in (custom or {}).items():
        values[name] = given[0] if isinstance(given, tuple) else given
        if isinstance(given, tuple):
            config["custom." + name] = {"access": "PRIVATE", "binding": given[1]}
    return {
        "custom": values,
        "params": params or {},
        "propConfig": config,
        "props": {"defaultSize": {"width": size[0], "height": size[1]}},
        "root": {**root, "meta": {"name": "root"}},
    }


def shown_if(test: str, node: Json) -> Json:
    """The component, which takes no place unless the expression is true."""
    bound = {**node.get("propConfig", {}), "position.display": {"binding": expression(test)}}
    return {**node, "propConfig": bound}


def stack(name: str, children: Sequence[Json], **more: Any) -> Json:
    """Components below each other that keep their height: what is too high for the place is scrolled."""
    kept = [{**child, "position": {"shrink": 0, **child["position"]}} for child in children]
    return flex(name, kept, **more)


def page(children: Sequence[Json]) -> Json:
    """The root of a view that fills its place."""
    return stack("root", children, style={"padding": "12px", "overflow": "auto"})
