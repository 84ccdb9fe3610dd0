"""Who says how long what is kept, and what does not fit."""

import pytest

from tests.calls import refused

DAY = 86400


@pytest.fixture
def calls(shared_calls):
    shared_calls.run("delete from workflows.retention_policy")
    return shared_calls


def keep(calls, **options):
    return calls.call("set_retention", options=options)


def test_policies_are_listed_and_audited(calls):
    assert keep(calls, status="error", keep_seconds=DAY, actor="anna")["status"] == "ERROR"
    keep(calls, status="ERROR", keep_seconds=2 * DAY, keep_count=5, actor="bernd")
    (policy,) = calls.call("list_retention")["policies"]
    assert {k: v for k, v in policy.items() if k != "changed_at"} == {
        "queue_name": None,
        "status": "ERROR",
        "keep_seconds": 2 * DAY,
        "keep_count": 5,
        "changed_by": "bernd",
    }
    query = """select actor, detail, old_value::json ->> 'keep_seconds', new_value::json ->> 'keep_seconds'
      from workflows.audit where event = 'retention set' order by audit_id desc"""
    assert calls.rows(query)[0] == ("bernd", "every queue ERROR", str(DAY), str(2 * DAY))
    gone = calls.call("delete_retention", options={"status": "ERROR", "actor": "carla"})
    assert gone == {"was_set": True}
    assert calls.call("delete_retention", options={"status": "ERROR"}) == {"was_set": False}
    assert calls.rows(query)[0] == ("carla", "every queue ERROR", str(2 * DAY), None)


@pytest.mark.parametrize(
    ("function", "arguments", "code", "field"),
    [
        ("set_retention", {"queue_name": "nobody"}, "WF005", "queue_name"),
        ("delete_retention", {"queue_name": "nobody"}, "WF005", "queue_name"),
        ("set_retention", {"options": {"status": "RUNNING"}}, "WF002", "status"),
        ("set_retention", {"options": {"keep_seconds": -1}}, "WF002", "keep_seconds"),
        ("set_retention", {"options": {"keep_seconds": 1.5}}, "WF002", "keep_seconds"),
        ("set_retention", {"options": {"keep_count": "many"}}, "WF002", "keep_count"),
        ("set_retention", {"options": {"keep": 1}}, "WF002", "keep"),
        ("apply_retention", {"limit": 0}, "WF002", "limit"),
        ("apply_retention", {"after": "x"}, "WF002", "after"),
    ],
)
def test_what_does_not_fit_is_refused(calls, function, arguments, code, field):
    with refused(code, field):
        calls.call(function, **arguments)
