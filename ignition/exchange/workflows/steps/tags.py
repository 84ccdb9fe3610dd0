"""Steps for tags. They need a gateway; elsewhere each raises NeedsGateway.

    from exchange.workflows.steps import tags

    @workflow()
    def open_inlet(valve):
        tags.write_confirm("[default]%s/Open" % valve, True, "[default]%s/IsOpen" % valve)
"""

from __future__ import absolute_import, division, print_function

from exchange.workflows import compat, errors
from exchange.workflows.engine import polling
from exchange.workflows.engine.runtime import step
from exchange.workflows.steps.plain import is_equal, to_plain

_CALL_MS = 10000


@step(name="tags.read", options={"max_attempts": 3, "interval_seconds": 0.5, "retry_on": ["BadQuality"]})
def read(path, allow_bad=False):
    """Read a tag.

    Returns {"value", "quality", "timestamp"}; value and timestamp are plain, quality is a text like "Good".
    Raises BadQuality where the quality is not good, after three tries, unless allow_bad is True.

        level = tags.read("[default]Tank1/Level")["value"]
    """
    found = look(path)
    if not found["is_good"] and not allow_bad:
        raise _bad("reading", path, found["quality"])
    return {"value": found["value"], "quality": found["quality"], "timestamp": found["timestamp"]}


@step(name="tags.write")
def write(path, value):
    """Write a tag.

    Returns {"quality"}. Raises BadQuality where the write was not taken; it is not tried again by itself.

        tags.write("[default]Tank1/Setpoint", 40.5)
    """
    return {"quality": _write(path, value)}


@step(name="tags.write_confirm")
def write_confirm(path, value, confirm_path=None, timeout_ms=10000, poll_ms=250, tolerance=None):
    """Write a tag, and wait until it, or the tag at confirm_path, shows the value with good quality.

    tolerance: by how much numbers may differ; None allows a millionth.
    Returns {"ok": True, "write_quality", "confirmed": True, "value", "quality"}. Raises BadQuality where the write
    was not taken, and TimedOut where the value does not show within timeout_ms. A wait of more than two seconds
    leaves the thread and looks about every two seconds from then on; the tag is not written again for that.

        tags.write_confirm("[default]Valve/Open", True, "[default]Valve/IsOpen", timeout_ms=30000)
    """
    quality = "Good" if polling.has_waited() else _write(path, value)
    found = wait_until_equal(confirm_path or path, value, timeout_ms, poll_ms, tolerance, is_safe=False)
    confirmed = {"ok": True, "write_quality": quality, "confirmed": True}
    return dict(confirmed, value=found["value"], quality=found["quality"])


def wait_until_equal(path, expected, timeout_ms, poll_ms, tolerance, is_safe=True):
    """Wait inside a step until a tag shows a value with good quality: what look() answered."""
    wanted = to_plain(expected, "expected")

    def ask():
        found = look(path)
        if found["is_good"] and is_equal(found["value"], wanted, tolerance):
            return True, found
        return False, "%s is %s (%s), wanted %s" % (path, _short(found["value"]), found["quality"], _short(wanted))

    return polling.wait_for(ask, timeout_ms, poll_ms, is_safe)


def look(path):
    """Read a tag once, inside a step: {"value", "quality", "timestamp", "is_good"}."""
    [found] = _tag_functions().readBlocking([path], _CALL_MS)
    quality = found.quality
    plain = to_plain({"value": found.value, "timestamp": found.timestamp}, path)
    return dict(plain, quality=compat.to_text(quality), is_good=bool(quality.isGood()))


def _write(path, value):
    [quality] = _tag_functions().writeBlocking([path], [value], _CALL_MS)
    if not quality.isGood():
        raise _bad("writing", path, compat.to_text(quality))
    return compat.to_text(quality)


def _tag_functions():
    try:
        return compat.gateway_system().tag
    except (ImportError, AttributeError):
        raise errors.NeedsGateway(
            "tags can be read and written in an Ignition gateway only",
            hint="let a worker in a gateway run this workflow: give it a queue that only gateways work",
        )


def _bad(act, path, quality):
    message = "%s %s gave the quality %s" % (act, path, quality)
    return errors.BadQuality(message, detail={"path": path, "quality": quality})


def _short(value):
    return compat.to_text(value)[:100]
