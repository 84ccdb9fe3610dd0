"""Importing a module of steps registers its steps, and that is all it does."""

import importlib
import inspect
import re
import subprocess
import sys

import pytest

from exchange.workflows import errors, testing
from tests.style.sources import ROOT

GUIDE = (ROOT / "docs/guides/ready-made-steps.md").read_text(encoding="utf-8")
STEPS = {
    "tags": ["tags.read", "tags.write", "tags.write_confirm"],
    "wait": ["tags.read", "tags.write", "tags.write_confirm", "wait.until_tag_equals"],
    "http": ["http.request"],
    "db": ["db.query", "db.update"],
    "sleep": ["sleep.chunked", "sleep.ms"],
}
LOOK = """
import sys, threading
import exchange.workflows.steps.%s
from exchange.workflows.engine.registry import REGISTRY
assert threading.active_count() == 1
assert not {"java", "system", "urllib.request", "psycopg"} & set(sys.modules)
assert not REGISTRY.names()
print(*sorted(REGISTRY._steps))
"""


@pytest.mark.parametrize("module", STEPS)
def test_import_registers_the_steps_and_nothing_else(module):
    ran = subprocess.run([sys.executable, "-c", LOOK % module], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == STEPS[module]


def test_the_examples_run(tags):
    from exchange.workflows.apps import examples  # noqa: F401

    ended = testing.run_inline("demo.one_minute_progress", {"chunk_sec": 20})
    assert ended.result == {"percent": 100}
    tags.values["[default]Tank/Level"] = 79.8
    ended = testing.run_inline("demo.fill_tank", {"tank": "[default]Tank"})
    assert ended.result["value"] == 79.8
    assert [value for _, value in tags.written] == [True, False]


def test_the_valve_of_the_example_is_closed_when_the_level_does_not_come(tags):
    tags.values["[default]Tank/Level"] = 10
    ended = testing.run_inline("demo.fill_tank", {"tank": "[default]Tank"})
    assert type(ended.error).__name__ == "TimedOut"
    assert [value for _, value in tags.written] == [True, False]


@pytest.fixture
def first_example():
    """The names of the guide's first block."""
    names = {"__name__": "guide"}
    exec(re.findall(r"^```python\n(.*?)^```", GUIDE, re.M | re.S)[0], names)
    return names


@pytest.mark.parametrize(
    ("waited", "status"), [({"ok": True}, "SUCCESS"), (errors.TimedOut("no level"), "ERROR")]
)
def test_the_first_example_of_the_guide_closes_the_inlet(first_example, waited, status):
    steps = {"db.update": None, "http.request": None, "tags.write_confirm": None}
    steps["wait.until_tag_equals"] = waited
    ended = testing.run_inline("fill_tank", {"tank": "T-1", "level": 80}, steps=steps)
    assert ended.status == status, ended.error
    assert [one["step_name"] for one in ended.steps].count("tags.write_confirm") == 2


@pytest.mark.parametrize("is_open", [True, False])
def test_its_handlers_put_the_inlet_back_as_it_was(first_example, tags, is_open):
    inlet, shown = "[default]T-1/Inlet", "[default]T-1/InletIsOpen"
    tags.values.update({inlet: is_open, shown: is_open})
    tags.on_read = lambda: tags.values.update({shown: tags.values[inlet]})
    first_example["hold"](tank="T-1", level=80)
    assert tags.values[inlet] is False
    first_example["resume"](tank="T-1", level=80)
    assert tags.values[inlet] is is_open


def test_the_guide_has_the_signatures_as_they_are():
    told = dict(re.findall(r"^\| `(\w+\.\w+)(\([^`]*\))`", GUIDE, re.M))
    assert len(told) == 9
    for name, signature in told.items():
        module, function = name.split(".")
        step = getattr(importlib.import_module("exchange.workflows.steps." + module), function)
        assert str(inspect.signature(step)) == signature
