"""Calls and workers for these tests."""

from tests.calls import calls, make_worker

__all__ = ["calls", "make_worker"]
