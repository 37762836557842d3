"""A call log: read to its end and followed while it grows, beside what else counts lines."""

import contextlib
import re
import shutil

from ..exporter import configure, exporter, page
from ..figures import interleaved, of, ratio, table
from ..profile import of_command, of_server, told
from ..rivals.logs import Log, go, grep, mawk, mtail, rsyslog, timed, wc
from ..stand import Failed, eventually, expect
from ..targets import at_least, at_most, not_judged
from .ten_patterns import catalog_with_ten_patterns

TITLE = "Call logs"
OURS, TEN, GREP, MTAIL = "telephony_exporter replay", "the same with ten line patterns", "grep -c 'Telephony - '", "mtail"
FOLLOWED, TAIL, COUNTED = "telephony_exporter, a file that grows", "`tail -F` of a file that grows", "`wc -l`"
FILE_SOURCE = "  - {{name: call-log, provider: synthflow, product: voice, file: {{paths: ['{path}']}}}}"


def by_code(text):
    """Of a page of metrics; `unlisted` together."""
    found = {}
    for labels, value in re.findall(r"^telephony_errors_total\{(.*)\} (\S+)$", text, re.MULTILINE):
        code = re.search(r'code="([^"]*)"', labels)[1]
        found[code] = found.get(code, 0) + int(float(value))
    return found


def replay_call(stand, config, log):
    return [stand.tool("telephony_exporter"), "replay", f"--config.file={config}", "--log.level=error", "--source", "call-log", log.path]


def replay(stand, log, config):
    def check(said):
        received = re.search(r'^telephony_exporter_events_received_total\{source="call-log"\} (\S+)$', said, re.MULTILINE)[1]
        expect(int(float(received)) == log.lines, f"{received} of {log.lines} lines received")
        log.expect_codes(by_code(said))

    return timed(stand, log, replay_call(stand, config, log), check)


def grow(log, path):
    with log.path.open("rb") as source, path.open("ab") as target:
        shutil.copyfileobj(source, target, 256 * 1024)


@contextlib.contextmanager
def empty_file(stand):
    path = stand.directory / "followed.log"
    path.touch()
    yield path
    path.unlink()


@contextlib.contextmanager
def following(stand, log, config):
    """An exporter, and what makes the file grow before its eyes until it has counted all of it."""
    with empty_file(stand) as path, exporter(stand, config) as server:
        def write():
            grow(log, path)
            eventually("all lines are counted", lambda: server.counts()["received"] >= log.lines, pause=0.2, deadline=300)
            log.expect_codes(by_code(page(server.web)))

        yield server, write


def follow(stand, log, config):
    with following(stand, log, config) as (server, write):
        cpu = server.program.cpu()
        write()
        return {"cpu_ns": (server.program.cpu() - cpu) / log.lines * 1e9}


def tail(stand, log):
    """What reads a file that grows and throws it away."""
    with empty_file(stand) as path, stand.start(["sh", "-c", f"exec tail -n +1 -F {path} > /dev/null"]) as program:
        before, cpu = program.read_bytes(), program.cpu()
        grow(log, path)
        eventually("tail has read all", lambda: program.read_bytes() - before >= log.bytes, pause=0.2, deadline=300)
        return {"cpu_ns": (program.cpu() - cpu) / log.lines * 1e9}


def profiles(stand, whole, ten, config, missing):
    found = {name: of_command(stand, replay_call(stand, config[name], log), missing) for name, log in ((OURS, whole), (TEN, ten))}
    with following(stand, whole, config[FOLLOWED]) as (server, write):
        return found | {FOLLOWED: of_server(stand, server.program, write, missing)}


def configurations(stand):
    """By what is measured, the path of its configuration: the log is a file source, which replay reads as well."""
    made, ten = {}, catalog_with_ten_patterns(stand)
    for name, path, catalog in ((OURS, "one", "synthflow"), (TEN, "ten", ten), (FOLLOWED, "followed", "synthflow")):
        written = configure(stand, FILE_SOURCE.format(path=stand.directory / f"{path}.log"), catalogs=(catalog,))
        made[name] = written.rename(stand.directory / f"{path}.yml")
    return made


def measure(stand):
    size = 100_000_000 if stand.quick else 1_000_000_000
    whole, ten = Log(stand, "call.log", size), Log(stand, "call-ten.log", size, shapes=10)
    tenth = Log(stand, "call-tenth.log", size // 10)
    config = configurations(stand)
    plays = {
        OURS: lambda: replay(stand, whole, config[OURS]),
        TEN: lambda: replay(stand, ten, config[TEN]),
        GREP: lambda: grep(stand, whole),
        COUNTED: lambda: wc(stand, whole),
        "mawk": lambda: mawk(stand, whole),
        "Go scanner + regexp + client_golang": lambda: go(stand, whole),
        MTAIL: lambda: mtail(stand, tenth),
        "rsyslog imfile + dyn_stats": lambda: rsyslog(stand, tenth),
        FOLLOWED: lambda: follow(stand, whole, config[FOLLOWED]),
        TAIL: lambda: tail(stand, whole),
    }
    missing = {}
    for name in list(plays):
        try:
            plays[name]()  # files come into the page cache
        except (Failed, OSError) as problem:
            missing[name] = str(problem)
            del plays[name]
    tools = interleaved(plays, stand.rounds(11), missing)
    return {"bytes": whole.bytes, "lines": whole.lines, "errors": whole.errors, "missing": missing, "tools": tools,
            "profiles": profiles(stand, whole, ten, config, missing)}


def at_best(tools):
    """How far a file that grows is from replay, and from the floor; nothing where one of them is missing."""
    if not {FOLLOWED, OURS, TAIL} <= tools.keys():
        return ""
    followed, replayed, least = (of(tools[name], "cpu_ns").low for name in (FOLLOWED, OURS, TAIL))
    return (f"At best a line of a file that grows takes {followed:.1f} ns, and one of replay {replayed:.1f}, its start included; "
            f"{least:.1f} are needed to follow the file and look at nothing.\n\n")


def section(data, _others):
    tools = data["tools"]
    text = (f"{data['bytes']:,} bytes in {data['lines']:,} lines, three in ten with one of 40 codes, one in a hundred with words that look "
            "like it; from the page cache, on one core. Counts are compared with the generator's, code by code. mtail and rsyslog "
            "have a tenth of it, so that a round does not take minutes; their figures are by line. With ten patterns, errors are "
            "written in ten notations. A file that grows is written by a program on the other core, 256 KiB at a time, and scraped each 0.2 s. The "
            "target compares its fastest round with replay's, as what else the machine does only adds to their CPU. "
            "The floors look at less: `wc -l` for line ends, `tail -F` for nothing.\n\n")
    rows = []
    for name, rounds in tools.items():
        wall = "ns" in rounds[0]
        against = ratio(rounds, tools[GREP], "ns").text() if wall and GREP in tools else ""
        rows.append([f"`{name}`" if name == GREP else name, of(rounds, "ns").text(1) if wall else "", of(rounds, "cpu_ns").text(1), against])
    text += table(["", "ns a line", "CPU ns a line", "time, times grep's"], rows) + "\n"
    return text + at_best(tools) + "".join(told(profile, name) for name, profile in data["profiles"].items())


def targets(data, _others):
    tools, found = data["tools"], []
    least = ratio(tools[COUNTED], tools[GREP], "ns").median if COUNTED in tools and GREP in tools else None
    if OURS in tools and GREP in tools:
        found.append(at_most("4", "replay, times the time of grep -c", ratio(tools[OURS], tools[GREP], "ns").median, 1.0).beside(least))
    if TEN in tools and GREP in tools:
        found.append(at_most("4", "ten patterns, times the time of grep -c", ratio(tools[TEN], tools[GREP], "ns").median, 1.5).beside(least))
    if OURS in tools and MTAIL in tools:
        found.append(at_least("4", "time of mtail, times ours", ratio(tools[MTAIL], tools[OURS], "ns").median, 40))
    if FOLLOWED in tools and OURS in tools:
        followed, replayed = (of(tools[name], "cpu_ns").low for name in (FOLLOWED, OURS))
        least = of(tools[TAIL], "cpu_ns").low / replayed if TAIL in tools else None
        found.append(at_most("4", "CPU of a line of a file that grows, times that of replay", followed / replayed, 1.0).beside(least))
    return [*found, not_judged("4", "time of Fluent Bit on two cores, times ours", "at least 13",
                               "not measured here: Debian 12 has no package of it")]
