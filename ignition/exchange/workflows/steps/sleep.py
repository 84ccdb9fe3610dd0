"""Steps that sleep. A sleep of more than two seconds leaves the thread and outlives worker and gateway."""

from __future__ import absolute_import, division, print_function

from exchange.workflows import settings
from exchange.workflows.engine import checks, polling
from exchange.workflows.engine.runtime import step

_LONGEST_MS = 1000 * settings.LONGEST_WAIT_SECONDS


@step(name="sleep.ms")
def sleep_ms(ms):
    """Sleep for so many milliseconds. Returns {"slept_ms"}.

        sleep.sleep_ms(60000)
    """
    checks.check_number("ms", ms, 0, _LONGEST_MS)
    polling.sleep(ms / 1000.0)
    return {"slept_ms": ms}


@step(name="sleep.chunked")
def sleep_chunked(total_ms, chunk_ms=250):
    """Sleep for so many milliseconds. Orders end every sleep at once, so the chunks are only counted.

    Returns {"slept_ms", "chunks", "chunk_ms"}.

        sleep.sleep_chunked(60000, chunk_ms=500)
    """
    checks.check_number("total_ms", total_ms, 0, _LONGEST_MS)
    checks.check_number("chunk_ms", chunk_ms, 1, _LONGEST_MS)
    polling.sleep(total_ms / 1000.0)
    return {"slept_ms": total_ms, "chunks": int(-(-total_ms // chunk_ms)), "chunk_ms": chunk_ms}
