"""Writes docs/reference/evidence.md: which test names which finding, defect or fault.

    python -m docs.generate_evidence

A test says so in its name (`test_finding_5_..`, `test_d7_d18_..`, `test_f13_..`), a parametrised one in
the ids of its cases or in its docstring.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reference" / "evidence.md"
KINDS = {
    "finding": "Findings of the prototypes",
    "d": "Defects of the library before this one",
    "f": "Faults",
}
NAMED = re.compile(r"(?<![a-zA-Z0-9])(finding_|[dDfF])([0-9]{1,2})(?![0-9a-zA-Z])")
HEAD = """# Evidence

Made by `docs/generate_evidence.py` from the names of the tests; `make test` and `make proof` run them. The
numbers are those of [the findings](../decisions/findings.md) and of the lists that the tests speak of.
"""


def main() -> None:
    named: dict[tuple[str, int], set[str]] = defaultdict(set)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for text, test in tests_in(path):
            for kind, number in NAMED.findall(
                text.replace("_", "_ ").replace("finding_ ", "finding_")
            ):
                named[kind.lower().rstrip("_"), int(number)].add(
                    f"{path.relative_to(ROOT)}::{test}"
                )
    PAGE.write_text(HEAD + "".join(section(kind, named) for kind in KINDS))


def tests_in(path: Path) -> Iterator[tuple[str, str]]:
    """(text that may name a number, name of the test)."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            decorators = " ".join(ast.unparse(d) for d in node.decorator_list)
            yield f"{node.name[5:]} {ast.get_docstring(node) or ''} {decorators}", node.name


def section(kind: str, named: dict[tuple[str, int], set[str]]) -> str:
    rows = [
        f"| {number} | {'<br>'.join(f'`{test}`' for test in sorted(tests))} |"
        for (of, number), tests in sorted(named.items())
        if of == kind
    ]
    return f"\n## {KINDS[kind]}\n\n| # | tests |\n|---|---|\n" + "\n".join(rows) + "\n"


if __name__ == "__main__":
    main()
