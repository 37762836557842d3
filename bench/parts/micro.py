"""The stages of the river alone: nanoseconds by Google Benchmark, instructions by callgrind."""

import json

from ..figures import of, table
from ..profile import profiled
from ..stand import SERVER_CPU, expect

TITLE = "The stages alone"


def measure(stand):
    repetitions = stand.rounds(7, 3)
    said = stand.run([stand.tool("bench/microbench"), stand.root / "config/providers", f"--benchmark_repetitions={repetitions}",
                      "--benchmark_min_time=0.05", "--benchmark_format=json"], SERVER_CPU).output
    rounds = {}
    for run in json.loads(said[said.index("{"):])["benchmarks"]:
        if run["run_type"] == "iteration":
            rounds.setdefault(run["name"], []).append({"ns": 1e9 / run["items_per_second"]})
    expect(rounds, "no benchmark ran")
    return {"stages": rounds, "profile": profiled(stand)}


def section(data, _others):
    rows, most = [], []
    for stage, rounds in data["stages"].items():
        profile = data["profile"][stage]
        rows.append([f"{stage}, {profile['unit']}", of(rounds, "ns").text(1), f"{profile['each']:,.0f}"])
        functions = ", ".join(f"`{name}` {100 * cost / profile['each']:.0f} %" for name, cost in profile["functions"])
        most.append(f"- {stage}: {functions}")
    return ("One stage over fixed inputs, in memory, on one core; times are CPU times. The instructions are counted by callgrind with "
            "simdjson's code for AVX2, whatever the processor; a test fails when a tenth is added to them, so it is not noise that "
            "decides.\n\n" + table(["", "ns", "instructions"], rows) +
            "\nThe functions that take most of the instructions, without those that they call:\n\n" + "\n".join(most))


def targets(_data, _others):
    return []
