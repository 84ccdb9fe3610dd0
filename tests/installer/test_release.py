"""What a release consists of: checked, the same bytes from the same commit, and usable by who has nothing else."""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

import pytest

from exchange.workflows.settings import VERSION
from scripts import release

ROOT = Path(release.__file__).parents[1]
# As `python -m examples.temperature_alarms`, which gives up after a minute: other tests run beside it.
PATIENT_DEMO = """
import sys
from examples.temperature_alarms import __main__ as demo
demo.ALLOWED_SECONDS = 300.0
sys.exit(demo.main())
"""
CHANGELOG = f"# Changelog\n\n## {VERSION} (unreleased)\n\n- Something.\n\n## 0.0.1\n\n- Less.\n"


@pytest.fixture
def tree(tmp_path):
    """The least that can be released."""
    files = {
        "CHANGELOG.md": CHANGELOG,
        "docs/changelog.md": CHANGELOG,
        release.SETTINGS: f'VERSION = "{VERSION}"\n',
        "docs/install.md": f"Run ignition-workflows-{VERSION}.sql.\n",
        "pyproject.toml": '[project]\ndynamic = ["version"]\n',
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_this_tree_can_be_released():
    assert release.problems(ROOT) == []


@pytest.mark.parametrize(
    ("place", "text", "said"),
    [
        ("pyproject.toml", 'version = "9.9.9"\n', "pyproject.toml: states a version"),
        ("ignition/other.py", f'__version__ = "{VERSION}"\n', "states a version"),
        ("docs/install.md", "Run ignition-workflows-0.0.9.sql.\n", "names a file of 0.0.9"),
        ("docs/changelog.md", "# Changelog\n", "is not a copy"),
        ("CHANGELOG.md", "# Changelog\n\n## 0.0.1\n\n- Less.\n", "no section for"),
        ("CHANGELOG.md", f"## {VERSION}\n\n## 0.0.1\n\n- Less.\n", "or nothing in it"),
        ("CHANGELOG.md", f"## {VERSION}\n", "or nothing in it"),
        ("CHANGELOG.md", f"## {VERSION}0\n\n- More.\n", "no section for"),
    ],
)
def test_what_cannot_be_released(tree, place, text, said):
    assert release.problems(tree) == []
    (tree / place).write_text(text)
    assert any(said in one for one in release.problems(tree))


needs_git = pytest.mark.skipif(
    not (ROOT / ".git").exists() or not shutil.which("git"), reason="a commit is needed"
)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    target = tmp_path_factory.mktemp("release")
    return release.make(target)


@needs_git
@pytest.mark.proof
@pytest.mark.timeout(300)
def test_the_same_commit_gives_the_same_bytes(made, tmp_path):
    """At another time, in another place, with other rights of files."""
    before = os.umask(0o077)
    try:
        again = release.make(tmp_path / "elsewhere")
    finally:
        os.umask(before)
    assert [path.name for path in made] == [path.name for path in again]
    assert len(made) == 6
    for first, second in zip(made, again, strict=True):
        assert first.read_bytes() == second.read_bytes(), first.name
    for line in made[-1].read_text().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((made[-1].parent / name).read_bytes()).hexdigest() == digest


@pytest.fixture
def open_directory():
    """Started by root, the demo's server is another account's, which may not enter where pytest keeps its files."""
    with tempfile.TemporaryDirectory(prefix="workflows-release-") as name:
        os.chmod(name, 0o755)
        yield Path(name)


@needs_git
@pytest.mark.proof
@pytest.mark.timeout(600)
def test_the_wheel_runs_the_demo_in_a_clean_environment(made, open_directory):
    """As the docs say: the wheel is installed, the demo is run out of the sdist."""
    wheel = next(path for path in made if path.suffix == ".whl")
    sdist = next(path for path in made if path.name.endswith(".tar.gz"))
    assert not [n for n in zipfile.ZipFile(wheel).namelist() if n.startswith(("tests", "examples"))]
    with tarfile.open(sdist) as files:
        files.extractall(open_directory, filter="data")
    folder = open_directory / sdist.name.removesuffix(".tar.gz")
    venv = open_directory / "venv"
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "WORKFLOWS"))}

    def run(*words):
        ran = subprocess.run(
            list(map(str, words)), cwd=folder, env=environment, capture_output=True, text=True
        )
        assert ran.returncode == 0, f"{words}\n{ran.stdout}\n{ran.stderr}"
        return ran.stdout

    run(sys.executable, "-m", "venv", venv)
    run(venv / "bin/python", "-m", "pip", "install", "--quiet", f"{wheel}[demo]")
    assert VERSION in run(venv / "bin/ignition-workflows", "--version")
    where = "import exchange.workflows.cpython.cli as found; print(found.__file__)"
    assert str(venv) in run(venv / "bin/python", "-c", where)
    shown = run(venv / "bin/python", "-c", PATIENT_DEMO)
    assert "seconds from start to end" in shown
