"""Writes the reference pages from a fresh installation: what the catalog says is what they say.

    python -m docs.generate_reference

Texts come from `comment on` and from the lines above each function in sql/functions.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import psycopg

from exchange.workflows.cpython import installer
from tests.servers import running_server

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "reference"
ROLES = ["enqueuer", "worker", "operator", "viewer", "admin"]
MADE_BY = "<!-- Made by docs/generate_reference.py from the comments in sql/. Do not edit. -->\n\n"

FUNCTIONS = """
select p.proname, pg_get_function_arguments(p.oid), pg_get_function_result(p.oid), d.description,
       array(select r from unnest(%s::text[]) r
             where has_function_privilege('workflows_' || r, p.oid, 'execute'))
from pg_proc p
left join pg_description d on d.objoid = p.oid and d.classoid = 'pg_proc'::regclass
where p.pronamespace = 'workflows'::regnamespace order by p.proname"""

COLUMNS = """
select a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
       col_description(a.attrelid, a.attnum)
from pg_attribute a where a.attrelid = %s::oid and a.attnum > 0 and not a.attisdropped
order by a.attnum"""

RELATIONS = """
select c.oid, c.relname, obj_description(c.oid, 'pg_class')
from pg_class c where c.relnamespace = 'workflows'::regnamespace and c.relkind = %s
order by c.relname"""

INDEXES = """
select i.relname, pg_get_expr(x.indpred, x.indrelid), x.indisunique,
       array(select pg_get_indexdef(x.indexrelid, n, true) from generate_series(1, x.indnkeyatts) n)
from pg_index x join pg_class i on i.oid = x.indexrelid
where x.indrelid = %s::oid order by i.relname"""

SETTINGS = "select setting_name, setting_value, description from workflows.setting order by 1"


def main() -> None:
    os.chdir(ROOT)
    with running_server() as server:
        with psycopg.connect(server.dsn()) as connection:
            installer.install(connection)
            write("functions.md", functions_page(connection))
            write("tables.md", relations_page(connection, "r", "Tables", TABLES_INTRODUCTION))
            write("views.md", relations_page(connection, "v", "Views", VIEWS_INTRODUCTION))
            write("settings.md", settings_page(connection))
    changelog = (ROOT / "CHANGELOG.md").read_text()
    (ROOT / "docs" / "changelog.md").write_text(changelog)


FUNCTIONS_INTRODUCTION = """# SQL functions

Every client needs nothing but these. They take text and numbers; JSON travels as text. Arguments that are
JSON objects refuse keys they do not know: see [Options and answers](options.md). Errors have [codes of their own](error-codes.md).

"""

TABLES_INTRODUCTION = """# Tables

No role writes to these; everything goes through the [functions](functions.md). Read the
[views](views.md) rather than the tables: tables may change with any release, views and functions keep
their columns.

"""

VIEWS_INTRODUCTION = """# Views

For people and screens: text, numbers, booleans and times only.

"""

GROUPS = [
    ("For clients", {"enqueuer", "operator"}),
    ("For workers", {"worker"}),
    ("For administrators", {"admin"}),
]
SOURCES = "select proname, prosrc from pg_proc where pronamespace = 'workflows'::regnamespace"
INSIDE_VIEWS = {"count_ready", "count_parked"}


def functions_page(connection: psycopg.Connection[Any]) -> str:
    """The functions that some role may call, each under the first group that may."""
    functions = connection.execute(FUNCTIONS, [ROLES]).fetchall()
    sources = dict(connection.execute(SOURCES).fetchall())
    page = FUNCTIONS_INTRODUCTION
    told = set(INSIDE_VIEWS)
    for title, group in GROUPS:
        page += f"## {title}\n\n"
        for name, arguments, result, description, roles in functions:
            if name not in told and group & set(roles):
                told.add(name)
                page += function_section(name, arguments, result, description, roles)
                page += f"May refuse with: {', '.join(refusals(name, sources)) or 'nothing'}.\n\n"
    return page


def refusals(name: str, sources: dict[str, str]) -> list[str]:
    """The errors that a function may raise, itself or in a function that it calls."""
    reached, waiting = {"refuse"}, {name}
    codes: set[str] = set()
    while waiting:
        source = sources[waiting.pop()]
        codes |= set(re.findall(r"'(WF0\d\d)'", source))
        if re.search(r"workflows\.(bad_argument|refuse_unless)\(", source):
            codes.add("WF002")
        called = set(re.findall(r"workflows\.(\w+)\(", source)) & set(sources)
        waiting |= called - reached
        reached |= called
    meanings = dict(re.findall(r"when '(WF\d{3})' then '([^']*)'", sources["refuse"]))
    rest = re.search(r"else '([^']*)' end", sources["refuse"])
    return [f"{code} {meanings.get(code, rest and rest.group(1))}" for code in sorted(codes)]


def function_section(
    name: str, arguments: str, result: str, description: str | None, roles: list[str]
) -> str:
    signature = f"workflows.{name}({arguments.replace('::text', '').replace(' DEFAULT ', ' default ')}) returns {result}"
    text = above_the_function(name) or description or ""
    named = ", ".join(f"`{role}`" for role in roles)
    return f"### {name}\n\n```sql\n{wrapped(signature)}\n```\n\n{text}\n\nRoles: {named}.\n\n"


def wrapped(signature: str) -> str:
    """A long signature with an argument per line."""
    if len(signature) <= 100:
        return signature
    return signature.replace("(", "(\n  ", 1).replace(", p_", ",\n  p_")


def above_the_function(name: str) -> str:
    """The comment at the top of the function's file, as one paragraph."""
    path = ROOT / "sql" / "functions" / f"{name}.sql"
    if not path.exists():
        return ""
    lines = re.match(r"(?:--.*\n)*", path.read_text()).group().splitlines()  # type: ignore[union-attr]
    return escaped(" ".join(line.removeprefix("--").strip() for line in lines))


def relations_page(
    connection: psycopg.Connection[Any], kind: str, title: str, introduction: str
) -> str:
    page = introduction
    for oid, name, description in connection.execute(RELATIONS, [kind]).fetchall():
        page += f"## {name}\n\n{escaped(description)}\n\n"
        with_null = kind == "r"
        page += "| column | type | description |\n|---|---|---|\n"
        for column, type_name, is_not_null, text in connection.execute(COLUMNS, [oid]).fetchall():
            may_be_null = "" if is_not_null or not with_null else ", or null"
            page += f"| `{column}` | {type_name}{may_be_null} | {escaped(text)} |\n"
        page += "\n" + (indexes_paragraph(connection, oid) if kind == "r" else "")
    return page


def indexes_paragraph(connection: psycopg.Connection[Any], oid: int) -> str:
    described = []
    for _, predicate, is_unique, columns in connection.execute(INDEXES, [oid]).fetchall():
        where = f" where {predicate.strip('()').replace('::text', '').lower()}" if predicate else ""
        described.append(f"`({', '.join(columns)}){where}`{' unique' if is_unique else ''}")
    return f"Indexes: {', '.join(described)}.\n\n" if described else ""


def settings_page(connection: psycopg.Connection[Any]) -> str:
    page = "# Settings\n\n`workflows.list_settings()` shows them, `workflows.set_setting(name, value)` changes one\n"
    page += "(role `workflows_admin`). Each change is audited.\n\n"
    page += "| setting | default | description |\n|---|---|---|\n"
    for name, default, description in connection.execute(SETTINGS).fetchall():
        page += f"| `{name}` | {default} | {escaped(description)} |\n"
    return page


def escaped(text: str | None) -> str:
    """Text that means itself in Markdown, also inside a table."""
    return re.sub(r"([|<>*_\[\]{}])", r"\\\1", text or "")


def write(file_name: str, page: str) -> None:
    (REFERENCE / file_name).write_text(MADE_BY + page.rstrip() + "\n")


if __name__ == "__main__":
    main()
