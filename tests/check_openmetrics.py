#!/usr/bin/env python3
"""Reads the live page in both formats with the strict parsers of Prometheus's Python client."""

import pathlib
import re
import sys
import tempfile
import urllib.request

from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from programs import exporter, get

OPENMETRICS = "application/openmetrics-text"
# What Prometheus 2.42 asks for.
ACCEPT = f"{OPENMETRICS};version=1.0.0,{OPENMETRICS};version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
SUFFIXES = {"counter": "_total", "info": "_info"}
# They tell of the moment of the scrape.
OF_THE_MOMENT = re.compile("process_|telephony_exporter_(http_|dedup_window_|journal_)|telephony_(account_)?retry_")


def scrape(url, accept):
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Accept": accept}), timeout=30) as reply:
        return reply.headers["Content-Type"], reply.read().decode()


def deliver(samples, port):
    """Every sample of the shipped webhooks whose name tells its path."""
    paths = {"8x8-number-masking": "8x8/number-masking", "8x8-voice": "8x8/voice", "8x8-sms": "8x8/sms",
             "synthflow": "synthflow", "restcomm-voice": "restcomm/voice", "restcomm-sms": "restcomm/sms"}
    delivered = 0
    for source, path in paths.items():
        for sample in sorted((samples / source).glob("*.json")):
            request = urllib.request.Request(f"http://127.0.0.1:{port}/webhooks/{path}", sample.read_bytes(),
                                             {"Content-Type": "application/json"})
            with urllib.request.urlopen(request, timeout=30) as reply:
                delivered += reply.status == 200
    return delivered


def samples(families):
    """Of what both formats have, by name and labels."""
    found = {}
    for family in families:
        for sample in family.samples:
            if sample.name.endswith("_created") or OF_THE_MOMENT.match(sample.name):
                continue
            # A bound of 1 is written as 1.0 in OpenMetrics.
            labels = {name: float(value) if name == "le" else value for name, value in sample.labels.items()}
            key = (sample.name, tuple(sorted(labels.items())))
            assert key not in found, f"twice: {key}"
            found[key] = sample.value
    return found


def check_families(families, text):
    types = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE))
    for family in families:
        shown = family.name + SUFFIXES.get(family.type, "")
        expected = {"info": "gauge"}.get(family.type, family.type)
        assert types.get(shown) == expected, f"{shown} is a {types.get(shown)} in the text format, here a {family.type}"
        unit = re.search(r"_(seconds|bytes|ratio|erlangs)$", family.name)
        assert family.unit == (unit[1] if unit and family.type != "info" else ""), f"{family.name}: unit {family.unit!r}"
        assert family.documentation, f"{family.name} has no help"
        created = {sample.name for sample in family.samples if sample.name.endswith("_created")}
        counts = family.type in ("counter", "histogram", "summary")
        assert bool(created) <= counts, f"{family.name} says when it was created"
    return {family.type for family in families}


def main(binary, root):
    with tempfile.TemporaryDirectory() as directory, \
            exporter(binary, root, pathlib.Path(directory)) as (web, ingest):
        url = f"http://127.0.0.1:{web}/metrics"
        assert deliver(root / "tests/testdata/providers", ingest) > 10
        kind, openmetrics = scrape(url, ACCEPT)
        assert kind == f"{OPENMETRICS}; version=1.0.0; charset=utf-8", kind
        kind, text = scrape(url, "text/plain")
        assert kind == "text/plain; version=0.0.4; charset=utf-8", kind
        assert "# EOF" not in get(url)
    families = list(parse_openmetrics(openmetrics))
    kinds = check_families(families, text)
    assert {"counter", "gauge", "info", "summary", "histogram"} <= kinds, kinds
    ours, theirs = samples(families), samples(parse_text(text))
    assert ours == theirs, sorted(ours.items() ^ theirs.items())[:10]
    assert len(ours) > 500
    created = re.findall(r"^telephony_errors_created\{.*\} (\S+)$", openmetrics, re.MULTILINE)
    assert created and all(float(time) > 0 for time in created)


if __name__ == "__main__":
    main(sys.argv[1], pathlib.Path(sys.argv[2]))
