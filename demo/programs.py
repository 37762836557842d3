"""Starts the programs of the demo on free ports, and ends them."""

import ctypes
import http.client
import json
import signal
import socket
import subprocess
import time


class ProgramFailed(Exception):
    """A program did not start."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def request(port, method, path, body=None, content_type=None):
    """The status and the body of one reply."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body, {"Content-Type": content_type} if content_type else {})
        reply = connection.getresponse()
        return reply.status, reply.read().decode()
    finally:
        connection.close()


def query(port, expression, **when):
    """The result of an instant query, as Prometheus gives it."""
    body = "&".join([f"query={_quoted(expression)}"] + [f"{key}={value}" for key, value in when.items()])
    status, text = request(port, "POST", "/api/v1/query", body, "application/x-www-form-urlencoded")
    if status != 200:
        raise ValueError(f"{expression}: {text}")
    return json.loads(text)["data"]["result"]


def _quoted(text):
    return "".join(f"%{byte:02X}" for byte in text.encode())


def _die_with_parent():
    """The kernel ends the program when the demo is gone, whatever ended that."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


class Program:
    """One running program; Ctrl-C in the terminal does not reach it, only stop() does."""

    def __init__(self, name, command, log):
        self.name, self.command, self.log = name, [str(word) for word in command], log
        self.process = None

    def start(self, port, path, seconds=60):
        """Returns when http://127.0.0.1:port/path answers 200."""
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            start_new_session=True, preexec_fn=_die_with_parent)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                if request(port, "GET", path)[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.05)
        self.stop()
        raise ProgramFailed(f"{self.name} did not start: {self.log.read_text(errors='replace')[-2000:]}")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()


class Stage:
    """Exporter, Prometheus and Alertmanager, wired together, with everything they write in one directory."""

    def __init__(self, root, exporter, directory):
        self.root, self.exporter, self.directory = root, exporter, directory
        self.ports = {}
        self.programs = {}

    def start(self, receiver_port, inhibit_rules):
        """Starts them in the order in which they need each other."""
        for name in ("web", "ingest", "alertmanager", "prometheus"):
            self.ports[name] = free_port()
        self._write("alertmanager.yml", self._alertmanager(receiver_port, inhibit_rules))
        self._write("prometheus.yml", self._prometheus())
        here, at = self.directory, lambda name: f"127.0.0.1:{self.ports[name]}"
        self._start("alertmanager", "/-/ready", "prometheus-alertmanager", f"--config.file={here}/alertmanager.yml",
                    f"--storage.path={here}/alertmanager", f"--web.listen-address={at('alertmanager')}",
                    "--cluster.listen-address=", "--log.level=warn")
        self._start("web", "/-/ready", self.exporter, f"--config.file={self.root}/config/telephony_exporter.yml",
                    f"--journal.path={here}/journal.db", f"--web.listen-address={at('web')}",
                    f"--ingest.listen-address={at('ingest')}")
        self._start("prometheus", "/-/ready", "prometheus", f"--config.file={here}/prometheus.yml",
                    f"--storage.tsdb.path={here}/prometheus", f"--web.listen-address={at('prometheus')}", "--log.level=warn")

    def restart_exporter(self):
        self.programs["web"].kill()
        self.programs["web"].start(self.ports["web"], "/-/ready")

    def stop(self):
        for program in reversed(self.programs.values()):
            program.stop()

    def _start(self, name, path, *command):
        self.programs[name] = Program(command[0], command, self.directory / f"{name}.log")
        self.programs[name].start(self.ports[name], path)

    def _write(self, name, content):
        (self.directory / name).write_text(json.dumps(content, indent=2), encoding="utf-8")  # JSON is YAML

    def _alertmanager(self, receiver_port, inhibit_rules):
        return {
            "route": {"receiver": "terminal", "group_by": ["alertname", "provider", "product"],
                      "group_wait": "1s", "group_interval": "5s", "repeat_interval": "4h"},
            "receivers": [{"name": "terminal", "webhook_configs": [{"url": f"http://127.0.0.1:{receiver_port}/"}]}],
            "inhibit_rules": inhibit_rules,
        }

    def _prometheus(self):
        return {
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
            "rule_files": [f"{self.root}/config/prometheus/*.rules.yml", f"{self.root}/config/prometheus/*.alerts.yml"],
            "alerting": {"alertmanagers": [{"static_configs": [{"targets": [f"127.0.0.1:{self.ports['alertmanager']}"]}]}]},
            "scrape_configs": [{"job_name": "telephony", "static_configs": [{"targets": [f"127.0.0.1:{self.ports['web']}"]}]}],
        }
