"""What both hosts do alike with the directory of a journal."""

from __future__ import absolute_import, division, print_function

import os


def delete(path):
    os.remove(path)


def list_names(path):
    return sorted(os.listdir(path))


def make_directory(path):
    if not os.path.isdir(path):
        os.makedirs(path)


join = os.path.join
real_path = os.path.realpath
