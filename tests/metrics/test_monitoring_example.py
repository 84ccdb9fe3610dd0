"""examples/monitoring: rules and dashboard ask for what is really exposed, and Prometheus understands them."""

import json
import os
import re
import shutil
import subprocess

import pytest

from exchange.workflows.cpython.metrics import exposition
from exchange.workflows.cpython.worker_metrics import worker_metrics
from tests.engine.plant import ended
from tests.metrics.scrapes import series
from tests.style.sources import ROOT
from tests.waiting import wait_until

EXAMPLE = ROOT / "examples" / "monitoring"
PAGE = ROOT / "docs" / "operations" / "monitoring.md"
SELECTOR = re.compile(r"(ignition_workflows_\w+)(?:\{([^}]*)\})?")
# What Prometheus and its configuration add.
ADDED = {"instance", "job"}


def promtool(*words, cwd=EXAMPLE, text=None):
    program = shutil.which("promtool")
    if program is None:
        needs = "promtool is missing: apt-get install prometheus"
        if os.environ.get("CI"):
            pytest.fail(needs)
        pytest.skip(needs)
    command = [program, *map(str, words)]
    return subprocess.run(command, cwd=cwd, input=text, capture_output=True, text=True)


def dashboard():
    return json.loads((EXAMPLE / "dashboard.json").read_text(encoding="utf-8"))


def dashboard_expressions():
    for panel in dashboard()["panels"]:
        for target in panel["targets"]:
            yield target["expr"]


def variables():
    return [
        one["query"]["query"] for one in dashboard()["templating"]["list"] if one["type"] == "query"
    ]


def rule_expressions():
    return re.findall(r"^ +expr: (.*)$", (EXAMPLE / "alerts.yml").read_text(), re.M)


def unknown(expression, exposed):
    """Series, and labels in braces, that nothing exposes."""
    for name, matchers in SELECTOR.findall(expression):
        if name not in exposed:
            yield name
            continue
        for label in re.findall(r'(\w+)\s*[=!]~?\s*"', matchers):
            if label not in exposed[name] | ADDED:
                yield f"{name}{{{label}}}"


_scraped: list[str] = []


IN_THE_LAST_MINUTE = """update workflows.workflow w set
  enqueued_at = m.at - interval '3 s', started_at = m.at - interval '2 s', ended_at = m.at - interval '1 s'
from (select date_trunc('minute', workflows.clock_now()) as at) m"""


@pytest.fixture
def scraped(request):
    """What a console and a worker say that have had work; the same for each test."""
    if not _scraped:
        console, rt, make, conn, sql = map(
            request.getfixturevalue, ("console", "rt", "make_worker", "conn", "sql")
        )
        worker = make()
        ended(rt, rt.enqueue("engine_all", {"number": 5}))
        ended(rt, rt.enqueue("engine_failing"))
        worker.keeper.poke()
        wait_until(lambda: worker.figures()["listen_lag_seconds"] is not None, "its ping is heard")
        conn.execute(sql(IN_THE_LAST_MINUTE))
        with console.client(None) as client:
            _scraped.append(client.get("/metrics").text)
        _scraped.append(exposition(worker_metrics(worker.figures())).decode())
    return _scraped


@pytest.fixture
def exposed(scraped):
    """{name of a series: its labels}"""
    return {name: labels for text in scraped for name, labels in series(text).items()}


def test_every_name_is_exposed(exposed):
    expressions = [*dashboard_expressions(), *rule_expressions(), *variables()]
    assert len(rule_expressions()) > 10 and len(expressions) > 40
    assert not [found for one in expressions for found in unknown(one, exposed)]
    assert list(unknown("rate(ignition_workflows_claims[5m])", exposed)), "a counter has _total"
    assert list(unknown('ignition_workflows_database_up{queue="a"}', exposed)), "nor that label"


def test_the_page_names_what_is_exposed_and_all_of_it(exposed):
    named = set(re.findall(r"`(ignition_workflows_\w+)(?:\{[^}]*\})?`", PAGE.read_text()))
    named = {name for name in named if not name.endswith("_")}
    basic = {re.sub(r"_(bucket|sum|count)$", "", name) for name in exposed}
    basic |= {"ignition_workflows_buffer_journal_entries"}  # only with a journal
    assert named == basic


@pytest.mark.parametrize(
    "words",
    [
        ("check", "rules", "alerts.yml"),
        ("check", "config", "prometheus.yml"),
        ("test", "rules", "alerts_test.yml"),
    ],
)
def test_prometheus_understands_the_example(words):
    ran = promtool(*words)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_prometheus_understands_what_the_dashboard_asks(tmp_path):
    rules = [
        {"record": f"panel:{number}", "expr": expression.replace("$__rate_interval", "1m")}
        for number, expression in enumerate(dashboard_expressions())
    ]
    file = tmp_path / "panels.yml"
    file.write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}))
    ran = promtool("check", "rules", file)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    file.write_text(file.read_text().replace("histogram_quantile(", "histogram_quantile(("))
    assert promtool("check", "rules", file).returncode != 0, "the control"


def test_panels_have_ids_of_their_own_and_do_not_overlap():
    panels = dashboard()["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    cells = [
        (x, y)
        for place in (panel["gridPos"] for panel in panels)
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(set(cells)) == len(cells) and max(x for x, _ in cells) < 24


def test_what_is_exposed_is_clean_to_promtool(scraped):
    for text in scraped:
        ran = promtool("check", "metrics", text=text)
        assert ran.returncode == 0, ran.stdout + ran.stderr
    bad = "# HELP claims Claims.\n# TYPE claims counter\nclaims 1\n"
    assert promtool("check", "metrics", text=bad).returncode != 0, "the control"
