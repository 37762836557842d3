"""docs/performance.md out of the measurements: a pure function, so that nothing in it is typed by hand."""

from .figures import table
from .parts import durable, growth, logs, memory, micro, ndjson, retry_hints, scrape, start, webhook
from .targets import not_judged

PARTS = {"webhook": webhook, "durable": durable, "ndjson": ndjson, "logs": logs, "scrape": scrape, "memory": memory, "start": start,
         "growth": growth, "micro": micro, "retry_hints": retry_hints}
NUMBERS = {"webhook": "1", "durable": "2", "ndjson": "3", "logs": "4", "scrape": "5", "memory": "7", "start": "8", "growth": "9"}

HEAD = """# Performance

What the exporter costs, beside its rivals and beside what was wanted of it. `script/bench` measures all of this and writes
this page; nothing on it is typed by hand. It runs on two cores: the server on one, the load on the other. Every count is verified
before its speed is believed. Figures are medians, with the lowest and the highest round in brackets. The floor is what a program
reaches in the same run that does nothing but what nobody can leave out, in the plainest way: the system calls, or the search for
line ends. Who waits for one thing while another is done may be ahead of it.

"""


def data_of(measurements):
    """What could be measured, by part."""
    return {name: part["data"] for name, part in measurements["parts"].items() if part.get("ok")}


def machine(measurements):
    facts = measurements["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in measurements["versions"].items())
    return f"Measured on {facts['cores']} cores of {facts['processor']}, Linux {facts['kernel']}.\n\nVersions: {versions}.\n\n"


def all_targets(measurements):
    known, found = data_of(measurements), []
    for name, part in PARTS.items():
        if name in known:
            found += part.targets(known[name], known)
        elif name in NUMBERS:
            found.append(not_judged(NUMBERS[name], part.TITLE, "", f"not measured: {why(measurements, name)}"))
    found.append(not_judged("6", "OpenMetrics 1.0", "as specified", "not a matter of speed; tests check it"))
    return sorted(found, key=lambda target: target.number)


def why(measurements, name):
    reason = measurements["parts"].get(name, {}).get("reason", "it was not run")
    return " ".join(reason.replace("|", "/").split())[:300]


def verdicts(measurements):
    rows = [[f"{one.number}. {one.what}", one.limit, one.measured, one.floor, one.verdict()] for one in all_targets(measurements)]
    return "## Targets\n\n" + table(["", "wanted", "measured", "floor", "verdict"], rows) + "\n"


def expect_tellable(name, data, others):
    """Raises, whatever it may be, when a part's measurements cannot be told; then they are none."""
    PARTS[name].section(data, others)
    PARTS[name].targets(data, others)


def part_text(measurements, name):
    known, part = data_of(measurements), PARTS[name]
    if name not in known:
        return f"## {part.TITLE}\n\nNot measured: {why(measurements, name)}.\n\n"
    measured = measurements["parts"][name]
    text = f"## {part.TITLE}\n\n" + ("A quick run, with few and short rounds.\n\n" if measured["quick"] else "")
    text += part.section(known[name], known).rstrip() + "\n\n"
    for rival, reason in known[name].get("missing", {}).items():
        text += f"Not measured: {rival}: {' '.join(reason.split())[:300]}\n\n"
    commands = "\n".join(command if len(command) < 400 else command[:400] + " ..." for command in measured["commands"])
    return text + f"<details><summary>Commands</summary>\n\n```text\n{commands}\n```\n\n</details>\n\n"


def document(measurements):
    text = HEAD + machine(measurements) + verdicts(measurements)
    return (text + "".join(part_text(measurements, name) for name in PARTS)).rstrip() + "\n"


def pictures(measurements):
    known = data_of(measurements)
    return growth.plots(known["growth"], known) if "growth" in known else {}


def shortcomings(measurements, names):
    """What of these parts was not measured, and why; missed targets are none."""
    found = [f"{name}: {why(measurements, name)}" for name in names if name not in data_of(measurements)]
    for name in names:
        missing = measurements["parts"].get(name, {}).get("data", {}).get("missing", {})
        found += [f"{name}: {rival}: {reason}" for rival, reason in missing.items()]
    return found
