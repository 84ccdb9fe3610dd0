"""What a stand-in gateway needs of the machine."""

from pathlib import Path

import pytest

from tests.gateway import runtime


def test_what_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert runtime.missing() == ""
    monkeypatch.setattr(runtime, "JARS", tmp_path)
    said = runtime.missing()
    for package in ("jython", "libcommons-dbcp2-java", "libpostgresql-jdbc-java"):
        assert package in said
    assert "sudo apt-get install" in said
    with pytest.raises(runtime.RuntimeMissing):
        runtime.command("serve.py", is_isolated_driver=False)


def test_the_cache_is_made_once_and_whole() -> None:
    command = runtime.command("serve.py", "described", is_isolated_driver=False)
    archive = next(one.split("=", 1)[1] for one in command if one.startswith("-XX:SharedArchive"))
    cache = Path(archive).parent
    assert Path(archive).exists()
    assert (cache / "serve.py").exists()
    assert list((cache / "standin").glob("*$py.class"))
    assert command[-1] == "described"
