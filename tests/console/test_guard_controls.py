"""Each guard of the console taken out: what it keeps from happening happens, or the next one holds."""

import functools
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import expect

from exchange.workflows.cpython.console import app
from exchange.workflows.cpython.console.guard import Guard
from exchange.workflows.cpython.console.pages import prompt
from exchange.workflows.cpython.console.passwords import Passwords
from exchange.workflows.cpython.console.render import all_templates
from exchange.workflows.cpython.console.users import User
from tests.calls import Worker
from tests.console.site import running_console
from tests.console.work import varied_work


def stop(client, workflow_id, token=None, **headers):
    fields = {"csrf": token if token is not None else client.csrf(), "command": "STOP"}
    return client.post(f"/workflows/{workflow_id}/command", data=fields, headers=headers)


@pytest.mark.parametrize(
    "guard, token, headers",
    [
        ("check_token", "guessed", {}),
        ("check_origin", None, {"origin": "https://evil.example"}),
    ],
)
def test_without_it_another_site_stops_a_workflow(
    console, calls, monkeypatch, guard, token, headers
):
    workflow_id = calls.enqueue()
    with console.client("olaf") as client:
        assert stop(client, workflow_id, token, **headers).status_code == 403
        assert calls.status(workflow_id) == "ENQUEUED"
        monkeypatch.setattr(Guard, guard, lambda *_: None)
        assert stop(client, workflow_id, token, **headers).status_code == 303
    assert calls.status(workflow_id) == "STOPPED"


def test_without_the_check_of_roles_the_database_still_refuses(console, calls, monkeypatch):
    workflow_id = calls.enqueue()
    monkeypatch.setattr(User, "may", lambda *_: True)
    with console.client("vera") as client:
        assert "permission denied" in client.told(stop(client, workflow_id))
    assert calls.status(workflow_id) == "ENQUEUED"


def test_without_escaping_a_payload_is_a_script(console, calls):
    ids = varied_work(calls, number=3)
    bare = all_templates.__wrapped__()  # of this test alone
    bare.autoescape = False
    console.site.renderer._templates = bare
    with console.client("vera") as client:
        assert "<script>alert(2)" in client.get(f"/workflows/{ids['failed']}").text


def test_without_the_pause_passwords_can_be_guessed_for_ever(console, monkeypatch):
    monkeypatch.setattr(console.site.limit, "wait_seconds", lambda *_: 0)
    with console.client(None) as client:
        fields = {"name": "olaf", "password": "guess"}
        answers = [client.post("/login", data=fields).status_code for _ in range(8)]
    assert answers == [401] * 8


def test_without_the_check_of_roles_a_viewer_reads_what_is_for_admins(console, calls, monkeypatch):
    """A page is read under the role of the page, so here nothing else stands behind the check."""
    calls.set_setting("max_reclaims", 7)
    with console.client("vera") as client:
        assert client.get("/audit").status_code == 403
        assert client.get("/live/audit").status_code in (403, 404)
        monkeypatch.setattr(User, "may", lambda *_: True)
        answer = client.get("/audit")
        assert answer.status_code == 200 and "setting changed" in answer.text


def sign(client, prompt_id, name, password):
    fields = {"field.answer": "true", "second_name": name, "second_password": password}
    return client.submit(f"/prompts/{prompt_id}/answer", f"/prompts/{prompt_id}", **fields)


def answered_by(calls, prompt_id):
    query = "select answered_by, second_actor from workflows.prompt where prompt_id = %s"
    return calls.rows(query, prompt_id)[0]


@pytest.fixture
def prompt_id(calls):
    worker = Worker(calls)
    calls.enqueue()
    asked = {"question": "Open the valve?", "second_signature": True}
    claimed = worker.claim_one()
    worker.record(claimed, "prompt", kind="prompt", ask=asked)
    worker.finish(claimed, "suspend", k="prompt")
    return calls.value("select prompt_id::text from workflows.prompt")


def test_without_the_second_password_one_person_signs_for_two(
    console, calls, monkeypatch, prompt_id
):
    async def named(passwords, name, password, address):
        return passwords._users.find(name)

    with console.client("olaf") as client:
        assert "password of the second person is wrong" in sign(
            client, prompt_id, "ada", "guess"
        ).text  # fmt: skip
        assert answered_by(calls, prompt_id) == (None, None)
        monkeypatch.setattr(Passwords, "verify", named)
        assert sign(client, prompt_id, "ada", "guess").status_code == 303
    assert answered_by(calls, prompt_id) == ("olaf", "ada")


def test_without_the_check_of_another_person_the_database_still_refuses(
    console, calls, monkeypatch, prompt_id
):
    async def oneself(act):
        return act.user

    monkeypatch.setattr(prompt, "_second_person", oneself)
    with console.client("olaf") as client:
        text = sign(client, prompt_id, "olaf", "guess").text
        assert "must be another person than actor" in text
    assert answered_by(calls, prompt_id) == (None, None)


@pytest.fixture
def other_site(tmp_path):
    """Its folder and its address: a site of somebody else, who writes what is in it."""
    serve = functools.partial(SimpleHTTPRequestHandler, directory=tmp_path)
    with ThreadingHTTPServer(("127.0.0.1", 0), serve) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield tmp_path, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("case", ["refused", "allowed", "without the guard"])
def test_another_site_frames_the_console(browser, console_options, monkeypatch, other_site, case):
    if case == "without the guard":
        monkeypatch.setattr(app, "security_headers", lambda options: {})
    folder, address = other_site
    changes: dict[str, Any] = {"frame_ancestors": (address,)} if case == "allowed" else {}
    context = browser.new_context()
    with running_console(console_options, **changes) as console:
        framed = f'<h1>theirs</h1><iframe src="{console.url}/login"></iframe>'
        (folder / "index.html").write_text(framed)
        page = context.new_page()
        page.goto(address)
        shown = page.frame_locator("iframe").get_by_role("button", name="Log in")
        if case == "refused":
            assert page.frames[1].url.startswith("chrome-error:")
        expect(shown).to_have_count(0 if case == "refused" else 1)
        context.close()
