"""What scripts call for parameters, templates, enums and recipes. Every function answers an envelope and never raises.

A workflow declares what it takes: @workflow(parameters=...). A template is a form to start it from, an enum a list of
choices that forms and parameters refer to, a recipe ("parameter set") named values that somebody has approved. All of
them have versions, which are added and never changed.

What fails has in its data `errors`, a list of texts, and `problems`, a list of {path, problem}: everything that is
wrong, at once. The rest is as in service.py.
"""

from __future__ import absolute_import, division, print_function

from exchange.workflows.api.enums import (  # noqa: F401  scripts call them as params.getEnum
    createEnumVersion,
    deleteEnum,
    deleteEnumVersion,
    getEnum,
    listEnums,
    setEnumStatus,
)
from exchange.workflows.api.recipes import (  # noqa: F401
    approveParameterSet,
    compareParameterSets,
    copyParameterSet,
    exportParameterSet,
    getParameterSet,
    importParameterSet,
    listParameterSets,
    renameParameterSet,
    saveParameterSet,
    setParameterSetStatus,
)
from exchange.workflows.api.starting import (  # noqa: F401
    listParameters,
    resolveInputs,
    startWithParameterSet,
    startWithTemplate,
)
from exchange.workflows.api.template_forms import (  # noqa: F401
    computeOverridesData,
    expandTemplateForUi,
)
from exchange.workflows.api.templates import (  # noqa: F401
    copyTemplateToWorkflow,
    createTemplateVersion,
    deleteTemplate,
    deleteTemplateVersion,
    getTemplate,
    getTemplateDropdownOptions,
    listTemplates,
    setTemplateActive,
    setTemplateStatus,
)
from exchange.workflows.api.versions import STATUS_ACTIVE, STATUS_OBSOLETE  # noqa: F401
