"""The page of functions is what the docstrings say, and they say what a scripter has to know."""

import re

import pytest

from docs import generate_python_reference as generated

ALL = generated.everything()
EXAMPLE = re.compile(r"^    .*[(=]", re.M)


def test_the_page_is_up_to_date():
    assert generated.PAGE.read_text() == generated.page(), "run scripts/docs.sh"


@pytest.mark.parametrize("called", ALL, ids=[f"{one.module}.{one.name}" for one in ALL])
def test_each_argument_is_told_and_there_is_an_example(called):
    for argument in called.arguments:
        assert generated.is_told(called, argument) or generated.meaning(called, argument)
    if called.arguments:
        assert EXAMPLE.search(called.docstring), "an example to paste"


def test_what_api_gives_to_scripts_is_all_there():
    there = {(one.module, one.name) for one in ALL}
    for module, names in {
        "api.service": "enqueue enqueueInMemory sendCommand cancel retry send getResult answerPrompt",
        "api.admin": "checkSchema applyRetention getDiagnostics exportAudit resolveRejected",
        "api.params": "startWithTemplate resolveInputs saveParameterSet",
        "engine.client": "enqueue startChild waitForAll recv prompt sleep gather now checkCancelled",
        "gateway": "startup tick update shutdown swap",
    }.items():
        assert {(module, name) for name in names.split()} <= there
    inner = {"makeOk", "makeErr", "answers", "given", "require"}
    assert not inner & {name for _, name in there}


def an_undocumented_function(depth, workflowName=None):
    """Does something."""


def test_an_argument_that_nobody_explains_is_found():
    """The negative control."""
    called = generated.Called("api.service", "undocumented", an_undocumented_function)
    assert generated.meaning(called, "workflowName")
    with pytest.raises(KeyError, match="what is depth"):
        generated.meaning(called, "depth")
    assert not EXAMPLE.search(called.docstring)
