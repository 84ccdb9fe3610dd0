"""retention, setting, diagnostics."""

import json

import pytest

from exchange.workflows.cpython.failures import ExitCode
from tests.calls import calls

__all__ = ["calls"]


@pytest.fixture(autouse=True)
def nothing_set(calls):
    calls.run("delete from workflows.retention_policy")
    calls.run(
        "update workflows.setting set setting_value = '0' where setting_name = 'retention_grace_seconds'"
    )


def test_retention(run, calls):
    ids = [calls.enqueue("mix") for _ in range(3)]
    for workflow_id in ids:
        calls.command(workflow_id, "CANCEL")
    said = run("retention", "set", "default", "--status", "CANCELLED", "--keep", "30d").out
    assert said == "retention of queue default CANCELLED is set\n"
    run("retention", "set", "--keep", "forever", "--actor", "anna")
    listed = run("retention", "list").out
    assert "30.0 d" in listed and "for ever" in listed and "anna" in listed
    assert "0 workflows removed" in run("retention", "apply").out
    run("retention", "set", "default", "--status", "CANCELLED", "--count", "1")
    applied = run("retention", "apply", "--limit", "1")
    assert "2 workflows removed" in applied.out and "default" in applied.out
    again = json.loads(run("retention", "apply", "--json").out)
    assert again["queues"] == {}
    assert "is not set" in run("retention", "delete", "default", "--status", "CANCELLED").out
    assert "was not set" in run("retention", "delete", "default").err
    (policy,) = json.loads(run("retention", "list", "--json").out)["policies"]
    assert policy["queue_name"] is None


@pytest.mark.parametrize("words", [("--keep", "a month"), (), ("--keep", "30")])
def test_a_time_that_cannot_be_read(run, words):
    ran = run("retention", "set", *words)
    assert ran.exit_code == ExitCode.USAGE
    assert "--keep" in ran.err


def test_settings(run):
    assert run("setting", "set", "max_reclaims", "7").out == "max_reclaims = 7, was 5\n"
    changed = json.loads(run("setting", "list", "--changed", "--json").out)
    assert "max_reclaims" in {one["setting_name"] for one in changed}
    assert "lease_seconds" in run("setting", "list").out
    assert run("setting", "reset", "max_reclaims").out == "max_reclaims = 5, was 7\n"
    history = run("setting", "history", "max_reclaims").out
    assert "reset to its default" in history and history.count("max_reclaims") == 2
    ran = run("setting", "set", "max_reclaim", "7")
    assert ran.exit_code == ExitCode.USAGE
    assert "perhaps max_reclaims" in ran.err


def test_diagnostics(run):
    found = json.loads(run("diagnostics").out)
    assert found["schema_version"] and found["health"]
