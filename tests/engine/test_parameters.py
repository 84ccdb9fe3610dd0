"""Declared parameters: what is registered, and what is refused where it is written."""

import datetime

import pytest

from exchange.workflows import errors
from exchange.workflows.engine import registry
from exchange.workflows.engine.parameters import checked_parameters
from exchange.workflows.engine.registry import signature_of
from exchange.workflows.engine.runtime import workflow

BATCH: dict[str, dict[str, object]] = {
    "mode": {"type": "choice", "enum": "BatchMode:3", "default": "slow"},
    "temperature": {"type": "number", "min": 20, "max": 95, "unit": "degC"},
    "note": {"type": "text", "max": 40, "description": "for the log"},
}


def brew(temperature, mode="fast", note=None):
    pass


def take_any(temperature, **more):
    pass


def declare(parameters, function=brew):
    return checked_parameters(parameters, signature_of(function))


def test_registered_in_the_order_of_the_arguments(monkeypatch):
    monkeypatch.setattr(registry, "REGISTRY", registry.Registry())
    workflow(parameters=BATCH)(brew)
    entry = registry.REGISTRY.find("brew", 1).registration()
    assert entry["parameters"] == [
        {
            "name": "temperature",
            "type": "number",
            "min": 20,
            "max": 95,
            "unit": "degC",
            "required": True,
        },
        {
            "name": "mode",
            "type": "choice",
            "enum": "BatchMode",
            "enum_version": 3,
            "default": "slow",
            "required": False,
        },
        {
            "name": "note",
            "type": "text",
            "max": 40,
            "description": "for the log",
            "required": False,
        },
    ]
    arguments = ["temperature", "mode", "note"]
    assert entry["signature"] == {
        "arguments": arguments,
        "required": ["temperature"],
        "takes_more": False,
    }


def test_a_list_is_a_declaration_too():
    as_list = [dict(BATCH[name], name=name) for name in BATCH]
    assert declare(as_list) == declare(BATCH)


def test_more_names_follow_the_arguments():
    names = ("zone", "temperature", "area")
    declared = declare({name: {"type": "number"} for name in names}, take_any)
    assert [field["name"] for field in declared] == ["temperature", "area", "zone"]


def test_a_default_is_registered_as_json():
    (field,) = declare(
        {"at": {"type": "any", "default": datetime.date(2026, 1, 31)}}, lambda at: at
    )
    assert field["default"] == "2026-01-31" and field["required"] is False


@pytest.mark.parametrize(
    ("function", "signature"),
    [
        (lambda: 1, ([], [], False)),
        (lambda a, b=1, *c, **d: 1, (["a", "b"], ["a"], True)),
        (lambda a, *, b, c=1: 1, (["a", "b", "c"], ["a", "b"], False)),
        (errors.WorkflowsError("x").with_traceback, None),
    ],
)
def test_signatures(function, signature):
    found = signature_of(function)
    names = ("arguments", "required", "takes_more")
    assert found is None or tuple(found[name] for name in names) == signature


def test_a_method_takes_what_its_caller_gives():
    class Plant:
        def fill(self, tank):
            pass

    assert signature_of(Plant().fill)["arguments"] == ["tank"]


@pytest.mark.parametrize(
    ("parameters", "place"),
    [
        ("temperature", "parameters"),
        ({"temperature": "number"}, "parameters.temperature"),
        ([{"type": "number"}], "parameters[0].name"),
        ({"temperature": {}}, "parameters.temperature.type"),
        ({"temperature": {"type": "float"}}, "parameters.temperature.type"),
        ({"temperature": {"type": "number", "label": "T"}}, "parameters.temperature.label"),
        ({"temperature": {"type": "number", "name": "t"}}, "parameters.temperature.name"),
        ({"temperature": {"type": "number", "required": 1}}, "parameters.temperature.required"),
        ({"temperature": {"type": "number", "min": "20"}}, "parameters.temperature.min"),
        ({"temperature": {"type": "number", "min": 9, "max": 8}}, "parameters.temperature.min"),
        ({"temperature": {"type": "number", "unit": 7}}, "parameters.temperature.unit"),
        ({"temperature": {"type": "number", "choices": [1]}}, "parameters.temperature.choices"),
        ({"temperature": {"type": "number", "enum": "M"}}, "parameters.temperature.choices"),
        ({"temperature": {"type": "choice"}}, "parameters.temperature.choices"),
        ({"temperature": {"type": "choice", "choices": [[]]}}, "parameters.temperature.choices"),
        ({"temperature": {"type": "choice", "enum": 7}}, "parameters.temperature.enum"),
        (
            {"temperature": {"type": "choice", "enum": "M", "choices": [1]}},
            "parameters.temperature.enum",
        ),
        ([{"name": "note", "type": "text"}] * 2, "parameters[1].name"),
        ({"note": {"type": "text"}}, "parameters"),
        ({"temperature": {"type": "number"}, "colour": {"type": "text"}}, "parameters.colour"),
        ({"temperature": {"type": "number", "required": False}}, "parameters.temperature.required"),
    ],
)
def test_a_declaration_that_does_not_fit_names_its_place(parameters, place):
    with pytest.raises(errors.BadArgument) as refused:
        declare(parameters)
    assert refused.value.field == place
    assert str(refused.value).startswith(place + " ")


@pytest.mark.parametrize(
    ("field", "default", "does_fit"),
    [
        ({"type": "number", "min": 1}, 1, True),
        ({"type": "number", "min": 1}, 0.9, False),
        ({"type": "number", "max": 95, "unit": "degC"}, 96, False),
        ({"type": "number"}, True, False),
        ({"type": "number"}, float("nan"), False),
        ({"type": "integer"}, 3.0, True),
        ({"type": "integer"}, 3.5, False),
        ({"type": "text", "max": 2}, "ab", True),
        ({"type": "text", "max": 2}, "abc", False),
        ({"type": "text"}, 7, False),
        ({"type": "boolean"}, False, True),
        ({"type": "boolean"}, 0, False),
        ({"type": "choice", "choices": ["a", "b"]}, "b", True),
        ({"type": "choice", "choices": ["a", "b"]}, "c", False),
        ({"type": "choice", "enum": "M"}, "known to the database", True),
        ({"type": "datetime"}, "2026-01-31T08:00:00Z", True),
        ({"type": "datetime"}, 1769846400000, True),
        ({"type": "datetime"}, "tomorrow", False),
        ({"type": "any"}, {"a": [1]}, True),
        ({"type": "any"}, object(), False),
    ],
)
def test_a_default_fits_type_and_limits(field, default, does_fit):
    declaration = {"temperature": dict(field, default=default)}
    if does_fit:
        assert declare(declaration)[0]["required"] is False
        return
    with pytest.raises(errors.BadArgument) as refused:
        declare(declaration)
    assert refused.value.field == "parameters.temperature.default"
