"""Maintenance of one queue and of all, as the views enter and end it."""

import pytest


def answer(view, reason="new firmware"):
    """The question that was asked last, after a yes."""
    question = view.popup()
    question.settle_for(reason=reason)
    question.press("Act")
    view.settle()
    return question


def chosen(run, name="default"):
    queues = run("Queues")
    names = [row["queue_name"] for row in queues.view.custom.queues]
    queues.choose("Queues", names.index(name))
    return queues


@pytest.fixture
def two_queues(calls):
    calls.enqueue("mix")
    calls.call("create_queue", queue_name="line")


def test_maintenance_of_one_queue(run, calls):
    calls.enqueue("mix")
    queues = run("Queues")
    assert not queues.is_enabled("Drain")
    queues.choose("Queues")
    assert queues.view.custom.queueName == "default"
    queues.press("Drain")
    answer(queues)
    assert queues.view.custom.stands.maintenance == "drain" and not queues.is_enabled("CancelAll")
    queues.press("Exit")
    assert answer(queues).closed
    assert queues.view.custom.stands.maintenance == ""


@pytest.mark.proof
def test_maintenance_of_all_queues(run, calls):
    admin = run("Admin")
    assert admin.view.custom.maintenance.text == "no maintenance"
    admin.press("Drain")
    answer(admin)
    assert "of all queues (drain): new firmware" in admin.view.custom.maintenance.text
    assert admin.is_enabled("Exit") and not admin.is_enabled("Drain")


def test_one_queue_in_maintenance_does_not_keep_the_others_from_it(run, calls, two_queues):
    calls.call("enter_maintenance", mode="drain", queue_name="line")
    admin = run("Admin")
    assert admin.view.custom.maintenance.text == "maintenance of single queues: line; 0 still run"
    assert admin.is_enabled("CancelAll") and not admin.is_enabled("Exit")
    admin.press("Drain")
    assert answer(admin).closed and admin.is_enabled("Exit")
    modes = dict(calls.rows("select queue_name, maintenance from workflows.queue_depth"))
    assert modes == {"default": "drain", "line": "drain"}


def test_a_queue_in_maintenance_with_all_has_no_order_of_its_own_to_end(run, calls, two_queues):
    calls.call("enter_maintenance", mode="drain")
    queues = chosen(run, "line")
    assert queues.view.custom.stands.maintenance == "drain" and not queues.is_enabled("Exit")
    queues.press("Drain")
    answer(queues)
    assert queues.is_enabled("Exit")
    calls.call("exit_maintenance")
    queues.settle()
    queues.press("Exit")
    assert answer(queues).closed and not queues.view.custom.stands.maintenance


def test_what_keeps_a_queue_closed_is_told(run, calls, two_queues):
    calls.call("enter_maintenance", mode="drain", queue_name="line")
    calls.call("enter_maintenance", mode="drain")
    queues = chosen(run, "line")
    queues.press("Exit")
    question = answer(queues)
    assert not question.closed and not question.is_enabled("Act")
    said = question.shown(question.find("Message")).text
    assert said == "this maintenance is over, but that of all queues is still entered"
    assert not queues.is_enabled("Exit")


def test_which_queues_stay_closed_after_that_of_all_is_told(run, calls, two_queues):
    calls.call("enter_maintenance", mode="drain", queue_name="line")
    calls.call("enter_maintenance", mode="drain")
    admin = run("Admin")
    admin.press("Exit")
    question = answer(admin)
    assert not question.closed
    assert "that of single queues is still entered" in question.view.custom.message
    assert "single queues: line" in admin.view.custom.maintenance.text and admin.is_enabled("Drain")


def test_what_was_not_entered_is_told(run, calls, two_queues):
    """Somebody else was faster."""
    calls.call("enter_maintenance", mode="drain")
    admin = run("Admin")
    admin.press("Exit")
    calls.call("exit_maintenance")
    question = answer(admin)
    assert not question.closed
    assert question.view.custom.message == "this maintenance was not entered"
