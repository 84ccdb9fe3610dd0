"""What the reference of functions says of their refusals, which it finds in their texts."""

import pytest

from docs.generate_reference import SOURCES, refusals


@pytest.fixture
def sources(conn, schema):
    rows = conn.execute(SOURCES.replace("'workflows'", f"'{schema}'")).fetchall()
    return {name: source.replace(f"{schema}.", "workflows.") for name, source in rows}


@pytest.mark.parametrize(
    ("function", "codes"),
    [
        ("schema_version", []),
        ("get_workflow", ["WF002 bad argument", "WF003 unknown id"]),
        ("load_workflow", ["WF001 stale lease token"]),
        ("answer_prompt", ["WF002 bad argument", "WF003 unknown id", "WF009 command rejected"]),
    ],
)
def test_what_a_function_or_one_that_it_calls_may_raise(sources, function, codes):
    assert refusals(function, sources) == codes
