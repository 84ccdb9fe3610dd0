"""What scripts print and log: one file for the gateway, and what one request printed."""

from __future__ import absolute_import, division, print_function

from java.io import PrintWriter, StringWriter
from java.lang import StringBuilder, System, Thread, ThreadLocal, Throwable
from java.time import Instant

ERRORS = (BaseException, Throwable)


class Output(object):
    """Standard output of every project. A thread that captures gets a copy of what it prints."""

    softspace = 0
    encoding = "utf-8"

    def __init__(self):
        self._captured = ThreadLocal()

    def write(self, text):
        if isinstance(text, bytes):
            text = text.decode("utf-8", "replace")
        System.err.print(text)
        captured = self._captured.get()
        if captured is not None:
            captured.append(text)

    def flush(self):
        System.err.flush()

    def isatty(self):
        return False

    def capture(self):
        """Begin to copy what this thread prints; the answer's toString() is the copy so far."""
        captured = StringBuilder()
        self._captured.set(captured)
        return captured

    def end_capture(self):
        self._captured.remove()


def log(level, name, message):
    """A line in the gateway's log."""
    System.err.println(
        "%s %-5s [%s] %s: %s"
        % (Instant.now(), level, Thread.currentThread().getName(), name, message)
    )


class Logger(object):
    """What system.util.getLogger answers."""

    def __init__(self, name):
        self._name = name

    def getName(self):
        return self._name

    def isDebugEnabled(self):
        return True

    def isInfoEnabled(self):
        return True

    def isTraceEnabled(self):
        return False

    def _log(self, level, message, error=None):
        text = message if isinstance(message, str) else "%s" % (message,)
        if isinstance(text, bytes):
            text = text.decode("latin-1")
        if error is not None:
            text += "\n" + java_trace(error)
        log(level, self._name, text)

    def trace(self, message, error=None):
        pass

    def debug(self, message, error=None):
        self._log("DEBUG", message, error)

    def info(self, message, error=None):
        self._log("INFO", message, error)

    def warn(self, message, error=None):
        self._log("WARN", message, error)

    def error(self, message, error=None):
        self._log("ERROR", message, error)

    def fatal(self, message, error=None):
        self._log("FATAL", message, error)

    def tracef(self, message, *arguments):
        pass

    def debugf(self, message, *arguments):
        self._log("DEBUG", message % arguments)

    def infof(self, message, *arguments):
        self._log("INFO", message % arguments)

    def warnf(self, message, *arguments):
        self._log("WARN", message % arguments)

    def errorf(self, message, *arguments):
        self._log("ERROR", message % arguments)


def java_trace(error):
    """The Java stack trace of an error, where it has one."""
    if not hasattr(error, "printStackTrace"):
        return "%s" % (error,)
    written = StringWriter()
    error.printStackTrace(PrintWriter(written, True))
    return written.toString()


def describe(kind, error, trace_text):
    """An error as plain values: class, message, traceback and the Java causes with their SQLSTATE."""
    causes = []
    cause = error
    while cause is not None and hasattr(cause, "getCause") and len(causes) < 10:
        state = cause.getSQLState() if hasattr(cause, "getSQLState") else None
        causes.append(
            {"class": cause.getClass().getName(), "message": cause.getMessage(), "sqlstate": state}
        )
        cause = cause.getCause()
    return {
        "type": causes[0]["class"] if causes else kind.__name__,
        "message": causes[0]["message"] if causes else _message(error),
        "traceback": (
            trace_text.decode("utf-8", "replace") if isinstance(trace_text, bytes) else trace_text
        ),
        "causes": causes,
    }


def _message(error):
    try:
        return "%s" % (error,)
    except ERRORS:
        return repr(error).decode("latin-1")
