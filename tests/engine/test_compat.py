"""Texts of errors that never fail (D8, F40), ids."""

import json
import re
import sys
import uuid

import pytest

from exchange.workflows import compat


class Mute(Exception):
    def __str__(self):
        raise RuntimeError("no text")

    __repr__ = __str__


class Foreign(Exception):
    """What a Java exception looks like from here."""

    def getClass(self):
        return self

    def getName(self):
        return "java.lang.IllegalStateException"

    def getSimpleName(self):
        return "IllegalStateException"

    def getSuperclass(self):
        return None

    def getMessage(self):
        return "caf\u00e9"


def describe(error):
    try:
        raise error
    except BaseException as raised:
        return compat.describe_error(raised, sys.exc_info()[2])


def test_an_error_is_described_by_class_message_and_traceback():
    described, is_sanitised = describe(ValueError("caf\u00e9"))
    assert (described["class"], described["message"]) == ("ValueError", "caf\u00e9")
    assert "raise error" in described["traceback"]
    assert not is_sanitised


@pytest.mark.parametrize(
    "error",
    [Mute(), ValueError(b"\xff"), ValueError("\ud800\x00"), KeyError(object()), SystemExit(3)],
)
def test_describing_never_fails_and_can_be_stored(error):
    described, _ = describe(error)
    text = json.dumps(described, ensure_ascii=False)
    assert "\x00" not in text
    text.encode("utf-8")


def test_poison_in_a_message_is_reported():
    assert describe(ValueError("a\x00"))[1]


def test_long_texts_are_cut_and_the_traceback_keeps_its_end():
    described, _ = describe(ValueError("\u00e9" * 20_000_000))
    assert len(described["message"].encode("utf-8")) <= 8192
    assert len(described["traceback"].encode("utf-8")) <= 8192


def test_a_java_error_has_its_java_name_and_message():
    described, _ = describe(Foreign())
    assert described["class"] == "java.lang.IllegalStateException"
    assert described["message"] == "caf\u00e9"
    assert {"IllegalStateException", "Exception"} <= compat.class_names(Foreign())


def test_class_names_are_those_of_every_base():
    names = compat.class_names(FileNotFoundError())
    assert {"FileNotFoundError", "OSError", "Exception", "builtins.OSError"} <= names


def test_a_log_line_stays_one_line():
    assert compat.one_line(ValueError("first\nsecond\r\n third")) == "first second third"


def test_ids_are_version_7_and_differ():
    made = {compat.new_id() for _ in range(1000)}
    assert len(made) == 1000
    assert {(uuid.UUID(one).version, uuid.UUID(one).variant) for one in made} == {
        (7, uuid.RFC_4122)
    }


def test_many_ids_are_the_ids_of_their_bytes(monkeypatch):
    monkeypatch.setattr(compat, "_random_bytes", lambda count: bytes(range(count)))
    monkeypatch.setattr(compat.time, "time", lambda: 1790000000.5)
    parts = [bytes(range(10 * n, 10 * n + 10)) for n in range(25)]
    assert compat.new_ids(25) == [compat.id_from(1790000000500, part) for part in parts]
    assert compat.new_ids(0) == []


def test_an_id_from_the_same_bytes_is_the_same():
    made = compat.id_from(0x0123456789AB, b"\xff" * 10)
    assert made == "01234567-89ab-7fff-bfff-ffffffffffff"
    assert re.fullmatch(r"[0-9a-f-]{36}", made)
