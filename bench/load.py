"""Load from the other core: wrk for webhooks, the programs of bench/load for batches and scrapes."""

import itertools
import json
import re

from .stand import expect

runs = itertools.count(1)
MICROSECONDS = {"us": 1, "ms": 1e3, "s": 1e6, "m": 6e7}


def microseconds(text):
    value, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text).groups()
    return float(value) * MICROSECONDS[unit]


def wrk(stand, port, connections, seconds):
    """Posts webhooks with ids of their own for so long."""
    said = stand.run(["wrk", "--threads=1", f"--connections={connections}", f"--duration={seconds}s", "--timeout=10s", "--latency",
                      "--script=" + str(stand.root / "bench/load/wrk.lua"), f"http://127.0.0.1:{port}/w", f"run-{next(runs):06d}"]).output
    for problem in ("Non-2xx", "Socket errors"):
        expect(problem not in said, f"wrk said: {said}")
    return figures_of_wrk(said)


def figures_of_wrk(said):
    requests, seconds, unit = re.search(r"(\d+) requests in ([\d.]+)(s|m)", said).groups()
    p50, p99 = (microseconds(re.search(rf"^\s+{share}%\s+(\S+)", said, re.MULTILINE)[1]) for share in (50, 99))
    return {"requests": int(requests), "seconds": float(seconds) * (60 if unit == "m" else 1), "p50": p50, "p99": p99}


def ndjson(stand, port, batch, events, **wanted):
    """Posts batches of events with ids of their own; all of them have to count."""
    given = {"connections": 4, "seconds": 300, "accounts": 10, "run": next(runs)} | wanted
    done = stand.run([stand.tool("bench/ndjson_load"), f"port={port}", "path=/w", f"batch={batch}", f"events={events}",
                      *(f"{name}={value}" for name, value in given.items())])
    said = json.loads(done.output) | {"busy": done.cpu / done.seconds}
    expect("seconds" in wanted or said["sent"] == events, f"only so many events in {given['seconds']} s: {said}")
    expect(said["failed"] == 0 and said["sent"] == said["received"] == said["counted"], f"not everything counted: {said}")
    return said


def scrapes(stand, port, times, encoding="identity", every_ms=0, touch=0):
    """Milliseconds of each scrape, and the bytes of the last body. `touch`: a port where an event is posted before each."""
    return json.loads(stand.run([stand.tool("bench/scrape_load"), f"port={port}", "path=/metrics", f"encoding={encoding}",
                                 f"times={times}", f"every_ms={every_ms}", f"touch={touch}"]).output)
