"""The front page: its code runs as it stands, its links lead somewhere."""

import re
import textwrap
import threading

import pytest

from exchange.workflows import testing
from exchange.workflows.api import service
from exchange.workflows.engine import instance
from exchange.workflows.engine.runtime import step, workflow
from exchange.workflows.engine.worker import Worker
from tests.style.sources import ROOT

DOCS = ROOT / "docs"
PAGE = (DOCS / "index.md").read_text(encoding="utf-8")
BLOCKS = [
    textwrap.dedent(block)
    for block in re.findall(r"^ *``` ?python[^\n]*\n(.*?)^ *```", PAGE, re.M | re.S)
]
begun, go_on = threading.Event(), threading.Event()


@step()
def front_page_step():
    begun.set()
    go_on.wait(20)


@workflow()
def front_page_running():
    front_page_step()
    front_page_step()


@pytest.fixture
def workflows(dsn, schema):
    yield instance.configure(dsn, schema=schema)
    instance.shutdown()


def run(block, **names):
    """Run a block as a gateway script does: `exchange` is there, print is a statement."""
    import exchange.workflows.api.service

    names["exchange"] = exchange
    exec(re.sub(r"^print (.+)$", r"print(\1)", block, flags=re.M), names)
    return names


def test_there_are_four_snippets():
    assert len(BLOCKS) == 4


def test_the_decorated_function_from_a_button_and_from_a_tag(workflows, capsys):
    run(BLOCKS[0], __name__="front_page")
    run(BLOCKS[1] + "\nrunAction(None, None)\n")
    run(BLOCKS[2] + "\nvalueChanged(*[None] * 6)\n")
    workflows.buffer.close()
    ended = testing.drain()
    assert [one["status"] for one in ended] == ["SUCCESS"] * 2
    assert capsys.readouterr().out.count("Step two completed!") == 2


def test_the_control_snippet_on_a_running_workflow_answers_ok_four_times(
    workflows, dsn, schema, capsys
):
    begun.clear()
    go_on.clear()
    wid = service.enqueue("front_page_running")["workflowId"]
    worker = Worker(dsn=dsn, threads=1, schema=schema).start()
    try:
        assert begun.wait(10)
        capsys.readouterr()
        run(BLOCKS[3].replace("<workflow-id>", wid))
        lines = capsys.readouterr().out.splitlines()
        go_on.set()
        answer = service.getResult(workflowId=wid, timeoutSeconds=10)
    finally:
        go_on.set()
        worker.stop(drain_seconds=1)
    assert [line.count("'ok': True") for line in lines] == [1, 1, 1, 1]
    assert answer["status"] == "STOPPED"


def links_of(page):
    text = re.sub(r"^ *```.*?^ *```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    return re.findall(r"\]\(((?!https?:)[^)\s#]+)", text)


@pytest.mark.parametrize("page", [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))], ids=str)
def test_links_lead_somewhere(page):
    missing = [link for link in links_of(page) if not (page.parent / link).exists()]
    assert not missing


@pytest.mark.parametrize(
    "path",
    [
        "getting-started/getting-started.md",
        "getting-started.md",
        "examples/operations.md",
        "ui/workflows-console.md",
        "concepts/architecture.md",
        "concepts/concurrency-lifecycle.md",
        "roadmap.md",
    ],
)
def test_pages_that_others_link_to(path):
    assert (DOCS / path).is_file()
