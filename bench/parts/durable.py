"""Webhooks with the default journal on disk, beside the same without one."""

from ..exporter import configure, exporter
from ..figures import of, ratio, table
from ..profile import told
from ..rivals.webhook import floor
from ..stand import expect
from ..targets import at_least, at_most
from .webhook import contest, profiles

TITLE = "Durable webhooks"
MEMORY, DISK, FLOOR = "`:memory:`", "journal on disk", "the floor"
WANTED = {"64": 0.6, "512": 0.75}


def measure(stand):
    numbers = iter(range(1000))
    servers = {MEMORY: lambda at: exporter(at, configure(at)),
               DISK: lambda at: exporter(at, configure(at), journal=at.directory / f"journal-{next(numbers)}.db"),
               FLOOR: lambda at: floor(at, file=at.directory / f"records-{next(numbers)}")}
    # Short rounds, as for webhooks: the disk is stalled by others as well.
    data = contest(stand, servers, stand.rounds(15), 1)
    expect(not data["missing"], f"{data['missing']}")
    return data | {"profiles": profiles(stand, servers[DISK], data["missing"])}


def left_for_disk(connections, played):
    """What the target leaves for the disk, by Little's law: all connections always have one request under way."""
    memory, disk, least = (int(connections) / of(played[name], "rate").median * 1e6 for name in (MEMORY, DISK, FLOOR))
    wanted = memory / WANTED[connections]
    return (f"With {connections} connections a request may take {wanted:,.0f} µs to reach {WANTED[connections]:g} of the requests/s without the disk. "
            f"Without it takes {memory:,.0f}, so {wanted - memory:,.0f} are left for the disk; our journal needs {disk - memory:,.0f}, the floor "
            f"{least - memory:,.0f}.\n\n")


def section(data, _others):
    text = ("The same requests, with the default journal (`sync: full`): an answer means that the event is on disk. The wait for the "
            "disk is no CPU, so requests a second are compared; the disk is that of this machine. The floor appends 90 bytes a request to a file and syncs it before "
            "the answers of a round go out, by a server that does nothing else.\n\n")
    rows = [[f"{connections} connections, {name}", of(rounds, "cpu").text(), of(rounds, "rate").text(1, 1e-3), of(rounds, "p50").text(0),
             of(rounds, "p99").text(0), ratio(rounds, played[MEMORY], "rate").text()]
            for connections, played in data["connections"].items() for name, rounds in played.items()]
    text += table(["", "CPU µs a request", "1,000 requests/s", "p50 µs", "p99 µs", "requests/s, times those of `:memory:`"], rows) + "\n"
    text += "".join(left_for_disk(connections, played) for connections, played in data["connections"].items())
    return text + "".join(told(profile, f"{connections} connections, {DISK}") for connections, profile in data["profiles"].items())


def targets(data, _others):
    found = []
    for connections, played in data["connections"].items():
        share, least = (ratio(played[name], played[MEMORY], "rate").median for name in (DISK, FLOOR))
        found.append(at_least("2", f"durable at {connections} connections, of the requests/s without", share, WANTED[connections]).beside(least))
    p99, least = (of(data["connections"]["64"][name], "p99").median / 1000 for name in (DISK, FLOOR))
    return [*found, at_most("2", "durable p99 at 64 connections", p99, 5, " ms").beside(least)]
