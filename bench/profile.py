"""Where the instructions of each stage go, by function, as callgrind counts them: no clock, so no noise."""

import re

from .stand import expect

LINE = re.compile(r"^\s*([\d,]+) \([\s\d.]+%\)\s+\S*?:(.*) \[", re.MULTILINE)
SHOWN = 5


def short(function):
    """Its name without arguments and templates."""
    name, before = re.sub(r"'\d+$|\(anonymous namespace\)", "", function), None
    while name != before:
        before, name = name, re.sub(r"<[^<>]*>|\([^()]*\)", "", name)
    return name.replace("::::", "::").split(" const")[0].replace("telephony::", "").strip()[-70:] or function[:70]


def costliest(annotated):
    """[(function, instructions)] of those that do work; each in one file, so that copies add up."""
    total = int(re.search(r"^([\d,]+) .*PROGRAM TOTALS", annotated, re.MULTILINE)[1].replace(",", ""))
    costs = {}
    for count, function in LINE.findall(annotated):
        cost = int(count.replace(",", ""))
        if cost < total:  # what has all of it only calls the others
            costs[short(function)] = costs.get(short(function), 0) + cost
    return total, sorted(costs.items(), key=lambda one: -one[1])[:SHOWN]


def profiled(stand):
    """By stage: its unit, the instructions of one, and the functions that take most of them."""
    guard, out = stand.tool("bench/instruction_guard"), stand.directory / "callgrind"
    said = stand.run(["env", "SIMDJSON_FORCE_IMPLEMENTATION=haswell", "valgrind", "--tool=callgrind",
                      f"--callgrind-out-file={out}", guard, stand.root / "config/providers"]).output
    found = {}
    for dump in stand.directory.glob("callgrind.*"):
        stage = re.search(r"^desc: Trigger: Client Request: (\w+)$", dump.read_text(encoding="utf-8"), re.MULTILINE)
        if stage and stage[1] != "before":
            annotated = stand.run(["callgrind_annotate", "--auto=no", "--threshold=100", dump]).output
            found[stage[1]] = costliest(annotated)
    stages = {}
    for stage, unit, units in (line.split() for line in said.splitlines()):
        expect(stage in found, f"callgrind has nothing to say of {stage}")
        total, functions = found[stage]
        stages[stage] = {"unit": unit, "each": total / int(units),
                         "functions": [[name, cost / int(units)] for name, cost in functions]}
    return stages
