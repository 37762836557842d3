"""The test stand of one part: where its files are, how many rounds it plays, and the programs that it starts."""

import contextlib
import os
import pathlib
import re
import resource
import shlex
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass, field

SERVER_CPU, LOAD_CPU = "0", "1"
DEADLINE = 60


class Failed(Exception):
    """A measurement that is not to be believed, and why."""


def expect(condition, why):
    if not condition:
        raise Failed(why)


def free_port():
    """A loopback port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cpu_clock(pid):
    """The clock that clock_getcpuclockid(3) names: of all threads of the process, also those that ended."""
    return (~pid << 3) | 2


def eventually(what, answer, pause=0.02, deadline=DEADLINE):
    """Asks again and again until the answer is true, and returns it."""
    end = time.monotonic() + deadline
    while not (found := answer()):
        expect(time.monotonic() < end, f"not within {deadline} s: {what}")
        time.sleep(pause)
    return found


@dataclass
class Finished:
    output: str
    seconds: float
    cpu: float  # seconds, user and system


class Program:
    """One that runs, with its children."""

    def __init__(self, process, log):
        self.process, self.log = process, log

    def said(self):
        return self.log.read_text(errors="replace")

    def ids(self):
        found, waiting = [], [self.process.pid]
        while waiting:
            pid = waiting.pop()
            found.append(pid)
            with contextlib.suppress(FileNotFoundError):
                children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text()
                waiting += map(int, children.split())
        return found

    def cpu(self):
        """Seconds of user and system time, with those of its children, to the nanosecond."""
        return sum(time.clock_gettime(cpu_clock(pid)) for pid in self.ids())

    def read_bytes(self):
        return int(re.search(r"^rchar: (\d+)", pathlib.Path(f"/proc/{self.process.pid}/io").read_text(), re.MULTILINE)[1])

    def memory(self, what="VmRSS"):
        """Resident bytes; VmHWM: the most there ever were."""
        status = [pathlib.Path(f"/proc/{pid}/status").read_text() for pid in self.ids()]
        return 1024 * sum(int(re.search(rf"^{what}:\s+(\d+)", text, re.MULTILINE)[1]) for text in status)

    def end(self):
        self.process.terminate()
        try:
            self.process.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@dataclass
class Stand:
    root: pathlib.Path
    directory: pathlib.Path  # for files of this part, on the disk of the sources
    quick: bool = False
    commands: list = field(default_factory=list)  # as they were run, for the report

    def rounds(self, full, quick=2):
        return quick if self.quick else full

    def tool(self, name):
        return str(self.root / "build/release" / name)

    def note(self, arguments):
        """Remembers a command line, without what differs from run to run."""
        text = " ".join(shlex.join(str(word) for word in arguments).split())
        text = text.replace(f"{self.directory}", "DIR").replace(f"{self.root}/", "").replace(f"{self.root}", ".")
        text = re.sub(r"(go_\w+|server\.js) \d+", r"\1 PORT", text)
        text = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", re.sub(r"\b(port|touch)=\d+", r"\1=PORT", text))
        text = re.sub(r"--pid=\d+", "--pid=PID", re.sub(r"\b(run-|run=)\d+", r"\1N", text))
        if text not in self.commands:
            self.commands.append(text)

    @contextlib.contextmanager
    def start(self, arguments, cpus=SERVER_CPU, environment=None):
        expect(shutil.which(str(arguments[0])), f"{arguments[0]} is not here")
        arguments = ["taskset", "-c", cpus, *map(str, arguments)]
        self.note(arguments)
        log = self.directory / f"log-{free_port()}"
        with log.open("w") as output:
            process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=output, stderr=output,
                                       env=os.environ | (environment or {}))
        program = Program(process, log)
        try:
            yield program
        except (Failed, OSError) as problem:
            raise Failed(f"{problem}; {arguments[3]} said: {program.said()[-500:]}") from problem
        finally:
            program.end()
            process.stdin.close()

    def run(self, arguments, cpus=LOAD_CPU, deadline=400):
        """Runs a program to its end."""
        arguments = ["taskset", "-c", cpus, *map(str, arguments)]
        self.note(arguments)
        before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        done = subprocess.run(arguments, capture_output=True, text=True, timeout=deadline, check=False, errors="replace")
        seconds, after = time.monotonic() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
        expect(done.returncode == 0, f"{' '.join(arguments)} ended with {done.returncode}: {(done.stderr or done.stdout)[-500:]}")
        return Finished(done.stdout, seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
