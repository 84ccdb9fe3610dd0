"""Enums and templates: what the pages show, and new versions of enums written line by line."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import expect

from exchange.workflows.cpython.console.choice_lines import (
    ChoiceProblem,
    choices_of_lines,
    lines_of_choices,
)
from tests.console.brewery import Brewery
from tests.console.test_recipe_pages import text_of

LABELS = st.text(st.characters(codec="utf-8"), min_size=1)
VALUES = st.one_of(
    st.text(st.characters(codec="utf-8")),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
)
CHOICES = st.lists(
    st.fixed_dictionaries({"label": LABELS, "value": VALUES, "isDisabled": st.booleans()})
)


@pytest.fixture
def brewery(calls):
    return Brewery(calls)


@settings(max_examples=60, deadline=None)
@given(CHOICES)
def test_lines_are_read_as_the_choices_that_they_were_made_of(choices):
    assert choices_of_lines(lines_of_choices(choices)) == choices


def test_lines_as_people_write_them():
    text = 'Slow = slow\n\n  Two=2\nText = "2"\nplain\n# Off = false\n"a = b" = c\n= 3 = 4'
    with pytest.raises(ChoiceProblem, match="line 8: there is no label before ="):
        choices_of_lines(text)
    assert [
        (one["label"], one["value"], one["isDisabled"])
        for one in choices_of_lines(text.rpartition("\n")[0])
    ] == [
        ("Slow", "slow", False),
        ("Two", 2, False),
        ("Text", "2", False),
        ("plain", "plain", False),
        ("Off", False, True),
        ("a = b", "c", False),
    ]
    for line, problem in (("A =", "no value"), ('"A = 1', "do not end"), ('"A" 1', "missing")):
        with pytest.raises(ChoiceProblem, match=problem):
            choices_of_lines(line)


def test_enums_are_listed_and_shown(console, brewery):
    brewery.fill()
    brewery.enum(["gentle"])
    with console.client("vera") as client:
        shown = text_of(client.get("/enums"))
        assert "BatchMode gentle 2 2" in shown and "Filter mesh 3, 5, 8 1 1 micrometres" in shown
        shown = text_of(client.get("/enums/BatchMode?version=1"))
        assert 'Turbo "turbo" no, disabled' in shown and "brew mode the newest active one" in shown
        assert "New version" not in shown and "Make obsolete" not in shown
        assert client.get("/enums/Nothing").status_code == 409
        assert client.get("/enum-form").status_code == 403
        assert client.submit("/enums/save", enum_name="x", choices="1").status_code == 403


def test_an_admin_saves_versions_and_makes_them_obsolete(console, brewery, calls):
    with console.client("ada") as client:
        new = {"is_new": "1", "enum_name": "Yeast / ale"}
        answer = client.submit("/enums/save", **new, choices="Old = 1\nNew = 2")
        assert "Yeast / ale version 1 is active" in client.told(answer)
        place = "/enums/Yeast%20%252F%20ale"
        assert answer.headers["location"] == place
        assert "Old = 1\nNew = 2</textarea>" in client.get(place).text
        answer = client.submit("/enums/save", enum_name="Yeast / ale", choices="Old = 1")
        assert "version 2 is active" in client.told(answer)
        answer = client.submit(f"{place}/obsolete", place, enum_version="2", reason="mistake")
        assert "version 2 is obsolete" in client.told(answer)
        answer = client.submit(f"{place}/active", place, enum_version="2")
        assert "version 2 is active" in client.told(answer)
    events = calls.rows("select event, actor, reason from workflows.audit order by audit_id")
    assert events == [
        ("enum created", "ada", None),
        ("enum created", "ada", None),
        ("enum obsolete", "ada", "mistake"),
        ("enum active", "ada", None),
    ]


def test_what_is_wrong_with_an_enum_is_said_and_what_was_typed_is_kept(console, brewery):
    brewery.enum()
    with console.client("ada") as client:
        for typed, problem in (
            ({"enum_name": "BatchMode", "is_new": "1", "choices": "A = 1"}, "of this name already"),
            ({"enum_name": "New", "is_new": "1", "choices": "A = 1\nB = 1"}, "name a value twice"),
            ({"enum_name": "New", "is_new": "1", "choices": "A ="}, "line 1: there is no value"),
            ({"enum_name": "BatchMode", "choices": ""}, "the list of choices is missing"),
            ({"enum_name": "New:3", "is_new": "1", "choices": "A = 1"}, "must not end like a ver"),
        ):
            answer = client.submit("/enums/save", **typed, description="kept <i>text</i>")
            assert problem in text_of(answer)
            assert "kept &lt;i&gt;text" in answer.text and typed["choices"] in answer.text


def test_a_template_is_shown_and_retired(console, brewery, calls):
    brewery.fill()
    place = "/templates/brew/standard"
    with console.client("vera") as client:
        assert "standard 1 1 batch, temperature, mode all modes" in text_of(
            client.get("/templates")
        )
        shown = text_of(client.get(place))
        assert "temperature Mash temperature numeric 60" in shown
        assert "mode dropdown BatchMode" in shown and "Pale ale 1 1" in shown
        assert client.submit(f"{place}/obsolete", template_version="1").status_code == 403
    with console.client("ada") as client:
        answer = client.submit(f"{place}/obsolete", place, template_version="1", reason="old")
        assert "standard version 1 is obsolete" in client.told(answer)
        answer = client.submit(f"{place}/active", place, template_version="1")
        assert "standard version 1 is active" in client.told(answer)
    query = "select event, actor from workflows.audit where actor = 'ada' order by audit_id"
    assert calls.rows(query) == [("template obsolete", "ada"), ("template active", "ada")]


def test_a_version_is_written_in_a_browser_while_others_save(look, brewery):
    brewery.enum()
    page = look("ada", "/enums/BatchMode")
    page.get_by_text("New version", exact=True).click()
    choices = page.get_by_label("Choices, one a line")
    expect(choices).to_have_value("Gentle = gentle\nFast = fast\n# Turbo = turbo")
    choices.fill("Gentle = gentle\nIdle = idle")
    brewery.enum(["gentle"])
    expect(page.locator("#version-2")).to_be_visible()
    expect(choices).to_have_value("Gentle = gentle\nIdle = idle")
    page.get_by_role("button", name="Save as a new version").click()
    expect(page.get_by_role("status")).to_contain_text("BatchMode version 3 is active")
    expect(page.get_by_role("cell", name="Idle", exact=True)).to_be_visible()
