"""Every module of the export compiles and imports in real Jython, with nothing but Java around it."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conformance.jvm import QUICK
from tests.export.class_file import method_sizes
from tests.style.sources import ROOT

# A method of a Java class holds 64 KB of code; Jython makes one of every function and module body.
MOST_BYTES = 65535
PLANTED = {
    "planted.coding": "# -*- coding: utf-8 -*-\n",
    "planted.grammar": "def f(*, a):\n    pass\n",
    "planted.giant": "def f():\n" + "    f(1, 2)\n" * 5000,
    "planted.large": "def f():\n" + "    f(1, 2)\n" * 500,
    "planted.reader": "found = system.tag.readBlocking(['a'])\n",
    "planted.starter": "import threading\nthreading.Event()\n"
    "one = threading.Thread(target=threading.Event().wait, name='planted')\n"
    "one.setDaemon(True)\none.start()\n",
    "planted.modern": "import queue\n",
}


@pytest.fixture(scope="module")
def probed(project, tmp_path_factory):
    """What Jython says of the export with the planted modules in it, and the folder of the classes."""
    if not shutil.which("jython"):
        missing = pytest.fail if os.environ.get("CI") else pytest.skip
        missing("no jython on this machine: apt-get install jython")
    folder = tmp_path_factory.mktemp("jython")
    classes = folder / "classes"
    classes.mkdir()
    shutil.copytree(project, folder / "project")
    for name, text in PLANTED.items():
        planted = folder / "project/ignition/script-python" / name.replace(".", "/")
        planted.mkdir(parents=True)
        (planted / "code.py").write_text(text)
    probe = ROOT / "tests" / "export" / "jython_probe.py"
    command = ["jython", str(probe), str(folder / "project"), str(classes)]
    environment = {**os.environ, "JAVA_TOOL_OPTIONS": " ".join(QUICK)}
    ran = subprocess.run(command, capture_output=True, text=True, timeout=110, env=environment)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout.splitlines()[-1]), classes


def ours(found):
    return {name for name in found if not name.startswith("planted.")}


def modules(project: Path):
    scripts = project / "ignition/script-python"
    return {
        p.parent.relative_to(scripts).as_posix().replace("/", ".") for p in scripts.rglob("code.py")
    }


def test_every_module_compiles_from_its_text(probed, project):
    answer, _ = probed
    assert not ours(answer["not_compiled"]), answer["not_compiled"]
    assert ours(answer["compiled"]) == modules(project)


def test_no_function_is_too_large_for_a_java_method(probed):
    answer, classes = probed
    sizes = {
        (name, method): size
        for name in ours(answer["compiled"])
        for method, size in method_sizes(classes / f"{name}.class").items()
    }
    assert len(sizes) > 500
    largest = max(sizes, key=lambda one: sizes[one])
    assert sizes[largest] < MOST_BYTES // 4, f"{largest}: {sizes[largest]} bytes, give it room"


def test_every_module_imports_and_starts_nothing(probed, project):
    answer, _ = probed
    # Chosen by instance.choose_host in a CPython process alone.
    cpython_only = {m for m in modules(project) if m.startswith("exchange.workflows.host.cpython")}
    failed = ours(answer["not_imported"])
    assert failed <= cpython_only, answer["not_imported"]
    assert ours(answer["imported"]) == modules(project) - failed
    assert answer["threads"] == ["planted"]


def test_what_was_planted_is_noticed(probed):
    answer, classes = probed
    refused = set(answer["not_compiled"])
    assert refused == {"planted.coding", "planted.grammar", "planted.giant"}
    assert "planted.reader" in answer["not_imported"]
    assert "system.tag" in answer["not_imported"]["planted.reader"]
    assert "planted.modern" in answer["not_imported"]
    assert max(method_sizes(classes / "planted.large.class").values()) > 10000
