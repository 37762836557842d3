"""Where the time of a server goes, as perf samples it, and the instructions of each stage, as callgrind counts them."""

import re

from .stand import LOAD_CPU, SERVER_CPU, Failed, expect

SAMPLE = re.compile(r"^\s*([\d.]+)%\s+(\S+)\s+\[(.)\]\s+(.*\S)", re.MULTILINE)
KEPT, SHOWN_OF_SERVER, OF_KERNEL = 60, 8, 4

LINE = re.compile(r"^\s*([\d,]+) \([\s\d.]+%\)\s+\S*?:(.*) \[", re.MULTILINE)
SHOWN = 5


def short(function):
    """Its name without arguments and templates."""
    name, before = re.sub(r"'\d+$|\(anonymous namespace\)", "", function), None
    while name != before:
        before, name = name, re.sub(r"<[^<>]*>|\([^()]*\)", "", name)
    return name.replace("::::", "::").split(" const")[0].replace("telephony::", "").strip()[-70:] or function[:70]


def shares(report):
    """Of perf's report: the kernel's share in percent, and the functions that take most, without those that they call."""
    ours, kernel = {}, {}
    for percent, _, where, function in SAMPLE.findall(report):
        found, name = (kernel, function) if where == "k" else (ours, short(function))
        found[name] = found.get(name, 0) + float(percent)
    expect(ours, "perf saw nothing")
    top = [sorted(found.items(), key=lambda one: -one[1]) for found in (ours, kernel)]
    return {"kernel": sum(kernel.values()), "functions": top[0][:KEPT], "kernel_functions": top[1][:OF_KERNEL]}


def sampled(stand, record, missing):
    """`record(options)` runs perf with these options; None, and the reason in `missing`, where it may not or is not there."""
    out = stand.directory / "perf.data"
    try:
        record(["perf", "record", "--quiet", "--freq=2000", f"--output={out}"])
        return shares(stand.run(["perf", "report", f"--input={out}", "--stdio", "--no-children", "--fields=overhead,dso,sym"]).output)
    except (Failed, OSError) as problem:
        missing["perf"] = str(problem)
        return None


def of_server(stand, program, load, missing):
    """Where its time goes while `load()` runs."""
    def record(perf):
        with stand.start([*perf, f"--pid={program.process.pid}"], LOAD_CPU):
            load()

    return sampled(stand, record, missing)


def of_command(stand, arguments, missing):
    return sampled(stand, lambda perf: stand.run([*perf, "--", *arguments], SERVER_CPU), missing)


def told(profile, what):
    """A sentence; nothing where there is no profile."""
    if not profile:
        return ""
    ours, kernel = (", ".join(f"`{name}` {percent:.1f} %" for name, percent in profile[of][:SHOWN_OF_SERVER])
                    for of in ("functions", "kernel_functions"))
    return (f"Where the time goes ({what}, sampled by perf): the kernel takes {profile['kernel']:.0f} % ({kernel}); "
            f"of the rest, {ours}.\n\n")


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
