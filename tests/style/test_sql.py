"""How the SQL sources look: a shelf of functions, and a manifest that names every file."""

import re

import pytest

from exchange.workflows.cpython import installer
from exchange.workflows.settings import SCHEMA_VERSION
from tests.style import sources
from tests.style.sources import name_of

FUNCTIONS = sources.sql_files("functions")
MIGRATIONS = sources.sql_files("migrations")
# 100 is the rule. These are older than it and get no wider; who leaves the list stays out of it.
WIDEST = 149
WIDE = set(
    "bootstrap comments claim_answer claim_workflows command_answer count_parked "
    "count_ready enqueue_requests finish_workflows gate_keys gate_label get_workflow "
    "hand_over insert_workflows lane_key list_queues list_steps list_workflows "
    "load_workflow lock_workflow pause_queue queue_figures queue_lanes read_options "
    "reclaim_lease record_steps register_worker renew_worker requeue_workflows "
    "resume_queue retire_worker retry_workflow run_maintenance send_command set_queue "
    "set_setting settle_error settle_workflow take_ready grants uninstall command_log "
    "dead_letter health queue_depth resource_status running_workflow worker_status "
    "workflow_status".split()
)
FROZEN = "0001_create_tables"
EVERY = [p for p in sorted(sources.SQL.rglob("*.sql")) if p.name != "install.sql"]


def without_comments_and_texts(text):
    """Comments and texts blanked, a body in quotes kept."""
    text = re.sub(r"\bas\s+'", "as ", text)
    return re.sub(r"--[^\n]*|'(?:[^']|'')*'", "''", text)


def test_the_manifest_includes_every_file():
    included = {source.path for source in installer.read_sources()}
    on_disk = {p.relative_to(sources.SQL).as_posix() for p in EVERY}
    assert on_disk - included == {"uninstall.sql"}


def test_the_manifest_starts_with_bootstrap_and_ends_with_grants():
    paths = [source.path for source in installer.read_sources()]
    assert (paths[0], paths[-1]) == ("bootstrap.sql", "grants.sql")
    kinds = [path.partition("/")[0] for path in paths]
    order = ["bootstrap.sql", "migrations", "functions", "views"]
    order += ["constraints.sql", "comments.sql", "grants.sql"]
    assert sorted(kinds, key=order.index) == kinds


def test_migrations_are_numbered_without_a_gap():
    numbers = [int(path.name[:4]) for path in MIGRATIONS]
    assert numbers == list(range(1, len(numbers) + 1))
    assert all(re.match(r"^\d{4}_[a-z]+_[a-z_]+\.sql$", path.name) for path in MIGRATIONS)
    assert numbers[-1] == SCHEMA_VERSION


@pytest.mark.parametrize("path", MIGRATIONS, ids=name_of)
def test_migrations_neither_make_nor_call_functions(path):
    text = without_comments_and_texts(path.read_text())
    assert not re.search(r"\bcreate (or replace )?(function|procedure)\b", text)
    names = {name for file in FUNCTIONS for name, _ in sources.sql_functions(file)}
    assert not names & set(re.findall(r"\bworkflows\.(\w+)\s*\(", text))


@pytest.mark.parametrize("path", EVERY, ids=name_of)
def test_ascii_and_width(path):
    text = path.read_text(encoding="utf-8")
    assert text.isascii()
    assert "\t" not in text
    widest = WIDEST if path.stem in WIDE else 100
    too_wide = [n for n, line in enumerate(text.splitlines(), 1) if len(line) > widest]
    assert not too_wide or path.stem == FROZEN


def test_nobody_is_listed_as_wide_who_is_not():
    wide = {p.stem for p in EVERY if any(len(n) > 100 for n in p.read_text().splitlines())}
    assert not WIDE - wide


@pytest.mark.parametrize("path", FUNCTIONS, ids=name_of)
def test_a_file_defines_the_function_it_is_named_like(path):
    functions = list(sources.sql_functions(path))
    assert functions, "no function in this file"
    assert functions[0][0] == path.stem
    long = [name for name, text in functions if len(text.splitlines()) > 100]
    assert not long, "a function has at most 100 lines"


@pytest.mark.parametrize("path", FUNCTIONS, ids=name_of)
def test_a_function_says_what_it_promises(path):
    text = path.read_text()
    above = text.partition("create ")[0].strip().splitlines()
    assert above or len(text.splitlines()) <= 30, "only a small one speaks for itself"
    assert len(above) <= 6
    assert all(line.startswith("--") for line in above)


@pytest.mark.parametrize("path", FUNCTIONS, ids=name_of)
def test_bodies_read_no_clock_and_build_no_statements(path):
    for name, text in sources.sql_functions(path):
        text = without_comments_and_texts(text).lower()
        if name != "clock_now":
            assert not re.search(r"\b(now|clock_timestamp|statement_timestamp)\s*\(", text), name
            assert not re.search(r"\bcurrent_timestamp\b", text), name
        assert not re.search(r"\bselect \* from workflows\.", text), name
        assert not re.search(r"\bexecute\b(?! (function|procedure))", text), name
        assert not re.search(r"\breturns void\b", text), name
