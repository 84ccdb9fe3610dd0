"""Files of a journal, for a gateway: the same names as in host/cpython_files.py, which says what they do.

RandomAccessFile and not FileChannel: a thread that is interrupted in the middle of a write to a channel closes
it for everybody.
"""

from __future__ import absolute_import, division, print_function

from java.io import IOException, RandomAccessFile
from java.nio.channels import FileChannel, OverlappingFileLockException
from java.nio.file import Paths, StandardOpenOption

from exchange.workflows import compat
from exchange.workflows.host.directories import delete, join, list_names, make_directory, real_path  # noqa: F401


def open_file(path):
    return RandomAccessFile(path, "rw")


def append(file, content):
    file.write(content)


def cut(file, length):
    file.setLength(length)
    file.seek(length)


def rewrite(file, content):
    file.seek(0)
    file.write(content)


def sync(file):
    file.getFD().sync()


def close(file):
    file.close()


def try_lock(file):
    try:
        return file.getChannel().tryLock() is not None
    except (OverlappingFileLockException, IOException):
        return False


def sync_directory(path):
    try:
        channel = FileChannel.open(Paths.get(path), [StandardOpenOption.READ])
    except compat.ERRORS:
        return
    try:
        channel.force(True)
    except compat.ERRORS:
        pass
    finally:
        channel.close()


def read(path):
    file = open(path, "rb")
    try:
        return file.read()
    finally:
        file.close()
