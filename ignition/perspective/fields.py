"""A table of fields that an operator fills in: parameters of a workflow, or the form of a prompt."""

from __future__ import annotations

from ignition.perspective.parts import Json, column, table

# Of `fields` and the dicts `otherwise` and `values`, the rows of the table.
ROWS = """
import json
rows = []
for field in fields:
    limits = []
    if field.get("choices"):
        choices = [one["value"] if hasattr(one, "keys") else one for one in field["choices"]]
        limits.append(", ".join(["%s" % choice for choice in choices]))
    if field.get("min") is not None:
        limits.append("at least %s" % field["min"])
    if field.get("max") is not None:
        limits.append("at most %s" % field["max"])
    shown = []
    for known in (otherwise, values):
        value = known.get(field["name"])
        if value is None:
            shown.append("")
        else:
            shown.append(value if hasattr(value, "upper") else json.dumps(value))
    rows.append({
        "name": field["name"],
        "title": (field.get("label") or field["name"]) + (" *" if field.get("required") else ""),
        "what": field.get("description") or "",
        "unit": field.get("unit") or "",
        "type": field["type"],
        "allowed": "; ".join(limits) or field["type"],
        "otherwise": shown[0],
        "value": shown[1],
    })
return rows
"""
# What was filled in: `filled`, a dict, or one value where there are no fields. What does not look like its type
# stays a text: the database says what is wrong with it.
GATHER = """
import json
filled = {}
for field in self.view.custom.fields:
    text = ("%s" % field["value"]).strip() if field["value"] is not None else ""
    if not text:
        continue
    value = text
    if field["type"] != "text" and field["type"] != "datetime":
        try:
            value = json.loads(text)
        except ValueError:
            value = {"True": True, "False": False}.get(text, text)
    if not field["name"]:
        filled = value
        break
    filled[field["name"]] = value
"""
_EDITED = """
self.view.custom.fields[event.row]["value"] = event.value
"""


def field_table(name: str, empty: str, otherwise: str = "") -> Json:
    """otherwise: title of the column that says what an empty value means."""
    columns = [
        column("title", "Field", 180),
        column("value", "Value (double-click)", 170, editable=True),
        column("unit", "Unit", 70),
        column("allowed", "Allowed", 190),
    ]
    if otherwise:
        columns.insert(3, column("otherwise", otherwise, 120))
    columns.append(column("what", "Description"))
    return table(name, "view.custom.fields", columns, empty, edited=_EDITED)
