"""Checks and shapes of arguments that the modules of api/ share."""

from __future__ import absolute_import, division, print_function

from exchange.workflows import errors


def require(**arguments):
    for name, value in sorted(arguments.items()):
        if value is None or value == "":
            raise errors.BadArgument("%s is required" % name, detail={"field": name, "problem": "is required"})


def given(**arguments):
    # A list, because in Jython generators and dict comprehensions have finalizers: three of them in each call of
    # enqueueInMemory made the pauses of the collector 100 ms longer.
    return dict([(name, value) for name, value in arguments.items() if value is not None])
