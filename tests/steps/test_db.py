"""Steps for databases, in a CPython process."""

import pytest

from exchange.workflows import errors, testing
from exchange.workflows.engine import instance
from exchange.workflows.engine.runtime import workflow
from exchange.workflows.steps import db


@pytest.fixture
def plant(rt, dsn, conn):
    conn.execute("create table tank (name text primary key, level numeric, seen timestamptz)")
    conn.execute(
        "insert into tank values ('T-1', 4.5, '2026-01-02 03:04:05+00'), ('T-2', null, null)"
    )
    return instance.configure(dsn, dbName="PlantDB")


@workflow()
def steps_db(sql):
    return db.query("PlantDB", sql)


def test_rows_are_plain(plant):
    rows = db.query("PlantDB", "select * from tank where name like ? order by name", ["T%"])
    seen = rows[0].pop("seen")
    assert rows == [{"name": "T-1", "level": 4.5}, {"name": "T-2", "level": None, "seen": None}]
    assert seen.startswith("2026-01-0")
    assert db.query("PlantDB", "select name from tank where name = ?", ["none"]) == []


def test_update_says_how_many(plant, conn):
    assert db.update("PlantDB", "update tank set level = ?", [7]) == {"rows_affected": 2}
    assert conn.execute("select distinct level from tank").fetchall() == [(7,)]


def test_an_error_has_its_sqlstate_and_a_mistake_is_not_tried_again(plant):
    with pytest.raises(errors.DatabaseError) as raised:
        db.update("PlantDB", "insert into tank values ('T-1')")
    assert raised.value.code == "23505"
    ended = testing.run_inline("steps_db", {"sql": "select nothing from tank"})
    assert isinstance(ended.error, errors.DatabaseError)
    assert [step["attempts"] for step in ended.steps] == [1]


def test_what_may_pass_is_tried_again(plant, conn):
    conn.execute("create sequence tries")
    failing = """select case when nextval('tries') < 3 then pg_terminate_backend(pg_backend_pid()) end as ended,
      (select count(*) from tank) as count"""
    ended = testing.run_inline("steps_db", {"sql": failing})
    assert ended.result == [{"ended": None, "count": 2}]
    assert [step["attempts"] for step in ended.steps] == [3]


def test_a_name_that_nobody_configured(rt):
    with pytest.raises(errors.NotConfigured, match="under the name NowhereDB"):
        db.query("NowhereDB", "select 1")
