"""The Java that a stand-in gateway runs on, and a cache that makes it start fast.

The cache holds our Jython modules, compiled, and an archive of the classes that every start loads. It
is made by the first start, in a folder of its own that is renamed when it is whole; any number of
processes may do that at once. Its name tells what it was made from.
"""

import functools
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import time
import zipfile
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
OPTIONS = (
    *("-XX:+UseSerialGC", "-Xmx512m", "-Djava.awt.headless=true"),
    *("-XX:-UsePerfData", "-XX:+UnlockDiagnosticVMOptions", "-XX:-BytecodeVerificationRemote"),
)
QUICK = ("-XX:TieredStopAtLevel=1",)  # halves the work of a start; what is measured goes without
JYTHON = ("-Dpython.import.site=false", "-Dpython.cachedir.skip=true")
MANIFEST = "META-INF/MANIFEST.MF"
NOT_JYTHONS = re.compile("postgresql|mariadb|servlet")
MAKE_SECONDS = 120
NO_CLASS_FILES = "PYTHONDONTWRITEBYTECODE"  # Jython obeys it, too


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
    program: str,
    *arguments: str,
    is_isolated_driver: bool,
    is_measured: bool = False,
    java_options: tuple[str, ...] = (),
) -> list[str]:
    """The command that runs a module of ours in a JVM."""
    if missing():
        raise RuntimeMissing(missing())
    cache = _cache()
    return [
        *_java(cache, is_isolated_driver),
        f"-XX:SharedArchiveFile={cache / 'classes.jsa'}",
        *(() if is_measured else QUICK),
        *java_options,
        "org.python.util.jython",
        "-B",
        str(cache / program),
        *arguments,
    ]


def _java(folder: Path, is_isolated_driver: bool) -> list[str]:
    # The driver comes last: the archive was made without it, and a longer class path may use it.
    jython, needed = _jython_alone()
    others = [str(JARS / jar) for jar in PACKAGES if jar not in ("jython.jar", DRIVER_JAR.name)]
    jars = [str(jython), *needed, *others]
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
        _remove_old_ones()
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


def _remove_old_ones() -> None:
    """What was made from earlier sources, unless it may be in use."""
    yesterday = time.time() - 24 * 3600
    for folder in CACHES.iterdir():
        if folder.is_dir() and folder.stat().st_mtime < yesterday:
            shutil.rmtree(folder, ignore_errors=True)


@functools.cache
def _jython_alone() -> tuple[Path, list[str]]:
    """Jython in a jar that does not name a class path of its own, and what else it named. Debian's names
    the PostgreSQL driver: that could not be kept in a class loader of its own."""
    debian = JARS / "jython.jar"
    alone = CACHES / f"jython-{debian.stat().st_mtime_ns}.jar"
    with zipfile.ZipFile(debian) as packed:
        manifest = packed.read(MANIFEST).decode().replace("\r\n ", "").replace("\n ", "")
        lines = manifest.splitlines()
        named = [
            line.split(": ", 1)[1].split() for line in lines if line.startswith("Class-Path: ")
        ]
        if not alone.exists():
            CACHES.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=CACHES, delete=False) as made:
                _copy_without_class_path(packed, lines, Path(made.name))
            # The archive of classes is bound to the time of its jars, whoever made them.
            os.utime(made.name, ns=(debian.stat().st_mtime_ns,) * 2)
            Path(made.name).rename(alone)
    wanted = [jar for jar in sum(named, []) if not NOT_JYTHONS.search(jar) and Path(jar).exists()]
    return alone, wanted


def _copy_without_class_path(packed: zipfile.ZipFile, lines: list[str], target: Path) -> None:
    kept = [line for line in lines if line.startswith(("Manifest-Version", "Multi-Release"))]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as copy:
        copy.writestr(MANIFEST, "\r\n".join([*kept, "", ""]))
        for entry in packed.infolist():
            if entry.filename not in (MANIFEST, "META-INF/INDEX.LIST"):
                copied = zipfile.ZipInfo(entry.filename, entry.date_time)
                copy.writestr(copied, packed.read(entry))


def _make_cache(folder: Path, sources: list[Path]) -> None:
    (folder / "standin").mkdir()
    for source in sources:
        shutil.copy2(source, folder / "standin" / source.name)
    (folder / "warm_up.py").write_text("import standin.warm_up\n")
    (folder / "serve.py").write_text(
        "import sys\nfrom standin.server import main\nmain(sys.argv[1])\n"
    )
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
        env={name: value for name, value in os.environ.items() if name != NO_CLASS_FILES},
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
