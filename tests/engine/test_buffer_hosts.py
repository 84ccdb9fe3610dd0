"""The promises of the buffer with real threads and files: on CPython, and in a JVM with Jython 2.7."""

import json
import os
import resource
import subprocess
from pathlib import Path

import pytest

from exchange.workflows.host import cpython
from tests.conformance import jvm
from tests.engine import buffer_promises

NAMES = buffer_promises.names()


# It takes longer than all the others, and tests/engine/test_buffer.py has it with a clock that is not real.
SLOW = "d5_f50_a_minute_at_5000_a_second_is_kept_and_flushed_in_order"


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.proof) if name == SLOW else name for name in NAMES],
)
def test_on_cpython(name, tmp_path):
    print(buffer_promises.keep(cpython, str(tmp_path), name))


def kept_in_jvm(directory, *names, **more):
    """The answer of each promise, by name."""
    jvm.check_installed()
    jars = ":".join(str(jvm.JARS / name) for name in jvm.CLASS_PATH)
    command = ["java", "-Xmx512m", *jvm.QUICK, "-cp", jars]
    command += ["-Dpython.home=/usr/share/jython", "-Dpython.dont_write_bytecode=true"]
    command += ["org.python.util.jython", "-B", str(Path(__file__).with_name("buffer_in_jvm.py"))]
    command += [str(directory), *names]
    environment = {
        **os.environ,
        "BUFFER_ROOT": str(jvm.ROOT),
        "BUFFER_DRIVER": str(jvm.JARS / jvm.DRIVER),
    }
    run = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=300, **more
    )
    lines = [line[8:] for line in run.stdout.splitlines() if line.startswith("PROMISE ")]
    answers = {answer["name"]: answer for answer in map(json.loads, lines)}
    assert len(answers) == len(names or NAMES), run.stdout + run.stderr
    return answers


@pytest.fixture(scope="module")
def in_jvm(tmp_path_factory):
    return kept_in_jvm(tmp_path_factory.mktemp("journals"))


@pytest.mark.proof
@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", NAMES)
def test_under_jython(name, in_jvm):
    print(in_jvm[name]["answer"])
    assert in_jvm[name]["error"] is None, in_jvm[name]["error"]


@pytest.mark.proof
def test_f31_under_jython_where_no_file_may_grow(tmp_path):
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (100000, 100000))

    name = "no_file_grows_beyond_a_limit"
    answer = kept_in_jvm(tmp_path, name, preexec_fn=limit)[name]
    assert answer["error"] is None, answer["error"]
