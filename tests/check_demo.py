#!/usr/bin/env python3
"""Plays the demo's short day, and asks its Prometheus every query of every dashboard: each must return data.

Also that the demo says where to look, that an alert reaches the terminal, and that it leaves nothing behind.
"""

import json
import os
import pathlib
import queue
import re
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request

DAY_SECONDS = 40
DEADLINE_SECONDS = 240
# Queries that may return nothing, and why. There are none.
EMPTY = {}
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Demo:
    """The running demo, with the lines that it has printed."""

    def __init__(self, root, exporter, home):
        environment = {**os.environ, "TMPDIR": home}
        command = [root / "script/demo", "--fast", "--exporter", exporter]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                        text=True, env=environment)
        self.arriving, self.lines = queue.Queue(), []
        threading.Thread(target=self._read, daemon=True).start()
        self.deadline = time.monotonic() + DEADLINE_SECONDS

    def _read(self):
        for line in self.process.stdout:
            self.arriving.put(line)
        self.arriving.put(None)

    def until(self, pattern):
        """Waits for a line, and returns what the pattern found in it."""
        for line in self.lines:
            if found := re.search(pattern, line):
                return found
        while True:
            try:
                line = self.arriving.get(timeout=max(0.0, self.deadline - time.monotonic()))
            except queue.Empty:
                line = None
            if line is None:
                raise AssertionError(f"the demo did not say '{pattern}':\n{''.join(self.lines)}")
            self.lines.append(line)
            if found := re.search(pattern, line):
                return found

    def stop(self, number):
        self.process.send_signal(number)
        return self.process.wait(60)


def children(of):
    """The programs that a process runs."""
    return [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if parent(pid) == of]


def parent(pid):
    try:
        return int(pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])
    except (OSError, ProcessLookupError):
        return None


def ask(address, path, **parameters):
    data = urllib.parse.urlencode(parameters).encode() if parameters else None
    with DIRECT.open(address + path, data, timeout=60) as reply:
        return json.load(reply)


def filled_in(expression, window):
    for name, value in (("$__rate_interval", "10s"), ("$__range", f"{window}s")):
        expression = expression.replace(name, value)
    return re.sub(r"\$\{?\w+\}?", ".+", expression)


def returns_data(prometheus, target, end):
    expression = filled_in(target["expr"], DAY_SECONDS)
    if target.get("instant"):
        found = ask(prometheus, "/api/v1/query", query=expression, time=end)
    else:
        found = ask(prometheus, "/api/v1/query_range", query=expression, start=end - 2 * DAY_SECONDS, end=end, step=1)
    numbers = [point[1] for series in found["data"]["result"] for point in series.get("values") or [series["value"]]]
    return any(number not in ("NaN", "+Inf", "-Inf") for number in numbers)


def silent_queries(root, prometheus, end):
    """Panels and annotations that show nothing."""
    for path in sorted(root.glob("dashboards/*.json")):
        board = json.loads(path.read_text(encoding="utf-8"))
        asked = [(panel["title"], target) for panel in board["panels"] for target in panel.get("targets", [])]
        asked += [(line["name"], line) for line in board["annotations"]["list"]]
        for title, target in asked:
            if not returns_data(prometheus, target, end) and (path.stem, title) not in EMPTY:
                yield f"{path.name}: '{title}' shows nothing: {target['expr']}"


def empty_choices(root, prometheus):
    """Variables of which nothing can be chosen."""
    board = json.loads((root / "dashboards/telephony-overview.json").read_text(encoding="utf-8"))
    for variable in board["templating"]["list"]:
        if variable["type"] == "query":
            selector, label = re.fullmatch(r"label_values\((.*), (\w+)\)", variable["query"]["query"]).groups()
            chosen = urllib.parse.urlencode({"match[]": filled_in(selector, DAY_SECONDS)})
            values = ask(prometheus, f"/api/v1/label/{label}/values?{chosen}")
            if not values["data"]:
                yield f"variable {variable['name']} has no values"


def alerts_arrive(demo, alertmanager):
    """An alert like those of the shipped rules, sent to the demo's Alertmanager, must come out in the terminal."""
    alert = [{"labels": {"alertname": "TelephonyDemoTest", "severity": "critical", "provider": "8x8"},
              "annotations": {"summary": "Only a test", "remedy": "Do this."}}]
    json_type = {"Content-Type": "application/json"}
    request = urllib.request.Request(alertmanager + "/api/v2/alerts", json.dumps(alert).encode(), json_type)
    with DIRECT.open(request, timeout=60) as reply:
        assert reply.status == 200
    demo.until(r"^ALERT +TelephonyDemoTest  \[critical\]")
    demo.until(r"What to do +Do this\.")


def trunk_alert_arrives(demo):
    """The short day may be over before the warning is due: then the critical alert has muted it."""
    demo.until(r"^ALERT +TelephonyTrunkCapacity(Exceeded|Sustained)")
    demo.until(r"What to do +Slow down or queue new calls")


def check(root, demo):
    prometheus = demo.until(r"^Prometheus +(http://[\d.:]+)")[1]
    alertmanager = demo.until(r"^Alertmanager +(http://[\d.:]+)")[1]
    alerts_arrive(demo, alertmanager)
    demo.until(r"^The day is over: \d+ deliveries")
    demo.until(r"8x8 number_masking -2010 trunk_capacity_exceeded")
    demo.until(r"^The night goes on")
    trunk_alert_arrives(demo)
    problems = [*silent_queries(root, prometheus, time.time()), *empty_choices(root, prometheus)]
    received = ask(prometheus, "/api/v1/query", query="sum(telephony_exporter_events_received_total)")
    if not received["data"]["result"]:
        problems.append("nothing was received")
    return problems


def plays_a_day(root, exporter, home):
    demo = Demo(root, exporter, home)
    programs = []
    try:
        problems = check(root, demo)
        programs = children(demo.process.pid)
        if len(programs) != 3:
            problems.append(f"the demo runs {len(programs)} programs instead of three")
    finally:
        code = demo.stop(signal.SIGINT)
    problems += [f"process {pid} is left behind" for pid in programs if pathlib.Path(f"/proc/{pid}").exists()]
    if code != 0:
        problems.append(f"the demo ended with {code}")
    return problems


def ends_when_told(root, exporter, home):
    """SIGTERM in the middle of the day."""
    demo = Demo(root, exporter, home)
    try:
        demo.until("^00:00")
        programs = children(demo.process.pid)
    finally:
        code = demo.stop(signal.SIGTERM)
    left = [pid for pid in programs if pathlib.Path(f"/proc/{pid}").exists()]
    return [f"SIGTERM: the demo ended with {code} and left {left}"] if code != 0 or left else []


def ends_when_nobody_reads(root, exporter, home):
    """SIGHUP from a terminal that is gone: what it still says cannot be written."""
    reading, writing = os.pipe()
    process = subprocess.Popen([root / "script/demo", "--fast", "--exporter", exporter], stdin=subprocess.DEVNULL,
                               stdout=writing, stderr=subprocess.DEVNULL, env={**os.environ, "TMPDIR": home})
    os.close(writing)
    said, deadline = b"", time.monotonic() + DEADLINE_SECONDS
    while b"00:00" not in said and time.monotonic() < deadline and select.select([reading], [], [], 60)[0]:
        said += os.read(reading, 4096) or b"00:00"
    programs = children(process.pid)
    os.close(reading)
    process.send_signal(signal.SIGHUP)
    process.wait(60)
    left = [pid for pid in programs if pathlib.Path(f"/proc/{pid}").exists()]
    return [f"SIGHUP: the demo had {programs} and left {left}"] if len(programs) != 3 or left else []


def ends_after_a_failure(root, home):
    """An exporter that does not start."""
    demo = Demo(root, "/bin/false", home)
    demo.until(r"^script/demo: .* did not start")
    code = demo.process.wait(60)
    return [] if code == 1 else [f"the demo without an exporter ended with {code}"]


def main():
    root, exporter = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    with tempfile.TemporaryDirectory() as home:
        problems = ends_after_a_failure(root, home)
        for way in (ends_when_told, ends_when_nobody_reads, plays_a_day):
            problems += way(root, exporter, home)
        problems += [f"{name} is left behind" for name in os.listdir(home)]
    print(*problems, sep="\n", end="\n" if problems else "", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
