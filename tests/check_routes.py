#!/usr/bin/env python3
"""Checks the example of Alertmanager: that it is valid, where each alert goes, and what its template says."""

import json
import pathlib
import subprocess
import sys
import tempfile

ROUTES = [
    ({"severity": "critical", "provider": "8x8"}, "page-8x8"),
    ({"severity": "critical", "provider": "synthflow"}, "page"),
    ({"severity": "critical"}, "page"),
    ({"severity": "critical", "provider": "8x8", "account": "acme", "scope": "account"}, "page-8x8"),
    ({"severity": "warning", "provider": "restcomm", "account": "acme", "scope": "account"}, "ticket"),
    ({"severity": "warning", "provider": "8x8"}, "ticket-8x8"),
    ({"severity": "warning", "provider": "restcomm"}, "ticket"),
    ({"severity": "warning"}, "ticket"),
    ({"severity": "info", "provider": "8x8"}, "nobody"),
    ({"severity": "none"}, "nobody"),
    ({"severity": "none", "alertname": "Watchdog"}, "dead-mans-switch"),
    ({"provider": "8x8"}, "ticket"),
]
DATA = {
    "receiver": "page", "status": "firing", "externalURL": "http://localhost:9093",
    "groupLabels": {"alertname": "Trouble", "provider": "8x8", "product": "voice"},
    "commonLabels": {}, "commonAnnotations": {},
    "alerts": [
        {"status": "firing", "labels": {"severity": "critical"},
         "annotations": {"summary": "A", "description": "B", "message": "C", "remedy": "D", "dashboard": "/d/x",
                         "runbook_url": "docs/runbooks/x.md"}},
        {"status": "resolved", "labels": {"severity": "warning"}, "endsAt": "2026-01-13T08:29:06Z",
         "annotations": {"summary": "E", "description": "F"}},
    ],
}
PAGE = """[FIRING] Trouble 8x8 voice
FIRING critical: A
B
The provider says: C
What to do: D
Dashboard: http://localhost:3000/d/x
Runbook: docs/runbooks/x.md
RESOLVED warning: E
F
Over since 2026-01-13 08:29:06 UTC.
"""


def amtool(*arguments):
    done = subprocess.run(["amtool", *arguments], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout, done.stderr


def leads_to(configuration, labels, receiver):
    code, _, _ = amtool("config", "routes", "test", f"--config.file={configuration}",
                        f"--verify.receivers={receiver}", *(f"{key}={value}" for key, value in labels.items()))
    return code == 0


def rendered(template):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as data:
        json.dump(DATA, data)
        data.flush()
        _, text, errors = amtool(
            "template", "render", f"--template.glob={template}", f"--template.data={data.name}",
            '--template.text={{ template "telephony.subject" . }}\n{{ template "telephony.text" . }}')
    return "".join(line + "\n" for line in text.splitlines() if line.strip()) or errors


def main():
    directory = pathlib.Path(sys.argv[1]) / "config/alertmanager"
    configuration = directory / "alertmanager.example.yml"
    problems = []
    code, output, errors = amtool("check-config", str(configuration))
    if code != 0:
        problems.append(output + errors)
    problems += [f"{labels} does not go to {receiver}" for labels, receiver in ROUTES
                 if not leads_to(configuration, labels, receiver)]
    if leads_to(configuration, {"severity": "info"}, "page"):
        problems.append("amtool finds every receiver right")
    page = rendered(directory / "telephony.tmpl")
    if page != PAGE:
        problems.append(f"the template says:\n{page}")
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
