"""Forms made from declared fields: the inputs, and what is posted as values of their types."""

import json
from typing import Any

import pytest
from starlette.datastructures import FormData

from exchange.workflows.cpython.console import forms
from exchange.workflows.cpython.console.render import Renderer
from exchange.workflows.cpython.failures import ExitCode, Failure
from tests.calls import Calls
from tests.console.work import HOSTILE


def posted(**values):
    return FormData([(f"field.{name}", value) for name, value in values.items()])


def read(kind, text, **more):
    return forms.values_of([{"name": "x", "type": kind, **more}], posted(x=text))


def drawn(form, **more):
    template = Renderer()._templates.from_string(  # noqa: SLF001
        '{% import "forms.html" as forms %}{{ forms.inputs(fields) }}'
    )
    return template.render(fields=forms.inputs_of(form, **more))


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("text", " as it is ", " as it is "),
        ("text", "12", "12"),
        ("number", "1.5", 1.5),
        ("number", "-3", -3),
        ("number", "1e3", 1000.0),
        ("number", "many", "many"),
        ("number", "NaN", "NaN"),
        ("number", "1e999", "1e999"),
        ("integer", "12345678901234567890", 12345678901234567890),
        ("integer", "1.5", 1.5),
        ("boolean", "true", True),
        ("boolean", "false", False),
        ("datetime", "2026-01-31T08:00", "2026-01-31T08:00Z"),
        ("datetime", "2026-01-31T08:00:05+02:00", "2026-01-31T08:00:05+02:00"),
        ("any", '{"kg": [1, null]}', {"kg": [1, None]}),
        ("any", "not JSON", "not JSON"),
        ("any", "NaN", "NaN"),
        ("any", "null", None),
        ("any", "[" * 100_000, "[" * 100_000),
    ],
)
def test_a_text_becomes_a_value_of_its_type(kind, text, value):
    answer = read(kind, text)
    assert answer == {"x": value} and type(answer["x"]) is type(value)
    json.dumps(answer, allow_nan=False)


def test_choices_keep_their_types():
    form = [{"name": "x", "type": "choice", "choices": ["1", 1, True, 2.5]}]
    for text, value in [('"1"', "1"), ("1", 1), ("true", True), ("2.5", 2.5)]:
        answer = forms.values_of(form, posted(x=text))
        assert answer == {"x": value} and type(answer["x"]) is type(value)


def test_several_choices_are_a_list():
    form = [{"name": "x", "type": "choice", "choices": ["a", "b", "c"], "several": True}]
    answer = forms.values_of(form, FormData([("field.x", '"a"'), ("field.x", '"c"')]))
    assert answer == {"x": ["a", "c"]}
    assert drawn(form, values={"x": ["a", "c"]}).count("checked") == 2


def test_what_is_empty_or_not_posted_is_left_out():
    form = [{"name": n, "type": "text", "required": True} for n in ("a", "b")]
    assert forms.values_of(form, posted(a="", other="x")) == {}
    assert forms.values_of(None, posted(a="x")) == {}


@pytest.mark.parametrize(
    ("kind", "default"),
    [
        ("number", 1.0),
        ("datetime", 1769846400123),
        ("datetime", "2026-01-31T10:00:00.5+02:00"),
        ("any", [1, {"a": None}]),
        ("text", "two\r\nlines"),
        ("boolean", False),
    ],
)
def test_a_default_that_is_left_alone_stays_as_it_is(kind, default):
    form = [{"name": "x", "type": kind, "default": default}]
    shown = forms.inputs_of(form)[0].shown[0]
    answer = forms.values_of(form, posted(x=shown))
    assert answer == {"x": default} and type(answer["x"]) is type(default)
    given = forms.inputs_of([{"name": "x", "type": kind}], values={"x": default})
    assert given[0].shown == [shown]


def test_the_inputs_say_what_fits():
    form: list[dict[str, Any]] = [
        {"name": "kg", "type": "number", "min": 0, "max": 12.5, "unit": "kg", "required": True},
        {"name": "n", "type": "integer", "min": 0.5, "max": 9.5},
        {"name": "note", "type": "text", "max": 500, "description": "for the shift"},
        {"name": "code", "type": "text", "min": 3},
        {"name": "at", "type": "datetime"},
        {"name": "ok", "type": "boolean"},
        {"name": "sure", "type": "boolean", "required": True},
    ]
    kg, n, note, code, at, ok, sure = forms.inputs_of(form)
    assert (kg.label, kg.is_required, kg.hint) == ("kg (kg)", True, "0 to 12.5")
    assert kg.limits == {"step": "any", "min": "0", "max": "12.5"}
    assert n.limits == {"step": "1", "min": "1", "max": "9"}
    assert (note.kind, note.hint) == ("textarea", "for the shift; at most 500 characters")
    assert (code.kind, code.limits) == ("text", {"minlength": "3"})
    assert (at.kind, at.hint) == ("datetime-local", "time in UTC")
    assert ok.choices == [("true", "yes"), ("false", "no")]
    text = drawn(form)
    assert "not given" in text and "choose" in text
    assert text.count("<label for=") == len(form)
    assert {one.id for one in (kg, n, note)} == {"field-0", "field-1", "field-2"}
    assert sure.is_required


def test_a_form_is_shown_again_as_it_was_typed_with_its_problems():
    form = [{"name": "kg", "type": "number", "default": 3}, {"name": "b", "type": "text"}]
    text = drawn(form, posted=posted(kg="much", b=""), problems={"kg": "must be a number"})
    assert 'value="much"' in text and 'aria-invalid="true"' in text and "must be a number" in text


def test_problems_are_found_by_the_field():
    errors = [
        {"path": "inputs.kg", "problem": "is required"},
        {"path": "other.x", "problem": "is odd"},
    ]
    failure = Failure(ExitCode.USAGE, "no", detail={"errors": errors})
    assert forms.problems_of(failure, "inputs") == {"kg": "is required"}
    assert forms.problems_of(Failure(ExitCode.REFUSED, "no"), "inputs") == {}


@pytest.mark.parametrize("kind", ["text", "choice", "any", "boolean", "number", "datetime"])
def test_hostile_names_and_values_are_text(kind):
    form = [
        {
            "name": HOSTILE,
            "type": kind,
            "unit": HOSTILE,
            "description": HOSTILE,
            "default": HOSTILE,
            "choices": [HOSTILE] if kind == "choice" else None,
        }
    ]
    text = drawn(form, problems={HOSTILE: HOSTILE})
    assert "<img" not in text and "<script" not in text and 'onerror=alert(1)>"' not in text


def test_the_database_takes_what_the_form_makes(calls: Calls):
    form: list[dict[str, Any]] = [
        {"name": "kg", "type": "number", "required": True, "max": 5},
        {"name": "at", "type": "datetime"},
        {"name": "ok", "type": "boolean"},
        {"name": "kind", "type": "choice", "choices": ["a", 2]},
    ]

    def problems(values):
        return calls.value(
            "select workflows.form_problems(%s, %s, 'answer', 'field', false)",
            json.dumps(form),
            json.dumps(values),
        )

    good = posted(kg="4.5", at="2026-01-31T08:00", ok="false", kind="2")
    assert problems(forms.values_of(form, good)) == []
    bad = problems(forms.values_of(form, posted(kg="9", at="soon", ok="maybe", kind='"b"')))
    assert {one["path"] for one in bad} == {"answer.kg", "answer.at", "answer.ok", "answer.kind"}
