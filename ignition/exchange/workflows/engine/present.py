"""The worker that runs in this interpreter, for whoever wants its figures: a script of the same project."""

from __future__ import absolute_import, division, print_function

# Threads that meet a module which is not loaded yet can run its top level twice: what is there is kept.
_here = globals().setdefault("_here", {})


def take(worker):
    """From now on it is the one; None: there is none."""
    _here["worker"] = worker


def leave(worker):
    """It ends; a later one that has taken its place stays."""
    if _here.get("worker") is worker:
        _here["worker"] = None


def figures():
    """Worker.figures() of the one that runs, or None."""
    worker = _here.get("worker")
    return None if worker is None else worker.figures()
