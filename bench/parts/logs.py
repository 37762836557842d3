"""A call log: read to its end and followed while it grows, beside what else counts lines."""

import re
import shutil

from ..exporter import configure, exporter, page
from ..figures import interleaved, of, ratio, table
from ..profile import of_command, told
from ..rivals.logs import Log, go, grep, mawk, mtail, rsyslog, timed, wc
from ..stand import Failed, eventually, expect
from ..targets import at_least, at_most, not_judged
from .ten_patterns import catalog_with_ten_patterns

TITLE = "Call logs"
OURS, TEN, GREP, MTAIL = "telephony_exporter replay", "the same with ten line patterns", "grep -c 'Telephony - '", "mtail"
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


def follow(stand, log, config):
    """What an exporter takes for lines that are written into a file before its eyes."""
    path = stand.directory / "followed.log"
    path.touch()
    with exporter(stand, config) as server:
        cpu = server.program.cpu()
        with log.path.open("rb") as source, path.open("ab") as target:
            shutil.copyfileobj(source, target, 256 * 1024)
        eventually("all lines are counted", lambda: server.counts()["received"] >= log.lines, pause=0.2, deadline=300)
        cpu = server.program.cpu() - cpu
        log.expect_codes(by_code(page(server.web)))
    path.unlink()
    return {"cpu_ns": cpu / log.lines * 1e9}


def configurations(stand):
    """By what is measured, the path of its configuration: the log is a file source, which replay reads as well."""
    made, ten = {}, catalog_with_ten_patterns(stand)
    for name, path, catalog in ((OURS, "one", "synthflow"), (TEN, "ten", ten), ("follow", "followed", "synthflow")):
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
        "wc -l": lambda: wc(stand, whole),
        "mawk": lambda: mawk(stand, whole),
        "Go scanner + regexp + client_golang": lambda: go(stand, whole),
        MTAIL: lambda: mtail(stand, tenth),
        "rsyslog imfile + dyn_stats": lambda: rsyslog(stand, tenth),
        "replay of a tenth": lambda: replay(stand, tenth, config[OURS]),
        "a tenth, followed": lambda: follow(stand, tenth, config["follow"]),
    }
    missing = {}
    for name in list(plays):
        try:
            plays[name]()  # files come into the page cache
        except (Failed, OSError) as problem:
            missing[name] = str(problem)
            del plays[name]
    tools = interleaved(plays, stand.rounds(5), missing)
    profiles = {name: of_command(stand, replay_call(stand, config[name], log), missing) for name, log in ((OURS, whole), (TEN, ten))}
    return {"bytes": whole.bytes, "lines": whole.lines, "errors": whole.errors, "missing": missing, "tools": tools, "profiles": profiles}


def section(data, _others):
    tools = data["tools"]
    text = (f"{data['bytes']:,} bytes in {data['lines']:,} lines, three in ten with one of 40 codes, one in a hundred with words that look "
            "like it; from the page cache, on one core. Counts are compared with the generator's, code by code. mtail, rsyslog "
            "and the followed file have a tenth of it, so that a round does not take minutes; their figures are by line. With ten patterns, errors are "
            "written in ten notations. `wc -l` reads the file and looks for line ends alone.\n\n")
    rows = []
    for name, rounds in tools.items():
        wall = "ns" in rounds[0]
        against = ratio(rounds, tools[GREP], "ns").text() if wall and GREP in tools else ""
        rows.append([f"`{name}`" if name in (GREP, "wc -l") else name, of(rounds, "ns").text(1) if wall else "", of(rounds, "cpu_ns").text(1), against])
    text += table(["", "ns a line", "CPU ns a line", "time, times grep's"], rows) + "\n"
    return text + "".join(told(profile, name) for name, profile in data["profiles"].items())


def targets(data, _others):
    tools, found = data["tools"], []
    least = ratio(tools["wc -l"], tools[GREP], "ns").median if "wc -l" in tools and GREP in tools else None
    if OURS in tools and GREP in tools:
        found.append(at_most("4", "replay, times the time of grep -c", ratio(tools[OURS], tools[GREP], "ns").median, 1.0).beside(least))
    if TEN in tools and GREP in tools:
        found.append(at_most("4", "ten patterns, times the time of grep -c", ratio(tools[TEN], tools[GREP], "ns").median, 1.5).beside(least))
    if OURS in tools and MTAIL in tools:
        found.append(at_least("4", "time of mtail, times ours", ratio(tools[MTAIL], tools[OURS], "ns").median, 40))
    if "a tenth, followed" in tools and "replay of a tenth" in tools:
        share = ratio(tools["a tenth, followed"], tools["replay of a tenth"], "cpu_ns").median
        found.append(at_most("4", "CPU of a line that is followed, times that of replay", share, 1.0))
    return [*found, not_judged("4", "time of Fluent Bit on two cores, times ours", "at least 13",
                               "not measured here: Debian 12 has no package of it")]
