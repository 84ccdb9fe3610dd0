"""What params.py answers is in its docstrings and on the page."""

import re

import pytest

from exchange.workflows.api import params
from tests.style.sources import ROOT

PAGE = (ROOT / "docs/reference/python.md").read_text(encoding="utf-8")
NAMES = [name for name in vars(params) if callable(getattr(params, name))]
CODE = re.compile(r"\b[A-Z]+(?:_[A-Z]+)+\b")


@pytest.mark.parametrize("name", NAMES)
def test_a_function_is_on_the_page_with_its_codes(name):
    assert f"`{name}(" in PAGE
    docstring = getattr(params, name).__doc__
    assert f"params.{name}(" in docstring, "an example to paste"
    missing = [code for code in CODE.findall(docstring) if f"`{code}`" not in PAGE]
    assert not missing


def test_params_has_what_scripts_of_the_predecessor_call():
    names = """listTemplates getTemplate createTemplateVersion setTemplateStatus setTemplateActive
    deleteTemplateVersion deleteTemplate expandTemplateForUi getTemplateDropdownOptions
    copyTemplateToWorkflow listEnums getEnum createEnumVersion setEnumStatus deleteEnumVersion
    deleteEnum computeOverridesData resolveInputs startWithTemplate""".split()
    assert set(names) <= set(NAMES)
    assert (params.STATUS_ACTIVE, params.STATUS_OBSOLETE) == ("active", "obsolete")
