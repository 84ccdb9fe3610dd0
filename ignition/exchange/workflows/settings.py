"""Names and numbers that the library, the installer and the build agree on."""

from __future__ import absolute_import, division, print_function

VERSION = "0.1.0"
SCHEMA_VERSION = 1
DEFAULT_SCHEMA = "workflows"
