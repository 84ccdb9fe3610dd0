"""A database of its own behind dbName=None, and a worker to drain it."""

import pytest

from exchange.workflows import testing
from exchange.workflows.api import params
from exchange.workflows.engine import instance
from exchange.workflows.engine.runtime import workflow


@workflow()
def api_double(number):
    return 2 * number


@workflow()
def api_fails():
    raise ValueError("tank \xb0 is gone")


@workflow(
    parameters={
        "temperature": {"type": "number", "min": 20, "max": 95, "unit": "degC"},
        "mode": {"type": "choice", "enum": "BatchMode", "default": "slow"},
        "note": {"type": "text", "max": 20},
    }
)
def api_bake(temperature, mode, note=None):
    return [temperature, mode, note]


@pytest.fixture
def workflows(dsn, schema):
    """What getWorkflows() answers in this test."""
    yield instance.configure(dsn, schema=schema)
    instance.shutdown()


@pytest.fixture
def drain(workflows):
    return testing.drain


def dropdown(name, label):
    options = [{"label": label, "value": "__enum__", "isDisabled": False}]
    return {"id": name, "type": "dropdown", "dropdown": {"options": options}}


@pytest.fixture
def form():
    """The props of a Perspective Form for api_bake."""
    widgets = [{"id": "temperature", "type": "numeric"}, dropdown("mode", "@enum:BatchMode")]
    return {
        "columns": {"items": [{"rows": {"items": [{"widgets": widgets}]}}]},
        "data": {"temperature": 60, "mode": "slow", "gone": 1},
        "validation": {"isValid": True},
    }


@pytest.fixture
def bakery(drain):
    """api_bake is registered, and the enum of its parameter is there."""
    drain()
    choices = ["slow", {"label": "Fast!", "value": "fast"}]
    choices.append({"label": "Wild", "value": "wild", "isDisabled": True})
    assert params.createEnumVersion("BatchMode", choices, createdBy="anna")["enumVersion"] == 1
