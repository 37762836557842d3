"""Webhooks of 1 KB, one request each: the whole way, beside servers that do the same or less."""

import contextlib
import time

from ..exporter import configure, exporter
from ..figures import interleaved, of, ratio, table
from ..load import wrk
from ..profile import of_server, told
from ..rivals.webhook import RIVALS
from ..stand import Failed, eventually, expect
from ..targets import at_least, at_most, not_judged

TITLE = "Webhooks"
OURS, NGINX, FLOOR = "telephony_exporter", "nginx `return 204`", "the floor"
LIBRARIES = [name for name in RIVALS if name not in (NGINX, FLOOR)]
CONNECTIONS = (64, 512)


def play(stand, server, connections, seconds):
    """One round of one server: its CPU per request, and what wrk saw; once its counts are verified."""
    counted, cpu = server.counted(), server.program.cpu()
    seen = wrk(stand, server.port, connections, seconds)
    cpu = server.program.cpu() - cpu

    def settled():
        before = server.counted()
        time.sleep(0.05)
        return before if server.counted() == before else None

    more = eventually("the last requests are counted", settled) - counted - seen["requests"]
    expect(0 <= more <= connections, f"{more} more counted than the {seen['requests']} that were answered")
    return seen | {"cpu": cpu / seen["requests"] * 1e6, "rate": seen["requests"] / seen["seconds"], "in_flight": more}


def contest(stand, servers, rounds, seconds):
    """By connections, by server, the rounds; servers are started anew for each number of connections."""
    played, missing = {}, {}
    for connections in CONNECTIONS:
        with contextlib.ExitStack() as stack:
            running = {}
            for name, server in servers.items():
                try:
                    running[name] = stack.enter_context(server(stand))
                    wrk(stand, running[name].port, connections, 1)
                except (Failed, OSError) as problem:
                    missing[name] = str(problem)
                    running.pop(name, None)
            plays = {name: lambda server=server: play(stand, server, connections, seconds) for name, server in running.items()}
            played[str(connections)] = interleaved(plays, rounds, missing)
    return {"seconds": seconds, "connections": played, "missing": missing}


def profiles(stand, server, missing):
    """Where the time of an exporter goes, by connections."""
    found = {}
    for connections in CONNECTIONS:
        with server(stand) as running:
            wrk(stand, running.port, connections, 1)
            found[str(connections)] = of_server(stand, running.program, lambda: wrk(stand, running.port, connections, 3), missing)
    return found


def measure(stand):
    ours = {OURS: lambda at: exporter(at, configure(at))}
    # Many short rounds: a stall of the machine decides on the p99 of its round, and not of most of them.
    data = contest(stand, ours | RIVALS, stand.rounds(21), 1)
    return data | {"profiles": profiles(stand, ours[OURS], data["missing"])}


def rows(played, base):
    for name, rounds in played.items():
        yield [name, of(rounds, "cpu").text(), of(rounds, "rate").text(1, 1e-3), of(rounds, "p50").text(0), of(rounds, "p99").text(0),
               ratio(rounds, played[base], "cpu").text() if base in played else ""]


def section(data, _others):
    text = ("A POST of 1009 bytes of JSON, a session summary with an id that was never seen, without authentication and with "
            "`--journal.path=:memory:`. Each server is alone on one core and wrk on the other. nginx throws the body away; the "
            "others read the same fields out of it and raise a counter with five labels, and the exporter remembers the id as well. "
            f"Servers take turns, {data['seconds']} s each; a figure is the median of the rounds, with the lowest and the highest. "
            "wrk can make about 150,000 requests a second, so what is faster shows in the CPU alone. The floor is epoll, a recv and a send "
            "for each request, and nothing else.\n\n")
    for connections, played in data["connections"].items():
        text += f"{connections} connections, {len(next(iter(played.values())))} rounds:\n\n"
        text += table(["", "CPU µs a request", "1,000 requests/s", "p50 µs", "p99 µs", "CPU, times nginx's"], rows(played, NGINX)) + "\n"
        text += told(data["profiles"][connections], f"{connections} connections")
    return text


def targets(data, _others):
    found = []
    for connections, played in data["connections"].items():
        ours, nginx = played.get(OURS), played.get(NGINX)
        if not ours or not nginx:
            found.append(not_judged("1", f"CPU at {connections} connections, times nginx's", "at most 1", "a server is missing"))
            continue
        for figure, what in (("cpu", "CPU"), ("p99", "p99")):
            least = ratio(played[FLOOR], nginx, figure).median if FLOOR in played else None
            found.append(at_most("1", f"{what} at {connections} connections, times nginx's", ratio(ours, nginx, figure).median, 1.0).beside(least))
        for name in LIBRARIES:
            if name in played:
                found.append(at_least("1", f"CPU of {name} at {connections} connections, times ours",
                                      ratio(played[name], ours, "cpu").median, 2.5))
    found.append(not_judged("1", "CPU of Fluent Bit, times ours", "at least 5", "not measured here: Debian 12 has no package of it"))
    return found
