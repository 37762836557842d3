"""Batches of NDJSON: many events in one POST."""

from ..exporter import configure, exporter
from ..figures import interleaved, of, table
from ..load import ndjson
from ..targets import at_least

TITLE = "Batches of NDJSON"
CASES = {  # name: (events a POST, connections, on disk, keys remembered beforehand)
    "1,000 a POST, `:memory:`": (1000, 4, False, 0),
    "100 a POST, `:memory:`": (100, 16, False, 0),
    "1,000 a POST, `:memory:`, window of keys full": (1000, 4, False, 4_000_000),
    "1,000 a POST, journal on disk": (1000, 4, True, 0),
    "100 a POST, journal on disk": (100, 16, True, 0),
}
WANTED = {"1,000 a POST, `:memory:`": 3.0, "100 a POST, `:memory:`": 2.4, "1,000 a POST, journal on disk": 0.5}


def play(stand, batch, connections, durable, before):
    """A round is an exporter of its own, so that none has a fuller window than another."""
    journal = stand.directory / "ndjson.db" if durable else ":memory:"
    with exporter(stand, configure(stand), journal=journal) as server:
        ndjson(stand, server.port, batch, max(20_000, before), connections=connections)
        cpu = server.program.cpu()
        seen = ndjson(stand, server.port, batch, 500_000 if stand.quick else 3_000_000, connections=connections, seconds=4)
        cpu = server.program.cpu() - cpu
        server.counted()
    for left in stand.directory.glob("ndjson.db*"):
        left.unlink()
    return {"events": seen["sent"], "rate": seen["sent"] / seen["seconds"] / 1e6, "per_cpu": seen["sent"] / cpu / 1e6}


def measure(stand):
    plays = {name: lambda case=case: play(stand, *case) for name, case in CASES.items()
             if not (stand.quick and case[3])}
    return {"cases": interleaved(plays, stand.rounds(5))}


def section(data, _others):
    text = ("Events of 1009 bytes, each with an id that was never seen, on one core; the load on the other writes numbers into bodies "
            "that it has built before. Every receipt is added up, and everything has to count. A round is a new exporter and three "
            "million events, or four seconds. The window of keys holds four million; once it is full, each key that comes drives one "
            "out.\n\n")
    rows = [[name, of(rounds, "rate").text(), of(rounds, "per_cpu").text()] for name, rounds in data["cases"].items()]
    return text + table(["", "million events/s", "million events a second of CPU"], rows)


def targets(data, _others):
    return [at_least("3", name, of(data["cases"][name], "rate").median, wanted, " M events/s") for name, wanted in WANTED.items()
            if name in data["cases"]]
