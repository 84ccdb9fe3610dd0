"""F72: what another site, a lesser role or a hostile payload can do to the console: nothing."""

import asyncio
import re
from urllib.parse import urljoin, urlsplit

import pytest

from exchange.workflows.cpython.console.app import ACTIONS, PAGES
from exchange.workflows.cpython.console.database import Database
from exchange.workflows.cpython.console.users import ROLES, User
from exchange.workflows.cpython.failures import Failure
from tests.console.site import PEOPLE, running_console
from tests.console.work import HOSTILE, varied_work

UNKNOWN_ID = "01970000-0000-7000-8000-000000000000"
OF_ROLE = {role: name for name, role in PEOPLE.items()}


def filled(path):
    """A path of a route with something in its places."""
    return re.sub(
        r"\{(\w+)(:\w+)?\}", lambda m: UNKNOWN_ID if m[1].endswith("id") else "none", path
    )


def lesser(role):
    return ROLES[: ROLES.index(role)]


def test_roles_build_on_each_other():
    assert [User("x", "operator").may(role) for role in ROLES] == [True, True, False]


def test_every_page_is_for_its_role_and_those_above(console):
    for role, name in OF_ROLE.items():
        with console.client(name) as client:
            for page in PAGES:
                may = ROLES.index(role) >= ROLES.index(page.role)
                live = [f"/live{page.path}"] if page.is_live and not may else []
                for path in [page.path, *live]:
                    answer = client.get(filled(path))
                    assert (answer.status_code == 403) is not may, (role, path, answer.text)
                    assert answer.status_code < 500, (role, path, answer.text)
    with console.client(None) as client:
        for page in PAGES:
            assert client.get(filled(page.path)).status_code == 303, page.path
            if page.is_live:
                stream = client.get(filled(f"/live{page.path}"))
                assert "Your session is over" in stream.text and len(stream.text) < 200


def test_every_action_is_refused_to_lesser_roles_and_strangers(console):
    queries = console.site.database.queries
    for role, name in OF_ROLE.items():
        with console.client(name) as client:
            token = client.csrf()
            queries = console.site.database.queries
            for action in ACTIONS:
                if role in lesser(action.role):
                    answer = client.post(filled(action.path), data={"csrf": token})
                    assert answer.status_code == 403, (role, action.path)
                    assert f"this needs the role {action.role}" in answer.text
            assert console.site.database.queries == queries, "the database was not even asked"
    with console.client(None) as client:
        for action in ACTIONS:
            assert client.post(filled(action.path)).status_code == 303, action.path


@pytest.mark.parametrize("token", [None, "", "x" * 43])
def test_nothing_is_done_without_the_token_of_the_session(console, calls, token):
    workflow_id = calls.enqueue()
    with console.client("ada") as client:
        queries = console.site.database.queries
        for action in ACTIONS:
            fields = {} if token is None else {"csrf": token}
            answer = client.post(filled(action.path), data=fields)
            assert answer.status_code == 403 and "nothing was changed" in answer.text, action.path
        assert console.site.database.queries == queries
        answer = client.post(f"/workflows/{workflow_id}/command", data={"command": "STOP"})
        assert answer.status_code == 403
    assert calls.status(workflow_id) == "ENQUEUED"


def test_the_token_of_another_session_is_not_enough(console):
    with console.client("ada") as one, console.client("ada") as other:
        answer = one.post("/workflows/order", data={"csrf": other.csrf(), "order": "STOP"})
        assert answer.status_code == 403


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}, {"origin": "null"}],
)
def test_nothing_is_done_for_another_site(console, calls, headers):
    workflow_id = calls.enqueue()
    with console.client("ada") as client:
        token = client.csrf()
        fields = {"csrf": token, "command": "STOP"}
        path = f"/workflows/{workflow_id}/command"
        assert client.post(path, data=fields, headers=headers).status_code == 403
        assert calls.status(workflow_id) == "ENQUEUED"
        assert client.post("/logout", data={"csrf": token}, headers=headers).status_code == 403
        assert client.post(path, data=fields).status_code == 303, "the control"
    assert calls.status(workflow_id) == "STOPPED"


def test_no_get_does_anything(console_options):
    """A page reads in a transaction that cannot write; an action's may (the control)."""

    async def pause(is_read_only):
        database = Database(console_options.dsn, console_options.schema)
        await database.open()
        try:
            client = database.as_role("admin", is_read_only)
            return await client.call("pause_queue", queue_name="default", reason="x", actor="ada")
        finally:
            await database.close()

    with pytest.raises(Failure, match="read-only transaction"):
        asyncio.run(pause(is_read_only=True))
    assert asyncio.run(pause(is_read_only=False))


def test_a_read_only_console_changes_nothing_and_offers_nothing(console_options, calls):
    workflow_id = calls.enqueue()
    with (
        running_console(console_options, read_only=True) as console,
        console.client("ada") as client,
    ):
        page = client.get(f"/workflows/{workflow_id}").text
        assert "read-only" in page and "Stop this workflow" not in page
        token = client.csrf()
        for action in ACTIONS:
            if not action.is_reading:
                answer = client.post(filled(action.path), data={"csrf": token})
                assert answer.status_code == 403 and "read-only" in answer.text, action.path
    assert calls.status(workflow_id) == "ENQUEUED"


@pytest.mark.parametrize(
    "path", ["//evil.example/login", "/%09/evil.example", "/%5Cevil.example", "/odd%3Fpath"]
)
def test_a_failure_leads_nowhere_else(console, path):
    with console.client("vera") as client:
        again = re.search(r'<a href="([^"]*)">Try again', client.get(console.url + path).text)[1]
        there = urlsplit(urljoin(console.url, again))
        assert f"{there.scheme}://{there.netloc}" == console.url and again in ("/", path)


def test_a_failed_action_leads_to_no_page_of_its_path(console):
    with console.client("olaf") as client:
        answer = client.post("/workflows/order", data={"csrf": "x"})
        assert answer.status_code == 403 and '<a href="/">Try again' in answer.text


def test_every_answer_keeps_strangers_out(console):
    with console.client("ada") as client:
        for path in ("/", "/login", "/not-there", "/assets/console.js", "/ready"):
            headers = client.get(path).headers
            policy = headers["content-security-policy"]
            assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy
            assert headers["x-frame-options"] == "DENY"
            assert headers["x-content-type-options"] == "nosniff"
        assert client.get("/workflows").headers["cache-control"] == "no-store"


def test_a_gateway_may_show_it_in_a_frame_where_that_is_set(console_options):
    origin = "https://gateway.example:8043"
    with running_console(console_options, frame_ancestors=(origin,)) as console:
        headers = console.client("ada").get("/").headers
        assert f"frame-ancestors {origin}" in headers["content-security-policy"]
        assert "x-frame-options" not in headers


def test_hostile_text_stays_text(console, calls):
    calls.run("select workflows.create_queue(%s)", "odd <b>queue</b>")
    ids = varied_work(calls, number=5)
    calls.enqueue("mix", {"x": HOSTILE}, partition_key=HOSTILE, resources=[HOSTILE], actor=HOSTILE)
    calls.command(ids["held"], "RESUME", HOSTILE, actor=HOSTILE)
    with console.client("ada") as client:
        for page in PAGES:
            answer = client.get(filled(page.path).replace(UNKNOWN_ID, ids["failed"]))
            assert "<img src=x" not in answer.text and "<script>alert" not in answer.text, page.path
        assert "&lt;script&gt;alert(2)" in client.get(f"/workflows/{ids['failed']}").text
        assert "&lt;script&gt;alert(2)" in client.get(f"/workflows/{ids['held']}").text
        echoed = client.get("/workflows", params={"search": HOSTILE, "workflow_name": HOSTILE})
        assert "<script>alert" not in echoed.text and HOSTILE[3:] not in echoed.text
        assert "<script>alert" not in client.get("/login", params={"next": "/" + HOSTILE}).text
