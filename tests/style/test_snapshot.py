"""tests/schema.sql shows what a fresh install makes."""

import pytest

from tests import schema_snapshot


def test_the_snapshot_is_up_to_date(server, database, schema):
    if server.version != schema_snapshot.SERVER_VERSION or schema != "workflows":
        pytest.skip(f"the snapshot is of server {schema_snapshot.SERVER_VERSION}, schema workflows")
    dumped = schema_snapshot.dump(server, database)
    assert dumped == schema_snapshot.SNAPSHOT.read_text(), "run: make schema-snapshot"
