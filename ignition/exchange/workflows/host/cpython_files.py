"""Files of a journal, for a CPython process: the same names as in host/ignition_files.py.

A file is open for writing and is only appended to, or rewritten from its start. Every function raises what the
system raises.
"""

from __future__ import absolute_import, division, print_function

import os

from exchange.workflows.host.directories import delete, join, list_names, make_directory, real_path  # noqa: F401

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None
    import msvcrt


def open_file(path):
    return os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o640)


def append(file, content):
    """Write all of it where the last write ended. Once this has returned, the death of the process loses none."""
    written = os.write(file, content)
    while written < len(content):
        content = content[written:]
        written = os.write(file, content)


def cut(file, length):
    """Forget what lies beyond `length`; the next append goes there."""
    os.ftruncate(file, length)
    os.lseek(file, length, os.SEEK_SET)


def rewrite(file, content):
    os.lseek(file, 0, os.SEEK_SET)
    append(file, content)


def sync(file):
    """Once this has returned, the death of the machine loses nothing that was written before."""
    os.fsync(file)


def close(file):
    os.close(file)


def try_lock(file):
    """Lock an open file for this process until it is closed; False where another process has it."""
    try:
        if fcntl is None:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (IOError, OSError):
        return False
    return True


def sync_directory(path):
    """Make the names of new files durable, where the system can."""
    try:
        file = os.open(path, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(file)
    except OSError:
        pass
    finally:
        os.close(file)


def read(path):
    with open(path, "rb") as file:
        return file.read()
