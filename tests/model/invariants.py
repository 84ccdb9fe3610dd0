"""What must hold after every call, read from the tables alone, whatever the model says."""

from collections import Counter, defaultdict
from typing import Any

from tests.model.book import FINAL

Dump = dict[str, Any]


class Invariants:
    """Keeps the dump before, so that it can judge what changed."""

    def __init__(self) -> None:
        self._ever_retried: set[str] = set()
        self._before: dict[str, Any] = {}
        self._failed_again: set[str] = set()
        self._steps: dict[tuple[str, str], Any] = {}
        self._token_of: dict[str, tuple[str, int]] = {}
        self._allowed: dict[str, int] = {}
        self.retried: set[str] = set()

    def check(self, dump: Dump) -> None:
        rows = {row["id"]: row for row in dump["workflow"]}
        one_hot_row(dump, rows)
        lanes_reach_every_row(dump)
        gates_are_exact(dump, rows)
        no_head_is_forgotten(dump, rows)
        orders_are_answered(dump, rows)
        one_live_holder(rows)
        audit_folds(dump, rows)
        tries_are_bounded(rows)
        self._none_starts_early(dump, rows)
        self._none_starts_where_it_may_not(dump, rows)
        self._limits_hold(dump, rows)
        self._attempts_rise(rows)
        self._endings_stay(rows)
        self._steps_stay(dump)
        self._before = rows
        self.retried.clear()
        self._failed_again.clear()

    def _none_starts_early(self, dump: Dump, rows: Any) -> None:
        """I12: no start before its time, unless an operator sent it back to work."""
        self._ever_retried |= self.retried
        for lease in dump["lease"]:
            available = rows[lease["id"]]["available"]
            is_due = available is None or lease["claimed"] >= available
            assert is_due or lease["id"] in self._ever_retried, f"{lease['id']} started early"

    def _none_starts_where_it_may_not(self, dump: Dump, rows: Any) -> None:
        """Nothing is claimed in maintenance, by a draining worker, or by one of the wrong node."""
        queues = {queue["name"]: queue for queue in dump["queue"]}
        workers = {worker["id"]: worker for worker in dump["worker"]}
        for lease in dump["lease"]:
            queue, worker = queues[lease["queue"]], workers[lease["worker"]]
            if self._before.get(lease["id"], {}).get("token") == lease["token"]:
                continue
            is_order = rows[lease["id"]]["control"] not in (None, "resume")
            is_before = not queue["mode"] or lease["claimed"] <= queue["entered"]
            assert is_order or is_before, "in maintenance"
            assert worker["is_active"] or queue["run_on"] != "active", "by an inactive node"
            assert not worker["is_draining"], "by a worker that drains"

    def _limits_hold(self, dump: Dump, rows: Any) -> None:
        """I10: a lowered limit is reached by waiting; nothing starts above it but what carries out an order."""
        for queue in dump["queue"]:
            at_work = [row for row in dump["lease"] if row["queue"] == queue["name"]]
            running = sum(rows[row["id"]]["control"] in (None, "resume") for row in at_work)
            limit = queue["max_running"]
            allowed = (
                max(limit, self._allowed.get(queue["name"], 0)) if limit is not None else 10**6
            )
            assert running <= allowed, f"{running} run in {queue['name']}, limit {limit}"
            self._allowed[queue["name"]] = running

    def _attempts_rise(self, rows: Any) -> None:
        """I4, I5, I6: a token belongs to one workflow and attempt for ever; attempts only rise by one."""
        for row in rows.values():
            before = self._before.get(row["id"])
            if before and before["failures"] < row["failures"]:
                self._failed_again.add(row["id"])
            if before:
                rise = row["attempt"] - before["attempt"]
                is_new = row["token"] not in (None, before["token"])  # reclaimed: forgotten
                assert rise == int(is_new), f"attempt rose by {rise}, new token: {is_new}"
            if row["token"]:
                owner = (row["id"], row["attempt"])
                assert self._token_of.setdefault(row["token"], owner) == owner, "a token came twice"

    def _endings_stay(self, rows: Any) -> None:
        """I3: what has ended stays as it is, but for an audited retry; SUCCESS for ever."""
        for before in self._before.values():
            if before["status"] in FINAL and before["id"] not in self.retried:
                assert rows[before["id"]] == before, f"{before['id']} changed after its end"
            if before["status"] == "SUCCESS":
                assert rows[before["id"]]["status"] == "SUCCESS"

    def _steps_stay(self, dump: Dump) -> None:
        """I7: a recorded step never changes; another try forgets the one that failed."""
        steps = {(s["id"], s["key"]): s for s in dump["step"]}
        for key, before in self._steps.items():
            if before["status"] == "RETRYING":
                continue
            is_tried_again = key[0] in self.retried or key[0] in self._failed_again
            is_forgotten = before["status"] == "ERROR" and is_tried_again
            assert steps.get(key) == before or is_forgotten, f"step {key} changed: {before}"
        self._steps = steps


def one_hot_row(dump: Dump, rows: Any) -> None:
    """I2, I18: exactly one hot row per live workflow, of the kind its status says."""
    hot = [(r["id"], "ENQUEUED") for r in dump["ready"]]
    hot += [(r["id"], "RUNNING") for r in dump["lease"]]
    hot += [(r["id"], r["status"]) for r in dump["parked"]]
    live = [(r["id"], r["status"]) for r in rows.values() if r["status"] not in FINAL]
    assert Counter(hot) == Counter(live), f"hot {sorted(hot)}, live {sorted(live)}"
    for lease in dump["lease"]:
        assert rows[lease["id"]]["token"] == lease["token"], "the lease has another token"
    for name in ("step", "command", "ticket"):
        assert all(row["id"] in rows for row in dump[name]), f"orphan in {name}"


def lanes_reach_every_row(dump: Dump) -> None:
    """A claim finds every ready row: its lane is known and its place is not below the mark."""
    for row in dump["ready"]:
        assert row["is_known"], f"{row['id']} waits in a lane that nobody knows"
        assert row["low"] is None or row["seq"] > row["low"], f"{row['id']} is below the mark"


def gates_are_exact(dump: Dump, rows: Any) -> None:
    """I9: one holder per gate, all gates of a workflow or none, kept to the end, tickets of live ones."""
    holders: dict[int, str] = {}
    tickets = defaultdict(list)
    for ticket in dump["ticket"]:
        assert rows[ticket["id"]]["status"] not in FINAL, f"{ticket['id']} ended and keeps a ticket"
        tickets[ticket["id"]].append(ticket)
        if ticket["is_holder"]:
            assert ticket["gate"] not in holders, "two holders of one gate"
            holders[ticket["gate"]] = ticket["id"]
    for workflow_id, own in tickets.items():
        gates = {ticket["gate"] for ticket in own}
        assert gates == set(rows[workflow_id]["gates"]), "some tickets are missing"
        assert len({ticket["is_holder"] for ticket in own}) == 1, "it holds some gates, not all"
    for row in rows.values():
        is_at_work = (
            row["status"] in ("RUNNING", "WAITING") or row["status"] == "DELAYED" and row["started"]
        )
        if row["gates"] and is_at_work:
            assert all(
                holders.get(gate) == row["id"] for gate in row["gates"]
            ), "it works without its gates"


def no_head_is_forgotten(dump: Dump, rows: Any) -> None:
    """Who is first at all its gates has them, or a wake is pending for one of them."""
    paused = {queue["name"] for queue in dump["queue"] if queue["is_paused"] or queue["mode"]}
    heads: dict[int, str | None] = {}
    for ticket in sorted(
        dump["ticket"], key=lambda t: (not t["is_holder"], t["priority"], t["seq"])
    ):
        if ticket["is_holder"]:
            heads[ticket["gate"]] = None
        elif not ticket["is_held"] and ticket["queue"] not in paused:
            heads.setdefault(ticket["gate"], ticket["id"])
    for row in rows.values():
        if row["status"] == "BLOCKED" and all(
            heads.get(gate) == row["id"] for gate in row["gates"]
        ):
            assert set(row["gates"]) & set(dump["wake"]), f"{row['id']} waits for free gates"


def orders_are_answered(dump: Dump, rows: Any) -> None:
    """I13: an order is open only while the worker may still obey it, and at most one is."""
    open_orders = Counter(c["id"] for c in dump["command"] if c["outcome"] == "accepted")
    controls = {lease["id"]: lease["control"] for lease in dump["lease"]}
    for workflow_id, count in open_orders.items():
        is_under_way = controls.get(workflow_id) or rows[workflow_id]["control"]
        assert count == 1 and is_under_way, f"{count} open orders of {workflow_id}"
    for row in dump["command"]:
        assert row["actor"], "an order without an actor"
        is_answered = row["outcome"] in ("obeyed", "overtaken", "failed")
        assert is_answered == (row["obeyed"] is not None), "answered without a time"


def one_live_holder(rows: Any) -> None:
    """I16: at most one live workflow per name and deduplication id, but for those that had started when a
    debounced call came."""
    live = Counter(
        (r["name"], r["dedup"])
        for r in rows.values()
        if r["dedup"] and r["status"] not in FINAL and r["started"] is None
    )
    assert all(count == 1 for count in live.values()), f"two live with one deduplication id: {live}"


def audit_folds(dump: Dump, rows: Any) -> None:
    """I14: with full history the last audit row is the present, and every change has its row."""
    full = {queue["name"] for queue in dump["queue"] if queue["history"] == "full"}
    audited = defaultdict(list)
    for entry in dump["audit"]:
        audited[entry["id"]].append(entry)
    for row in rows.values():
        if row["queue"] not in full:
            continue
        history = audited[row["id"]]
        numbers = {entry["change_no"] for entry in history}
        assert numbers == set(
            range(row["change_no"] + 1)
        ), f"{row['id']} {row['change_no']}: audit has {numbers}"
        last = max(history, key=lambda entry: entry["change_no"])
        for name in ("status", "state", "attempt"):
            assert last[name] == row[name], f"audit says {name} {last[name]}, it is {row[name]}"


def tries_are_bounded(rows: Any) -> None:
    """I15: no try beyond max_attempts."""
    for row in rows.values():
        most = row["max_attempts"] or 1
        assert row["failures"] <= most, f"{row['id']} failed {row['failures']} of {most} tries"
