"""The views do what they say, on a real database: their own bindings and scripts, without Perspective."""

import pytest

from tests.console.brewery import Brewery
from tests.perspective.reading import components
from tests.perspective.runtime import session


def status_of(calls, workflow_id):
    return calls.call("get_workflow", workflow_id=workflow_id)["status"]


def test_every_view_is_at_rest_in_an_empty_database(run, views):
    """Nothing has an error before the first row has come (D42)."""
    for name in views:
        running = run(name)
        for _, node in components(running.made["root"]):
            running.shown(node)


def test_an_order_is_asked_about_signed_and_given(run, calls):
    waiting = calls.enqueue("mix")
    details = run("Details", workflowId=waiting)
    details.press("Hold")
    question = details.popup()
    assert "Hold mix?" in question.shown(question.find("Question")).text
    question.settle_for(reason="valve is serviced")
    question.press("Act")
    assert question.closed == ["exchange-workflows-confirm"]
    assert status_of(calls, waiting) == "HELD"
    details.settle()
    [order] = details.view.custom.commands
    assert (order["command"], order["actor"], order["reason"]) == (
        "HOLD",
        "anna",
        "valve is serviced",
    )


def test_only_what_is_allowed_now_can_be_pressed(run, calls, make_worker):
    buttons = ("Hold", "Pause", "Resume", "Stop", "Abort", "Reset", "Cancel", "Retry")
    waiting = calls.enqueue("mix")

    def enabled(**more):
        details = run("Details", workflowId=waiting, **more)
        return {name for name in buttons if details.is_enabled(name)}

    assert enabled() == {"Hold", "Pause", "Stop", "Abort", "Cancel"}
    calls.command(waiting, "HOLD")
    assert enabled() == {"Resume", "Stop", "Abort", "Cancel"}
    calls.command(waiting, "CANCEL")
    assert {"Hold", "Resume", "Stop", "Cancel"}.isdisjoint(enabled()) and "Retry" in enabled()
    assert enabled(who=session("")) == set()
    assert enabled(roles="supervisor") == set()
    assert "Retry" in enabled(roles="supervisor, operator")


def test_what_cannot_be_taken_back_needs_a_reason(run, calls):
    details = run("Details", workflowId=calls.enqueue("mix"))
    details.press("Cancel")
    question = details.popup()
    question.settle_for(reason="  ")
    assert not question.is_enabled("Act")
    question.settle_for(reason="wrong recipe")
    question.press("Act")
    assert status_of(calls, details.view.params.workflowId) == "CANCELLED"


def test_a_refusal_is_told_and_nothing_closes(run, calls):
    waiting = calls.enqueue("mix")
    details = run("Details", workflowId=waiting)
    details.press("Hold")
    calls.command(waiting, "CANCEL")
    question = details.popup()
    question.settle_for(reason="too late")
    question.press("Act")
    assert "CANCELLED" in question.view.custom.message.upper() and not question.closed
    assert not question.view.custom.isDone


def test_what_is_allowed_is_what_the_database_allows(run, calls, make_worker):
    worker = make_worker("mix")
    ids = [calls.enqueue("mix") for _ in range(5)]
    running, failed, done = (worker.claim_one() for _ in range(3))
    worker.fail(failed)
    worker.finish(done)
    calls.command(running["w"], "HOLD")
    calls.command(ids[3], "HOLD")
    calls.command(ids[4], "STOP")
    for one in [*ids, calls.enqueue("mix")]:
        known = calls.call("describe_workflow", workflow_id=one)["allowed"]
        wanted = {*known["commands"], *(["RETRY"] if known["retry"] else [])}
        allowed = run("Details", workflowId=one).view.custom.allowed
        assert {word for word, is_allowed in allowed.items() if is_allowed} == wanted


def test_a_question_does_not_trust_the_browser(run, calls):
    """A disabled button that is pressed all the same does nothing."""
    waiting = calls.enqueue("mix")
    details = run("Details", workflowId=waiting)
    details.press("Cancel")
    details.session = session("eve", "guest")
    question = details.popup()
    question.view.params.roles = "operator"
    question.settle_for(reason="because")
    question.happens("Act", "onActionPerformed")
    assert status_of(calls, waiting) == "ENQUEUED" and not question.closed


def test_steps_lie_in_time(run, calls, make_worker):
    worker = make_worker("mix")
    calls.enqueue("mix")
    claimed = worker.claim_one()
    for key in ("weigh", "heat"):
        worker.record(claimed, key, output={"kg": 5})
    details = run("Details", workflowId=claimed["w"])
    bars = details.shown(details.find("Timeline"))["instances"]
    assert [bar["title"] for bar in bars] == ["weigh", "heat"]
    assert all(
        0 <= bar["offset"] <= 100 and bar["offset"] + bar["length"] <= 100.01 for bar in bars
    )
    assert details.shown(details.find("Status"))["params"]["status"] == "RUNNING"


def test_of_many_steps_the_newest_are_shown(run, calls, make_worker):
    """What a workflow of 300 steps has failed in is the last of them."""
    worker = make_worker("mix")
    calls.enqueue("mix")
    claimed = worker.claim_one()
    worker.record(claimed, "weigh#1")
    calls.run(
        "insert into workflows.step (workflow_id, step_key, kind, status, attempts, started_at, ended_at) "
        "select %s::uuid, 'weigh#' || n, 'step', 'SUCCESS', 1, now() + n * interval '1 s', now() + n * interval '1 s' "
        "from generate_series(2, 299) n",
        claimed["w"],
    )
    error = {"class": "ValueError", "message": "valve", "traceback": ""}
    worker.record(claimed, "heat", status="ERROR", error=error)
    calls.run(
        "update workflows.step set started_at = now() + interval '1 h', ended_at = now() + interval '1 h' "
        "where step_key = 'heat'"
    )
    details = run("Details", workflowId=claimed["w"])
    rows = details.shown(details.find("StepTable"))["data"]
    assert (len(rows), rows[-1]["step_key"], rows[-1]["error_message"]) == (200, "heat", "valve")
    bars = details.shown(details.find("Timeline"))["instances"]
    assert (len(bars), bars[-1]["title"], bars[-1]["status"]) == (60, "heat", "ERROR")
    title = details.shown(details.find("StepsTitle")).text
    assert title == "Steps; the newest 200 of 300; the bars are the newest 60"


def test_a_retry_keeps_its_reason(run, calls, make_worker):
    worker = make_worker("mix")
    calls.enqueue("mix")
    failed = worker.claim_one()
    worker.fail(failed)
    details = run("Details", workflowId=failed["w"])
    details.press("Retry")
    question = details.popup()
    question.settle_for(reason="valve mended")
    question.press("Act")
    assert question.closed, question.view.custom.message
    kept = "select actor, reason from workflows.audit_log where event = 'retried'"
    assert calls.rows(kept) == [("anna", "valve mended")]


def test_no_reason_is_asked_for_that_nobody_keeps(run):
    for action, is_asked in (("retry", True), ("start", False), ("resolve rejected", False)):
        question = run("Confirm", action=action)
        assert question.is_shown(question.find("Reason")) is is_asked


def test_the_list_is_filtered_and_paged_by_key(run, calls):
    ids = [calls.enqueue("mix") for _ in range(51)]
    calls.command(ids[0], "HOLD")
    monitor = run("Monitor")
    assert len(monitor.view.custom.workflows) == 50 and monitor.is_enabled("Older")
    assert not monitor.is_enabled("Newest")
    monitor.press("Older")
    assert [row["workflow_id"] for row in monitor.view.custom.workflows] == [ids[0]]
    monitor.press("Newest")
    monitor.settle_for(status="HELD")
    monitor.choose("Workflows")
    assert monitor.shown(monitor.find("Chosen"))["params"]["workflowId"] == ids[0]


def test_the_list_can_be_searched_further_back(run, calls):
    """A search looks at 5,000 at a time, whether any of them fits or not."""
    old = calls.enqueue("rinse")
    entries = [{"workflow_name": "mix"}] * 1000
    for _ in range(5):
        calls.enqueue_many(*entries)
    monitor = run("Monitor")
    monitor.settle_for(workflowName="rinse")
    assert monitor.view.custom.workflows == []
    assert monitor.shown(monitor.find("Shown")).text == "there may be older ones that fit"
    monitor.press("Older")
    assert [row["workflow_id"] for row in monitor.view.custom.workflows] == [old]
    assert not monitor.is_enabled("Older")


def test_a_queue_is_paused_and_resumed(run, calls):
    queues = run("Queues")
    queues.choose("Queues")
    assert queues.is_enabled("Pause") and not queues.is_enabled("Resume")
    for button, stands in (("Pause", True), ("Resume", False)):
        queues.press(button)
        question = queues.popup()
        question.settle_for(reason="no cartons")
        question.press("Act")
        queues.settle()
        assert queues.view.custom.stands.isPaused is stands
    events = "select event, actor, reason from workflows.audit_log where event like 'queue %%ed' order by audit_id"
    assert calls.rows(events) == [
        ("queue paused", "anna", "no cartons"),
        ("queue resumed", "anna", "no cartons"),
    ]


def test_a_worker_is_drained_and_claims_again(run, calls, make_worker):
    worker = make_worker("mix")
    admin = run("Admin")
    assert not admin.is_enabled("DrainWorker")
    admin.choose("Workers")
    for button, stands in (("DrainWorker", True), ("ResumeWorker", False)):
        admin.press(button)
        question = admin.popup()
        question.settle_for(reason="new memory")
        question.press("Act")
        admin.settle()
        assert admin.view.custom.worker.isDraining is stands
    worker.retire()
    admin.settle()
    assert not admin.is_enabled("DrainWorker") and not admin.is_enabled("ResumeWorker")


def test_what_needs_attention_can_be_seen_to(run, calls, make_worker):
    held = calls.enqueue("mix")
    calls.command(held, "HOLD", "shift change")
    attention = run("AttentionNeeded")
    attention.choose("Waiting")
    assert attention.is_enabled("Resume") and not attention.is_enabled("Retry")
    attention.press("Resume")
    question = attention.popup()
    assert "shift change" in question.view.params.question
    question.settle_for(reason="go on")
    question.press("Act")
    assert status_of(calls, held) == "ENQUEUED"


@pytest.fixture
def asked(make_worker, calls):
    """A workflow that asks for a weight."""
    form = [
        {"name": "kilograms", "type": "number", "min": 0, "max": 50, "required": True},
        {"name": "grade", "type": "choice", "choices": ["A", "B"]},
    ]
    worker = make_worker("fill")
    workflow_id = calls.enqueue("fill")
    claimed = worker.claim_one()
    ask = {"question": "Weigh the bag", "form": form, "roles": ["operator"]}
    worker.record(claimed, "prompt", kind="prompt", ask={**ask, "second_signature": False})
    worker.finish(claimed, "suspend", k="prompt")
    return workflow_id


def test_a_prompt_is_answered_or_the_problems_told(run, calls, asked):
    prompts = run("Prompts")
    prompts.choose("Open")
    prompts.fill("Fields", "kilograms", "70")
    prompts.press("Answer")
    assert "kilograms" in prompts.view.custom.message and "50" in prompts.view.custom.message
    prompts.fill("Fields", "kilograms", 25)
    prompts.fill("Fields", "grade", "B")
    prompts.press("Answer")
    assert prompts.view.custom.message == "answered"
    [prompt] = calls.call("list_prompts", filter={"is_open": False})
    assert (prompt["workflow_id"], prompt["answered_by"]) == (asked, "anna")
    assert run("Prompts").view.custom.prompts == []


def test_only_who_is_asked_may_answer(run, asked):
    prompts = run("Prompts", session("bob", "guest"))
    prompts.choose("Open")
    assert not prompts.is_enabled("Answer")
    prompts.happens("Answer", "onActionPerformed")
    assert prompts.view.custom.prompts


def test_a_workflow_is_started_from_a_recipe(run, calls):
    Brewery(calls).fill()
    start = run("Start")
    assert not start.is_enabled("Start")
    start.settle_for(workflowName="brew")
    recipes = start.shown(start.find("Recipe"))["options"]
    assert [one["value"] for one in recipes] == ["", "Pale ale", "Rye"]
    start.settle_for(setName="Rye")
    rows = {row["name"]: row for row in start.view.custom.fields}
    assert rows["temperature"]["otherwise"] == "71.5" and rows["batch"]["title"] == "batch *"
    start.press("Start")
    question = start.popup()
    question.press("Act")
    assert "batch" in question.view.custom.message
    start.fill("Fields", "batch", "B-200")
    start.fill("Fields", "hops", "20")
    start.press("Start")
    question = start.popup()
    question.press("Act")
    [(_, params)] = question.popups
    begun = calls.call("get_workflow", workflow_id=params["workflowId"])
    assert (begun["inputs"]["batch"], begun["inputs"]["hops"]) == ("B-200", 20)
    assert begun["enqueued_by"] == "anna" and begun["recipe"]["set_name"] == "Rye"


def test_the_recipe_that_was_shown_is_started(run, calls):
    """Even where another version is approved meanwhile."""
    brewery = Brewery(calls)
    brewery.fill()
    start = run("Start")
    start.settle_for(workflowName="brew", setName="Rye")
    assert start.shown(start.find("Version")).text == "recipe Rye, version 2"
    start.fill("Fields", "batch", "B-200")
    newer = brewery.draft("Rye", {"temperature": 90})
    brewery.set_status("Rye", "approved", newer)
    start.press("Start")
    question = start.popup()
    assert "Start brew with recipe Rye, version 2?" in question.view.params.question
    question.press("Act")
    [(_, params)] = question.popups
    begun = calls.call("get_workflow", workflow_id=params["workflowId"])
    assert begun["inputs"]["temperature"] == 71.5 and begun["recipe"]["set_version"] == 2


def test_a_recipe_that_cannot_be_read_is_not_started(run, calls):
    """As when the one of the workflow before is still chosen."""
    Brewery(calls).fill()
    start = run("Start")
    start.settle_for(workflowName="brew", setName="Rye")
    start.settle_for(workflowName="clean")
    assert "Rye" in start.shown(start.find("Version")).text and not start.is_enabled("Start")
    start.settle_for(setName="")
    assert start.is_enabled("Start")


@pytest.mark.proof
def test_a_workflow_without_parameters_takes_json(run, calls):
    calls.enqueue("clean")
    start = run("Start")
    start.settle_for(workflowName="clean")
    start.fill("Fields", "", '{"tank": "T-1"}')
    start.press("Start")
    question = start.popup()
    question.press("Act")
    begun = calls.call("get_workflow", workflow_id=question.popups[0][1]["workflowId"])
    assert begun["inputs"] == {"tank": "T-1"}


@pytest.mark.proof
def test_a_recipe_is_changed_saved_and_approved(run, calls):
    Brewery(calls).fill()
    recipes = run("Recipes")
    recipes.settle_for(workflowName="brew")
    names = [(row["setName"], row["setVersion"]) for row in recipes.view.custom.recipes]
    recipes.choose("Recipes", names.index(("Rye", 2)))
    assert "temperature: 71.5, was 70" in recipes.view.custom.differs
    recipes.fill("Fields", "temperature", "73")
    recipes.press("Save")
    question = recipes.popup()
    question.settle_for(reason="trial 20")
    question.press("Act")
    saved = Brewery(calls).recipe("Rye", 4)
    assert (saved["values"]["temperature"], saved["status"], saved["created_by"]) == (
        73,
        "draft",
        "anna",
    )
    recipes.settle_for(chosen={"setName": "Rye", "setVersion": 4, "status": "draft"})
    recipes.press("Approve")
    question = recipes.popup()
    question.settle_for(reason="tasted")
    recipes.session = session("bernd", "operator")
    again = recipes.popup()
    again.settle_for(reason="tasted")
    again.press("Act")
    assert Brewery(calls).recipe("Rye", 4)["status"] == "approved"


@pytest.mark.proof
def test_a_refused_entry_is_enqueued_again(run, calls):
    entry = {
        "workflow_id": "018f0000-0000-7000-8000-000000000001",
        "entry": {"workflow_name": "mix"},
    }
    problem = {"code": "WF005"}
    calls.call("reject_entries", entries=[dict(entry, problem=problem, origin="gw1 plant")])
    admin = run("Admin")
    admin.choose("Rejected")
    admin.press("Retry")
    question = admin.popup()
    question.press("Act")
    assert question.closed, question.view.custom.message
    assert status_of(calls, entry["workflow_id"]) == "ENQUEUED"


def test_a_tile_shows_one_queue(run, calls):
    calls.enqueue("mix")
    tile = run("QueueDepthTile", queueName="default")
    assert tile.shown(tile.find("Enqueued")).text == 1
    assert tile.shown(tile.find("Stopped")).text == ""
    pill = run("StatusPill", status="RUNNING", state="HELD")
    assert pill.shown(pill.find("Pill")).text == "RUNNING - HELD"
