"""The few faults that run with every `make test`: a crash and a zombie."""

from tests.faults.scenarios import SCENARIOS


def test_f1_a_killed_worker(site):
    SCENARIOS["crash"](site, "")
    site.wait_all_ended()
    site.assert_promises()


def test_f6_a_zombie_is_refused(site):
    SCENARIOS["zombie_step"](site, "")
    site.wait_all_ended()
    site.assert_promises(needs_late_writes=True)
