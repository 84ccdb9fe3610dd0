"""States and commands of ISA-88 as this library uses them, for workflows that take their commands themselves.

The database decides by its table `transition`, which a test compares with the functions here. ISA-88 is
ANSI/ISA-88.00.01; the table there of procedural states and commands is where the words are from.

    from exchange.workflows.isa88.models import CMD_HOLD, ST_RUNNING, allowedInState

    if allowedInState(CMD_HOLD, ST_RUNNING):
        ...
"""

from __future__ import absolute_import, division, print_function

from exchange.workflows import compat

ST_IDLE = "IDLE"
ST_STARTING = "STARTING"
ST_RUNNING = "RUNNING"
ST_HOLDING = "HOLDING"
ST_HELD = "HELD"
ST_RESUMING = "RESUMING"
ST_PAUSING = "PAUSING"
ST_PAUSED = "PAUSED"
ST_STOPPING = "STOPPING"
ST_STOPPED = "STOPPED"
ST_ABORTING = "ABORTING"
ST_ABORTED = "ABORTED"
ST_COMPLETE = "COMPLETE"
ST_ERROR = "ERROR"
ALL_STATES = (
    ST_IDLE, ST_STARTING, ST_RUNNING, ST_HOLDING, ST_HELD, ST_RESUMING, ST_PAUSING, ST_PAUSED, ST_STOPPING,
    ST_STOPPED, ST_ABORTING, ST_ABORTED, ST_COMPLETE, ST_ERROR,
)

CMD_HOLD = "HOLD"
CMD_PAUSE = "PAUSE"
CMD_RESUME = "RESUME"
CMD_STOP = "STOP"
CMD_ABORT = "ABORT"
CMD_RESET = "RESET"
ALL_COMMANDS = (CMD_ABORT, CMD_STOP, CMD_HOLD, CMD_PAUSE, CMD_RESUME, CMD_RESET)
CMD_PRIORITY = {CMD_ABORT: 4, CMD_STOP: 3, CMD_HOLD: 2, CMD_PAUSE: 1, CMD_RESUME: 0, CMD_RESET: -1}

_SYNONYMS = {"RESTART": CMD_RESUME}
_WORKING = (ST_STARTING, ST_RUNNING, ST_RESUMING)
_HELD = (ST_HOLDING, ST_HELD, ST_PAUSING, ST_PAUSED)
_ALLOWED = {
    CMD_HOLD: (ST_IDLE, ST_PAUSING, ST_PAUSED) + _WORKING,
    CMD_PAUSE: (ST_IDLE,) + _WORKING,
    CMD_RESUME: _HELD,
    CMD_STOP: (ST_IDLE,) + _WORKING + _HELD,
    CMD_ABORT: (ST_IDLE, ST_STOPPING) + _WORKING + _HELD,
    CMD_RESET: (ST_STOPPED, ST_ABORTED, ST_ERROR),
}


def allowedInState(cmd, state):
    """Whether a command is accepted in a state. True for every known command where state is None."""
    cmd = normalizeCommand(cmd)
    return cmd is not None and (state is None or state in _ALLOWED[cmd])


def normalizeCommand(messageOrCmd):
    """The command in a text ("hold", " RESTART ") or in a dict under "cmd", as one of ALL_COMMANDS; else None."""
    word = messageOrCmd.get("cmd") if isinstance(messageOrCmd, dict) else messageOrCmd
    if not isinstance(word, compat.string_types):
        return None
    word = compat.to_text(word).strip().upper()
    word = _SYNONYMS.get(word, word)
    return word if word in CMD_PRIORITY else None


def commandPriority(cmd):
    """The higher goes first: ABORT, STOP, HOLD, PAUSE, RESUME, RESET. Below all of them for what is no command."""
    return CMD_PRIORITY.get(normalizeCommand(cmd), -2)


def pickHighestPriority(messages, state=None):
    """Of several messages the one to obey: {"cmd", "message", "priority"}, or None where none is a command that is
    allowed in `state`. The first of equals. The others are left to the caller: nothing is lost here."""
    best = None
    for message in messages:
        cmd = normalizeCommand(message)
        if cmd is None or not allowedInState(cmd, state):
            continue
        priority = CMD_PRIORITY[cmd]
        if best is None or priority > best["priority"]:
            best = {"cmd": cmd, "message": message, "priority": priority}
    return best
