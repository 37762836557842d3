#!/usr/bin/env python3
"""Counts the instructions of each stage of the river by callgrind and compares them with their limits.

No clock is involved, so a busy machine changes nothing. Arguments: the program bench/river/instruction_guard.cc, the root of
the sources; then --write to make the limits anew, or --doubled to see that work that was doubled would be noticed.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

TOLERANCE = 1.10  # of what was counted when the limits were written
# simdjson chooses by processor, and valgrind does not know every processor: the choice is made here.
ENVIRONMENT = os.environ | {"SIMDJSON_FORCE_IMPLEMENTATION": "haswell"}


def counted(guard, root, times=1):
    """(unit, instructions a unit) by stage."""
    with tempfile.TemporaryDirectory() as directory:
        files = pathlib.Path(directory)
        call = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={files}/out", guard, f"{root}/config/providers", str(times)]
        done = subprocess.run(call, env=ENVIRONMENT, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(call)}\n{done.stdout}{done.stderr}")
        dumps = [path.read_text(encoding="utf-8") for path in files.glob("out.*")]
    costs = {}
    for dump in dumps:
        stage = re.search(r"^desc: Trigger: Client Request: (\w+)$", dump, re.MULTILINE)
        if stage and stage[1] != "before":
            costs[stage[1]] = int(re.search(r"^summary: (\d+)", dump, re.MULTILINE)[1])
    stages = [line.split() for line in done.stdout.splitlines()]
    if not stages or {stage for stage, _, _ in stages} != set(costs):
        raise SystemExit(f"not one count for each stage: {done.stdout} {sorted(costs)}")
    return {stage: (unit, costs[stage] / int(units)) for stage, unit, units in stages}


def problems(counts, limits):
    found = [f"{stage}: has no limit" for stage in counts if stage not in limits]
    found += [f"{stage}: has a limit and is not measured" for stage in limits if stage not in counts]
    for stage, (unit, cost) in counts.items():
        if stage in limits and cost > limits[stage]["limit"]:
            found.append(f"{stage}: {cost:.1f} instructions a {unit}, and {limits[stage]['limit']} are the limit")
    return found


def written(counts):
    limits = {stage: {"unit": unit, "counted": round(cost, 1), "limit": round(cost * TOLERANCE, 1)}
              for stage, (unit, cost) in counts.items()}
    return json.dumps(limits, indent=2) + "\n"


def main():
    guard, root, options = sys.argv[1], pathlib.Path(sys.argv[2]).resolve(), sys.argv[3:]
    path = root / "tests/instruction_limits.json"
    if "--write" in options:
        path.write_text(written(counted(guard, root)), encoding="utf-8")
        print(path.read_text(encoding="utf-8"), end="")
        return 0
    limits = json.loads(path.read_text(encoding="utf-8"))
    if "--doubled" in options:
        counts = counted(guard, root, times=2)
        missed = set(counts) - {problem.split(":")[0] for problem in problems(counts, limits)}
        for stage in sorted(missed):
            print(f"{stage}: does twice the work within its limit of {limits[stage]['limit']}; write the limits anew", file=sys.stderr)
        return 1 if missed else 0
    counts = counted(guard, root)
    for stage, (unit, cost) in counts.items():
        print(f"{stage}: {cost:.1f} instructions a {unit}")
    found = problems(counts, limits)
    for problem in found:
        print(problem, file=sys.stderr)
    if found:
        print("When it has to be so, `script/bench --limits` writes the limits anew.", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
