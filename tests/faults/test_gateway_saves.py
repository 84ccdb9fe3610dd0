"""Saves of a project under running work: nothing runs twice, and nothing stays behind."""

import re
from collections import Counter
from functools import partial

import pytest

from exchange.workflows import settings
from tests.faults.gateways import late_bodies, overlaps
from tests.faults.site import FIGURES
from tests.waiting import wait_until

pytestmark = pytest.mark.proof
SAVES = 20
THREADS = 4
# Noise of a collector that was asked to collect.
MEGABYTES = 16.0


def has_ended(gateway, count: int) -> bool:
    return gateway.log().count("event=ended") >= count


def keep_busy(site, ids: list[str]) -> None:
    """So much work that every thread has some."""
    live = "select count(*) from workflows.workflow where ended_at is null"
    while site.one(live) < 6:
        inputs = {"count": 20, "seconds": 0.15}
        ids.append(site.enqueue("many_steps", inputs, partition_key=f"tank {len(ids) % 6}"))
    wait_until(lambda: site.busy("g") >= 2, "work to be under way", 20)


def test_f53_twenty_saves_in_full_work(site):
    """Without a shutdown script, as where nobody pasted it: the hardest way to take over."""
    site.one("select workflows.set_setting('lease_seconds', '8')")
    gateway = site.gateway("g", threads=THREADS, shutdown="pass")
    ids: list[str] = []
    heap, standing, working = [], [], []
    for number in range(SAVES):
        keep_busy(site, ids)
        gateway.save()
        site.wait_registered(gateway, times=number + 2)
        if number in (2, SAVES - 1):
            wait_until(partial(has_ended, gateway, number + 1), "old generations to end", 20)
            wait_until(lambda: gateway.gateway.old_interpreters_alive() == 0, "collection", 20)
            heap.append(gateway.gateway.used_megabytes())
            names = gateway.gateway.threads("workflows-")
            working.append([name for name in names if re.fullmatch("workflows-[0-9]+", name)])
            standing.append(Counter(name for name in names if name not in working[-1]))
    assert set(site.wait_ended(*ids, seconds=90)) == {"SUCCESS"}
    begun = {body["generation"] for body in site.bodies()}
    assert not overlaps(site.bodies())
    assert not late_bodies(site.bodies(), gateway.saves)
    history = site.assert_promises(label=f"{SAVES} saves in full work")
    assert not history.duplicate_effects() and not history.reclaim_seconds()
    assert {w["failure_count"] for w in history.workflows.values()} == {0}
    assert len(begun) > SAVES / 2, "generations worked"
    FIGURES.append(
        f"{SAVES} saves: heap {heap[0]:.1f} -> {heap[1]:.1f} MB, threads {standing[0].total()} ->"
        f" {standing[1].total()} and {len(working[1])} with work, {len(begun)} generations ran"
        " bodies, none of them at the same time"
    )
    assert heap[1] - heap[0] < MEGABYTES
    doubled = [name for name, n in standing[1].items() if n > max(1, standing[0][name])]
    assert not doubled, "threads of old generations stand"
    assert len(working[1]) <= THREADS + settings.ORDER_THREADS
