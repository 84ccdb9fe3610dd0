"""The committed diagrams are what the table `transition` and the generator say."""

import pytest

from docs import generate_diagrams as generated


def committed(name: str) -> str:
    return (generated.DIAGRAMS / name).read_text()


@pytest.fixture
def dots(conn, schema):
    return {"state": generated.state_dot(conn, schema), "status": generated.status_dot()}


@pytest.mark.parametrize("name", ["state", "status"])
def test_the_text_and_its_picture_are_up_to_date(dots, name):
    assert committed(f"{name}.dot") == dots[name], "run scripts/docs.sh"
    assert generated.mark_of(dots[name]) in committed(f"{name}.svg"), "run scripts/docs.sh"


def test_another_table_makes_another_text(conn, schema, dots):
    """The negative control."""
    with conn.transaction(force_rollback=True):
        conn.execute(
            f"update {schema}.transition set outcome = 'accepted'"
            " where command = 'RESUME' and from_state = 'STOPPING'"
        )
        assert generated.state_dot(conn, schema) != dots["state"]


def test_every_state_is_in_the_picture(conn, schema):
    states = conn.execute(f"select distinct from_state from {schema}.transition").fetchall()
    assert len(states) == 16
    picture = committed("state.svg")
    assert [state for (state,) in states if f">{state}<" not in picture] == []
