"""The snippets of the front page, byte for byte, in a gateway."""

from tests.gateway.plant import Plant, code_blocks
from tests.waiting import wait_until

DECORATED, BUTTON, TAG, CONTROL = code_blocks("index.md")
STEPS = "select step_key from workflows.step where workflow_id = %s order by ended_at, step_key"


def ended_since(plant: Plant, count: int) -> str:
    """The id of the workflow that came after so many."""
    sql = "select workflow_id::text from workflows.workflow where workflow_name = 'ignition_workflow' order by enqueued_at"
    return wait_until(lambda: plant.ask(sql)[count:], "the workflow to be enqueued")[0]


def count(plant: Plant) -> int:
    return plant.one(
        "select count(*) from workflows.workflow where workflow_name = 'ignition_workflow'"
    )


def test_the_decorated_function_from_a_button(plant: Plant) -> None:
    before = count(plant)
    plant.gateway.run(BUTTON + "\nrunAction(None, None)\n")
    assert plant.result(ended_since(plant, before)) is None


def test_the_tag_event_script_enqueues_and_the_workflow_runs(plant: Plant) -> None:
    before = count(plant)
    plant.gateway.create_tag("Front/Page", 1)
    plant.gateway.create_tag("Front/Page", script=TAG)
    plant.gateway.write_tag("Front/Page", 2)
    workflow_id = ended_since(plant, before)
    plant.result(workflow_id)
    assert plant.gateway.log().count("Step two completed!") >= 1
    assert plant.ask(STEPS, workflow_id) == ["step_one", "step_two"]


def test_the_control_snippet_prints_four_envelopes_with_ok_true(plant: Plant) -> None:
    workflow_id = plant.enqueue("fill_tank", '{"tank": "control"}')
    plant.wait_until_seen("fill control begins first")
    plant.gateway.run(CONTROL.replace("<workflow-id>", workflow_id))
    lines = plant.gateway.printed.splitlines()
    plant.open_gate("control")
    assert [line.count("'ok': True") for line in lines] == [1] * 4
    plant.wait_for(workflow_id, "STOPPED")
