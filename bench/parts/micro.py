"""The stages of the river alone: nanoseconds by Google Benchmark, instructions by callgrind."""

import json

from ..figures import Summary, table
from ..stand import SERVER_CPU, expect

TITLE = "The stages alone"


def measure(stand):
    repetitions = stand.rounds(7, 3)
    said = stand.run([stand.tool("bench/microbench"), stand.root / "config/providers", f"--benchmark_repetitions={repetitions}",
                      "--benchmark_min_time=0.05", "--benchmark_format=json"], SERVER_CPU).output
    rounds = {}
    for run in json.loads(said[said.index("{"):])["benchmarks"]:
        if run["run_type"] == "iteration":
            played = {"ns": 1e9 / run["items_per_second"], "unit": run["label"]}
            rounds.setdefault(run["name"], []).append(played)
    expect(rounds, "no benchmark ran")
    limits = json.loads((stand.root / "tests/instruction_limits.json").read_text(encoding="utf-8"))
    return {"stages": rounds, "instructions": {stage: limit["counted"] for stage, limit in limits.items()}}


def section(data, _others):
    rows = []
    for stage, rounds in data["stages"].items():
        times = sorted(played["ns"] for played in rounds)
        middle = Summary(times[len(times) // 2], times[0], times[-1])
        rows.append([f"{stage}, {rounds[0]['unit']}", middle.text(1), f"{data['instructions'].get(stage, 0):,.0f}"])
    return ("One stage over fixed inputs, in memory, on one core; times are CPU times. The instructions are what "
            "`tests/instruction_limits.json` was written with; a test fails when a tenth is added to them, so it is not noise that "
            "decides.\n\n" + table(["", "ns", "instructions"], rows))


def targets(_data, _others):
    return []
