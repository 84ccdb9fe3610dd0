"""The Java that a stand-in gateway runs on, and a cache that makes it start fast.

The cache holds our Jython modules, compiled, and an archive of the classes that every start loads. It
is made by the first start, in a folder of its own that is renamed when it is whole; any number of
processes may do that at once. Its name tells what it was made from.
"""

import functools
import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
CACHES = HERE.parents[1] / "build" / "gateway"
JARS = Path(os.environ.get("WORKFLOWS_JARS", "/usr/share/java"))
PACKAGES = {
    "jython.jar": "jython",
    "commons-dbcp2.jar": "libcommons-dbcp2-java",
    "commons-pool2.jar": "libcommons-dbcp2-java",
    "commons-logging.jar": "libcommons-dbcp2-java",
    "postgresql.jar": "libpostgresql-jdbc-java",
}
DRIVER_JAR = JARS / "postgresql.jar"
OPTIONS = ("-XX:+UseSerialGC", "-Xmx512m", "-Djava.awt.headless=true")
JYTHON = ("-Dpython.import.site=false", "-Dpython.cachedir.skip=true")
MAKE_SECONDS = 120


class RuntimeMissing(Exception):
    """What a stand-in gateway needs is not installed."""


def missing() -> str:
    """What is not installed, as one line that says what to do; empty where all is there."""
    packages = {PACKAGES[jar] for jar in PACKAGES if not (JARS / jar).exists()}
    if shutil.which("java") is None:
        packages.add("openjdk-17-jre-headless")
    if not packages:
        return ""
    wanted = " ".join(sorted(packages))
    return f"the stand-in gateway needs Debian's {wanted}: sudo apt-get install {wanted}"


def command(
    program: str, *arguments: str, is_isolated_driver: bool, java_options: tuple[str, ...] = ()
) -> list[str]:
    """The command that runs a module of ours in a JVM."""
    if missing():
        raise RuntimeMissing(missing())
    cache = _cache()
    return [
        *_java(cache, is_isolated_driver),
        f"-XX:SharedArchiveFile={cache / 'classes.jsa'}",
        *java_options,
        "org.python.util.jython",
        "-B",
        str(cache / program),
        *arguments,
    ]


def _java(folder: Path, is_isolated_driver: bool) -> list[str]:
    # The driver comes last: the archive was made without it, and a longer class path may use it.
    jars = [str(JARS / jar) for jar in PACKAGES if jar != DRIVER_JAR.name]
    if not is_isolated_driver:
        jars.append(str(DRIVER_JAR))
    path = f"-Dpython.path={folder}"
    return ["java", *OPTIONS, "-Xshare:auto", "-Xlog:disable", "-cp", ":".join(jars), *JYTHON, path]


@functools.cache
def _cache() -> Path:
    sources = sorted((HERE / "standin").glob("*.py"))
    cache = CACHES / _key(sources)
    if not cache.exists():
        CACHES.mkdir(parents=True, exist_ok=True)
        making = Path(tempfile.mkdtemp(prefix="making-", dir=CACHES))
        try:
            _make_cache(making, sources)
            making.rename(cache)
        except OSError:
            if not cache.exists():  # else another process was faster
                raise
        finally:
            shutil.rmtree(making, ignore_errors=True)
    return cache


def _make_cache(folder: Path, sources: list[Path]) -> None:
    (folder / "standin").mkdir()
    for source in sources:
        shutil.copy2(source, folder / "standin" / source.name)
    (folder / "warm_up.py").write_text("import standin.warm_up\n")
    (folder / "serve.py").write_text("import sys\nfrom standin.server import main\nmain(sys.argv[1])\n")
    archive = f"-XX:ArchiveClassesAtExit={folder / 'classes.jsa'}"
    made = subprocess.run(
        [
            *_java(folder, is_isolated_driver=True),
            archive,
            "org.python.util.jython",
            str(folder / "warm_up.py"),
            str(DRIVER_JAR),
        ],
        capture_output=True,
        text=True,
        timeout=MAKE_SECONDS,
    )
    if made.returncode:
        raise RuntimeMissing(f"the stand-in gateway does not start:\n{made.stdout}{made.stderr}")


def _key(sources: list[Path]) -> str:
    java = shutil.which("java") or ""
    digest = hashlib.sha256(os.path.realpath(java).encode())
    for jar in PACKAGES:
        digest.update(f"{jar}{(JARS / jar).stat().st_mtime_ns}".encode())
    for path in [Path(__file__), *sources]:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
