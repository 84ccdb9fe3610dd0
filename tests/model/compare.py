"""Holds the model against the tables. What SQL draws at random is checked for its range and taken over."""

from typing import Any

from tests.model.book import Book, Workflow, least

PLAIN = (
    "name queue priority status state attempt failures reclaims started ended held deadline inputs"
    " start_before ticket result reason owed retry"
).split()


def compare(book: Book, dump: dict[str, Any], now: int) -> None:
    rows = {row["id"]: row for row in dump["workflow"]}
    assert set(rows) == set(book.workflows), "workflows that the model does not know, or misses"
    take_over(book, rows, {row["id"]: row for row in dump["parked"]}, dump["step"], now)
    for w in book.workflows.values():
        row = rows[w.id]
        expected = {name: getattr(w, name) for name in PLAIN}
        assert expected == {name: row[name] for name in PLAIN}, difference(w, expected, row)
        assert w.seq == row["seq"], f"{w.id} has another place than {w.seq}: {row['seq']}"
        assert w.status != "ENQUEUED" or w.kind == row["kind"], f"{w.id} waits in {row['kind']}"
    compare_hot_rows(book, dump)
    compare_records(book, dump)


def difference(w: Workflow, expected: dict[str, Any], row: dict[str, Any]) -> str:
    unequal = {k: (v, row[k]) for k, v in expected.items() if v != row[k]}
    return f"{w.name} {w.id}: (model, table) = {unequal}"


def take_over(book: Book, rows: Any, parked: Any, steps: Any, now: int) -> None:
    """New places in line must come behind all old ones; backoff lies within its bounds."""
    places = {w.seq: rows[w.id]["seq"] for w in book.workflows.values() if w.seq > book.highest}
    for w in book.workflows.values():
        if w.ticket is not None and w.ticket > book.highest:
            places[w.ticket] = rows[w.id]["ticket"]
    found = [book.highest, *(places[place] for place in sorted(places))]
    in_order = sorted(set(found))
    assert sorted(found) == in_order and found[0] == in_order[0], f"not at the end: {places}"
    assert found == in_order or book.is_unordered, f"they did not line up in order: {places}"
    book.is_unordered = False
    for w in book.workflows.values():
        w.seq = places.get(w.seq, w.seq)
        w.ticket = places.get(w.ticket, w.ticket) if w.ticket is not None else None
    book.highest = book.place = max((w.seq for w in book.workflows.values()), default=0)
    for w in book.workflows.values():
        if w.resume == -1 and w.id in parked:
            w.resume = parked[w.id]["resume"]
            most = min(6000, 2000 * 2 ** (w.failures - 1))
            assert (
                w.resume is not None and now <= w.resume <= now + most + 1
            ), "backoff out of bounds"
            w.due = least(w.resume, w.deadline) if w.status == "DELAYED" else None
        if w.retry == -1:
            w.retry = rows[w.id]["retry"]
            assert w.retry is not None and now <= w.retry <= now + 6001, "backoff out of bounds"
    for row in steps:
        step = book.workflows[row["id"]].steps.get(row["key"])
        if step and step.status == "RETRYING" and step.due is None:
            step.due = row["due"]
            assert now <= row["due"] <= now + 8001, "the next try of a step is out of bounds"


def compare_hot_rows(book: Book, dump: dict[str, Any]) -> None:
    leases = {
        (w.id, w.token, w.worker, w.claim, w.claimed, w.deadline, w.is_started, w.word)
        for w in book.status("RUNNING")
    }
    names = ("id", "token", "worker", "claim", "claimed", "deadline", "is_started", "word")
    words = (
        {**r, "word": " ".join(map(str, filter(None, (r["control"], r["handler"]))))}
        for r in dump["lease"]
    )
    assert leases == {
        tuple(row[n] or None if n == "word" else row[n] for n in names) for row in words
    }, "leases differ"
    parked = {
        (w.id, w.status, w.due, w.resume, w.resume_status)
        for w in book.workflows.values()
        if w.status in ("DELAYED", "BLOCKED", "WAITING", "HELD")
    }
    found = {
        (r["id"], r["status"], r["due"], r["resume"], r["resume_status"]) for r in dump["parked"]
    }
    assert (
        parked == found
    ), f"parked, in the model alone {parked - found}, in the table {found - parked}"
    ready = {(w.id, w.seq) for w in book.status("ENQUEUED")}
    assert ready == {(row["id"], row["seq"]) for row in dump["ready"]}, "ready differs"


def compare_records(book: Book, dump: dict[str, Any]) -> None:
    tickets = sorted(
        (w.id, w.ticket, w.is_holder, w.is_passed_over)
        for w in book.workflows.values()
        for _ in w.gates
        if w.is_live and w.ticket is not None
    )
    found = sorted((t["id"], t["seq"], t["is_holder"], t["is_held"]) for t in dump["ticket"])
    assert tickets == found, f"tickets: model {tickets}, table {found}"
    steps = {
        (w.id, key): (s.kind, s.status, s.attempts, s.due, s.output)
        for w in book.workflows.values()
        for key, s in w.steps.items()
    }
    names = ("kind", "status", "attempts", "due", "output")
    rows = {(s["id"], s["key"]): tuple(s[n] for n in names) for s in dump["step"]}
    assert steps == rows, f"steps: model {steps}, table {rows}"
    orders: dict[str, list[list[str]]] = {w.id: [] for w in book.workflows.values()}
    for row in dump["command"]:
        orders[row["id"]].append([row["command"], row["outcome"]])
    for w in book.workflows.values():
        assert orders[w.id] == w.orders, f"orders of {w.id}: {orders[w.id]}, not {w.orders}"
    holders = {(d["name"], d["dedup"]): d["id"] for d in dump["deduplication"]}
    assert holders == book.dedup, f"deduplication: {holders}, not {book.dedup}"
    failed = {w.id for w in book.status("ERROR")}
    assert failed == set(dump["failed"]), "dead letters differ"
    workers = {
        (w.id, w.expires, w.is_gone, w.is_active, w.is_draining) for w in book.workers.values()
    }
    known = {
        (r["id"], r["expires"], r["is_lost"] or r["is_retired"], r["is_active"], r["is_draining"])
        for r in dump["worker"]
    }
    assert workers == known, f"workers: model {workers}, table {known}"
    modes = {name: (book.mode(name), queue.run_on) for name, queue in book.queues.items()}
    queues = {q["name"]: (q["mode"], q["run_on"]) for q in dump["queue"]}
    assert modes == queues, f"queues: model {modes}, table {queues}"
