"""What retry hints bring, simulated; the results stand in docs/retry-hints.md."""

import re

TITLE = "Retry hints"
MARKERS = re.compile(r"(<!-- results: begin[^\n]*\n).*(<!-- results: end)", re.DOTALL)


def measure(stand, seeds=30):
    seeds = 5 if stand.quick and seeds == 30 else seeds
    return {"seeds": seeds, "table": stand.run([stand.tool("bench/retry_simulation"), "--seeds", seeds]).output}


def section(data, _others):
    if data["seeds"] < 30:
        return f"Simulated over {data['seeds']} lives of a trunk, too few for [retry-hints.md](retry-hints.md).\n"
    return f"Simulated over {data['seeds']} lives of a trunk: [retry-hints.md](retry-hints.md) has the results.\n"


def targets(_data, _others):
    return []


def into(document, data):
    """The document with the results between its markers."""
    written, times = MARKERS.subn(lambda found: found[1] + data["table"] + found[2], document)
    assert times == 1, "docs/retry-hints.md has no place for the results"
    return written
