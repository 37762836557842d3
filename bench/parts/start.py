"""How long a start takes until the exporter says that it is ready."""

import http.client
import time

from ..exporter import arguments, configure, exporter
from ..figures import interleaved, of, table
from ..load import ndjson
from ..stand import expect, free_port
from ..targets import at_most, not_judged

TITLE = "Start"
EMPTY = "empty journal"
MANY = 10_000_000


def ready(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", "/-/ready")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def play(stand, config, journal):
    """Milliseconds from the call to the first answer that says so."""
    web = free_port()
    call, begin = arguments(stand, config, journal, web), time.monotonic()
    with stand.start(call) as program:
        while not ready(web):
            expect(program.process.poll() is None and time.monotonic() - begin < 120, "the exporter did not become ready")
            time.sleep(0.0005)
        return {"ms": (time.monotonic() - begin) * 1000, "cpu": program.cpu() * 1000}


def remembered(stand, config, keys):
    """A journal with so many keys, written by the exporter itself."""
    journal = stand.directory / "many.db"
    with exporter(stand, config, journal) as server:
        ndjson(stand, server.port, 1000, keys)
    return journal


def measure(stand):
    keys = 1_000_000 if stand.quick else MANY
    config = configure(stand, max_keys=keys + 1000)
    journal = remembered(stand, config, keys)
    numbers = iter(range(1000))
    plays = {EMPTY: lambda: play(stand, config, stand.directory / f"empty-{next(numbers)}.db"),
             "keys": lambda: play(stand, config, journal)}
    return {"keys": keys, "bytes": journal.stat().st_size, "rounds": interleaved(plays, stand.rounds(5))}


def section(data, _others):
    names = {EMPTY: EMPTY, "keys": f"{data['keys']:,} remembered keys, {data['bytes'] / 1e6:,.0f} MB"}
    rows = [[names[name], of(rounds, "ms").text(1), of(rounds, "cpu").text(0)] for name, rounds in data["rounds"].items()]
    return ("From the call of the program until `/-/ready` answers 200, asked each half millisecond; on one core, the journal in the page "
            "cache.\n\n" + table(["", "ms", "CPU ms"], rows))


def targets(data, _others):
    many = of(data["rounds"]["keys"], "ms").median
    return [at_most("8", "start with an empty journal", of(data["rounds"][EMPTY], "ms").median, 50, " ms"),
            at_most("8", "start with 10,000,000 keys", many, 1000, " ms") if data["keys"] == MANY else
            not_judged("8", "start with 10,000,000 keys", "at most 1,000 ms", f"{many:.0f} ms with {data['keys']:,}, in a quick run")]
