"""Prompts: the form of a question, its answer in types and in the person's name, two signatures."""

import json

import pytest
from playwright.sync_api import expect

from tests.calls import Worker
from tests.console.site import PASSWORD, running_console
from tests.console.work import HOSTILE

FORM = [
    {"name": "kg", "type": "number", "required": True, "min": 0, "max": 50, "unit": "kg"},
    {"name": "grade", "type": "choice", "choices": ["A", "B", 3], "default": "B"},
    {"name": "tank", "type": "integer"},
    {"name": "at", "type": "datetime"},
    {"name": "clean", "type": "boolean"},
    {"name": "note", "type": "text", "max": 500},
]
ROW = "select to_jsonb(p) from workflows.prompt p where p.prompt_id = %s::uuid"


@pytest.fixture
def ask(calls):
    """ask(question="...", ...): the prompt's id; a workflow waits for it."""
    worker = Worker(calls)

    def open_prompt(**more):
        calls.enqueue("mix", {"batch": 7})
        claimed = worker.claim_one()
        prompt = {"question": "How much is in the tank?", "second_signature": False, **more}
        assert worker.record(claimed, "look", kind="prompt", ask=prompt)["a"] == "waiting"
        assert worker.finish(claimed, "suspend", k="look") == "ok"
        return calls.value(
            "select prompt_id::text from workflows.prompt where workflow_id = %s::uuid",
            claimed["w"],
        )

    return open_prompt


@pytest.fixture
def olaf(console):
    with console.client("olaf") as client:
        yield client


def prompt_row(calls, prompt_id):
    return calls.value(ROW, prompt_id)


def answer(client, prompt_id, **fields):
    path = f"/prompts/{prompt_id}"
    return client.submit(f"{path}/answer", path, **fields)


def field(**values):
    return {f"field.{name}": value for name, value in values.items()}


def test_open_prompts_are_listed(ask, olaf):
    prompt_id = ask(roles=["operator", "qa"], second_signature=True)
    text = olaf.get("/prompts").text
    assert f'href="/prompts/{prompt_id}">How much is in the tank?' in text
    assert "operator, qa; two signatures" in text
    assert "no question fits" in olaf.get("/prompts?queue_name=default&workflow_name=no").text
    assert "How much" in olaf.get("/prompts?queue_name=default&workflow_name=mix").text


def test_an_answer_in_its_types_and_in_the_name_of_the_person(calls, ask, olaf):
    prompt_id = ask(form=FORM)
    text = olaf.get(f"/prompts/{prompt_id}").text
    assert 'name="field.kg" type="number"' in text and 'max="50"' in text and "kg (kg)" in text
    sent = field(kg="12.5", grade='"B"', tank="3", at="2026-01-31T08:00", clean="false", note="")
    told = olaf.told(answer(olaf, prompt_id, reason="read off", **sent))
    assert "answered: How much is in the tank?" in told
    row = prompt_row(calls, prompt_id)
    assert json.loads(row["answer"]) == {
        "kg": 12.5, "grade": "B", "tank": 3, "at": "2026-01-31T08:00Z", "clean": False,
    }  # fmt: skip
    assert (row["answered_by"], row["reason"]) == ("olaf", "read off")
    assert (
        calls.value("select actor from workflows.audit where event = 'prompt answered'") == "olaf"
    )


def test_what_does_not_fit_is_said_beside_what_was_typed(calls, ask, olaf):
    prompt_id = ask(form=FORM)
    again = answer(olaf, prompt_id, **field(kg="99", tank="1.5", note="typed this"), reason="why")
    assert again.status_code == 200
    assert "must be at most 50 kg" in again.text and "must be a whole number" in again.text
    assert "typed this" in again.text and 'value="99"' in again.text and 'value="why"' in again.text
    assert prompt_row(calls, prompt_id)["status"] == "OPEN"
    assert "is required" in answer(olaf, prompt_id, **field(note="x")).text


def test_a_prompt_without_a_form_takes_anything(calls, ask, olaf):
    first, second = ask(), ask()
    assert "the answer is missing" in answer(olaf, first).text
    answer(olaf, first, **field(answer="it is half full"))
    answer(olaf, second, **field(answer='{"kg": [1, 2]}'))
    assert json.loads(prompt_row(calls, first)["answer"]) == "it is half full"
    assert json.loads(prompt_row(calls, second)["answer"]) == {"kg": [1, 2]}


def test_only_the_roles_that_are_asked(calls, ask, olaf, console, console_options):
    prompt_id = ask(roles=["qa"])
    text = olaf.get(f"/prompts/{prompt_id}").text
    assert "It may be answered by: qa" in text and "/answer" not in text
    told = olaf.told(answer(olaf, prompt_id, **field(answer="1")))
    assert "qa" in told and prompt_row(calls, prompt_id)["status"] == "OPEN"
    other = ask(roles=["operator"])
    with console.client("vera") as vera:
        assert "/answer" not in vera.get(f"/prompts/{other}").text
        assert answer(vera, other, **field(answer="1")).status_code == 403
    with running_console(console_options, read_only=True) as still, still.client("olaf") as client:
        assert "/answer" not in client.get(f"/prompts/{other}").text
        assert answer(client, other, **field(answer="1")).status_code == 403
    assert prompt_row(calls, other)["status"] == "OPEN"


def test_a_second_answer_is_told_who_was_first(ask, olaf, console):
    prompt_id = ask()
    answer(olaf, prompt_id, **field(answer="1"))
    with console.client("ada") as ada:
        told = ada.told(answer(ada, prompt_id, **field(answer="2")))
        assert "it was answered by olaf" in told
        text = ada.get(f"/prompts/{prompt_id}").text
        assert "Answered by olaf" in text and "/answer" not in text
        gone = ada.get("/prompts/01970000-0000-7000-8000-000000000000")
        assert gone.status_code == 409 and "there is no prompt" in gone.text


def test_a_second_person_signs_with_a_password(calls, ask, olaf):
    prompt_id = ask(second_signature=True, roles=["operator", "admin"])
    assert "Password of the second person" in olaf.get(f"/prompts/{prompt_id}").text
    value = field(answer="true")
    refused = {
        "the name of the second person is missing": {"second_password": PASSWORD},
        "the password of the second person is missing": {"second_name": "ada"},
        "must be that of another person": {"second_name": "olaf", "second_password": PASSWORD},
        "password of the second person is wrong": {
            "second_name": "ada",
            "second_password": "guess",
        },
        "vera may not sign": {"second_name": "vera", "second_password": PASSWORD},
    }
    for problem, fields in refused.items():
        again = answer(olaf, prompt_id, **value, **fields)
        assert problem in again.text, again.text
        assert PASSWORD not in again.text and "guess" not in again.text
        assert prompt_row(calls, prompt_id)["status"] == "OPEN"
    answer(olaf, prompt_id, **value, second_name="ada", second_password=PASSWORD)
    row = prompt_row(calls, prompt_id)
    assert (row["answered_by"], row["second_actor"]) == ("olaf", "ada")


def test_wrong_passwords_of_a_signature_count_as_those_of_a_login(calls, ask, olaf, console):
    prompt_id = ask(second_signature=True)
    wrong = {"second_name": "ada", "second_password": "guess", **field(answer="1")}
    for _ in range(console.site.options.login_tries):
        assert "is wrong" in answer(olaf, prompt_id, **wrong).text
    right = {**wrong, "second_password": PASSWORD}
    assert "too many wrong passwords" in answer(olaf, prompt_id, **right).text
    assert prompt_row(calls, prompt_id)["status"] == "OPEN"
    login = olaf.post("/login", data={"name": "ada", "password": PASSWORD, "next": "/"})
    assert login.status_code == 429


def test_hostile_questions_are_text(ask, olaf):
    form = [{"name": HOSTILE, "type": "text", "description": HOSTILE, "default": HOSTILE}]
    prompt_id = ask(
        question=HOSTILE, form=form, roles=["operator", HOSTILE], default={"a": HOSTILE}
    )
    pages = [olaf.get("/prompts"), olaf.get(f"/prompts/{prompt_id}")]
    pages.append(answer(olaf, prompt_id, **{f"field.{HOSTILE}": HOSTILE, "field.more": "x"}))
    pages.append(olaf.get(f"/prompts/{prompt_id}"))
    for page in pages:
        assert "<img src=x" not in page.text and "<script>alert" not in page.text


def test_answer_in_a_browser(calls, ask, look):
    prompt_id = ask(form=FORM)
    page = look("olaf", "/attention")
    page.get_by_role("link", name="Answer").click()
    page.get_by_label("kg (kg)").fill("12.5")
    page.get_by_label("note").fill("half full")
    calls.call("cancel_workflow", workflow_id=calls.enqueue(), reason=None)
    expect(page.get_by_label("note")).to_have_value("half full")
    expect(page.get_by_label("grade")).to_have_value('"B"')
    page.get_by_label("at", exact=True).fill("2026-01-31T08:00:30")
    page.get_by_role("button", name="Answer").click()
    expect(page.get_by_text("answered: How much")).to_be_visible()
    assert json.loads(prompt_row(calls, prompt_id)["answer"]) == {
        "kg": 12.5, "grade": "B", "note": "half full", "at": "2026-01-31T08:00:30Z",
    }  # fmt: skip
