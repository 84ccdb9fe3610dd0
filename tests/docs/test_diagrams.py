"""The committed diagrams are what the table `transition` and the generator say."""

import pytest

from docs import generate_diagrams as generated


def committed(name: str) -> str:
    return (generated.DIAGRAMS / name).read_text()


@pytest.fixture
def dots(conn, schema):
    return {
        "state": generated.state_dot(conn, schema),
        "status": generated.status_dot(conn, schema),
    }


@pytest.mark.parametrize("name", ["state", "status"])
def test_the_text_and_its_picture_are_up_to_date(dots, name):
    assert committed(f"{name}.dot") == dots[name], "run scripts/docs.sh"
    assert generated.mark_of(dots[name]) in committed(f"{name}.svg"), "run scripts/docs.sh"


def test_the_overview_is_drawn_from_its_text():
    assert generated.mark_of(committed("overview.dot")) in committed(
        "overview.svg"
    ), "run scripts/docs.sh"


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("state", "outcome = 'accepted' where command = 'RESUME' and from_state = 'STOPPING'"),
        ("status", "to_state = 'STOPPED' where command = 'PAUSE' and from_state = 'RUNNING'"),
    ],
)
def test_another_table_makes_another_text(conn, schema, dots, name, change):
    """The negative control."""
    with conn.transaction(force_rollback=True):
        conn.execute(f"update {schema}.transition set {change}")
        draw = {"state": generated.state_dot, "status": generated.status_dot}[name]
        assert draw(conn, schema) != dots[name]


def test_every_state_is_in_the_picture(conn, schema):
    states = conn.execute(f"select distinct from_state from {schema}.transition").fetchall()
    assert len(states) == 16
    picture = committed("state.svg")
    assert [state for (state,) in states if f">{state}<" not in picture] == []
