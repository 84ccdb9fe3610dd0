"""Recipes: what the pages show, and each thing that may be made of one, by whom."""

import html
import json
import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from exchange.workflows.cpython.console.addresses import address
from tests.console.brewery import Brewery
from tests.console.work import HOSTILE

RYE = "/recipes/brew/Rye"


@pytest.fixture
def brewery(calls):
    return Brewery(calls)


def text_of(answer):
    """The page as a person reads it."""
    assert answer.status_code == 200, answer.text
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def test_the_list_says_what_starts_and_what_waits_for_approval(console, brewery):
    brewery.fill()
    with console.client("vera") as client:
        shown = text_of(client.get("/recipes"))
        assert "2 recipes have a newest version that waits for approval" in shown
        assert "Rye draft version 3 2 3 the spring beer" in shown
        assert "Stout, line 2 draft version 1 none 1" in shown
        assert "New recipe" not in shown
        shown = text_of(client.get("/recipes?status=approved"))
        assert "Pale ale" in shown and "Rye" in shown and "Stout" not in shown
        shown = text_of(client.get("/recipes?search=SPRING"))
        assert "Rye" in shown and "Pale ale" not in shown
        assert "no recipe fits" in text_of(client.get("/recipes?workflow_name=bake"))


def test_an_empty_list_says_so(console):
    with console.client("vera") as client:
        assert "nobody has saved a recipe yet" in text_of(client.get("/recipes"))


def test_a_recipe_shows_its_values_its_people_and_what_ran_with_it(console, brewery):
    brewery.fill()
    with console.client("vera") as client:
        shown = text_of(client.get(RYE))
    assert "Values of version 2 parameter value unit temperature 71.5 degC mode gentle" in shown
    assert "Version 3 is newer and waits for approval" in shown
    assert "by anna" in shown and "by bernd" in shown and "trial 18" in shown
    assert shown.count("ENQUEUED") == 6 and "batch, temperature" in shown
    for refused in ("Approve version", "Make obsolete", "Rename", "Copy", "New version"):
        assert refused not in shown


def test_another_version_is_shown_and_compared(console, brewery):
    brewery.fill()
    with console.client("vera") as client:
        shown = text_of(client.get(f"{RYE}?version=3&old_name=Rye&old_version=1"))
        assert "old: Rye version 1 new: Rye version 3" in shown
        assert "temperature 70 72 degC" in shown and "hops 11 13 kg" in shown
        shown = text_of(client.get(f"{RYE}?version=2&old_name=Pale+ale"))
        assert "old: Pale ale version 1" in shown and "hops not given 12 kg" in shown
        shown = text_of(client.get(f"{RYE}?version=1&old_name=Rye"))
        assert "no version before" in shown and "Values of version 1" in shown
        assert client.get(f"{RYE}?version=9").status_code == 409
        assert client.get("/recipes/brew/Nothing").status_code == 409


def test_a_draft_is_saved_by_the_operator_from_the_form(console, brewery):
    brewery.fill()
    with console.client("olaf") as client:
        form = client.get("/recipes/new?workflow_name=brew&set_name=Rye&set_version=2").text
        assert 'value="71.5"' in form and "Gentle" in form and "Turbo" not in form
        answer = client.submit(
            "/recipes/save",
            workflow_name="brew",
            set_name="Rye",
            reason="trial 20",
            **{"field.temperature": "73", "field.mode": '"fast"', "field.filtered": "false"},
        )
        assert answer.headers["location"] == f"{RYE}?version=4"
        assert "Rye version 4 is saved: a draft" in client.told(answer)
    saved = brewery.recipe("Rye", 4)
    assert saved["values"] == {"temperature": 73, "mode": "fast", "filtered": False}
    assert (saved["created_by"], saved["reason"], saved["status"]) == ("olaf", "trial 20", "draft")


def test_values_that_do_not_fit_are_all_said_and_kept(console, brewery):
    brewery.fill()
    with console.client("olaf") as client:
        answer = client.submit(
            "/recipes/save",
            workflow_name="brew",
            set_name="Rye",
            description="a <b>bold</b> beer",
            **{"field.temperature": "300", "field.mode": '"turbo"', "field.hops": "1.5"},
        )
        assert answer.status_code == 200
        shown = text_of(answer)
    assert "must be at most 95 degC" in shown and "must be one of gentle, fast" in shown
    assert "must be a whole number" in shown and "3 of the values do not fit" in shown
    assert 'value="300"' in answer.text and "a &lt;b&gt;bold&lt;/b&gt; beer" in answer.text
    assert "Turbo, not a choice" in shown
    assert brewery.calls.value("select max(set_version) from workflows.recipe_list") == 3


def test_a_recipe_of_a_workflow_that_declares_nothing_is_json(console, brewery):
    brewery.opens()
    with console.client("olaf") as client:
        assert "field.values" in client.get("/recipes/new?workflow_name=clean").text
        values = {"rinse": [1, 2]}
        fields = {"workflow_name": "clean", "set_name": "Weekly"}
        client.submit("/recipes/save", **fields, **{"field.values": json.dumps(values)})
        answer = client.submit("/recipes/save", **fields, **{"field.values": "no object"})
        assert "must be an object" in text_of(answer) and "no object" in answer.text
    assert brewery.recipe("Weekly", 1, "clean")["values"] == values


def test_a_recipe_is_made_of_a_template(console, brewery):
    brewery.fill()
    with console.client("olaf") as client:
        form = client.get("/recipes/new?workflow_name=brew&template_name=standard").text
        assert "Mash temperature" in form and "field.hops" not in form
        client.submit(
            "/recipes/save",
            workflow_name="brew",
            set_name="Lager",
            template_name="standard",
            **{"field.temperature": "65"},
        )
    saved = brewery.recipe("Lager", 1)
    assert (saved["template_name"], saved["values"]) == ("standard", {"temperature": 65})


def test_an_admin_approves_makes_obsolete_and_renames(console, brewery, calls):
    brewery.fill()
    with console.client("ada") as client:
        answer = client.submit(f"{RYE}/approve", RYE, set_version="3", reason="good beer")
        assert "Rye version 3 is approved" in client.told(answer)
        answer = client.submit(f"{RYE}/obsolete", RYE, set_version="2")
        assert "Rye version 2 is obsolete" in client.told(answer)
        answer = client.submit(f"{RYE}/rename", RYE, new_name="Rye/ale 50%")
        assert answer.headers["location"] == "/recipes/brew/Rye%252Fale%2050%2525"
        assert "Rye is called Rye/ale 50% from now on" in client.told(answer)
        assert "Values of version 3" in text_of(client.get(answer.headers["location"]))
    events = calls.rows(
        "select event, actor, reason from workflows.audit where actor = 'ada' order by audit_id"
    )
    assert events == [
        ("recipe approved", "ada", "good beer"),
        ("recipe obsolete", "ada", None),
        ("recipe renamed", "ada", None),
    ]


def test_who_wrote_it_does_not_approve_it_where_another_must(console, brewery, calls):
    brewery.fill()
    calls.set_setting("approval_by_another", "true")
    brewery.draft("Mild", {"temperature": 60}, actor="ada")
    with console.client("ada") as client:
        answer = client.submit("/recipes/brew/Mild/approve", "/recipes/brew/Mild", set_version="1")
        assert "must be approved by another person than ada" in client.told(answer)
    assert brewery.recipe("Mild", 1)["status"] == "draft"


def test_a_copy_has_the_values_and_another_name(console, brewery):
    brewery.fill()
    with console.client("olaf") as client:
        place = "/recipes/brew/Pale%20ale"
        answer = client.submit(f"{place}/copy", place, set_version="1", new_name="Pale ale, line 2")
        assert "is a draft with the values of Pale ale version 1" in client.told(answer)
        answer = client.submit(f"{place}/copy", place, set_version="1", new_name="Rye")
        assert "there is a recipe of this name already: Rye" in client.told(answer)
    copied = brewery.recipe("Pale ale, line 2", 1)
    assert copied["values"] == {"temperature": 66, "mode": "fast"}
    assert (copied["template_name"], copied["created_by"]) == ("standard", "olaf")
    assert copied["reason"] == "copied from Pale ale version 1"


def test_an_exported_recipe_comes_in_again_as_a_draft(console, brewery):
    brewery.fill()
    with console.client("ada") as client:
        answer = client.submit("/recipes/brew/Pale%20ale/export", set_version="1")
        assert answer.headers["content-disposition"].endswith('"brew-Pale-ale-1.json"')
        document = answer.text
        answer = client.submit(
            "/recipes/import", "/recipes", document=document, set_name="Bitter", reason="from B"
        )
        assert "Bitter version 1 was imported: a draft" in client.told(answer)
        answer = client.submit("/recipes/import", "/recipes", document="{")
        assert "this is not JSON" in client.told(answer)
        answer = client.submit("/recipes/import", "/recipes", document="{}")
        assert "is not what export_parameter_set wrote" in client.told(answer)
    imported = brewery.recipe("Bitter", 1)
    assert (imported["created_by"], imported["reason"]) == ("ada", "from B")


def test_a_lesser_role_is_refused(console):
    refused = {
        "olaf": (f"{RYE}/approve", f"{RYE}/obsolete", f"{RYE}/rename", "/recipes/import"),
        "vera": (f"{RYE}/copy", f"{RYE}/export", "/recipes/save"),
    }
    for name, paths in refused.items():
        with console.client(name) as client:
            for path in paths:
                assert client.submit(path, set_version="1", new_name="x").status_code == 403


def test_hostile_names_and_values_come_out_as_text(console, brewery):
    brewery.fill_hostile()
    name = address(HOSTILE)
    query = urlencode({"workflow_name": HOSTILE, "set_name": HOSTILE, "set_version": 1})
    paths = ["/recipes", "/templates", "/enums", "/start", f"/enums{name}", f"/start{name}"]
    paths += [f"/recipes{name}{name}", f"/templates{name}{name}", f"/recipes/new?{query}"]
    paths += [f"/recipes{name}{name}?version=1&old_name=x", f"/recipes?{query}", f"/start?{query}"]
    paths += [f"/recipes{name}{name}?version=2&{urlencode({'old_name': HOSTILE})}"]
    with console.client("ada") as client:
        for path in paths:
            page = client.get(path)
            assert page.status_code == 200, (path, page.text)
            assert "<script>alert" not in page.text and "<img src=x" not in page.text, path
            assert "&lt;script&gt;alert(2)" in page.text, path


def opened(page, words):
    """The small form behind a button."""
    form = page.locator("details.act").filter(has=page.get_by_text(words, exact=True))
    form.locator("summary").click()
    return form


def test_a_recipe_is_approved_in_a_browser(look, brewery):
    brewery.fill()
    page = look("ada", f"{RYE}?version=3")
    form = opened(page, "Approve version 3")
    form.get_by_label("Reason").fill("tasted")
    form.get_by_role("button", name="Approve version 3").click()
    expect(page.get_by_role("status")).to_contain_text("Rye version 3 is approved")
    expect(page.locator("#version-3")).to_contain_text("ada")
    assert brewery.recipe("Rye", 3)["approved_by"] == "ada"


def test_an_open_form_stays_and_means_the_same_version_while_others_save(look, brewery):
    brewery.fill()
    page = look("ada", "/recipes/brew/Stout%2C%20line%202")
    form = opened(page, "Approve version 1")
    form.get_by_label("Reason").fill("half a reason")
    brewery.draft("Stout, line 2", {"temperature": 69})
    expect(page.locator("#version-2")).to_be_visible()
    expect(form.get_by_label("Reason")).to_have_value("half a reason")
    form.get_by_role("button", name="Approve version 1").click()
    expect(page.get_by_role("status")).to_contain_text("version 1 is approved")


def test_a_page_of_a_name_with_marks_is_live(look, brewery, calls):
    brewery.fill()
    brewery.draft('a/b?c#d%41 "', {"temperature": 60})
    page = look("vera", "/recipes")
    page.get_by_role("link", name="a/b?c#d%41").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("a/b?c#d%41")
    brewery.draft('a/b?c#d%41 "', {"temperature": 61})
    expect(page.locator("#version-2")).to_be_visible()
