"""A miniature schema, so that the installer's promises do not hang on the real one."""

from collections.abc import Callable
from pathlib import Path

import pytest

BOOTSTRAP = """\
select pg_advisory_xact_lock(hashtextextended('workflows.install', 0));
create schema if not exists workflows;
create table if not exists workflows.schema_migration (
  version integer primary key, file_name text not null, sha256 text not null,
  is_breaking boolean not null, applied_at timestamptz not null);
"""
FIRST = """\
create table workflows.valve (valve_id integer primary key);
comment on table workflows.valve is 'It''s a table. Nothing to do with workflows.';
"""
FUNCTION = """\
create or replace function workflows.count_valves() returns bigint language sql as $$
  select count(*) from workflows.valve
$$;
"""
MANIFEST = """\
-- the story
\\set ON_ERROR_STOP on
\\ir bootstrap.sql
\\ir migrations/0001_create_valve.sql
\\ir functions/count_valves.sql
"""
Write = Callable[[str, str], None]


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    write = writer(tmp_path)
    write("bootstrap.sql", BOOTSTRAP)
    write("migrations/0001_create_valve.sql", FIRST)
    write("functions/count_valves.sql", FUNCTION)
    write("install.sql", MANIFEST)
    return tmp_path


@pytest.fixture
def write(sources: Path) -> Write:
    """write(path, text): put a file into the sources."""
    return writer(sources)


@pytest.fixture
def add_migration(sources: Path, write: Write) -> Write:
    """add_migration(file_name, text): a new file and its line in the manifest."""

    def add(file_name: str, text: str) -> None:
        write(f"migrations/{file_name}", text)
        manifest = (sources / "install.sql").read_text()
        function = "\\ir functions/count_valves.sql"
        write("install.sql", manifest.replace(function, f"\\ir migrations/{file_name}\n{function}"))

    return add


def writer(directory: Path) -> Write:
    def write(path: str, text: str) -> None:
        (directory / path).parent.mkdir(exist_ok=True)
        (directory / path).write_text(text)

    return write
