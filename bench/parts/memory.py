"""Resident memory: at rest, by series, by remembered key, and whether it grows for ever."""

import time

from ..exporter import configure, exporter, page
from ..figures import interleaved, summary, table
from ..load import ndjson

from ..targets import at_most
from .scrape import grow, grown

TITLE = "Memory"
MEGABYTE = 1024 * 1024


def at_rest(stand, journal):
    with exporter(stand, stand.root / "config/telephony_exporter.yml", journal) as server:
        page(server.web)
        return {"resident": server.program.memory()}


def by_series(stand):
    """What a sample more costs: before it was ever scraped would be less, so it is scraped."""
    with exporter(stand, configure(stand, accounts=200_000)) as server:
        few, before = grown(stand, server, 1000), server.program.memory()
        many = grow(stand, server, 3700)
        return {"samples": many, "each": (server.program.memory() - before) / (many - few), "resident": server.program.memory(),
                "peak": server.program.memory("VmHWM")}


def by_keys(stand, millions):
    """[(keys, resident bytes)]"""
    with exporter(stand, configure(stand, max_keys=(millions + 1) * 1_000_000)) as server:
        ndjson(stand, server.port, 100, 20_000)
        points = [(0, server.program.memory())]
        for number in range(1, millions + 1):
            ndjson(stand, server.port, 1000, 1_000_000)
            points.append((number * 1_000_000, server.program.memory()))
        return points


def soak(stand, seconds):
    """[(seconds, resident bytes)] under load and scrapes, with a window of keys that is full."""
    with exporter(stand, configure(stand, max_keys=200_000)) as server:
        begin, points = time.monotonic(), []
        while time.monotonic() - begin < seconds:
            ndjson(stand, server.port, 100, 100_000_000, seconds=1, connections=16)
            page(server.web)
            points.append((round(time.monotonic() - begin, 1), server.program.memory()))
        server.counted()
        return points


def measure(stand):
    journals = iter(range(100))
    rest = {"`:memory:`": lambda: at_rest(stand, ":memory:"),
            "journal on disk": lambda: at_rest(stand, stand.directory / f"rest-{next(journals)}.db")}
    return {"rest": interleaved(rest, stand.rounds(5)), "series": by_series(stand), "keys": by_keys(stand, 2 if stand.quick else 10),
            "soak": soak(stand, 9 if stand.quick else 60)}


def per_key(points):
    (_, base), rest = points[0], points[1:]
    return [(keys, (resident - base) / keys) for keys, resident in rest]


def growth(points):
    """Bytes between a third of the soak and its end."""
    return points[-1][1] - points[len(points) // 3][1]


def section(data, _others):
    rows = [[f"at rest after a scrape, shipped configuration, {name}", summary(one["resident"] / MEGABYTE for one in rounds).text(1) + " MB"]
            for name, rounds in data["rest"].items()]
    series, keys, soaked = data["series"], per_key(data["keys"]), data["soak"]
    rows += [[f"with {series['samples']:,} samples, scraped", f"{series['resident'] / MEGABYTE:.1f} MB"],
             ["the most there was of it", f"{series['peak'] / MEGABYTE:.1f} MB"],
             ["each sample more", f"{series['each']:.0f} bytes"],
             *([f"each of {number:,} remembered keys", f"{each:.1f} bytes"] for number, each in keys),
             [f"growth between second {soaked[len(soaked) // 3][0]:.0f} and second {soaked[-1][0]:.0f} of a soak",
              f"{growth(soaked) / MEGABYTE:.2f} MB"]]
    return ("Resident memory, as the kernel tells it. The soak posts NDJSON as fast as it can, with a window of keys that is full, and "
            "scrapes each second.\n\n" + table(["", ""], rows))


def targets(data, _others):
    rest = max(summary(one["resident"] / MEGABYTE for one in rounds).median for rounds in data["rest"].values())
    number, each = per_key(data["keys"])[-1]
    return [at_most("7", "resident at rest, after a scrape", rest, 16, " MB"),
            at_most("7", f"a series, up to {data['series']['samples']:,}", data["series"]["each"], 320, " bytes"),
            at_most("7", f"a remembered key, of {number:,}", each, 32, " bytes"),
            at_most("7", "growth in the soak", max(0.0, growth(data["soak"]) / MEGABYTE), 1, " MB")]
