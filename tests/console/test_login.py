"""Logging in and out: passwords, pauses, sessions that end, and who is refused."""

from tests.console.site import PASSWORD


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


def test_a_wrong_password_is_said_and_lets_nobody_in(console):
    with console.client(None) as client:
        answer = log_in(client, "olaf", "guess")
        assert answer.status_code == 401 and "the name or the password is wrong" in answer.text
        assert client.get("/").status_code == 303
