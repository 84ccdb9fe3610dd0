"""Promises of calls, sessions, transactions."""

from __future__ import absolute_import, division, print_function

from exchange.workflows import compat, errors
from tests.conformance.promises import EMOJI, PATIENCE, lost, promise, refused

_PID = "select pg_backend_pid()::text"
_BIG = 2**62 + 1


@promise
def a_call_answers_the_one_text(world):
    assert world.connector.call("select 'one'::text", ()) == "one"
    assert world.connector.call("select null::text", ()) is None
    assert world.connector.call("select 'none'::text where false", ()) is None


@promise
def arguments_cross_unchanged(world):
    for text in (EMOJI, "", "plain", "x" * 100000):
        assert world.connector.call("select ?::text", (text,)) == text
    assert world.connector.call("select (?::bigint + 1)::text", (str(_BIG),)) == str(_BIG + 1)
    assert world.connector.call("select coalesce(?::text, 'null')", (None,)) == "null"
    assert world.connector.call("select pg_typeof(?::boolean)::text", ("true",)) == "boolean"


@promise
def errors_come_with_state_message_detail_and_hint(world):
    world.admin("drop function if exists public.conformance_refuse()")
    world.admin("""create function public.conformance_refuse() returns text language plpgsql as $$
           begin raise exception using errcode = 'WF002', message = E'Druck 5 \\u00b5bar \\u2713',
             detail = E'{"field":"Tank \\u00e4"}', hint = E'pr\\u00fcfen'; end $$""")
    error = refused(
        errors.BadArgument, world.connector.call, "select public.conformance_refuse()", ()
    )
    assert error.code == "WF002"
    assert error.message == b"Druck 5 \xc2\xb5bar \xe2\x9c\x93".decode("utf-8")
    assert error.field == b"Tank \xc3\xa4".decode("utf-8")
    assert error.hint == b"pr\xc3\xbcfen".decode("utf-8")
    assert b"\xc2\xb5bar".decode("utf-8") in compat.describe_error(error)[0]["message"]
    assert (
        refused(errors.DatabaseError, world.connector.call, "select (1 / 0)::text", ()).code
        == "22012"
    )
    assert not refused(errors.DatabaseError, world.connector.call, "select nothing", ()).is_lost


@promise
def our_own_errors_are_their_classes(world):
    store = world.store()
    error = refused(errors.BadArgument, store.enqueue, "conformance", "{}", '{"priority":101}')
    assert error.field == "priority"
    refused(errors.UnknownId, store.get_workflow, "01a20000-0000-7000-8000-000000000000")
    refused(errors.QueueRefused, store.enqueue, "conformance", "{}", '{"queue_name":"nowhere"}')


@promise
def a_lost_connection_is_replaced_within_a_call(world):
    for _ in range(3):
        world.connector.call("select 1::text", ())
        world.terminate()
        assert world.connector.call("select 2::text", ()) == "2"


def make_break(world):
    """public.conformance_break() ends its own session the first time, and answers from then on: a sequence keeps its
    number whatever becomes of the session."""
    world.admin("drop function if exists public.conformance_break()")
    world.admin("drop sequence if exists public.conformance_calls")
    world.admin("create sequence public.conformance_calls")
    world.admin("""create function public.conformance_break() returns text language plpgsql as $$
           begin
             if nextval('public.conformance_calls') = 1 then perform pg_terminate_backend(pg_backend_pid()); end if;
             return 'answered';
           end $$""")


@promise
def a_connection_that_is_lost_during_a_call_is_replaced(world):
    make_break(world)
    assert world.connector.call("select public.conformance_break()", ()) == "answered"


@promise
def a_call_that_is_sent_once_is_not_sent_again(world):
    make_break(world)
    lost(world.connector.call_once, "select public.conformance_break()", ())
    [row] = world.admin("select last_value from public.conformance_calls")
    assert int(row[0]) == 1
    assert world.connector.call_once("select public.conformance_break()", ()) == "answered"


@promise
def what_broke_before_is_replaced_before_a_call_that_is_sent_once(world):
    for _ in range(3):
        world.connector.call("select 1::text", ())
        world.terminate()
        assert world.connector.call_once("select 2::text", ()) == "2"


@promise
def another_way_to_the_same_database_is_the_same_place(world):
    assert world.make_connector().place == world.connector.place


@promise
def every_session_comes_back_after_it_was_terminated(world):
    for purpose in ("claim", "renew", "record", "finish", "maintain"):
        session = world.connector.session(purpose, purpose == "claim")
        try:
            world.terminate(session.call(_PID, ()))
            tries = 0
            while True:
                try:
                    assert session.call("select 'back'::text", ()) == "back"
                    break
                except errors.DatabaseError as error:
                    assert error.is_lost or error.code[:2] in ("08", "57"), error.code
                    tries += 1
                    assert tries < 3
        finally:
            session.close()


@promise
def claiming_and_renewing_stay_on_one_session(world):
    for purpose in ("claim", "renew"):
        session = world.connector.session(purpose, True)
        try:
            pid = session.call(_PID, ())
            serial = session.serial
            session.call("select set_config('application_name', 'conformance-held', false)", ())
            assert (
                refused(errors.DatabaseError, session.call, "select (1 / 0)::text", ()).code
                == "22012"
            )
            assert [session.call(_PID, ()) for _ in range(5)] == [pid] * 5
            assert session.serial == serial
            world.terminate(pid)
            lost(session.call, _PID, ())
            assert session.call(_PID, ()) != pid
            assert session.serial == serial + 1
        finally:
            session.close()


@promise
def what_a_held_session_did_is_committed_when_the_call_returns(world):
    world.admin("drop table if exists public.conformance_held")
    world.admin("create table public.conformance_held (number integer)")
    session = world.connector.session("renew")
    try:
        insert = "with i as (insert into public.conformance_held values (1) returning number) select number::text from i"
        assert session.call(insert, ()) == "1"
        assert [
            int(row[0]) for row in world.admin("select count(*) from public.conformance_held")
        ] == [1]
        open_for = "select count(*) from pg_stat_activity where state like 'idle in transaction%' and datname = current_database()"
        assert int(world.admin(open_for)[0][0]) == 0
    finally:
        session.close()


@promise
def marks_of_a_session_are_gone_when_it_closes(world):
    locks = "select count(*) from pg_locks where locktype = 'advisory' and granted"
    session = world.connector.session("claim", True)
    session.call("select pg_advisory_lock_shared(42, 43)::text", ())
    session.call("select 1::text", ())
    assert int(world.admin(locks)[0][0]) == 1
    session.leave()
    world.wait_until(lambda: int(world.admin(locks)[0][0]) == 0, "the mark to go")
    assert session.call("select 'again'::text", ()) == "again"
    assert session.serial == 2
    session.close()


@promise
def what_is_closed_keeps_nothing_for_who_comes_late(world):
    """A thread that did not end in time calls once more after its worker has closed everything."""
    connector = world.make_connector()
    sessions = "select count(*) from pg_stat_activity where application_name like '%renew%'"
    session = connector.session("renew")
    session.call("select 1::text", ())
    session.close()
    assert session.call("select 'late'::text", ()) == "late"
    assert session.serial == 1
    if not world.is_gateway:
        world.wait_until(lambda: int(world.admin(sessions)[0][0]) == 0, "the session to end")
    else:
        assert world.shim.pool.getNumActive() == 0
    connector.close()


@promise
def renewing_does_not_wait_for_the_pool(world):
    """F28: other scripts hold every connection."""
    connector = world.make_connector(retry_seconds=0.3)
    session = connector.session("renew")
    give_back = None
    try:
        session.call("select 1::text", ())
        give_back = world.take_all_connections(connector)
        begun = world.host.monotonic()
        assert session.call("select 2::text", ()) == "2"
        assert world.host.monotonic() - begun < 2
        lost(connector.call, "select 3::text", ())
    finally:
        session.close()
        if give_back is not None:
            give_back()
    assert world.connector.call("select 4::text", ()) == "4"
    connector.close()


@promise
def a_transaction_commits_all_or_nothing(world):
    world.admin("drop table if exists public.conformance_rows")
    world.admin("create table public.conformance_rows (number bigint, remark text)")
    with world.connector.transaction() as tx:
        assert (
            tx.update(
                "insert into public.conformance_rows values (?, ?), (?, ?)", [_BIG, EMOJI, 2, None]
            )
            == 2
        )
        rows = tx.query(
            "select number, remark from public.conformance_rows where number > ? order by 1", [1]
        )
        assert [row["remark"] for row in rows] == [None, EMOJI], rows
        assert [int(row["number"]) for row in rows] == [2, _BIG]
        assert tx.call("select count(*)::text from public.conformance_rows", ()) == "2"
        assert int(world.admin("select count(*) from public.conformance_rows")[0][0]) == 0

    class Stop(Exception):
        pass

    def fail():
        with world.connector.transaction() as tx:
            tx.update("delete from public.conformance_rows", [])
            raise Stop()

    refused(Stop, fail)

    def divide():
        with world.connector.transaction() as tx:
            tx.update("delete from public.conformance_rows", [])
            tx.query("select 1 / 0")

    assert refused(errors.DatabaseError, divide).code == "22012"
    assert int(world.admin("select count(*) from public.conformance_rows")[0][0]) == 2


@promise
def a_transaction_whose_session_ends_is_lost(world):
    world.admin("drop table if exists public.conformance_gone")
    world.admin("create table public.conformance_gone (number integer)")

    def end_itself():
        with world.connector.transaction() as tx:
            tx.update("insert into public.conformance_gone values (1)", [])
            tx.query("select pg_terminate_backend(pg_backend_pid())")

    lost(end_itself)
    assert world.admin("select number from public.conformance_gone") == []
    with world.connector.transaction() as tx:
        assert tx.call("select 'next'::text", ()) == "next"


@promise
def a_transaction_that_waits_can_be_cut(world):
    inside = world.host.make_queue()
    ended = world.host.make_queue()

    def wait_long():
        try:
            with world.connector.transaction() as tx:
                inside.put(tx)
                tx.query("select pg_sleep(3600)")
        except errors.WorkflowsError as error:
            ended.put(error)

    world.host.start_thread("conformance", wait_long)
    tx = inside.get(True, PATIENCE)
    sleeping = "select count(*) from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()"
    world.wait_until(lambda: int(world.admin(sleeping)[0][0]), "the statement to wait")
    tx.cut()
    error = ended.get(True, PATIENCE)
    assert error.is_lost or error.code == "57014", error.code
    with world.connector.transaction() as tx:
        assert tx.call("select 'next'::text", ()) == "next"


@promise
def sixteen_threads_call_at_once(world):
    answers = world.host.make_queue()

    def call(number):
        for n in range(10):
            answers.put(world.connector.call("select ?::text", (str(number * 100 + n),)))

    def start(number):
        world.host.start_thread("conformance-%d" % number, lambda: call(number))

    for number in range(16):
        start(number)
    got = sorted(int(answers.get(True, PATIENCE)) for _ in range(160))
    assert got == sorted(number * 100 + n for number in range(16) for n in range(10))
