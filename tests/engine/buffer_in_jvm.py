"""Run by tests/engine/test_buffer_hosts.py under Jython: every promise of the buffer, one line of JSON each."""

# mypy: ignore-errors

from __future__ import absolute_import, division, print_function

import json
import os
import sys

sys.path[:0] = [os.environ["BUFFER_ROOT"], os.path.join(os.environ["BUFFER_ROOT"], "ignition")]

from java.lang import System, Throwable  # noqa: E402

from tests.conformance import gateway_shim  # noqa: E402

gateway_shim.install(
    gateway_shim.Shim(os.environ["BUFFER_DRIVER"], "jdbc:postgresql://127.0.0.1:1/none", "nobody")
)

from exchange.workflows import compat  # noqa: E402
from exchange.workflows.engine import instance  # noqa: E402
from tests.engine import buffer_promises  # noqa: E402

for name in sys.argv[2:] or buffer_promises.names():
    try:
        answer, error = buffer_promises.keep(instance.choose_host(), sys.argv[1], name), None
    except (Exception, Throwable) as failed:
        described, _ = compat.describe_error(failed, sys.exc_info()[2])
        answer, error = None, "%(class)s: %(message)s\n%(traceback)s" % described
    System.out.println("PROMISE " + json.dumps({"name": name, "answer": answer, "error": error}))
System.exit(0)
