"""Figures of this JVM."""

from __future__ import absolute_import, division, print_function

import sys

from java.lang import Runtime, System, Thread

MEGABYTE = 1024.0 * 1024.0
SCRIPTS = "org.python.pycode."
BETWEEN = ("org.python.core.", "org.python.modules.", "org.python.util.", "jdk.", "standin.")


def versions():
    return "Jython %d.%d.%d, Java %s" % (
        sys.version_info[:3] + (System.getProperty("java.version"),)
    )


def used_megabytes():
    """What is in use after a collection."""
    for _ in range(3):
        System.gc()
    runtime = Runtime.getRuntime()
    return (runtime.totalMemory() - runtime.freeMemory()) / MEGABYTE


def thread_names(prefix):
    names = [one.getName() for one in Thread.getAllStackTraces().keySet()]
    return sorted(name for name in names if name.startswith(prefix))


def stacks():
    """Where the threads are that run scripts."""
    found = Thread.getAllStackTraces()
    parts = []
    for thread in sorted(found.keySet(), key=lambda one: one.getName()):
        frames = [frame for frame in found.get(thread) if _says_something(frame)]
        if any(frame.getClassName().startswith(SCRIPTS) for frame in frames):
            lines = ["    %s" % frame for frame in frames]
            parts.append("\n".join([thread.getName()] + lines))
    return "\n".join(parts)


def _says_something(frame):
    return frame.getMethodName() != "call_function" and not frame.getClassName().startswith(BETWEEN)
