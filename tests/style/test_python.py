"""How the Python looks: sizes, one dialect for gateway and CPython, empty packages."""

import ast
import re
import subprocess
import sys

import pytest

from tests.style import sources
from tests.style.sources import name_of

OUR_PYTHON = ("ignition", "tests", "bench", "examples", "scripts")
FORBIDDEN_IN_GATEWAY = {"typing", "enum", "dataclasses", "pathlib", "concurrent"}
FUTURE = ["absolute_import", "division", "print_function"]


def every(files):
    return pytest.mark.parametrize("path", files, ids=name_of)


def test_the_arrows_of_the_architecture():
    command = [str(sources.Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    linted = subprocess.run(command, cwd=sources.ROOT, capture_output=True, text=True)
    assert linted.returncode == 0, linted.stdout + linted.stderr


def test_every_package_file_is_empty():
    full = [p for p in sources.LIBRARY.rglob("__init__.py") if p.read_bytes()]
    assert not full, "a script package of a gateway cannot hold code"


@every(sources.python_files(*OUR_PYTHON))
def test_ascii_and_sizes(path):
    text = path.read_text(encoding="utf-8")
    assert text.isascii() or "tests" in path.parts
    wide = [number for number, line in enumerate(text.splitlines(), 1) if len(line) > 120]
    assert not wide or "tests" in path.parts, "a line has at most 120 characters"
    most = 500 if path.parts[len(sources.ROOT.parts)] == "tests" else 300
    assert len(text.splitlines()) <= most, f"a module has at most {most} lines"
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    long = [
        node.name
        for node in ast.walk(sources.tree(path))
        if isinstance(node, functions) and lines_of_code(node) > 40
    ]
    assert not long, "the body of a function has at most 40 lines"


def lines_of_code(function):
    """The lines of the body, without signature and docstring."""
    first = function.body[0]
    is_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return function.end_lineno - (first.end_lineno if is_docstring else first.lineno - 1)


@every(sources.gateway_files())
def test_gateway_modules_start_with_docstring_and_future(path):
    body = sources.tree(path).body
    assert ast.get_docstring(sources.tree(path)), "a module starts with its docstring"
    future = body[1]
    assert isinstance(future, ast.ImportFrom) and future.module == "__future__"
    assert sorted(name.name for name in future.names) == FUTURE


@every(sources.gateway_files())
def test_gateway_dialect(path):
    refused = [
        f"line {getattr(node, 'lineno', 0)}: {problem}"
        for node in ast.walk(sources.tree(path))
        for problem in problems(node)
    ]
    assert not refused


@every(sources.gateway_files())
def test_nothing_happens_at_import(path):
    allowed = (
        ast.FunctionDef,
        ast.ClassDef,
        ast.Import,
        ast.ImportFrom,
        ast.Assign,
        ast.Try,
        ast.If,
    )
    for node in sources.tree(path).body:
        is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        assert is_docstring or isinstance(node, allowed), f"line {node.lineno}"


def test_the_version_is_the_package_version():
    from importlib.metadata import version

    from exchange.workflows.settings import VERSION

    assert version("ignition-workflows") == VERSION


def problems(node):
    if isinstance(node, ast.JoinedStr):
        yield "f-string"
    if isinstance(node, ast.Nonlocal):
        yield "nonlocal"
    if (
        isinstance(node, ast.AnnAssign)
        or getattr(node, "annotation", None)
        or getattr(node, "returns", None)
    ):
        yield "annotation"
    if isinstance(node, ast.arguments) and node.kwonlyargs:
        yield "keyword-only argument"
    if isinstance(node, ast.Raise) and node.cause:
        yield "raise from"
    if isinstance(node, ast.ExceptHandler) and node.type is None:
        yield "bare except"
    if isinstance(node, (ast.AsyncFunctionDef, ast.Await, ast.NamedExpr, ast.YieldFrom)):
        yield type(node).__name__
    if isinstance(node, ast.Call) and not node.args and ast.unparse(node.func) == "super":
        yield "bare super()"
    if isinstance(node, ast.Name) and node.id == "__file__":
        yield "__file__"
    if isinstance(node, ast.ImportFrom) and node.level:
        yield "relative import"
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        modules = (
            [node.module] if isinstance(node, ast.ImportFrom) else [n.name for n in node.names]
        )
        for module in modules:
            if re.split(r"\.", module or "")[0] in FORBIDDEN_IN_GATEWAY:
                yield f"import of {module}"
