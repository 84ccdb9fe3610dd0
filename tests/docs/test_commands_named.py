"""The commands of the shell that the documentation names exist, with the options it gives them."""

import re

import pytest
import typer.main

from exchange.workflows.cpython import cli
from tests.style.sources import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
NAMED = re.compile(r"ignition-workflows ((?:[a-z][a-z-]*(?![\w-]) ?)+)([^`\n]*)")
NOT_A_COMMAND = {"project", "schema"}


@pytest.fixture(scope="module")
def program():
    return typer.main.get_command(cli.app)


def unknown(program, words, rest):
    """What is wrong with a command line, or None."""
    command = program
    for word in words:
        if not hasattr(command, "commands"):
            break
        if word not in command.commands:
            return f"no command {word!r} of {command.name}"
        command = command.commands[word]
    known = {option for one in (*command.params, *program.params) for option in one.opts}
    known |= {option for one in command.params for option in one.secondary_opts}
    asked = re.findall(r"(?<!\S)--[a-z-]+", re.sub(r"'[^']*'|\"[^\"]*\"|#.*", "", rest))
    extra = sorted(set(asked) - known - {"--help"})
    return f"no option {', '.join(extra)} of {' '.join(words)}" if extra else None


def lines_of(page):
    for words, rest in NAMED.findall(page.read_text(encoding="utf-8")):
        yield words.split(), rest


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_of_a_page(program, page):
    assert not [
        (words, problem)
        for words, rest in lines_of(page)
        if words[0] not in NOT_A_COMMAND and (problem := unknown(program, words, rest))
    ]


def test_every_command_is_on_the_page_of_commands(program):
    text = (ROOT / "docs" / "reference" / "command-line.md").read_text(encoding="utf-8")
    names = set(program.commands)
    names |= {
        name for group in program.commands.values() for name in getattr(group, "commands", {})
    }
    assert not [name for name in names if not re.search(rf"`[^`]*\b{name}\b[^`]*`", text)]


def test_what_does_not_exist_is_found(program):
    """The negative control."""
    assert unknown(program, ["queue", "explode"], "")
    assert unknown(program, ["enqueue"], "weigh_tank --soon")
    assert not unknown(program, ["enqueue"], "weigh_tank --inputs '{\"--soon\": 1}'")
