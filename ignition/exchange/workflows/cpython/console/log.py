"""Where the console writes what happened."""

import logging

LOG = logging.getLogger("exchange.workflows.console")
