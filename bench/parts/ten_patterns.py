"""A catalog like Synthflow's with ten line patterns, those that bench/load/call_log.cc writes with shapes=10."""

import re

PATTERNS = ["Telephony - {code} - {text}", "SIP/2.0 {code} {text}", "Gateway error {code}: {text}", "hangup cause={code} text={text}",
            "carrier said [{code}] {text}", "disposition {code} because {text}", "release code: {code} as {text}",
            "peer answered {code} with {text}", "Q850;status={code} note {text}", "dial failed ({code}) {text}"]


def catalog_with_ten_patterns(stand):
    """Writes it and returns its path."""
    text = (stand.root / "config/providers/synthflow.yml").read_text(encoding="utf-8")
    lines = "\nlines:\n" + "".join(f"  - {{kind: call_log, pattern: '{pattern}'}}\n" for pattern in PATTERNS)
    path = stand.directory / "ten_patterns.yml"
    path.write_text(re.sub(r"\nlines:\n(?:  .*\n)+", lines, text), encoding="utf-8")
    return path
