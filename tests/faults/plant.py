"""The workflows that the workers of the fault tests run.

Each step body first writes a line to an effect log, which knows nothing of the database: what is in
it was done to the outside world.
"""

import os
import select
import time
from pathlib import Path
from typing import Any

from exchange.workflows.engine import context
from exchange.workflows.engine.instance import getWorkflows
from exchange.workflows.engine.runtime import step, workflow
from tests.faults import recording

DIRECTORY = Path(os.environ.get("FAULTS_DIRECTORY", "/nonexistent"))
WORKER = os.environ.get("FAULTS_WORKER", "")


def append(name: str, line: dict[str, Any]) -> None:
    """One line, in one write, at the end of a file that several processes write."""
    recording.append(str(DIRECTORY / name), line)


def pause(seconds: float) -> None:
    """Sleep, also under libfaketime, which breaks time.sleep()."""
    select.select([], [], [], seconds)


def effect(value: Any = None) -> None:
    running = context.current()
    append(
        "effects.jsonl",
        {
            "workflow_id": running.workflow_id,
            "token": running.lease.token,
            "step_key": running.prefix.rstrip("/"),
            "worker": WORKER,
            "is_parallel": running.is_parallel,
            "time": time.time(),
            "value": value,
        },
    )


def wait_for_file(name: str, seconds: float = 30.0) -> None:
    """Until a test makes the file: how it holds a body where it wants it."""
    until = time.monotonic() + seconds
    while not (DIRECTORY / name).exists() and time.monotonic() < until:
        pause(0.01)


@step()
def first(n: int) -> int:
    effect(n)
    return n + 1


@step()
def second(n: int, seconds: float = 0.0, until: str | None = None) -> str:
    effect(n)
    if until:
        (DIRECTORY / f"in_{until}").touch()
        wait_for_file(until)
    pause(seconds)
    return f"{n} by {context.current().lease.token}"


@step()
def third(text: str) -> str:
    effect(text)
    return text


@workflow()
def three_steps(n: int = 0, seconds: float = 0.0, until: str | None = None) -> str:
    return third(second(first(n), seconds, until))


@workflow()
def no_steps(until: str | None = None, seconds: float = 0.0) -> str:
    """Its only write is its outcome."""
    if until:
        (DIRECTORY / f"in_{until}").touch()
        wait_for_file(until)
    pause(seconds)
    return context.current().lease.token


@workflow()
def steps_after_waiting(until: str) -> int:
    """Waits outside of any step, and only then begins one."""
    (DIRECTORY / f"in_{until}").touch()
    wait_for_file(until)
    return first(first(1))


@workflow()
def waits_after_step(until: str) -> None:
    second(1, 0.0, until)
    (DIRECTORY / "in_end").touch()
    wait_for_file("end")


@workflow()
def naps(seconds: float = 3.0) -> int:
    n = first(1)
    getWorkflows().sleep(seconds)
    return first(n)


@step()
def make_safe(what: str) -> str:
    effect(what)
    return what


def hold(**inputs: Any) -> None:
    make_safe("closed")


def go_on(**inputs: Any) -> None:
    make_safe("opened")


def stop(**inputs: Any) -> None:
    make_safe("drained")


def abort(**inputs: Any) -> None:
    make_safe("vented")


@workflow(on_hold=hold, on_resume=go_on, on_stop=stop, on_abort=abort)
def batch(n: int = 0, seconds: float = 0.0, until: str | None = None) -> str:
    """What operators give orders to."""
    text = second(first(n), seconds, until)
    getWorkflows().sleep(seconds)
    return third(text)


@step(transactional=True)
def fill(tx: Any, tank: str) -> int:
    running = context.current()
    tx.update("insert into public.filling values (?, ?)", [running.workflow_id, running.prefix])
    tx.update("update public.tank set filled = filled + 1 where tank_id = ?", [tank])
    return tx.query("select filled from public.tank where tank_id = ?", [tank])[0]["filled"]


@workflow()
def fills(tank: str) -> int:
    first(0)
    return fill(tank)


@workflow(max_attempts=3, backoff_seconds=0.05)
def always_raises() -> None:
    first(0)
    raise RuntimeError("the valve is stuck")


@workflow(max_attempts=2, backoff_seconds=0.05)
def raises(kind: str) -> None:
    bad: dict[str, BaseException] = {
        "exit": SystemExit(3),
        "interrupt": KeyboardInterrupt(),
        "memory": MemoryError(),
        "generator": GeneratorExit(),
        "poison": RuntimeError("a\x00b\ud800c"),
        "long": RuntimeError("x" * 5_000_000),
        "unprintable": Unprintable(),
    }
    if kind == "recursion":
        raises_deeply()
    raise bad[kind]


def raises_deeply() -> None:
    raises_deeply()


class Unprintable(Exception):
    def __str__(self) -> str:
        raise ValueError("no text")

    __repr__ = __str__


@workflow()
def kills_its_worker() -> None:
    first(0)
    os.kill(os.getpid(), 9)


@workflow()
def returns(kind: str) -> Any:
    first(0)
    circle: list[Any] = []
    circle.append(circle)
    deep: list[Any] = []
    for _ in range(1000):
        deep = [deep]
    return {
        "nul": "a\x00b",
        "surrogate": "a\ud800b",
        "nan": float("nan"),
        "infinity": [float("inf")],
        "circle": circle,
        "deep": deep,
        "object": object(),
        "huge": "x" * 50_000_000,
        "bytes": b"\xff\xfe",
        "big": 2**80,
        "keys": {1: "a", (1, 2): "b"},
    }[kind]


@step()
def poisonous_step(kind: str) -> Any:
    effect(kind)
    return {"nul": "a\x00b", "nan": float("nan"), "object": object()}[kind]


@workflow()
def poisonous(kind: str) -> Any:
    return poisonous_step(kind)


@workflow()
def sub(n: int) -> int:
    return first(n)


@workflow()
def parent(count: int = 3, key: str | None = None) -> list[int]:
    rt = getWorkflows()
    begun = first(0)
    children = rt.startChildren("sub", [{"n": begun + n} for n in range(count)], key=key)
    results = rt.waitForAll(children)
    return [first(sum(results)), *results]


@workflow()
def stubborn_parent(count: int = 2, until: str | None = None) -> list[int]:
    """Its children are in the middle of a step."""
    rt = getWorkflows()
    inputs = {"until": until, "n": 1}
    return rt.waitForAll(rt.startChildren("three_steps", [inputs] * count))


@workflow()
def beside(count: int = 4, until: str | None = None) -> list[str]:
    handles = [second.start(n, 0.0, until) for n in range(count)]
    text = third("between")
    return [text, *getWorkflows().gather(handles)]
