"""script/bench: builds, measures part by part, and writes what was measured."""

import argparse
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import traceback

from . import build, machine, report
from .parts import retry_hints
from .stand import LOAD_CPU, Failed, Stand

ROOT = pathlib.Path(__file__).resolve().parent.parent
MEASUREMENTS = ROOT / "build/bench/measurements.json"
MOST_SECONDS = 480  # of one part; it ends as not measured


class TooLong(Exception):
    pass


def too_long(_signal, _frame):
    raise TooLong(f"it took more than {MOST_SECONDS} s")


def measured(name, quick, seeds, others):
    """One part: its data, or why there are none. Nothing that goes wrong in it ends the others, whose data it may use."""
    signal.signal(signal.SIGALRM, too_long)
    with tempfile.TemporaryDirectory(dir=ROOT / "build/bench", prefix=f"{name}-") as directory:
        stand = Stand(ROOT, pathlib.Path(directory), quick)
        signal.alarm(MOST_SECONDS)
        try:
            options = {"seeds": seeds} if name == "retry_hints" else {}
            # What is told is what was written: keys that are numbers become words.
            data = json.loads(json.dumps(report.PARTS[name].measure(stand, **options)))
            report.expect_tellable(name, data, others | {name: data})
            part = {"ok": True, "data": data}
        except Exception as problem:  # noqa: BLE001: whatever it is, it is the reason that is reported
            if not isinstance(problem, Failed | TooLong):
                traceback.print_exc()
            part = {"ok": False, "reason": str(problem) or type(problem).__name__}
        finally:
            signal.alarm(0)
    return part | {"quick": quick, "commands": stand.commands}


def write(measurements):
    (ROOT / "docs/performance.md").write_text(report.document(measurements), encoding="utf-8")
    for name, picture in report.pictures(measurements).items():
        (ROOT / "docs/images" / name).write_text(picture, encoding="utf-8")


def write_retry_hints(part):
    if part["ok"] and part["data"]["seeds"] >= 30:
        path = ROOT / "docs/retry-hints.md"
        path.write_text(retry_hints.into(path.read_text(encoding="utf-8"), part["data"]), encoding="utf-8")


def write_limits():
    build.programs(ROOT, ["instruction_guard"])
    return subprocess.run([sys.executable, "-B", ROOT / "tests/check_instructions.py", ROOT / "build/release/bench/instruction_guard",
                           ROOT, "--write"], check=False).returncode


def measured_before():
    """Parts that need not be run again; without those of another version of this program, which cannot be told."""
    try:
        parts = json.loads(MEASUREMENTS.read_text(encoding="utf-8"))["parts"]
    except (FileNotFoundError, ValueError):  # there are none, or a run was cut off while it wrote them
        parts = {}
    known = report.data_of({"parts": parts})
    for name in list(known):
        try:
            report.expect_tellable(name, known[name], known)
        except Exception:  # noqa: BLE001: whatever it is, the part is measured anew or not at all
            del parts[name], known[name]
    return parts


def measure_all(names, quick, seeds):
    os.sched_setaffinity(0, {int(LOAD_CPU)})  # what this program itself does is load
    measurements = {"machine": machine.facts(), "versions": machine.versions(ROOT), "parts": measured_before()}
    for name in names:
        begin = time.monotonic()
        part = measurements["parts"][name] = measured(name, quick, seeds, report.data_of(measurements))
        print(f"{name}: {'measured' if part['ok'] else part['reason']} ({time.monotonic() - begin:.0f} s)", file=sys.stderr)
        MEASUREMENTS.write_text(json.dumps(measurements, indent=1), encoding="utf-8")
        if name == "retry_hints":
            write_retry_hints(part)
    write(measurements)
    return measurements


def options():
    parser = argparse.ArgumentParser(prog="script/bench", description="Measures the exporter and writes docs/performance.md.")
    parser.add_argument("parts", nargs="*", metavar="NAME", help=f"a part: {', '.join(report.PARTS)}; without any, all")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument("--seeds", type=int, default=30, help="lives of a trunk in retry_hints (30)")
    parser.add_argument("--limits", action="store_true", help="write tests/instruction_limits.json anew and nothing else")
    chosen = parser.parse_args()
    unknown = [name for name in chosen.parts if name not in report.PARTS]
    if unknown:
        parser.error(f"there is no part {', '.join(unknown)}; there are {', '.join(report.PARTS)}")
    return chosen


def main():
    chosen = options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("terminated"))  # so that no server is left behind
    if os.cpu_count() < 2:
        sys.exit("script/bench needs two cores: one for the server, one for the load")
    try:
        build.checked([ROOT / "script/bootstrap", "--bench"])
        if chosen.limits:
            return write_limits()
        build.programs(ROOT)
    except Failed as problem:
        print(problem, file=sys.stderr)
        return 1
    for name, problem in build.rivals(ROOT).items():
        print(f"{name}: {problem}", file=sys.stderr)
    names = chosen.parts or list(report.PARTS)
    measurements = measure_all(names, chosen.quick, chosen.seeds)
    for target in report.all_targets(measurements):
        print(f"{target.number}. {target.what}: {target.measured} ({target.limit}): {target.verdict()}")
    problems = report.shortcomings(measurements, names)
    for problem in problems:
        print(f"not measured: {problem}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
