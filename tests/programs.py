"""Programs that run beside a test: started on free loopback ports, polled with a deadline, ended by their id."""

import contextlib
import json
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

DEADLINE = 60


def free_port():
    """A loopback port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def eventually(what, answer, deadline=DEADLINE):
    """Asks again and again until the answer is true, and returns it."""
    end = time.monotonic() + deadline
    while True:
        found = answer()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"not within {deadline} s: {what}")
        time.sleep(0.1)


def get(url):
    """The body, or nothing while nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=10) as reply:
            return reply.read().decode()
    except (urllib.error.URLError, OSError):
        return ""


def post(url, body):
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as reply:
        return json.loads(reply.read() or b"{}")


@contextlib.contextmanager
def running(arguments, directory):
    """The program with its output in the directory; what it said is shown when the test fails."""
    log = directory / f"{arguments[0].rsplit('/', 1)[-1]}-{free_port()}.log"
    with log.open("w") as output, subprocess.Popen(arguments, stdout=output, stderr=output) as program:
        program.log = log
        try:
            yield program
        except BaseException:
            print(f"--- {' '.join(arguments)}\n{log.read_text()[-4000:]}", file=sys.stderr)
            raise
        finally:
            program.terminate()
            try:
                program.wait(DEADLINE)
            except subprocess.TimeoutExpired:
                program.kill()


@contextlib.contextmanager
def exporter(binary, root, directory, journal=":memory:", web_port=0, config=None):
    """The exporter with the shipped configuration or another, once it is ready; yields its web and its ingest port."""
    arguments = [binary, f"--config.file={config or root / 'config/telephony_exporter.yml'}", f"--journal.path={journal}",
                 f"--web.listen-address=127.0.0.1:{web_port}", "--ingest.listen-address=127.0.0.1:0"]
    with running(arguments, directory) as program:
        ready = eventually("the exporter is ready", lambda: re.search(
            r"msg=ready .* web=\S+:(\d+) ingest=\S+:(\d+)", program.log.read_text()))
        yield int(ready[1]), int(ready[2])
