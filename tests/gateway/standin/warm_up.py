"""What a gateway loads at its start, loaded once to make the archive of its classes."""

from __future__ import absolute_import, division, print_function

import json
import sys
import tempfile
import uuid

from standin import server
from standin.gateway import Gateway

PROJECT = {"title": "", "enabled": True, "inheritable": False, "parent": ""}


def main(driver_jar):
    data_dir = tempfile.mkdtemp()
    gateway = Gateway(
        {
            "name": "warm-up",
            "data_dir": data_dir,
            "projects_folder": data_dir,
            "databases": {"one": {"url": "jdbc:postgresql:none", "user": "nobody"}},
            "driver_jar": driver_jar,
            "is_isolated_driver": True,
        }
    )
    gateway.start()
    json.dumps([str(uuid.uuid4()), server.__name__])


main(sys.argv[1])
