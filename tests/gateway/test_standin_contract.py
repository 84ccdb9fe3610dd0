"""The stand-in's `system` has the signatures of ignition-api-stubs (Ignition 8.3), read and never run."""

import ast
import sys
from importlib import metadata
from pathlib import Path

import pytest

STANDIN = Path(__file__).parent / "standin"
CLASSES = {
    "db": ("system_db.py", "SystemDb"),
    "util": ("system_util.py", "SystemUtil"),
    "project": ("system_util.py", "SystemProject"),
    "dataset": ("system_dataset.py", "SystemDataset"),
    "date": ("system_date.py", "SystemDate"),
    "tag": ("system_tag.py", "SystemTag"),
    "net": ("system_net.py", "SystemNet"),
}
# Deprecated in 8.3 and not in its stubs; it still works there.
DEPRECATED = {"db.runNamedQuery"}
# In the stubs this is an object with a __call__.
CALLED_OBJECTS = {"net.httpClient": "JythonHttpClient"}
CLIENT = "com/inductiveautomation/ignition/common/script/builtin/http/__init__.pyi"
PROCEDURES = "com/inductiveautomation/ignition/common/script/builtin/__init__.pyi"

pytestmark = pytest.mark.skipif(
    sys.version_info >= (3, 13), reason="the stubs of Ignition 8.3 need Python 3.12 or older"
)

Signature = tuple[list[str], int]


def stub(path: str) -> ast.Module:
    files = metadata.files("ignition-api-stubs") or []
    found = next(one for one in files if one.as_posix() == path)
    return ast.parse(Path(str(found.locate())).read_text(encoding="utf-8"))


def signature(function: ast.FunctionDef) -> Signature:
    """The names of the parameters, without self, and how many have a default."""
    names = [argument.arg for argument in function.args.args]
    return [name for name in names if name != "self"], len(function.args.defaults)


def functions(body: list[ast.stmt]) -> dict[str, Signature]:
    return {one.name: signature(one) for one in body if isinstance(one, ast.FunctionDef)}


def class_body(tree: ast.Module, name: str) -> list[ast.stmt]:
    return next(n.body for n in ast.walk(tree) if isinstance(n, ast.ClassDef) and n.name == name)


def ours(file_name: str, class_name: str) -> dict[str, Signature]:
    tree = ast.parse((STANDIN / file_name).read_text())
    found = functions(class_body(tree, class_name))
    return {name: one for name, one in found.items() if not name.startswith("_")}


def test_the_stubs_are_of_8_3() -> None:
    assert metadata.version("ignition-api-stubs").startswith("8.3.")


@pytest.mark.parametrize("part", CLASSES)
def test_functions_of_system(part: str) -> None:
    theirs = functions(stub(f"system/{part}.pyi").body)
    for name, signature_of_ours in ours(*CLASSES[part]).items():
        full = f"{part}.{name}"
        if full in CALLED_OBJECTS:
            called = functions(class_body(stub(CLIENT), CALLED_OBJECTS[full]))
            assert signature_of_ours == called["__call__"], full
        elif full not in DEPRECATED:
            assert signature_of_ours == theirs[name], full


def test_constants_and_calls_of_procedures() -> None:
    theirs = functions(class_body(stub(PROCEDURES), "SProcCall"))
    for name, signature_of_ours in ours("stored_procedures.py", "SProcCall").items():
        if name != "execute":
            assert signature_of_ours == theirs[name], name


def test_what_differs_is_noticed() -> None:
    wrong = ast.parse("class SystemDb:\n    def commitTransaction(self, transaction): pass\n")
    theirs = functions(stub("system/db.pyi").body)
    assert (
        functions(class_body(wrong, "SystemDb"))["commitTransaction"] != theirs["commitTransaction"]
    )
