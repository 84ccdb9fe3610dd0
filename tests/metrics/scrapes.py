"""What a scrape says, as a Prometheus would read it."""

from prometheus_client.parser import text_string_to_metric_families


def families(text: str) -> dict[str, str]:
    """{name of the metric: its type}, as the text declares them."""
    return {family.name: family.type for family in text_string_to_metric_families(text)}


def samples(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """{(name of the series, its labels): value}."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def reading(text: str, metric: str, /, **labels: str) -> float:
    """One value of it; the name without the prefix."""
    return samples(text)[f"ignition_workflows_{metric}", tuple(sorted(labels.items()))]


def series(text: str) -> dict[str, set[str]]:
    """{name of a series: its labels}."""
    found: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(text):
        if family.type == "gauge":
            found.setdefault(family.name, set())
        for sample in family.samples:
            if not sample.name.endswith("_created"):
                found.setdefault(sample.name, set()).update(sample.labels)
    return found
