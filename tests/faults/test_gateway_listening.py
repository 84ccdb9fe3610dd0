"""Gateways whose listening session is dead, or frozen under a flood: F22, F23."""

import time

import psycopg
import pytest

from tests.faults.gateway_scenarios import CHECKED_SOON, LISTENS, STUCK, flood_until_stuck
from tests.faults.site import FIGURES, until_true
from tests.waiting import wait_until

pytestmark = pytest.mark.proof
DETECTED_SECONDS = 15.0
PINNED_SECONDS = 30.0


def test_f22_a_half_open_listener_is_found_out(site, proxy):
    """Nothing passes on the LISTEN connection any more: work is found by polling meanwhile."""
    proxy.mark = b'listen "'
    dsn = site.server.dsn(site.dbname, port=str(proxy.port))
    gateway = site.gateway("g", dsn=dsn, changes=CHECKED_SOON)
    wait_until(lambda: site.one(LISTENS) == "listen", "the gateway to listen")
    assert proxy.silence() == 1
    begun = time.monotonic()
    slowest = 0.0
    while "mode=poll" not in gateway.log():
        assert time.monotonic() - begun < DETECTED_SECONDS, "it is still believed"
        at = time.monotonic()
        site.wait_ended(site.enqueue("no_steps"), seconds=5)
        slowest = max(slowest, time.monotonic() - at)
        time.sleep(0.3)
    detected = time.monotonic() - begun
    assert until_true(lambda: site.one(LISTENS) == "listen", 20), "it listens anew"
    again = time.monotonic() - begun
    FIGURES.append(
        f"F22 dead listener found out after {detected:.1f} s, listens again after {again:.1f} s,"
        f" pickup meanwhile at most {slowest:.1f} s"
    )
    site.assert_promises(label="F22 half-open listener of a gateway")


def test_f23_a_frozen_gateway_under_a_flood_of_notifications(site):
    """A listener that does not read makes its backend wait, with a snapshot: not for long."""
    gateway = site.gateway("g")
    wait_until(lambda: site.one(LISTENS) == "listen", "the gateway to listen")
    gateway.freeze()
    with psycopg.connect(site.dsn, autocommit=True) as conn:
        megabytes = flood_until_stuck(conn, f"{site.schema}_wake")
        begun = time.monotonic()
        _, holds_snapshot = conn.execute(STUCK).fetchone()
        is_free = until_true(lambda: not conn.execute(STUCK).fetchone()[0], PINNED_SECONDS)
        seconds = time.monotonic() - begun
    FIGURES.append(
        f"F23 frozen listener stuck after {megabytes:.0f} MB, holds a snapshot: {holds_snapshot},"
        f" free: {is_free} after {seconds:.1f} s"
    )
    gateway.thaw()
    assert is_free
    assert until_true(lambda: site.one(LISTENS) == "listen", 20), "it listens again"
    site.wait_ended(site.enqueue("three_steps"))
    site.assert_promises(label="F23 frozen listener of a gateway")
