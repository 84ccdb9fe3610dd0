"""Makes all of a release from what is committed: the same commit, the same bytes.

    python -m scripts.release DIR [COMMIT]   wheel, sdist, installer, export, SHA256SUMS
    python -m scripts.release --check        only whether this tree could be released

It is made in a copy of the commit, so that nothing else that lies about can get into it.
"""

import hashlib
import io
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = "ignition/exchange/workflows/settings.py"
# What may say a version as the value of something: settings.py alone.
_STATED = re.compile(r"""(?<![a-z_])_*version_*["']?\s*[:=]\s*["']\d+\.\d+""", re.I)
_NAMED = re.compile(r"ignition[-_]workflows-(\d+\.\d+\.\d+)")
_CODE = (".py", ".toml", ".cfg", ".sh", ".json", ".sql")


def version_of(tree: Path) -> str:
    found = re.search(r'^VERSION = "(.+)"$', (tree / SETTINGS).read_text("utf-8"), re.M)
    if not found:
        raise SystemExit(f"{SETTINGS} has no VERSION")
    return found[1]


def problems(tree: Path) -> list[str]:
    """Why this tree cannot be released."""
    version = version_of(tree)
    changelog = (tree / "CHANGELOG.md").read_text("utf-8")
    found = []
    if not has_section(changelog, version):
        found.append(f"CHANGELOG.md has no section for {version}, or nothing in it")
    if (tree / "docs/changelog.md").read_text("utf-8") != changelog:
        found.append("docs/changelog.md is not a copy of CHANGELOG.md")
    for path in _texts(tree):
        place = path.relative_to(tree).as_posix()
        found += [f"{place}: {one}" for one in _stale(place, path.read_text("utf-8"), version)]
    return found


def has_section(changelog: str, version: str) -> bool:
    """Whether the section of a version stands there and says something."""
    pattern = rf"^## {re.escape(version)}(?: .*)?\n+(?!## )\S"
    return re.search(pattern, changelog, re.M) is not None


def _texts(tree: Path) -> list[Path]:
    """Code and documents, without tests, which may speak of other versions, and what was made."""
    left_out = ("tests", "dist", "build", "site")
    places = [p for p in tree.iterdir() if p.name not in left_out and not p.name.startswith(".")]
    files = [file for place in places for file in (place.rglob("*") if place.is_dir() else [place])]
    return sorted(p for p in files if p.suffix in (*_CODE, ".md") and p.is_file())


def _stale(place: str, text: str, version: str) -> list[str]:
    """A version that is said where settings.py says it, or a file of another one that is named."""
    found = []
    if place.endswith(_CODE) and place != SETTINGS and _STATED.search(text):
        found.append("states a version; settings.py does")
    if place not in ("CHANGELOG.md", "docs/changelog.md"):
        others = sorted({one for one in _NAMED.findall(text) if one != version})
        found += [f"names a file of {one}" for one in others]
    return found


def make(target: Path, commit: str = "HEAD") -> list[Path]:
    """Everything of a commit; the paths in the order of SHA256SUMS."""
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory:
        tree = Path(directory)
        _unpack(commit, tree)
        found = problems(tree)
        if found:
            raise SystemExit("\n".join(["this cannot be released:", *found]))
        _build(tree, commit, target.resolve())
    version = version_of(ROOT) if commit == "HEAD" else None
    made = sorted(p for p in target.iterdir() if _NAMED.match(p.name) and _is_of(p, version))
    sums = target / "SHA256SUMS"
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in made]
    sums.write_text("".join(lines), "ascii")
    return [*made, sums]


def _is_of(path: Path, version: str | None) -> bool:
    found = _NAMED.match(path.name)
    return version is None or bool(found and found[1] == version)


def _unpack(commit: str, tree: Path) -> None:
    archive = _git("archive", "--format=tar", commit)
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(tree, filter="data")


def _build(tree: Path, commit: str, target: Path) -> None:
    """Everything is made by the commit's own programs; its time is the time of every file."""
    environment = {
        **os.environ,
        "SOURCE_DATE_EPOCH": _git("show", "-s", "--format=%ct", commit).decode().strip(),
        "PYTHONPATH": str(tree / "ignition"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }

    def python(*words: str) -> bytes:
        return subprocess.run(
            [sys.executable, *words], cwd=tree, env=environment, check=True, capture_output=True
        ).stdout

    python("-m", "hatchling", "build", "-t", "sdist", "-t", "wheel", "-d", str(target))
    installer = python("-m", "exchange.workflows.cpython.cli", "migrate", "--sql")
    (target / f"ignition-workflows-{version_of(tree)}.sql").write_bytes(installer)
    python("ignition/export_project.py", str(target))


def _git(*words: str) -> bytes:
    return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True).stdout


def main(words: list[str]) -> None:
    if words == ["--check"]:
        found = problems(ROOT)
        if found:
            raise SystemExit("\n".join(found))
    elif words and not words[0].startswith("-"):
        print(*make(Path(words[0]), *words[1:2]), sep="\n")
    else:
        raise SystemExit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
