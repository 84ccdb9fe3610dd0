"""The exported project is what a gateway reads: layout, bytes, resources, event scripts."""

import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from ignition import export_project
from tests.export.conftest import EXPORTER, run_exporter
from tests.style.sources import ROOT, gateway_files

IGNITION = ROOT / "ignition"
SCRIPTS = Path("ignition/script-python")
# What 8.3 puts in place of the first line; other parameters would be lost.
EVENT_SCRIPTS = {
    "startup/onStartup.py": "def onStartup():",
    "shutdown/onShutdown.py": "def onShutdown():",
    "update/onUpdate.py": "def onUpdate(actor, resources):",
    "timer/Tick/handleTimerEvent.py": "def handleTimerEvent():",
}


def resources(project):
    return sorted(project.rglob("resource.json"))


def read(path):
    return json.loads(path.read_text(encoding="ascii"))


def test_the_project_lies_at_the_root_of_the_zip_and_can_be_inherited(exported, project):
    read_project = read(project / "project.json")
    assert read_project["inheritable"] is True and read_project["enabled"] is True
    assert read_project["title"] and read_project["description"] and read_project["parent"] == ""
    with zipfile.ZipFile(exported[0]) as archive:
        names = archive.namelist()
    tops = ("ignition/", "com.inductiveautomation.perspective/views/Exchange/Workflows/")
    assert all(n == "project.json" or n.startswith(tops) for n in names)
    assert names == sorted(set(names))


def test_every_module_is_there_byte_for_byte_and_nothing_else(project):
    exported = {p.parent: p.read_bytes() for p in (project / SCRIPTS).rglob("code.py")}
    wanted = {
        project / SCRIPTS / path.relative_to(IGNITION).with_suffix(""): path.read_bytes()
        for path in gateway_files()
    }
    assert exported == wanted
    assert not (project / SCRIPTS / "exchange/workflows/cpython").exists()


def test_no_name_is_both_module_and_package(project):
    modules = [p.parent for p in (project / SCRIPTS).rglob("code.py")]
    assert not [m for m in modules for other in modules if other in m.parents]


def test_a_module_beside_a_package_of_its_name_is_not_exported(tmp_path):
    shutil.copytree(IGNITION, tmp_path / "ignition", ignore=shutil.ignore_patterns("cpython"))
    (tmp_path / "ignition/exchange/workflows/engine.py").write_text('"""Hides the package."""\n')
    command = [sys.executable, str(tmp_path / "ignition" / EXPORTER.name), str(tmp_path / "dist")]
    refused = subprocess.run(command, capture_output=True, text=True)
    assert refused.returncode == 1 and "exchange/workflows/engine/" in refused.stderr


def test_resources_are_as_a_gateway_writes_them(project):
    for path in resources(project):
        resource = read(path)
        others = sorted(p.name for p in path.parent.iterdir() if p != path)
        assert resource["files"] == others, path
        keys = ["scope", "version", "restricted", "overridable", "files", "attributes"]
        assert list(resource) == keys
        assert resource["restricted"] is False and resource["overridable"] is True
        assert set(resource["attributes"]["lastModification"]) == {"actor", "timestamp"}
        assert "lastModificationSignature" not in resource["attributes"]
        expected = {"code.py": ("A", 1), "query.sql": ("DG", 2)}.get(others[0], ("G", 1))
        assert (resource["scope"], resource["version"]) == expected
        if others == ["code.py"]:
            assert resource["attributes"]["hintScope"] == 2


def test_every_payload_has_its_resource(project):
    with_resource = {path.parent for path in resources(project)}
    files = {p for p in project.rglob("*") if p.is_file() and p.name != "resource.json"}
    assert {p.parent for p in files} - with_resource == {project}


@pytest.mark.parametrize("name", EVENT_SCRIPTS)
def test_event_scripts_begin_with_the_header_that_8_3_knows(project, name):
    header, body = (project / "ignition" / name).read_text(encoding="ascii").splitlines()
    assert header == EVENT_SCRIPTS[name]
    assert body.startswith("\texchange.workflows.gateway.") and body.endswith("()")
    resource = project.joinpath("ignition", name).with_name("resource.json")
    assert read(resource)["attributes"]["enabled"] is True


def test_no_other_event_scripts(project):
    event_files = [
        p.relative_to(project / "ignition").as_posix()
        for p in (project / "ignition").rglob("*.py")
        if p.name != "code.py"
    ]
    assert sorted(event_files) == sorted(EVENT_SCRIPTS)


def test_the_tick_comes_each_second_on_a_thread_of_its_own(project):
    attributes = read(project / "ignition/timer/Tick/resource.json")["attributes"]
    del attributes["lastModification"]
    wanted = {"delay": 1000, "fixedDelay": True, "sharedThread": False, "enabled": True}
    assert attributes == wanted


def test_pure_ascii_without_mark_and_with_plain_line_ends(project):
    for path in [p for p in project.rglob("*") if p.is_file()]:
        content = path.read_bytes()
        assert content.isascii() and b"\r" not in content, path
        assert not content.startswith(b"\xef\xbb\xbf") and content.endswith(b"\n"), path
        assert b"coding:" not in b"\n".join(content.split(b"\n")[:2]), path


def test_the_same_sources_give_the_same_bytes(exported, tmp_path):
    again = run_exporter(tmp_path / "again")
    for first, second in zip(exported, again, strict=True):
        digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in (first, second)]
        assert digests[0] == digests[1]


def test_the_lines_for_8_1_are_the_event_scripts_of_8_3(exported, project):
    text = exported[1].read_text(encoding="ascii")
    for name in EVENT_SCRIPTS:
        body = (project / "ignition" / name).read_text(encoding="ascii").splitlines()[1]
        assert body.strip() in text
    assert "1000 ms" in text and "modules=[" in text


def iglint(project):
    command = [str(Path(sys.executable).with_name("iglint")), "check", str(project)]
    command += ["--config", str(ROOT / "pyproject.toml")]
    checked = subprocess.run(command, capture_output=True, text=True)
    return checked.returncode, checked.stdout + checked.stderr


def test_iglint_is_content(project):
    code, said = iglint(project)
    assert code == 0, said


def test_iglint_would_notice(project, tmp_path):
    broken = tmp_path / "broken"
    shutil.copytree(project, broken)
    with open(broken / "ignition/startup/onStartup.py", "a") as script:
        script.write("\texchange.workflows.nowhere.start()\n")
    code, said = iglint(broken)
    assert code != 0 and "nowhere" in said


def test_another_schema_is_named_in_the_settings_and_the_queries_alone() -> None:
    ours, theirs = export_project.project_files(), export_project.project_files("site_a")
    changed = sorted(path for path in ours if ours[path] != theirs[path])
    assert "ignition/script-python/exchange/workflows/settings/code.py" in changed
    assert all("/settings/" in path or path.endswith("query.sql") for path in changed)
    settings = theirs["ignition/script-python/exchange/workflows/settings/code.py"]
    assert b'SCHEMA_NAME = "site_a"' in settings
    queries = [content for path, content in theirs.items() if path.endswith("query.sql")]
    assert len(changed) == len(queries) + 1
    assert not any(b"workflows." in content for content in queries)
