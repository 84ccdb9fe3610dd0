"""Values to JSON text: what is refused, where, and what is mended (D17, F39 - F43)."""

import datetime
import decimal
import json
import uuid
from typing import Any

import pytest

from exchange.workflows.engine import payload

NAN = float("nan")


def nested(levels):
    value: Any = 0
    for _ in range(levels):
        value = [value]
    return value


def test_plain_values_go_through_and_come_back():
    value: Any = {"a": [1, 2.5, None, True, "caf\u00e9 \U0001f600", {"b": []}]}
    text = payload.to_json(value)
    assert payload.from_json(text) == value
    assert text.isascii()


@pytest.mark.parametrize(
    "value, plain",
    [
        (datetime.datetime(2026, 1, 31, 8, 0), "2026-01-31T08:00:00"),
        (datetime.date(2026, 1, 31), "2026-01-31"),
        (decimal.Decimal("12.50"), 12.5),
        (decimal.Decimal("12"), 12),
        (uuid.UUID(int=5), "00000000-0000-0000-0000-000000000005"),
        ({3, 1, 2}, [1, 2, 3]),
        (b"caf\xc3\xa9", "caf\u00e9"),
        ((1, (2, 3)), [1, [2, 3]]),
        ({1: "a", None: "b", 2.5: "c"}, {"1": "a", "null": "b", "2.5": "c"}),
    ],
)
def test_values_with_an_obvious_json_form_get_it(value, plain):
    assert payload.from_json(payload.to_json(value)) == plain


@pytest.mark.parametrize(
    "value, path",
    [
        ({"a": [0, {"b": "x\x00"}]}, "inputs.a[1].b"),
        ({"a": "\ud800"}, "inputs.a"),
        ([1, NAN], "inputs[1]"),
        ({"a": float("inf")}, "inputs.a"),
        ({"a": object()}, "inputs.a"),
        ({"a": {(1, 2): 3}}, "inputs.a"),
        ([10**400], "inputs[0]"),
        (decimal.Decimal("1E+1000000000"), "inputs"),
        (b"\xff", "inputs"),
        (nested(65), "inputs"),
        ("x" * 2000, "inputs"),
    ],
)
def test_what_json_or_the_database_cannot_hold_is_refused_with_its_path(value, path):
    with pytest.raises(payload.BadValue) as refused:
        payload.to_json(value, "inputs", 1000)
    assert refused.value.path == path


def test_sixty_four_levels_are_taken():
    assert payload.to_json(nested(64)) == "[" * 64 + "0" + "]" * 64


def test_a_cycle_is_refused():
    cycle: list[Any] = []
    cycle.append(cycle)
    with pytest.raises(payload.BadValue, match="deeper"):
        payload.to_json(cycle)


def test_text_that_only_looks_like_poison_is_taken():
    value = ["\\u0000", "\\ud800", "digits " + "1" * 400]
    assert payload.from_json(payload.to_json(value)) == value


@pytest.mark.parametrize(
    "value, mended",
    [
        ("a\x00b", "a\ufffdb"),
        ({"\ud800": "\udfff"}, {"\ufffd": "\ufffd"}),
        ([NAN, float("-inf"), 1.5], [None, None, 1.5]),
    ],
)
def test_poison_in_a_result_is_mended_and_reported(value, mended):
    text, is_sanitised = payload.to_clean_json(value)
    assert is_sanitised
    assert json.loads(text) == mended


def test_a_clean_result_is_not_reported():
    assert payload.to_clean_json({"a": "\U0001f600"}) == ('{"a":"\\ud83d\\ude00"}', False)


@pytest.mark.parametrize("value", [object(), nested(70), "x" * 2_000_000, [10**400], {10**5000: 1}])
def test_a_result_without_a_json_form_is_refused(value):
    with pytest.raises(payload.BadValue):
        payload.to_clean_json(value)


@pytest.mark.parametrize("offset", range(26))
def test_a_number_that_no_double_holds_is_found_wherever_it_stands(offset):
    """Only every 25th character is looked at first."""
    value = ["x" * (200 + offset), 10**309, "y" * 100]
    with pytest.raises(payload.BadValue, match=r"value\[1\] is a number that is out of range"):
        payload.to_json(value)
