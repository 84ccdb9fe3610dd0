"""Steps that wait for the plant. They need a gateway; elsewhere each raises NeedsGateway."""

from __future__ import absolute_import, division, print_function

from exchange.workflows.engine.runtime import step
from exchange.workflows.steps import tags


@step(name="wait.until_tag_equals")
def until_tag_equals(path, expected, timeout_ms=10000, poll_ms=250, tolerance=None):
    """Wait until a tag shows a value with good quality.

    tolerance: by how much numbers may differ; None allows a millionth.
    poll_ms: how often it looks in the first two seconds. A longer wait leaves the thread; from then on it looks
        about every two seconds, or every poll_ms where that is more.
    Returns {"ok": True, "value", "quality"}. Raises TimedOut with what the tag showed last. Time in which the
    workflow was held counts.

        wait.until_tag_equals("[default]Tank1/Level", 80, timeout_ms=600000, tolerance=0.5)
    """
    found = tags.wait_until_equal(path, expected, timeout_ms, poll_ms, tolerance)
    return {"ok": True, "value": found["value"], "quality": found["quality"]}
