"""F67: a load of keys and one resource under workers that freeze in turn, whatever the workers are."""

import time
from collections.abc import Iterable
from typing import Any

from tests.faults.site import Site
from tests.waiting import wait_until

FREEZES = 5
BODY_SECONDS = 0.5


def keys_stay_exclusive(site: Site, workers: Iterable[Any], label: str) -> None:
    """Never two current tokens. The load outlasts the freezes: four keys, a quarter of a minute at the least."""
    site.one("select workflows.set_setting('max_reclaims', '1000')")
    ids = [
        site.enqueue(
            "three_steps",
            {"seconds": BODY_SECONDS},
            partition_key=f"tank {n % 4}",
            **({"resources": ["pump"]} if n % 5 == 0 else {}),
        )
        for n in range(120)
    ]
    for _ in range(FREEZES):
        freeze_one(site, workers)
    site.wait_ended(*ids, seconds=120)
    history = site.assert_promises(needs_late_writes=True, label=label)
    assert history.reclaim_seconds()


def freeze_one(site: Site, workers: Iterable[Any]) -> None:
    """The first that has work, in the middle of a body, until others have taken over what it had."""
    victims: list[Any] = []

    def find() -> bool:
        victims[:] = [worker for worker in workers if site.busy(worker.name)]
        return bool(victims)

    wait_until(find, "somebody to have work", 20)
    time.sleep(BODY_SECONDS / 2)
    victims[0].freeze()
    wait_until(lambda: not site.busy(victims[0].name), f"{victims[0].name} to be lost", 20)
    victims[0].thaw()
