"""The former place of exchange.workflows.isa88.models, kept for scripts that import it by this name."""

from __future__ import absolute_import, division, print_function

from exchange.workflows.isa88.models import (  # noqa: F401
    ALL_COMMANDS,
    ALL_STATES,
    CMD_ABORT,
    CMD_HOLD,
    CMD_PAUSE,
    CMD_PRIORITY,
    CMD_RESET,
    CMD_RESUME,
    CMD_STOP,
    ST_ABORTED,
    ST_ABORTING,
    ST_COMPLETE,
    ST_ERROR,
    ST_HELD,
    ST_HOLDING,
    ST_IDLE,
    ST_PAUSED,
    ST_PAUSING,
    ST_RESUMING,
    ST_RUNNING,
    ST_STARTING,
    ST_STOPPED,
    ST_STOPPING,
    allowedInState,
    commandPriority,
    normalizeCommand,
    pickHighestPriority,
)
