"""Each guard of the console taken out: what it keeps from happening happens, or the next one holds."""

import pytest

from exchange.workflows.cpython.console.guard import Guard
from exchange.workflows.cpython.console.users import User
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
    console.site.renderer._templates.autoescape = False
    with console.client("vera") as client:
        assert "<script>alert(2)" in client.get(f"/workflows/{ids['failed']}").text


def test_without_the_pause_passwords_can_be_guessed_for_ever(console, monkeypatch):
    monkeypatch.setattr(console.site.limit, "wait_seconds", lambda *_: 0)
    with console.client(None) as client:
        fields = {"name": "olaf", "password": "guess"}
        answers = [client.post("/login", data=fields).status_code for _ in range(8)]
    assert answers == [401] * 8
