"""F71: what a caller puts in the way of names, operators and tables has no effect on any function."""

import psycopg
import pytest

from tests.calls import SCHEMA, Calls
from tests.every_call import set_stage
from tests.roles.test_matrix import MAY_CALL, ROLES

# Counted by a sequence, which a rollback does not take back. Everything that a body could mean by a
# short name, with arguments that fit better than those of pg_catalog; in public, too.
TRAPS = """
create schema evil;
grant usage, create on schema evil, public to public;
create sequence evil.touched;
grant usage on sequence evil.touched to public;
create function evil.trap() returns boolean language plpgsql as
  $$ begin perform nextval('evil.touched'); return true; end $$;
do $$
declare
  v_schema text;
  v_type text;
  v_sign text;
  v_name text;
begin
  foreach v_schema in array array['evil', 'public'] loop
    foreach v_type in array array['uuid', 'text', 'integer', 'bigint', 'boolean', 'timestamptz',
                                  'jsonb'] loop
      execute format('create function %I.same(%s, %s) returns boolean language plpgsql as '
        '''begin return evil.trap(); end''', v_schema, v_type, v_type);
      foreach v_sign in array array['=', '<>', '<', '<=', '>', '>='] loop
        execute format('create operator %I.%s (function = %I.same, leftarg = %s, rightarg = %s)',
          v_schema, v_sign, v_schema, v_type, v_type);
      end loop;
    end loop;
    foreach v_name in array array['upper(text)', 'lower(text)', 'btrim(text)', 'hashtext(text)',
        'gen_random_uuid()', 'clock_timestamp()', 'hashtextextended(text, bigint)',
        'to_json(text)', 'jsonb_object_keys(jsonb)', 'current_setting(text)'] loop
      execute format('create function %I.%s returns text language plpgsql as '
        '''begin perform evil.trap(); return null; end''', v_schema, v_name);
    end loop;
  end loop;
end $$;
create type public.disguised as (x text);
create function public.unmask(public.disguised) returns text language plpgsql as
  $$ begin perform evil.trap(); return ($1).x; end $$;
create cast (public.disguised as text) with function public.unmask(public.disguised) as implicit;"""
SHADOWS = """
do $$
declare v_name text;
begin
  for v_name in select relname from pg_class
    where relnamespace = '{schema}'::regnamespace and relkind in ('r', 'v')
  loop
    execute format('create temp table %I (x integer)', v_name);
    execute format('grant all on %I to public', v_name);
  end loop;
end $$;
set search_path = evil, public, pg_temp, pg_catalog"""
COUNT = "select last_value::integer * is_called::integer from evil.touched"


@pytest.fixture
def trapped(conn):
    """(session, statements): the traps are set, and every function has something to do."""
    statements = set_stage(Calls(conn)).statements()
    conn.execute(TRAPS)
    conn.execute(SHADOWS.format(schema=SCHEMA))
    return conn, statements


def call(conn, role, statement):
    """None or the error; what it did is taken back."""
    try:
        with conn.transaction(force_rollback=True):
            conn.execute(f"set local role {SCHEMA}_{role}")
            conn.execute(*statement)
    except psycopg.Error as error:
        return error
    return None


@pytest.mark.parametrize("role", ROLES)
def test_f71_shadowing_has_no_effect(trapped, role):
    conn, statements = trapped
    for name, roles in MAY_CALL.items():
        if role in roles:
            assert call(conn, role, statements[name]) is None, name
            assert conn.execute(COUNT).fetchone() == (0,), name


@pytest.mark.parametrize("role", ["operator", "admin"])
def test_f71_views_show_what_they_show(trapped, role):
    conn, _ = trapped
    for view in ("queue_depth", "workflow_status", "command_log", "resource_status", "dead_letter"):
        assert call(conn, role, (f"select * from {SCHEMA}.{view}",)) is None
        assert conn.execute(COUNT).fetchone() == (0,), view


def test_f71_a_cast_runs_before_the_call_and_as_the_caller(trapped):
    """An argument of another type is turned into text by whoever calls, with the caller's rights alone."""
    conn, _ = trapped
    conn.execute("""create or replace function public.unmask(public.disguised) returns text
        language plpgsql as $$ begin raise exception 'cast by %', current_user; end $$""")
    conn.execute(f"set role {SCHEMA}_enqueuer")
    with pytest.raises(psycopg.errors.RaiseException, match=f"cast by {SCHEMA}_enqueuer"):
        conn.execute(f"select {SCHEMA}.get_workflow(row('x')::public.disguised)")


@pytest.mark.parametrize("name", ["enqueue", "send_command", "claim_workflows", "set_queue"])
def test_f71_without_its_search_path_a_function_would_be_trapped(trapped, name):
    """Negative control."""
    conn, statements = trapped
    oid = f"'{SCHEMA}.{name}'::regproc::regprocedure"
    (signature,) = conn.execute(f"select {oid}::text").fetchone()
    conn.execute(f"alter function {signature} reset search_path")
    conn.execute(f"grant usage on schema evil to {SCHEMA}_owner")
    role, *_ = sorted(MAY_CALL[name])
    call(conn, role, statements[name])
    assert conn.execute(COUNT).fetchone()[0] > 0
