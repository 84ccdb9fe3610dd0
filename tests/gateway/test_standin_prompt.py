"""What a person types at the prompt of `make gateway`."""

import pytest

from tests.gateway.gateway import StandInGateway
from tests.gateway.prompt import REQUESTS, converse

pytestmark = pytest.mark.proof


def talk(gateway: StandInGateway, *lines: str) -> str:
    left = list(lines)
    written: list[str] = []

    def read(_: str) -> str:
        if not left:
            raise EOFError
        return left.pop(0)

    converse(gateway, read, written.append)
    return "".join(written)


def test_values_are_printed_and_blocks_end_with_an_empty_line(gateway: StandInGateway) -> None:
    assert talk(gateway, "a = 20", "a + 1") == "21\n"
    assert talk(gateway, "for i in range(2):", "    print i", "", "'end'") == "0\n1\n'end'\n"
    assert talk(gateway, "print 'Python 2'", "") == "Python 2\n"


def test_an_error_is_shown_and_the_next_line_runs(gateway: StandInGateway) -> None:
    said = talk(gateway, "1/0", "a b", "7")
    assert "ZeroDivisionError" in said
    assert "SyntaxError" in said
    assert said.endswith("7\n")


def test_requests_to_the_gateway(gateway: StandInGateway) -> None:
    assert talk(gateway, ":create_tag Prompt/a 5", ":write_tag Prompt/a 6") == ""
    assert gateway.read_tag("Prompt/a") == 6
    assert ":lose_database" in talk(gateway, ":what")
    assert "required positional argument" in talk(gateway, ":write_tag")
    for name in REQUESTS:
        assert hasattr(gateway, name)
