"""What a recorded step gives back (D15, D16)."""

import pytest

from exchange.workflows import errors
from exchange.workflows.engine import replay


class PumpBlocked(Exception):
    """Lives in this module; a class that needs more than a message to be made."""

    def __init__(self, pump, pressure):
        Exception.__init__(self, "%s at %s bar" % (pump, pressure))


def known_here():
    pass


def raised_again(recorded, functions=()):
    with pytest.raises(BaseException) as raised:
        replay.value_of({"status": "ERROR", "error": recorded}, functions)
    return raised.value


def test_a_recorded_value_is_given_back():
    assert replay.value_of({"status": "SUCCESS", "output": [1]}, ()) == [1]


@pytest.mark.parametrize(
    "error_class", [ValueError, KeyError, OSError, UnicodeDecodeError, SystemExit]
)
def test_a_builtin_error_is_raised_again_as_itself(error_class):
    error = raised_again({"class": error_class.__name__, "message": "caf\u00e9"})
    assert type(error).__name__ == error_class.__name__
    assert str(error).strip("'") == "caf\u00e9"
    assert isinstance(error, ValueError if error_class is UnicodeDecodeError else error_class)


def test_an_error_of_ours_keeps_its_code():
    error = raised_again({"class": "QueueRefused", "message": "queue is full"})
    assert isinstance(error, errors.QueueRefused)
    assert (error.code, str(error)) == ("WF005", "queue is full")


def test_a_class_of_the_workflows_own_module_is_found_there():
    error = raised_again({"class": "PumpBlocked", "message": "P1 at 3 bar"}, (known_here,))
    assert isinstance(error, PumpBlocked)
    assert str(error) == "P1 at 3 bar"


def test_an_unknown_class_is_a_step_failed_of_that_name():
    error = raised_again({"class": "java.lang.Exotic", "message": "m"}, (known_here,))
    assert isinstance(error, errors.StepFailed)
    assert (type(error).__name__, str(error)) == ("java.lang.Exotic", "m")


@pytest.mark.parametrize("name", ["pytest", "print", "known_here", "__builtins__", "os.system"])
def test_only_exception_classes_are_made_from_a_recorded_name(name):
    assert isinstance(
        raised_again({"class": name, "message": "m"}, (known_here,)), errors.StepFailed
    )


def test_a_record_without_an_error_still_raises():
    assert isinstance(raised_again(None), errors.StepFailed)


def test_d15_a_step_never_gets_what_was_recorded_for_something_else():
    with pytest.raises(errors.ReplayMismatch) as refused:
        replay.check_fit({"kind": "sleep"}, "sleep", "sleep", "step")
    assert refused.value.detail["step_key"] == "sleep"
    with pytest.raises(errors.ReplayMismatch):
        replay.check_fit({"kind": "step", "name": "pour"}, "fill", "fill", "step")


def test_a_step_may_become_transactional():
    replay.check_fit({"kind": "step"}, "fill", "fill", "tx")
