"""The exported project, once for these tests: as a zip and unpacked."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.style.sources import ROOT

EXPORTER = ROOT / "ignition" / "export_project.py"


def run_exporter(target: Path) -> tuple[Path, Path]:
    """The zip and the lines for 8.1 that `make export` writes."""
    command = [sys.executable, str(EXPORTER), str(target)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    archive, lines = map(Path, printed.splitlines())
    return archive, lines


@pytest.fixture(scope="session")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return run_exporter(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="session")
def project(exported: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip, unpacked."""
    target = tmp_path_factory.mktemp("project")
    with zipfile.ZipFile(exported[0]) as archive:
        archive.extractall(target)
    return target
