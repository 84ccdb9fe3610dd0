"""Logging in and out: passwords, pauses, sessions that end, proxies, and who is refused."""

import json

import pytest

from exchange.workflows.cpython.console.guard import COOKIE
from exchange.workflows.cpython.console.sessions import LoginLimit, Sessions
from exchange.workflows.cpython.console.site import local_path
from exchange.workflows.cpython.console.users import UserFile
from tests.console.site import PASSWORD, running_console, user_file


class Time:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def log_in(client, name, password, next_path=""):
    return client.post("/login", data={"name": name, "password": password, "next": next_path})


def test_a_page_leads_to_the_login_and_back(console):
    with console.client(None) as client:
        asked = client.get("/workflows?status=ERROR")
        assert asked.status_code == 303
        assert asked.headers["location"] == "/login?next=%2Fworkflows%3Fstatus%3DERROR"
        answer = log_in(client, "olaf", PASSWORD, "/workflows?status=ERROR")
        assert answer.headers["location"] == "/workflows?status=ERROR"
        assert client.get("/workflows").status_code == 200


@pytest.mark.parametrize("name, password", [("olaf", "guess"), ("nobody", PASSWORD), ("", "")])
def test_a_wrong_name_or_password_is_said_and_lets_nobody_in(console, caplog, name, password):
    with console.client(None) as client:
        answer = log_in(client, name, password)
        assert answer.status_code == 401 and "the name or the password is wrong" in answer.text
        assert client.get("/").status_code == 303
    (logged,) = (one for one in caplog.records if "event=login_failed" in one.getMessage())
    assert logged.name == "exchange.workflows.console"


def test_wrong_passwords_are_slowed_down(console):
    with console.client(None) as client:
        for _ in range(5):
            assert log_in(client, "olaf", "guess").status_code == 401
        answer = log_in(client, "olaf", PASSWORD)
        assert answer.status_code == 429 and "try again in" in answer.text


def test_the_limit_counts_each_name_and_address_and_forgets():
    time = Time()
    limit = LoginLimit(tries=3, pause_seconds=60, clock=time)
    for _ in range(3):
        assert limit.wait_seconds("name a", "address 1") == 0
        limit.note_failure("name a", "address 1")
        time.now += 10
    assert limit.wait_seconds("name a", "address 2") == 30
    assert limit.wait_seconds("name b", "address 1") == 30
    assert limit.wait_seconds("name b", "address 2") == 0
    time.now += 31
    assert limit.wait_seconds("name a", "address 1") == 0
    limit.note_failure("name a")
    limit.forget("name a")
    assert limit.wait_seconds("name a") == 0


def test_a_session_ends_when_it_is_not_used_and_at_the_latest_after_its_time():
    time = Time()
    sessions = Sessions(idle_seconds=60, most_seconds=600, clock=time)
    token = sessions.start("olaf")
    for _ in range(11):
        time.now += 50
        assert sessions.find(token)
    time.now += 51
    assert sessions.find(token) is None, "its time is over, however much it was used"
    token = sessions.start("olaf")
    time.now += 40
    assert sessions.find(token, is_use=False), "a page that refreshes itself"
    time.now += 40
    assert sessions.find(token) is None
    assert sessions.find(None) is None and sessions.find("x") is None


def test_logging_out_ends_the_session_itself(console):
    with console.client("olaf") as client:
        token = client.cookies[COOKIE]
        answer = client.submit("/logout")
        assert answer.headers["location"] == "/login"
    with console.client(None, cookies_of=token) as client:
        assert client.get("/").status_code == 303


def test_taking_a_person_out_of_the_file_takes_effect_at_once(console_options, tmp_path):
    people = user_file(tmp_path / "users.json")
    with (
        running_console(console_options, users=people) as console,
        console.client("olaf") as client,
    ):
        assert client.get("/workflows").status_code == 200
        UserFile(people).remove("olaf")
        assert client.get("/workflows").status_code == 303


def test_the_cookie_is_not_for_scripts_or_other_sites(console, console_options):
    with console.client(None) as client:
        cookie = log_in(client, "vera", PASSWORD).headers["set-cookie"].lower()
        assert "httponly" in cookie and "samesite=strict" in cookie and "secure" not in cookie
    with running_console(console_options, is_https=True) as other, other.client(None) as client:
        assert "; secure" in log_in(client, "vera", PASSWORD).headers["set-cookie"].lower()


def test_a_trusted_proxy_names_the_person(console_options):
    with (
        running_console(console_options, proxy_header="X-Person") as console,
        console.client(None, headers={"X-Person": "ada"}) as client,
    ):
        page = client.get("/workflows")
        assert page.status_code == 200 and "ada" in page.text
        assert COOKIE in client.cookies, "for the token of its forms"
        other = client.get("/workflows", headers={"X-Person": "vera"})
        assert "vera" in other.text and "ada <" not in other.text, "the proxy's word counts"
        unknown = client.get("/", headers={"X-Person": "mallory"})
        assert unknown.status_code == 403 and "not among the users" in unknown.text


def test_nobody_elses_header_counts(console, console_options):
    with console.client(None, headers={"X-Person": "ada"}) as client:
        assert client.get("/").status_code == 303, "no proxy was named"
    with (
        running_console(
            console_options, proxy_header="X-Person", trusted_proxies=("192.0.2.1",)
        ) as other,
        other.client(None, headers={"X-Person": "ada"}) as client,
    ):
        assert client.get("/").status_code == 303, "not from the proxy"


def test_a_browser_behind_a_proxy_has_an_address_of_its_own(console_options):
    """Wrong passwords from one place do not hold up others; a stranger's header counts for nothing."""
    elsewhere = {"X-Forwarded-For": "10.0.0.1, 192.0.2.7"}
    for trusted, status in ((("127.0.0.1",), 303), (("192.0.2.1",), 429)):
        with (
            running_console(console_options, trusted_proxies=trusted) as console,
            console.client(None) as client,
        ):
            for n in range(5):
                assert log_in(client, f"nobody {n}", "guess").status_code == 401
            fields = {"name": "olaf", "password": PASSWORD}
            assert client.post("/login", data=fields, headers=elsewhere).status_code == status


@pytest.mark.parametrize(
    "wanted",
    ["//evil.example/", "https://evil.example", "/\\evil.example", "javascript:1", "", "x"],
)
def test_nobody_is_sent_elsewhere_after_the_login(wanted):
    assert local_path(wanted) == "/"
    assert local_path("/workflows?status=ERROR") == "/workflows?status=ERROR"


def test_the_file_of_users_holds_no_password_and_is_for_its_owner(tmp_path):
    path = user_file(tmp_path / "users.json")
    assert PASSWORD not in path.read_text() and "$argon2id$" in path.read_text()
    assert path.stat().st_mode & 0o077 == 0


def test_a_broken_file_of_users_says_what_to_do(console_options, tmp_path):
    path = tmp_path / "users.json"
    path.write_text(json.dumps({"olaf": {"role": "boss"}}))
    with running_console(console_options, users=path) as console, console.client(None) as client:
        answer = log_in(client, "olaf", PASSWORD)
        assert answer.status_code == 400 and "the role of olaf is none of" in answer.text
