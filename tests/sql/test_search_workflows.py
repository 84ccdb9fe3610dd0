"""search_workflows: what it shows against a list in Python, page by page, and how far it looks."""

import uuid

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from exchange.workflows.database.store import Store
from tests.calls import SCHEMA, Calls, refused, shared_database
from tests.sql.crowd import SHOWN, fits, make_crowd, read_crowd

COUNT = 300
LIVE = ("ENQUEUED", "DELAYED", "BLOCKED", "RUNNING", "WAITING", "HELD")
ENDED = ("SUCCESS", "ERROR", "CANCELLED", "STOPPED", "ABORTED")
STATES = ("IDLE", "STARTING", "RUNNING", "HOLDING", "HELD", "PAUSED", "STOPPING", "COMPLETE")


class Crowd:
    """A database with workflows of every kind, and the same as a list, newest first."""

    def __init__(self, calls: Calls):
        self.calls = calls
        make_crowd(calls, COUNT)
        self.rows = read_crowd(calls)

    def search(self, **filters):
        return self.calls.call("search_workflows", filter=filters)

    def expected(self, filters):
        return [row["workflow_id"] for row in self.rows if fits(row, filters)]


@pytest.fixture(scope="module")
def crowd(server, template):
    with shared_database(server, template) as conn:
        yield Crowd(Calls(conn))


def ids_of(page):
    return [w["workflow_id"] for w in page["workflows"]]


def pages(crowd, filters):
    """Every page from the first to the last; each keeps to its bounds and says where it stands."""
    before, looked_before = {}, filters.get("before")
    rows = [r for r in crowd.rows if not looked_before or r["workflow_id"] < looked_before]
    enqueued_at = {row["workflow_id"]: row["enqueued_at"] for row in rows}
    while True:
        page = crowd.search(**{**filters, **before})
        assert len(page["workflows"]) <= filters["limit"]
        assert page["looked_at"] <= filters["look"]
        assert (page["next"] is None) is page["is_complete"]
        assert (page["looked_back_to"] is None) is (page["looked_at"] == 0)
        yield page
        if page["is_complete"]:
            return
        assert page["looked_at"] > 0
        assert page["looked_back_to"] == enqueued_at[page["next"]]
        before = {"before": page["next"]}


def filters_of(crowd):
    """Filters that fit some, and some that fit none."""
    moments = st.sampled_from([row["enqueued_at"] for row in crowd.rows[::20]])
    ids = st.sampled_from([row["workflow_id"] for row in crowd.rows[::20]])
    parents = [row["parent_workflow_id"] for row in crowd.rows if row["parent_workflow_id"]]
    words = ("PUMP", "a_b", "a%b", "_", "%", "batch-1", "react", "nothing", "tank 3", "-4", "\\")
    return st.fixed_dictionaries(
        {"limit": st.integers(1, 60), "look": st.integers(10, 400)},
        optional={
            "workflow_name": st.sampled_from(["mix", "Fill", "a_b", "a%b", "none"]),
            "queue_name": st.sampled_from(["default", "second", "none"]),
            "status": st.sampled_from([*LIVE, *ENDED, "held", "Error"]),
            "state": st.sampled_from([*STATES, *ENDED[1:]]),
            "is_live": st.booleans(),
            "partition_key": st.sampled_from(["Tank 3", "Tank 0", "tank 3"]),
            "resource": st.sampled_from(["crane", "reactor 2", "none"]),
            "search": st.sampled_from(words),
            "since": moments,
            "until": moments,
            "parent": st.sampled_from([parents[0], str(uuid.UUID(int=1))]),
            "before": ids,
        },
    )


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_each_workflow_that_fits_is_on_one_page(crowd, data):
    filters = data.draw(filters_of(crowd))
    # two or three of them at a time, or nothing would fit
    keys = sorted(set(filters) - {"limit", "look"})
    assume(keys)
    kept = data.draw(st.lists(st.sampled_from(keys), max_size=3, unique=True))
    filters = {k: v for k, v in filters.items() if k in (*kept, "limit", "look")}
    found = [id for page in pages(crowd, filters) for id in ids_of(page)]
    assert found == crowd.expected(filters)


@pytest.mark.parametrize("status", [*LIVE, *ENDED])
def test_every_status(crowd, status):
    found = ids_of(crowd.search(status=status, limit=1000))
    assert found == crowd.expected({"status": status})
    assert found


def test_what_is_shown_of_each(crowd):
    (page,) = pages(crowd, {"limit": 1000, "look": 1000})
    for shown, row in zip(page["workflows"], crowd.rows, strict=True):
        assert {name: shown[name] for name in SHOWN} == {name: row[name] for name in SHOWN}
        assert shown["enqueued_by"] == row["who"]
        if row["ended_at"]:
            assert shown["running_seconds"] == pytest.approx(row["took"])
        else:
            assert (shown["running_seconds"] is None) is (row["started_at"] is None)
        assert set(shown) == {*SHOWN, "running_seconds", "enqueued_by"}


def test_without_a_filter_the_page_alone_is_read(crowd):
    page = crowd.search(limit=7)
    assert (page["looked_at"], len(page["workflows"])) == (7, 7)
    assert page["next"] == crowd.rows[6]["workflow_id"]


@pytest.mark.parametrize("status", LIVE)
def test_live_ones_are_found_without_a_look_at_what_has_ended(crowd, status):
    """So few that they are looked at whole, however many others are newer."""
    expected = crowd.expected({"status": status})
    page = crowd.search(status=status, look=len(expected))
    assert (page["looked_at"], page["is_complete"]) == (len(expected), True)


def test_the_held_are_found_by_their_state_too(crowd):
    expected = crowd.expected({"state": "PAUSED"})
    held = crowd.expected({"status": "HELD"})
    page = crowd.search(state="paused", look=len(held))
    assert (ids_of(page), page["is_complete"]) == (expected, True)


@pytest.mark.parametrize("status", ["ENQUEUED", "RUNNING", "WAITING"])
def test_more_live_ones_than_may_be_looked_at(crowd, status):
    """By pages that may be short: through lease and parked for what is there, else through all."""
    filters = {"status": status, "limit": 1000, "look": 12}
    looked = [page["looked_at"] for page in pages(crowd, filters)]
    tables = {"RUNNING": ["RUNNING"], "WAITING": ["DELAYED", "BLOCKED", "WAITING", "HELD"]}
    among = tables.get(status, [*LIVE, *ENDED])
    assert max(looked) == 12
    assert sum(looked) <= sum(row["status"] in among for row in crowd.rows)


def test_what_says_two_things_at_once_finds_nothing(crowd):
    for filters in ({"status": "HELD", "is_live": False}, {"status": "ERROR", "is_live": True}):
        assert [ids_of(page) for page in pages(crowd, {**filters, "limit": 9, "look": 999})][
            0
        ] == []


def test_an_empty_queue(calls):
    page = calls.call("search_workflows")
    nothing = {"workflows": [], "next": None, "looked_at": 0, "looked_back_to": None}
    assert page == {**nothing, "is_complete": True}


def test_a_long_reason_is_cut(calls):
    workflow_id = calls.enqueue()
    calls.run("update workflows.workflow set reason = repeat('x', 100000)")
    page = calls.call("search_workflows")
    assert page["workflows"][0]["workflow_id"] == workflow_id
    assert len(page["workflows"][0]["reason"]) == 2000


@pytest.mark.parametrize(
    ("filters", "field"),
    [
        ("[1]", "filter"),
        ("nonsense", "filter"),
        ({"colour": "red"}, "colour"),
        ({"status": "GONE"}, "status"),
        ({"status": 1}, "status"),
        ({"state": "ENQUEUED"}, "state"),
        ({"is_live": "yes"}, "is_live"),
        ({"workflow_name": 5}, "workflow_name"),
        ({"queue_name": True}, "queue_name"),
        ({"partition_key": ["a"]}, "partition_key"),
        ({"resource": {"a": 1}}, "resource"),
        ({"search": "x" * 201}, "search"),
        ({"since": "yesterday"}, "since"),
        ({"until": 5}, "until"),
        ({"parent": "x"}, "parent"),
        ({"before": "x"}, "before"),
        ({"limit": 0}, "limit"),
        ({"limit": 1001}, "limit"),
        ({"limit": 1.5}, "limit"),
        ({"look": 0}, "look"),
        ({"look": 1000001}, "look"),
    ],
)
def test_a_bad_filter_is_named(shared_calls, filters, field):
    with refused("WF002", field):
        shared_calls.call("search_workflows", filter=filters)


class Session:
    """What Store asks of a session."""

    def __init__(self, conn):
        self.conn = conn

    def call(self, statement, arguments):
        return self.conn.execute(statement.replace("?", "%s"), arguments).fetchone()[0]


def test_the_store_has_a_method_for_each(crowd):
    store = Store(Session(crowd.calls.conn), SCHEMA)
    row = crowd.rows[0]
    assert ids_of(store.search_workflows({"limit": 1})) == [row["workflow_id"]]
    described = store.describe_workflow(row["workflow_id"], {"steps": 1})
    assert described["workflow"]["status"] == row["status"]
    assert store.get_activity({"minutes": 1})["bucket_seconds"] == 60


def test_list_workflows_among_more_than_it_takes_from_the_hot_tables(calls):
    """Those come in the order of the queue: the newest would be left out."""
    calls.call("enqueue_many", items=[{"workflow_name": "mix"}] * 10_001)
    newest = calls.enqueue("mix")
    [row] = calls.call("list_workflows", filter={"status": "enqueued", "limit": 1})
    assert row["workflow_id"] == newest
