"""Every system by name, imported only when asked for."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from bench.systems.system import System

NAMES = ("ours", "gateway", "sql", "bare", "pgqueuer", "procrastinate", "dbos", "absurd")
PEERS = NAMES[4:]


def take(name: str) -> System:
    system = import_module(f"bench.systems.{name}").SYSTEM
    assert isinstance(system, System)
    return system


def not_installed(*modules: str) -> str:
    """A reason that says what to install, or ""."""
    absent = [module for module in modules if find_spec(module) is None]
    return f"not installed: {', '.join(absent)} (pip install '.[bench]')" if absent else ""
