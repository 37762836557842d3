"""A day of telephony, compressed into minutes: see script/demo --help."""

import argparse
import contextlib
import http.client
import pathlib
import signal
import sys
import tempfile
import time

import yaml

from day import CHAPTERS, RELOAD, RESTART, Day
from programs import ProgramFailed, Stage, query, request
from terminal import Receiver, Terminal

ROOT = pathlib.Path(__file__).resolve().parent.parent
STEP_SECONDS = 0.2
# A slow machine plays fewer deliveries rather than a longer day.
MOST_A_STEP = 60


def arguments():
    parser = argparse.ArgumentParser(prog="script/demo", description=(
        "Starts the exporter, Prometheus and Alertmanager on free ports of this machine, plays a day of calls and messages "
        "in which much goes wrong, and shows the alerts as they arrive. Ctrl-C ends it and leaves nothing behind."))
    parser.add_argument("--minutes", type=float, default=5, help="how long the day takes (default 5)")
    parser.add_argument("--fast", action="store_true", help="a day of 40 seconds")
    parser.add_argument("--once", action="store_true", help="end when the day is over, instead of going on until Ctrl-C")
    parser.add_argument("--exporter", metavar="PATH", help="use this binary instead of building one")
    given = parser.parse_args()
    given.seconds = 40 if given.fast else given.minutes * 60
    if given.seconds <= 0:
        parser.error("--minutes must be more than 0")
    return given


def inhibit_rules():
    """Those of the shipped example, so that the terminal is as quiet as a pager would be."""
    example = ROOT / "config/alertmanager/alertmanager.example.yml"
    return (yaml.safe_load(example.read_text(encoding="utf-8")) or {}).get("inhibit_rules", []) if example.exists() else []


class Player:
    """Posts the deliveries of the day, as patiently as a provider does."""

    def __init__(self, stage, terminal):
        self.stage, self.terminal = stage, terminal
        self.connection = None
        self.posted = 0

    def post(self, delivery, seconds=60):
        deadline = time.monotonic() + seconds
        while True:
            try:
                status = self._post_once(delivery)
                if status != 503:
                    self.posted += 1
                    return
            except (OSError, http.client.HTTPException):
                self.connection = None
            if time.monotonic() > deadline:
                raise ProgramFailed("the exporter takes no deliveries any more")
            time.sleep(0.1)

    def _post_once(self, delivery):
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.stage.ports["ingest"], timeout=30)
        self.connection.request("POST", delivery.path, delivery.body, {"Content-Type": delivery.content_type})
        reply = self.connection.getresponse()
        reply.read()
        return reply.status

    def play(self, day, hour_of, until):
        """Plays until the hour, or for ever."""
        before, open_chapters = time.monotonic(), list(CHAPTERS)
        while until is None or hour_of() < until:
            hour, now = hour_of(), time.monotonic()
            while until and open_chapters and open_chapters[0].begins <= hour:
                self._begin(open_chapters.pop(0), day)
            for delivery in day.deliveries(hour, min(now - before, 2))[:MOST_A_STEP]:
                self.post(delivery)
            before = now
            self._show(hour)
            time.sleep(max(0.0, STEP_SECONDS - (time.monotonic() - now)))

    def _begin(self, chapter, day):
        self.terminal.say(self.terminal.colour(f"{clock(chapter.begins)}  {chapter.title}", 1))
        self.terminal.say(f"       {chapter.look}")
        for delivery in day.opening(chapter):
            self.post(delivery)
        if chapter is RELOAD:
            request(self.stage.ports["web"], "POST", "/-/reload")
        if chapter is RESTART:
            self.stage.restart_exporter()

    def _show(self, hour):
        bar = "#" * int(hour) + "." * (24 - int(hour))
        self.terminal.show(f"{clock(hour)}  [{bar}]  {self.posted} deliveries")


def clock(hour):
    return f"{int(hour) % 24:02d}:{int(hour % 1 * 60):02d}"


def welcome(stage, terminal):
    at = {name: f"http://127.0.0.1:{port}" for name, port in stage.ports.items()}
    for line in (
            f"Prometheus    {at['prometheus']}  (try: sum by (provider, reason) (rate(telephony_errors_total[1m])) > 0)",
            f"Alertmanager  {at['alertmanager']}",
            f"Exporter      {at['web']}  (metrics, and what each code means)",
            f"Webhooks      {at['ingest']}",
            f"Grafana       import dashboards/*.json, with a Prometheus data source at {at['prometheus']}",
            "", "Ctrl-C ends the demo.", ""):
        terminal.say(line)


def farewell(stage, terminal, posted):
    terminal.say(f"The day is over: {posted} deliveries. What went wrong, without normal endings:")
    worst = query(stage.ports["prometheus"],
                  'topk(8, sum by (provider, product, code, reason) (telephony_errors_total{severity!="info"})) > 0')
    for row in sorted(worst, key=lambda row: -float(row["value"][1])):
        labels = row["metric"]
        terminal.say(f"  {row['value'][1]:>6}  {labels['provider']} {labels['product']} {labels['code']} {labels['reason']}")


def run(given, terminal):
    with tempfile.TemporaryDirectory(prefix="telephony-demo-") as directory:
        receiver, stage = Receiver(terminal), None
        try:
            stage = Stage(ROOT, given.exporter or ROOT / "build/release/telephony_exporter", pathlib.Path(directory))
            stage.start(receiver.port, inhibit_rules())
            welcome(stage, terminal)
            player, day, begin = Player(stage, terminal), Day(), time.monotonic()
            hour_of = lambda: 24 * (time.monotonic() - begin) / given.seconds
            player.play(day, hour_of, 24)
            farewell(stage, terminal, player.posted)
            if not given.once:
                terminal.say("The night goes on until Ctrl-C.")
                player.play(day, lambda: 3.0, None)
        finally:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)  # what follows is short and must be whole
            with contextlib.suppress(OSError):  # the terminal may be gone
                terminal.clear()
                terminal.say("Cleaning up.")
            if stage:
                stage.stop()
            receiver.stop()


def interrupt(*_):
    raise KeyboardInterrupt


def main():
    given, terminal = arguments(), Terminal()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    try:
        run(given, terminal)
    except KeyboardInterrupt:
        return 0
    except (ProgramFailed, OSError) as failure:
        print(f"script/demo: {failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
