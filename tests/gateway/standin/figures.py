"""Figures of this JVM."""

from __future__ import absolute_import, division, print_function

import sys

from java.lang import Runtime, System, Thread

MEGABYTE = 1024.0 * 1024.0


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
