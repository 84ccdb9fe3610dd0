"""What the database says about the installed schema."""

import pytest

FUNCTIONS = "from pg_proc p where p.pronamespace = %s::regnamespace"
RELATIONS = (
    "from pg_class c where c.relnamespace = %s::regnamespace and c.relkind in ('r', 'v', 'p')"
)


@pytest.fixture
def names(conn, schema):
    """names(query): the first column of a query about the schema."""
    return lambda query: sorted(row[0] for row in conn.execute(query, (schema,)))


def test_every_function_has_a_comment(names):
    query = f"select p.proname {FUNCTIONS} and obj_description(p.oid, 'pg_proc') is null"
    assert names(query) == []


def test_every_table_view_and_sequence_has_a_comment(names):
    query = f"select c.relname {RELATIONS} and obj_description(c.oid, 'pg_class') is null"
    assert names(query) == []


def test_every_column_has_a_comment(names):
    query = f"""
      select c.relname || '.' || a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid
      where a.attnum > 0 and not a.attisdropped
        and c.oid in (select c.oid {RELATIONS})
        and col_description(c.oid, a.attnum) is null"""
    assert names(query) == []


def test_no_overloads(names):
    assert names(f"select p.proname {FUNCTIONS} group by p.proname having count(*) > 1") == []


def test_no_function_returns_void(names):
    assert names(f"select p.proname {FUNCTIONS} and p.prorettype = 'void'::regtype") == []


def test_definer_functions_pin_search_path_and_time_zone(names):
    query = f"""
      select p.proname {FUNCTIONS} and p.prosecdef
        and not coalesce(p.proconfig, '{{}}') @>
          array['search_path=pg_catalog, pg_temp', 'TimeZone=UTC']"""
    assert names(query) == []


# What JDBC and Perspective can show; everything else reaches a screen as a driver's object.
SHOWN = "'{text,int2,int4,int8,float4,float8,bool,timestamptz}'::regtype[]"
VIEW_COLUMNS = f"""
  select c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, null)
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
  where c.relnamespace = %s::regnamespace and c.relkind = 'v' and a.atttypid <> all ({SHOWN})"""


def test_views_hold_only_what_a_screen_can_show(names):
    assert names(VIEW_COLUMNS) == []


@pytest.mark.parametrize("kind", ["jsonb", "uuid", "interval", "numeric", "text[]"])
def test_another_type_in_a_view_would_be_seen(conn, names, schema, kind):
    conn.execute(f"create view {schema}.odd as select null::{kind} as x")
    assert names(VIEW_COLUMNS) == [f"odd.x {kind}"]


# Worker functions count requests in bigint; nobody calls them by a stored procedure call.
CALLED = "'{text,int4,bool,timestamptz}'::regtype[]"


def test_public_functions_take_and_return_only_what_a_stored_procedure_call_can(names):
    query = f"""
      select p.proname {FUNCTIONS} and p.prosecdef and p.proname !~ '_figures$|^upcoming$'
        and (p.prorettype <> all ({CALLED}) or not p.proargtypes::oid[]::regtype[] <@ {CALLED})"""
    assert names(query) == ["claim_workflows"]


def test_public_may_execute_nothing(names):
    query = f"select p.proname {FUNCTIONS} and has_function_privilege('public', p.oid, 'execute')"
    assert names(query) == []


def test_public_may_use_neither_schema_nor_relations(conn, names, schema):
    query = f"select c.relname {RELATIONS} and has_table_privilege('public', c.oid, 'select')"
    assert names(query) == []
    query = "select has_schema_privilege('public', %s, 'usage')"
    assert conn.execute(query, (schema,)).fetchone() == (False,)


def test_everything_belongs_to_the_owner_role(names, schema):
    owner = f"'{schema}_owner'::regrole"
    assert names(f"select p.proname {FUNCTIONS} and p.proowner <> {owner}") == []
    assert names(f"select c.relname {RELATIONS} and c.relowner <> {owner}") == []


def test_no_role_may_log_in(conn, schema):
    query = "select rolname from pg_roles where rolname like %s and rolcanlogin"
    assert conn.execute(query, (f"{schema}\\_%",)).fetchall() == []


def test_every_definer_function_is_granted_to_somebody(names, schema):
    """A public function that no role may call is dead; a helper is an invoker."""
    query = f"""
      select p.proname {FUNCTIONS} and p.prosecdef and not exists (
        select from aclexplode(p.proacl) where grantee <> p.proowner)"""
    assert names(query) == []


def test_no_sequence_and_no_table_is_unlogged(names):
    query = f"select c.relname {RELATIONS} and c.relpersistence <> 'p'"
    assert names(query) == []


# A signature may be wider than its body needs; an endless loop has no return at its end.
HARMLESS = ("unused parameter", "control reached end of function without RETURN")


def test_plpgsql_check_finds_nothing(conn, schema):
    available = "select 1 from pg_available_extensions where name = 'plpgsql_check'"
    if not conn.execute(available).fetchone():
        pytest.skip("plpgsql_check is missing: apt-get install postgresql-15-plpgsql-check")
    conn.execute("create extension plpgsql_check")
    found = conn.execute(
        """
        select p.proname, c.lineno, c.level, c.message, c.detail from pg_proc p
        cross join lateral plpgsql_check_function_tb(p.oid, fatal_errors => false) c
        where p.pronamespace = %s::regnamespace and p.prorettype <> 'trigger'::regtype
          and p.prolang = (select oid from pg_language where lanname = 'plpgsql')""",
        (schema,),
    ).fetchall()
    assert [row for row in found if not row[3].startswith(HARMLESS)] == []
