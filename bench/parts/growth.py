"""How cost grows: with cores, with series, with keys. Straight lines, drawn."""

import os
import threading

from ..exporter import configure
from ..figures import fitted, interleaved, table
from ..rivals.logs import Log
from ..svg import plot
from ..targets import Target
from . import logs, memory
from .scrape import OURS

TITLE = "How cost grows"
STRAIGHT = 0.98  # R² of a line that is called straight


def on_cores(stand, log, config, cores):
    """Lines a second of as many exporters as cores, each with a log of its own."""
    seen, problems = [None] * cores, []

    def work(core):
        try:
            seen[core] = stand.run(logs.replay_call(stand, config, log), str(core))
        except Exception as problem:  # noqa: BLE001: it is raised again where it can be seen
            problems.append(problem)

    threads = [threading.Thread(target=work, args=(core,)) for core in range(cores)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise problems[0]
    return {"rate": cores * log.lines / max(done.seconds for done in seen) / 1e6}


def measure(stand):
    log = Log(stand, "call.log", 100_000_000 if stand.quick else 1_000_000_000)
    config = configure(stand, logs.FILE_SOURCE.format(path=log.path), catalogs=("synthflow",))
    plays = {str(cores): lambda cores=cores: on_cores(stand, log, config, cores) for cores in range(1, min(2, os.cpu_count()) + 1)}
    return {"cores": interleaved(plays, stand.rounds(11))}


def curves(data, others):
    """By name of the plot: what it shows, and its points; those that were measured."""
    cores = [(0, 0)] + [(int(cores), max(one["rate"] for one in rounds)) for cores, rounds in data["cores"].items()]
    found = {"cores": ("Replay: million lines a second by cores, an exporter each", "cores", "million lines/s", cores)}
    if "scrape" in others:
        sizes = sorted(others["scrape"]["sizes"].values(), key=lambda size: size["samples"])
        for encoding in ("identity", "gzip"):
            points = [(size["samples"], min(played["low"] for played in size["rounds"][f"{OURS}, {encoding}"])) for size in sizes]
            found[f"scrape-{encoding}"] = (f"A scrape by samples on the page, {encoding}", "samples", "ms", points)
    if "memory" in others:
        points = [(keys, resident / memory.MEGABYTE) for keys, resident in others["memory"]["keys"]]
        found["keys"] = ("Resident memory by remembered keys", "keys", "MB", points)
        points = [(seconds, resident / memory.MEGABYTE) for seconds, resident in others["memory"]["soak"]]
        found["soak"] = ("Resident memory in the soak", "seconds", "MB", points)
    return found


def plots(data, others):
    """SVG by file name."""
    return {f"performance-{name}.svg": plot(title, x, y, points, fitted(points))
            for name, (title, x, y, points) in curves(data, others).items()}


def section(data, others):
    rows, pictures = [], ""
    for name, (title, x, y, points) in curves(data, others).items():
        line = fitted(points)
        rows.append([title, f"{line.slope:.3g} {y} each of {x}", f"{line.r2:.4f}"])
        pictures += f"![{title}](images/performance-{name}.svg)\n\n"
    return ("Each exporter is one process that works on one core, and two of them share nothing. The points of replay and of scrapes are the "
            "fastest rounds and the fastest scrapes, as what else the machine does only slows them; the tables above have the medians. "
            "The lines have the least squares; "
            "R² tells how much of the differences they explain.\n\n" + table(["", "slope", "R²"], rows) + "\n" + pictures)


def targets(data, others):
    found = []
    for name, (title, _, _, points) in curves(data, others).items():
        if name != "soak":
            r2 = fitted(points).r2
            found.append(Target("9", title, f"a straight line, R² at least {STRAIGHT}", f"{r2:.4f}", r2 >= STRAIGHT,
                                "it bends; see the plot"))
    return found
