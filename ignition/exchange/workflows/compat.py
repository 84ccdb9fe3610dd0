"""The differences between Jython 2.7 and CPython 3, and texts that never fail. Imports nothing of ours."""

from __future__ import absolute_import, division, print_function

import binascii
import hashlib
import os
import re
import sys
import time
import traceback

# Not whether there is something to import by the name of java: on CPython that can be stubs for an editor.
IS_JYTHON = sys.platform.startswith("java")
if IS_JYTHON:
    from java.lang import AssertionError as _JavaAssertionError
    from java.lang import Error as _JavaError
    from java.lang import InterruptedException as _Interrupted
    from java.lang import LinkageError as _LinkageError
    from java.lang import Throwable as _JavaThrowable
    from java.lang import VirtualMachineError as _VirtualMachineError

    ERRORS = (Exception, _JavaThrowable)
    EVERYTHING = (BaseException, _JavaThrowable)
    FATAL = (SystemExit, KeyboardInterrupt, GeneratorExit, _JavaError, _Interrupted)
    _FAULTS = (_VirtualMachineError, _LinkageError, _JavaAssertionError)
else:
    ERRORS = (Exception,)
    EVERYTHING = (BaseException,)
    FATAL = (SystemExit, KeyboardInterrupt, GeneratorExit)
    _JavaError = ()
    _FAULTS = ()

text_type = type("".encode("ascii").decode("ascii"))
string_types = (str, text_type)
try:
    integer_types = (int, long)  # type: ignore[name-defined]  # noqa: F821
    to_character = unichr  # type: ignore[name-defined]  # noqa: F821
    import __builtin__ as _builtins  # type: ignore[import-not-found]
except NameError:
    import builtins as _builtins

    integer_types = (int,)
    to_character = chr

BUILTINS = vars(_builtins)

# A test replaces this by a callable that gets the name of the point that was reached, and may end the process there.
failpoint = None

REPLACEMENT = b"\xef\xbf\xbd".decode("utf-8")
_NUL = to_character(0)
try:
    _POISON = re.compile("[%s%s-%s]" % (_NUL, to_character(0xD800), to_character(0xDFFF)))
except ValueError:  # Jython makes no half of a pair by itself, but takes one from Java
    _POISON = None
_random_bytes = os.urandom
_ID = re.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")
_VARIANT = dict((digit, "89ab"[number % 4]) for number, digit in enumerate("0123456789abcdef"))


def gateway_system():
    """The gateway's `system`: each module of its script library has it as a global."""
    try:
        return system  # type: ignore[name-defined]  # noqa: F821
    except NameError:
        import system as imported  # type: ignore[import-not-found]

        return imported


def is_gateway():
    """Whether these are scripts of an Ignition gateway."""
    if not IS_JYTHON:
        return False
    try:
        return gateway_system() is not None
    except ImportError:
        return False


def gateway_context():
    """The gateway itself. Its interface is internal and may be missing: whoever asks must do without."""
    from com.inductiveautomation.ignition.gateway import IgnitionGateway  # type: ignore[import-not-found]

    return IgnitionGateway.get()


def is_ending(error):
    """Whether somebody ends this thread or this script: no edge may swallow that. A script that is terminated
    in a gateway gets a java.lang.Error, a thread that is interrupted an InterruptedException or KeyboardInterrupt.
    """
    return isinstance(error, FATAL)


def is_termination(error):
    """Whether the thread is being killed. A loop of ours survives every other error: an interrupt that nobody
    of ours sent, and java.lang.Errors that say what went wrong rather than that somebody wants an end."""
    return isinstance(error, _JavaError) and not isinstance(error, _FAULTS)


def _is_poison(character):
    return character == _NUL or 0xD800 <= ord(character) <= 0xDFFF


def has_poison(text):
    """Whether a text holds NUL or half of a surrogate pair, which PostgreSQL cannot store."""
    if _POISON is not None:
        return _POISON.search(text) is not None
    if not text or _NUL in text:
        return bool(text)
    if ord(max(text)) < 0xD800:
        return False
    for character in text:
        if _is_poison(character):
            return True
    return False


def clean_text(text):
    """The text with every character that PostgreSQL cannot store replaced by U+FFFD."""
    if not has_poison(text):
        return text
    return text_type("").join(REPLACEMENT if _is_poison(one) else one for one in text)


def to_text(value):
    """Any value as text, whatever its own conversion does."""
    try:
        if isinstance(value, text_type):
            return value
        if isinstance(value, bytes):
            return value.decode("utf-8", "replace")
        return text_type(value)
    except EVERYTHING:
        pass
    try:
        return to_text(repr(value))
    except EVERYTHING:
        return to_text("<%s without a text>" % type(value).__name__)


def class_name(error):
    """The class name under which an error is recorded and matched: java.lang.X for a Java one."""
    get_class = getattr(error, "getClass", None)
    if get_class is not None:
        try:
            return to_text(get_class().getName())
        except EVERYTHING:
            pass
    return to_text(type(error).__name__)


def class_names(error):
    """The names of the error's class and of every class it derives from, also without their package."""
    names = set()
    for base in type(error).__mro__:
        names.add(base.__name__)
        names.add("%s.%s" % (base.__module__, base.__name__))
    get_class = getattr(error, "getClass", None)
    java_class = get_class() if get_class is not None else None
    while java_class is not None:
        names.add(java_class.getName())
        names.add(java_class.getSimpleName())
        java_class = java_class.getSuperclass()
    return names


def message_of(error):
    """The text of an error; `str(error)` breaks on text that is not ASCII in Jython, this does not."""
    get_message = getattr(error, "getMessage", None)
    if get_message is not None:
        try:
            return to_text(get_message() or class_name(error))
        except EVERYTHING:
            pass
    arguments = getattr(error, "args", None)
    if isinstance(arguments, tuple) and len(arguments) == 1 and isinstance(arguments[0], string_types):
        return to_text(arguments[0])
    return to_text(error)


def one_line(error):
    """The text of an error for a log line."""
    return " ".join(to_text(message_of(error)).split())[:300]


def describe_error(error, trace=None, limit=8192):
    """What is recorded of an error: {"class", "message", "traceback"}, and whether any of it was
    sanitised. Never fails; message and traceback take `limit` bytes at most each, the traceback keeps its end."""
    message = to_text(message_of(error))
    trace_text = _trace_text(error, trace)
    is_sanitised = has_poison(message)
    described = {
        "class": clean_text(class_name(error))[:200],
        "message": _cut(clean_text(message), limit, False),
        "traceback": _cut(clean_text(trace_text), limit, True),
    }
    return described, is_sanitised


def _trace_text(error, trace):
    try:
        lines = traceback.format_exception(type(error), error, trace)
        return to_text("").join(to_text(line) for line in lines)
    except EVERYTHING:
        return to_text("")


def _cut(text, limit, keep_end):
    encoded = text[-limit:] if keep_end else text[:limit]
    encoded = encoded.encode("utf-8")
    if len(encoded) > limit:
        encoded = encoded[-limit:] if keep_end else encoded[:limit]
    return encoded.decode("utf-8", "ignore")


def new_id():
    """A new workflow or worker id: RFC 9562 version 7, ordered by this host's clock for the eye only."""
    return id_from(int(time.time() * 1000), _random_bytes(10))


def id_from(milliseconds, ten_bytes):
    """The version 7 text of a time and ten bytes."""
    tail = bytearray(ten_bytes)
    tail[0] = 0x70 | (tail[0] & 0x0F)
    tail[2] = 0x80 | (tail[2] & 0x3F)
    digits = "%012x%s" % (milliseconds & 0xFFFFFFFFFFFF, binascii.hexlify(bytes(tail)).decode("ascii"))
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def id_at(id_text, place):
    """An id that is always the same for a place under another id."""
    digest = hashlib.sha1(("%s/%s" % (id_text, place)).encode("utf-8")).digest()
    return id_from(int(id_text.replace("-", "")[:12], 16), digest[:10])


def is_id(text):
    """Whether a text is a uuid as we write them."""
    return _ID.match(text) is not None


def new_ids(count):
    """As many new ids of one moment, in half the time that they would take one by one."""
    digits = binascii.hexlify(_random_bytes(10 * count)).decode("ascii")
    now = "%012x" % (int(time.time() * 1000) & 0xFFFFFFFFFFFF)
    start = "%s-%s-7" % (now[:8], now[8:])
    return [
        "%s%s-%s%s-%s"
        % (start, digits[at + 1 : at + 4], _VARIANT[digits[at]], digits[at + 4 : at + 7], digits[at + 7 : at + 19])
        for at in range(0, 20 * count, 20)
    ]
