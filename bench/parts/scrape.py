"""Scrapes over new connections, by size of the page, beside other libraries; and what they cost the senders."""

import contextlib
import gzip
import threading
import urllib.request

from ..exporter import configure, exporter, page, samples
from ..figures import interleaved, of, ratio, summary, table
from ..load import ndjson, scrapes, wrk
from ..profile import of_server, told
from ..rivals.webhook import answers, floor
from ..stand import Failed, eventually, expect, free_port
from ..targets import at_least, at_most, not_judged

TITLE = "Scrapes"
OURS, CPP, GO, FLOOR = "telephony_exporter", "prometheus-cpp Exposer", "Go promhttp", "the floor"
WANTED_MS = {"1000": 0.15, "10000": 0.7, "100000": 6.0}
CODES = 10


def by_account(stand, server):
    """Of a page without accounts: its samples, and those that an account with all codes adds."""
    bare = samples(page(server.web))
    ndjson(stand, server.port, CODES, 10 * CODES, connections=1, accounts=10)
    return bare, (samples(page(server.web)) - bare) / 10


def grow(stand, server, accounts):
    """Events of so many accounts, with all codes; returns how many samples the page has."""
    batch = accounts if accounts <= 1000 else next(n for n in range(1000, 0, -1) if accounts * CODES % n == 0)
    ndjson(stand, server.port, batch, accounts * CODES, connections=1, accounts=accounts)
    return samples(page(server.web))


def grown(stand, server, wanted):
    """Events of so many accounts that the page has about `wanted` samples; returns how many it has."""
    bare, each = by_account(stand, server)
    return grow(stand, server, max(10, round((wanted - bare) / each)))


@contextlib.contextmanager
def prometheus_cpp(stand, series):
    port = free_port()
    with stand.start([stand.tool("bench/prometheus_cpp_exposer"), f"port={port}", f"series={series}"]) as program:
        eventually("prometheus-cpp listens", lambda: "ready" in program.said())
        yield port


@contextlib.contextmanager
def promhttp(stand, series):
    port = free_port()
    with stand.start([stand.root / "build/bench/go_scrape", port, series]):
        eventually("promhttp listens", lambda: answers(port, "/metrics"))
        yield port


def play(stand, port, times, encoding, touch=0):
    seen = scrapes(stand, port, times, encoding, touch=touch)
    middle = summary(seen["milliseconds"])
    return {"ms": middle.median, "low": middle.low, "high": middle.high, "bytes": seen["bytes"]}


def expect_whole(port, series):
    """The packed page and the plain one hold as many samples as they should, but for hints, which come and go."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/metrics", headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request) as reply:
        body = reply.read()
    packed = gzip.decompress(body).decode() if body[:2] == b"\x1f\x8b" else body.decode()
    for text in (packed, page(port)):
        expect(samples(text) >= 0.99 * series, f"the page has {samples(text)} of {series} samples")


def of_size(stand, wanted, rivals):
    """The rounds by server and encoding, for a page of one size."""
    with contextlib.ExitStack() as stack:
        ours = stack.enter_context(exporter(stand, configure(stand, accounts=200_000)))
        series = grown(stand, ours, wanted)
        servers, missing = {OURS: (ours.web, ours.port)}, {}
        for name, rival in rivals.items():
            try:
                servers[name] = (stack.enter_context(rival(stand, series)), 0)
            except (Failed, OSError) as problem:
                missing[name] = str(problem)
        for port, _ in servers.values():
            expect_whole(port, series)
        times = max(5, min(200, 1_000_000 // wanted) // (5 if stand.quick else 1))
        least = stack.enter_context(floor(stand, status=200, size=len(page(ours.web))))
        plays = {f"{FLOOR}, identity": lambda: play(stand, least.port, times, "identity")} if rivals else {}
        for name, (port, touch) in servers.items():
            few = times if touch else max(3, times // 5)
            for encoding in ("identity", "gzip"):
                plays[f"{name}, {encoding}"] = lambda port=port, touch=touch, few=few, encoding=encoding: play(
                    stand, port, few, encoding, touch)
        rounds = interleaved(plays, stand.rounds(5), missing)
        profile = of_server(stand, ours.program, lambda: play(stand, ours.web, 5 * times, "identity", ours.port), missing) if rivals else None
        return {"samples": series, "missing": missing, "rounds": rounds, "profile": profile,
                "resident": ours.program.memory(), "peak": ours.program.memory("VmHWM")}


def beside_load(stand):
    """Webhooks with and without a scrape each second."""
    seconds = 2 if stand.quick else 3

    def load(server, encoding):
        scraping = None
        if encoding:
            scraping = threading.Thread(target=scrapes, args=(stand, server.web, seconds, encoding, 1000))
            scraping.start()
        cpu = server.program.cpu()
        seen = wrk(stand, server.port, 64, seconds)
        cpu = server.program.cpu() - cpu
        if scraping:
            scraping.join()
        return {"rate": seen["requests"] / seen["seconds"], "cpu": cpu / seen["requests"] * 1e6}

    with exporter(stand, configure(stand, accounts=200_000)) as server:
        series = grown(stand, server, 10_000 if stand.quick else 100_000)
        plays = {"without scrapes": lambda: load(server, None), "scraped each second": lambda: load(server, "identity"),
                 "scraped each second, gzip": lambda: load(server, "gzip")}
        load(server, None)
        return {"samples": series, "rounds": interleaved(plays, stand.rounds(11))}


def measure(stand):
    sizes = {}
    for wanted in (1000, 10_000, 100_000):
        sizes[str(wanted)] = of_size(stand, wanted, {CPP: prometheus_cpp, GO: promhttp})
    for wanted in (30_000,) if stand.quick else (2000, 5000, 20_000, 50_000, 70_000):
        sizes[str(wanted)] = of_size(stand, wanted, {})
    missing = {name: why for size in sizes.values() for name, why in size["missing"].items()}
    return {"sizes": sizes, "load": beside_load(stand), "missing": missing}


def median(size, name):
    return summary(played["ms"] for played in size["rounds"][name])


def section(data, _others):
    text = ("One scrape after the other, each over a new connection, from connect to the last byte; before each scrape of ours an event is "
            "counted, so that no page is like the one before. Ours are pages of counters, sessions and times by account; the others "
            "hold as many counters with seven labels as our page has samples. The floor sends as many bytes that it holds ready. Milliseconds: the median of the rounds' medians, with the "
            "lowest and the highest of these.\n\n")
    for wanted in WANTED_MS:
        size = data["sizes"][wanted]
        text += f"{size['samples']:,} samples:\n\n"
        rows = [[name, median(size, name).text(3), f"{size['rounds'][name][0]['bytes']:,}"] for name in size["rounds"]]
        text += table(["", "ms", "bytes"], rows) + "\n" + told(size["profile"], f"{size['samples']:,} samples, identity")
    load = data["load"]
    text += f"Webhooks over 64 connections while a page of {load['samples']:,} samples is scraped:\n\n"
    rows = [[name, of(rounds, "rate").text(1, 1e-3), of(rounds, "cpu").text()] for name, rounds in load["rounds"].items()]
    return text + table(["", "1,000 requests/s", "CPU µs a request, scrapes included"], rows)


def targets(data, _others):
    found = []
    for wanted, limit in WANTED_MS.items():
        size = data["sizes"][wanted]
        ours, least = (median(size, f"{name}, identity").median for name in (OURS, FLOOR))
        found.append(at_most("5", f"scrape of {size['samples']:,} samples", ours, limit, " ms").beside(least))
    largest = data["sizes"]["100000"]
    if f"{CPP}, identity" in largest["rounds"]:
        times = median(largest, f"{CPP}, identity").median / median(largest, f"{OURS}, identity").median
        found.append(at_least("5", f"time of {CPP} at {largest['samples']:,} samples, times ours", times, 30))
    rounds = data["load"]["rounds"]
    for name in ("scraped each second", "scraped each second, gzip"):
        fall = 100 * (1 - ratio(rounds[name], rounds["without scrapes"], "rate").median)
        found.append(at_most("5", f"fall of requests/s when {name}", fall, 5, " %"))
    found.append(not_judged("5", "the samples of TextSerializer, byte for byte", "the same", "a test: `tests/exposition_test.cc`"))
    return found
