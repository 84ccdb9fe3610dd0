"""Files of a journal, for a gateway: the same names as in host/cpython_files.py, which says what they do.

RandomAccessFile and not FileChannel: a thread that is interrupted in the middle of a write to a channel closes
it for everybody.
"""

from __future__ import absolute_import, division, print_function

import os

from java.io import IOException, RandomAccessFile
from java.nio.channels import FileChannel, OverlappingFileLockException
from java.nio.file import Paths, StandardOpenOption

from exchange.workflows import compat


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


def delete(path):
    os.remove(path)


def list_names(path):
    return sorted(os.listdir(path))


def make_directory(path):
    if not os.path.isdir(path):
        os.makedirs(path)


join = os.path.join
real_path = os.path.realpath
