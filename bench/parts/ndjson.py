"""Batches of NDJSON: many events in one POST."""

import re

from ..exporter import configure, exporter
from ..figures import interleaved, of, table
from ..load import ndjson
from ..profile import of_server, told
from ..rivals.webhook import floor
from ..targets import at_least

TITLE = "Batches of NDJSON"
CASES = {  # name: (events a POST, connections, on disk, keys remembered beforehand)
    "1,000 a POST, `:memory:`": (1000, 4, False, 0),
    "100 a POST, `:memory:`": (100, 8, False, 0),
    "1,000 a POST, `:memory:`, window of keys full": (1000, 4, False, 4_000_000),
    "1,000 a POST, journal on disk": (1000, 4, True, 0),
    "100 a POST, journal on disk": (100, 8, True, 0),
}
FLOORS = {"1,000 a POST, the floor": (1000, 4), "100 a POST, the floor": (100, 8)}  # name: (events a POST, connections)
FULL = 90  # % of the load's core: beyond it, events a second are the load's limit
WANTED = {"1,000 a POST, `:memory:`": 3.0, "100 a POST, `:memory:`": 2.4, "1,000 a POST, journal on disk": 0.5}
# What nobody can leave out: not to count an event twice, nor to let others choose what is taken for the same.
NEEDED = {"to read JSON": "JsonShapes|skip_plain|simdjson|utf8", "keyed hashes of ids": "crypto_shorthash",
          "to look ids up": "KeyIndex|KeyQueue|DedupWindow|EndedSessions"}


def posted(stand, server, batch, connections):
    cpu = server.program.cpu()
    seen = ndjson(stand, server.port, batch, 500_000 if stand.quick else 3_000_000, connections=connections, seconds=4)
    cpu = server.program.cpu() - cpu
    return {"events": seen["sent"], "rate": seen["sent"] / seen["seconds"] / 1e6, "per_cpu": seen["sent"] / cpu / 1e6,
            "load": 100 * seen["busy"]}


def play(stand, batch, connections, durable, before):
    """A round is an exporter of its own, so that none has a fuller window than another."""
    journal = stand.directory / "ndjson.db" if durable else ":memory:"
    with exporter(stand, configure(stand), journal=journal) as server:
        ndjson(stand, server.port, batch, max(20_000, before), connections=connections)
        found = posted(stand, server, batch, connections)
        server.counted()
    for left in stand.directory.glob("ndjson.db*"):
        left.unlink()
    return found


def play_floor(stand, batch, connections):
    with floor(stand, status=200, text=f'{{"received":{batch},"counted":{batch}}}') as server:
        return posted(stand, server, batch, connections)


def profile(stand, missing):
    with exporter(stand, configure(stand)) as server:
        ndjson(stand, server.port, 1000, 20_000)
        return of_server(stand, server.program, lambda: ndjson(stand, server.port, 1000, 3_000_000), missing)


def measure(stand):
    plays = {name: lambda case=case: play(stand, *case) for name, case in CASES.items()
             if not (stand.quick and case[3])}
    plays |= {name: lambda case=case: play_floor(stand, *case) for name, case in FLOORS.items()}
    missing = {}
    return {"cases": interleaved(plays, stand.rounds(5)), "profile": profile(stand, missing), "missing": missing}


def needed(data):
    """What an event takes at least, beside what the target allows; nothing where there is no profile."""
    name, profiled = next(iter(WANTED)), data["profile"]
    if not profiled:
        return ""
    event = 1000 / of(data["cases"][name], "per_cpu").median
    found = {"the kernel": profiled["kernel"]} | {
        task: sum(percent for function, percent in profiled["functions"] if re.search(functions, function))
        for task, functions in NEEDED.items()}
    costs = ", ".join(f"{task} {event * percent / 100:.0f} ns" for task, percent in found.items())
    return (f"What stands in the way: at {WANTED[name]:g} million events/s an event may take {1000 / WANTED[name]:.0f} ns of CPU; it takes "
            f"{event:.0f}. Of these are {costs}: together {event * sum(found.values()) / 100:.0f} ns, before anything is counted.\n\n")


def section(data, _others):
    text = ("Events of 1009 bytes, each with an id that was never seen, on one core; the load on the other writes numbers into bodies "
            "that it has built before. Every receipt is added up, and everything has to count. A round is a new exporter and three "
            "million events, or four seconds. Where the load's core is full, only the CPU tells what the server can do. The window of "
            "keys holds four million; once it is full, each key that comes drives one out. The floor receives as much and answers, and looks at nothing.\n\n")
    rows = [[name, of(rounds, "rate").text(), of(rounds, "per_cpu").text(), of(rounds, "load").text(0)]
            for name, rounds in data["cases"].items()]
    text += table(["", "million events/s", "million events a second of CPU", "load's core busy, %"], rows) + "\n"
    return text + told(data["profile"], "1,000 a POST, `:memory:`") + needed(data)


def targets(data, _others):
    found = []
    for name, wanted in WANTED.items():
        rounds = data["cases"][name]
        by_cpu = of(rounds, "load").median >= FULL
        what = f"{name}, by CPU, since the load's core is full" if by_cpu else name
        figure = "per_cpu" if by_cpu else "rate"
        least = of(data["cases"][name.replace(name.rsplit(", ", 1)[1], "the floor")], figure).median
        found.append(at_least("3", what, of(rounds, figure).median, wanted, " M events/s").beside(least))
    return found
