"""Words that say nothing are no names. A handler is on_hold or one of its kind, and nothing else."""

import ast
import re

import pytest

from tests.style import sources
from tests.style.sources import name_of

REFUSED = set(
    "info item object thing manager helper helpers util utils common misc base core"
    " processor do flag tmp res ret obj val kv cfg job task kernel mailbox v2".split()
)
# What Python, a library or the predecessor's users call it.
ALLOWED = {"base", "info", "tmp_path", "tmp_path_factory", "inputsObj", "inputs_obj"}
ALLOWED |= {"baseData", "templateObj"}  # what users of params type
ALLOWED |= {"getDatasourceManager", "getRedundancyManager"}  # a gateway's own
ALLOWED |= {"item", "do_POST"}  # pytest's and the standard library's


def words_of(name):
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower().strip("_").split("_")


def names_in(path):
    """Names that a module defines: functions, classes, arguments, variables, attributes of self."""
    yield path.stem
    for node in ast.walk(sources.tree(path)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Store):
            yield node.id if isinstance(node, ast.Name) else node.attr


def refused(names):
    return sorted({n for n in names if n not in ALLOWED and REFUSED & set(words_of(n))})


# Other queues speak of jobs and tasks, and so do the programs that measure them; the stand-in gateway has the
# names of Ignition.
OURS = [
    p
    for p in sources.python_files("ignition", "tests", "bench", "examples")
    if not {"systems", "standin"} & set(p.parts)
]


@pytest.mark.parametrize("path", OURS, ids=name_of)
def test_names_in_python(path):
    assert not refused(name for name in names_in(path) if not name.startswith("test_"))


@pytest.mark.parametrize("path", sources.sql_files("functions", "views", "migrations"), ids=name_of)
def test_names_in_sql(path):
    text = re.sub(r"--.*|'[^']*'", "", path.read_text(encoding="utf-8"))
    names = re.findall(r"\b(?:p_|v_)\w+|(?<=workflows\.)\w+", text)
    assert not refused(n for n in names if n != "p_items")
