"""Every script of the views compiles in real Jython, and every function of Python that they use is in 2.7."""

import ast
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conformance.jvm import QUICK
from tests.perspective.reading import scripts

PLANTED = {
    "planted.modern": "def script(self):\n\treturn f'{self}'\n",
    "planted.keyword": "def script(self):\n\tdef inner(*, a):\n\t\tpass\n",
}


def test_every_script_compiles(views):
    if not shutil.which("jython"):
        missing = pytest.fail if os.environ.get("CI") else pytest.skip
        missing("no jython on this machine: apt-get install jython")
    functions = {f"{n} {s.place}": s.function for n, v in views.items() for s in scripts(v)}
    assert len(functions) > 40
    ran = subprocess.run(
        ["jython", str(Path(__file__).with_name("jython_probe.py"))],
        input=json.dumps({**functions, **PLANTED}),
        capture_output=True,
        text=True,
        timeout=110,
        env={**os.environ, "JAVA_TOOL_OPTIONS": " ".join(QUICK)},
    )
    assert ran.returncode == 0, ran.stderr
    assert set(json.loads(ran.stdout.splitlines()[-1])) == set(PLANTED)


def test_scripts_are_indented_as_the_designer_does(views):
    for view in views.values():
        for script in scripts(view):
            assert all(line.startswith("\t") or not line for line in script.text.splitlines())
            assert script.text.isascii() and isinstance(script.tree, ast.Module)
