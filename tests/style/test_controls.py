"""Each guard that a control of the proof takes out is in the function that it names: known at once, not an hour later."""

import re

import pytest

from tests.faults.mutations import MUTATIONS as OF_FAULTS
from tests.model import (
    test_families,
    test_negative_controls,
    test_order_controls,
    test_schedules,
    test_talking,
)
from tests.style.sources import ROOT

OF_THE_MODELS = [
    *test_negative_controls.MUTATIONS.values(),
    *(
        control[1:]
        for controls in (
            test_negative_controls.SCRIPTED,
            test_order_controls.CONTROLS,
            test_talking.CONTROLS,
            test_schedules.CONTROLS,
            test_families.CONTROLS,
        )
        for control in controls.values()
    ),
]
TAKEN_OUT = sorted(
    {(function, before) for function, before, *_ in OF_THE_MODELS}
    | {(function, before) for one in OF_FAULTS for function, before, _ in one.places}
)
FUNCTIONS = {
    match[1]: match[0]
    for path in sorted((ROOT / "sql" / "functions").glob("*.sql"))
    for match in re.finditer(
        r"create or replace function workflows\.(\w+)\(.*?\$\$.*?\$\$;", path.read_text(), re.DOTALL
    )
}


@pytest.mark.parametrize(("function", "guard"), TAKEN_OUT)
def test_a_guard_is_where_its_control_looks_for_it(function, guard):
    assert guard in FUNCTIONS[function]


def test_a_guard_that_is_gone_would_be_noticed():
    assert len(TAKEN_OUT) > 80
    assert "p_now as is_late" not in FUNCTIONS["take_ready"]
