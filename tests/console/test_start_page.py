"""Starting a workflow: the form of what it takes, the look at it, and what is started in the end."""

import html
import json
import re

import pytest
from playwright.sync_api import expect

from tests.console.brewery import Brewery
from tests.console.test_recipe_pages import text_of


@pytest.fixture
def brewery(calls):
    brewery = Brewery(calls)
    brewery.fill()
    return brewery


def hidden(answer):
    """The hidden fields of the look, as a browser posts them again."""
    assert answer.status_code == 200, answer.text
    form = answer.text.partition('action="/start/go"')[2].partition("</form>")[0]
    found = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {n: html.unescape(v) for n, v in found if n not in ("csrf", "back")}


def values(**given):
    return {f"field.{name}": value for name, value in given.items()}


def test_workflows_to_choose_from(console, brewery):
    with console.client("olaf") as client:
        page = client.get("/start").text
        assert 'href="/start/brew"' in page and "Name of the workflow" in page
        assert "Start clean" in text_of(client.get("/start?workflow_name=clean"))
    with console.client("vera") as client:
        assert client.get("/start").status_code == 403
        assert client.submit("/start/ask", workflow_name="brew").status_code == 403
        assert client.submit("/start/go", workflow_name="brew").status_code == 403


def test_the_form_has_the_limits_and_defaults_that_are_declared(console, brewery):
    with console.client("olaf") as client:
        page = client.get("/start/brew").text
    assert re.search(r'name="field.batch" type="text" value=""[^>]* required', page)
    assert re.search(r'type="number" value=""[^>]* min="20" max="95"', page)
    assert re.search(r'<option value="&#34;gentle&#34;" selected>Gentle</option>', page)
    assert "Turbo" not in page and "number of the batch; 1 to 20 characters" in page


def test_a_start_from_a_recipe_shows_what_differs_and_names_the_person(console, brewery, calls):
    with console.client("olaf") as client:
        form = client.get("/start/brew?set_name=Rye").text
        assert 'value="71.5"' in form and "The values are those of the recipe Rye" in form
        typed = values(batch="B-7", temperature="73.5", mode='"gentle"', hops="12", filtered="true")
        options = {
            "field.option.priority": "5",
            "field.option.resources": "kettle 1\nkettle 2\n",
            "field.option.partition_key": "line 1",
            "field.option.delay_seconds": "3600",
        }
        look = client.submit("/start/ask", workflow_name="brew", set_name="Rye", **typed, **options)
        shown = text_of(look)
        assert "Otherwise than the recipe" in shown and "temperature 71.5 73.5 degC" in shown
        assert "filtered true default" in shown and "mode gentle recipe" in shown
        assert "batch B-7 given" in shown and 'Resources ["kettle 1", "kettle 2"]' in shown
        before = calls.value("select count(*) from workflows.workflow_status")
        answer = client.submit("/start/go", **hidden(look))
        assert "brew is enqueued" in client.told(answer)
        again = client.submit("/start/go", **hidden(look))
        assert again.headers["location"] == answer.headers["location"]
    assert calls.value("select count(*) from workflows.workflow_status") == before + 1
    started = calls.get(answer.headers["location"].rpartition("/")[2])
    assert started["inputs"]["temperature"] == 73.5 and started["inputs"]["batch"] == "B-7"
    assert (started["status"], started["priority"]) == ("DELAYED", 5)
    assert started["partition_key"] == "line 1"
    assert sorted(started["resources"]) == ["kettle 1", "kettle 2"]
    recipe = started["recipe"]
    assert (recipe["set_name"], recipe["set_version"]) == ("Rye", 2)
    assert recipe["overrides"] == {"batch": "B-7", "temperature": 73.5}
    use = "select enqueued_by from workflows.recipe_use where workflow_id = %s"
    assert calls.value(use, started["workflow_id"]) == "olaf"


def test_the_recipe_that_was_looked_at_starts_though_another_is_approved_meanwhile(
    console, brewery, calls
):
    with console.client("olaf") as client:
        typed = values(batch="B-8", temperature="71.5")
        look = client.submit("/start/ask", workflow_name="brew", set_name="Rye", **typed)
        brewery.set_status("Rye", "approved", 3)
        answer = client.submit("/start/go", **hidden(look))
    started = calls.get(answer.headers["location"].rpartition("/")[2])
    assert started["recipe"]["set_version"] == 2 and started["inputs"]["temperature"] == 71.5


def test_everything_that_does_not_fit_is_said_beside_its_field_and_kept(console, brewery, calls):
    with console.client("olaf") as client:
        answer = client.submit(
            "/start/ask", workflow_name="brew", **values(temperature="<b>hot</b>", hops="99")
        )
        shown = text_of(answer)
        assert "3 values do not fit" in shown and "is required" in shown
        assert "must be a number" in shown and "must be at most 40 kg" in shown
        assert 'value="&lt;b&gt;hot&lt;/b&gt;"' in answer.text and 'value="99"' in answer.text


def test_options_that_are_refused_lead_back_to_the_form(console, brewery, calls):
    with console.client("olaf") as client:
        typed = {"workflow_name": "brew", **values(batch="B-9", temperature="60")}
        for option, value, problem in (
            ("queue_name", "nowhere", "no such queue: nowhere"),
            ("start_before", "2020-01-01T00:00", "must be later than now"),
        ):
            look = client.submit("/start/ask", **typed, **{f"field.option.{option}": value})
            answer = client.submit("/start/go", **hidden(look))
            assert problem in text_of(answer)
            assert f'value="{value}"' in answer.text and 'value="B-9"' in answer.text
        answer = client.submit("/start/change", **hidden(look))
        assert 'value="B-9"' in answer.text and "Look at it before" in answer.text


def test_a_draft_starts_only_where_it_is_said(console, brewery):
    with console.client("olaf") as client:
        page = client.get("/start/brew?set_name=Rye&set_version=3")
        assert "is a draft: Rye version 3" in text_of(page)
        typed = {"workflow_name": "brew", "set_name": "Rye", "set_version": "3"}
        typed |= values(batch="B-1", temperature="72")
        answer = client.submit("/start/ask", **typed)
        assert "is a draft: Rye version 3" in text_of(answer)
        look = client.submit("/start/ask", **typed, allow_unapproved="1")
        assert "This version is not approved" in text_of(look)
        answer = client.submit("/start/go", **hidden(look))
        assert "brew is enqueued" in client.told(answer)


def test_a_template_has_its_own_fields_and_values(console, brewery, calls):
    with console.client("olaf") as client:
        page = client.get("/start/brew?template_name=standard").text
        assert 'value="60"' in page and "Mash temperature" in page and "field.hops" not in page
        typed = {"workflow_name": "brew", "template_name": "standard"}
        typed |= values(batch="B-2", temperature="60", mode='"fast"')
        look = client.submit("/start/ask", **typed)
        assert "temperature 60 degC template" in text_of(look)
        answer = client.submit("/start/go", **hidden(look))
    started = calls.get(answer.headers["location"].rpartition("/")[2])
    assert started["recipe"]["template_version"] == 1
    assert started["inputs"]["mode"] == "fast" and started["inputs"]["hops"] == 12


def test_a_workflow_without_parameters_takes_json(console, brewery, calls):
    with console.client("olaf") as client:
        typed = {"workflow_name": "clean", "field.option.deduplication_id": "monday"}
        given = json.dumps({"valve": "V1"})
        look = client.submit("/start/ask", **typed, **{"field.whole.inputs": given})
        first = client.submit("/start/go", **hidden(look))
        look = client.submit("/start/ask", **typed, **{"field.whole.inputs": given})
        answer = client.submit("/start/go", **hidden(look))
        assert answer.headers["location"] == first.headers["location"]
        assert "nothing was started" in client.told(answer)
        empty = client.submit("/start/ask", workflow_name="nobody registered this")
        assert "nothing is given to it" in text_of(empty)
    assert calls.get(first.headers["location"].rpartition("/")[2])["inputs"] == {"valve": "V1"}


def test_an_operator_starts_from_a_recipe_in_a_browser(look, brewery):
    page = look("olaf", "/start")
    page.get_by_role("link", name="brew").click()
    page.locator("select[name=set_name]").select_option("Rye")
    page.get_by_role("button", name="Take its values").click()
    page.get_by_label("batch").fill("B-55")
    page.get_by_label("hops (kg)").fill("14")
    page.get_by_text("Queue, priority, resources, time").click()
    page.get_by_label("Priority").fill("3")
    page.get_by_role("button", name="Look at it before it starts").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Start brew?")
    expect(page.locator("section", has_text="Otherwise than the recipe")).to_contain_text("14")
    page.get_by_role("button", name="Change it").click()
    expect(page.get_by_label("Priority")).to_have_value("3")
    page.get_by_label("batch").fill("B-56")
    page.get_by_role("button", name="Look at it before it starts").click()
    page.get_by_role("button", name="Start brew").click()
    expect(page.get_by_role("status")).to_contain_text("brew is enqueued")
    expect(page.get_by_text('"batch": "B-56"')).to_be_visible()
