"""Programs that count the same log, code by code."""

import json
import re

from ..stand import SERVER_CPU, eventually, expect

AWK = r'''match($0, /Telephony - -?[0-9]+ - /) { codes[substr($0, RSTART + 12, RLENGTH - 15)]++ }
END { for (code in codes) print code, codes[code] }'''
RSYSLOG = '''
global(workDirectory="{directory}")
module(load="impstats" interval="1" format="json" resetCounters="off" log.file="{directory}/rsyslog.stats" log.syslog="off")
module(load="imfile" mode="inotify")
dyn_stats(name="codes" resettable="off" maxCardinality="1000")
input(type="imfile" File="{log}" Tag="calls" ruleset="count")
ruleset(name="count") {{
  set $.code = re_extract($msg, "Telephony - (-?[0-9]+) - ", 0, 1, "");
  if $.code != "" then set $.counted = dyn_inc("codes", $.code);
  if $.code == "none" then action(type="omfile" file="/dev/null")  # it wants one action
}}
'''


class Log:
    """A file of the generator, and what stands in it."""

    def __init__(self, stand, name, size, shapes=1):
        self.path = stand.directory / name
        said = stand.run([stand.tool("bench/call_log"), f"file={self.path}", f"bytes={size}", "seed=1", f"shapes={shapes}"])
        self.__dict__ |= json.loads(said.output)

    def expect_codes(self, found):
        """Code by code; what a catalog does not list counts together."""
        unlisted = found.pop("unlisted", 0)
        expect(all(self.codes.get(code) == count for code, count in found.items() if count), f"counts differ: {found}")
        expect(sum(found.values()) + unlisted == self.errors, f"{sum(found.values()) + unlisted} counted of {self.errors}")


def columns(text):
    return {code: int(count) for code, count in (line.split() for line in text.splitlines())}


def timed(stand, log, arguments, check, cpus=SERVER_CPU):
    """Runs one program over one log, and scales it to lines."""
    done = stand.run(arguments, cpus)
    check(done.output)
    return {"seconds": done.seconds, "ns": done.seconds / log.lines * 1e9, "cpu_ns": done.cpu / log.lines * 1e9}


def grep(stand, log):
    return timed(stand, log, ["grep", "-c", "Telephony - ", log.path],
                 lambda said: expect(int(said) == log.literals, f"grep counted {said} of {log.literals}"))


def wc(stand, log):
    return timed(stand, log, ["wc", "-l", log.path], lambda said: expect(int(said.split()[0]) == log.lines, f"wc counted {said} of {log.lines}"))


def mtail(stand, log):
    program = stand.root / "bench/rivals/calls.mtail"

    def check(said):
        found = dict(re.findall(r'^telephony_errors_total\{.*code="([^"]*)".*\} (\d+)', said, re.MULTILINE))
        log.expect_codes({code: int(count) for code, count in found.items()})

    return timed(stand, log, ["mtail", "--one_shot", "--one_shot_format=prometheus", "--progs", program, "--logs", log.path], check)


def mawk(stand, log):
    return timed(stand, log, ["mawk", AWK, log.path], lambda said: log.expect_codes(columns(said)))


def go(stand, log):
    return timed(stand, log, [stand.root / "build/bench/go_logs", log.path], lambda said: log.expect_codes(columns(said)))


def rsyslog(stand, log):
    """It tells its counts once a second, so its CPU is measured and not its time."""
    config, stats = stand.directory / "rsyslog.conf", stand.directory / "rsyslog.stats"
    for left in (stats, *stand.directory.glob("imfile-state:*")):
        left.unlink(missing_ok=True)
    config.write_text(RSYSLOG.format(directory=stand.directory, log=log.path), encoding="utf-8")

    def counts():
        expect(program.process.poll() is None, "rsyslog ended")
        told = re.findall(r'"name":\s*"codes",.*"values":\s*(\{[^}]*\})', stats.read_text() if stats.exists() else "")
        found = json.loads(told[-1]) if told else {}
        return found if sum(found.values()) >= log.errors else None

    with stand.start(["/usr/sbin/rsyslogd", "-n", "-i", stand.directory / "rsyslog.pid", "-f", config]) as program:
        log.expect_codes(eventually("rsyslog has counted", counts, pause=0.1, deadline=200))
        return {"cpu_ns": program.cpu() / log.lines * 1e9}
