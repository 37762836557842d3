"""Builds what is measured, what measures it, and its rivals."""

import os
import shutil
import subprocess

from .stand import Failed, expect

TARGETS = ["telephony_exporter", "retry_simulation", "call_log", "ndjson_load", "scrape_load", "prometheus_cpp_exposer", "floor",
           "instruction_guard", "microbench"]
GO = {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOFLAGS": "", "GOTOOLCHAIN": "local"}


def checked(arguments, **options):
    done = subprocess.run(arguments, capture_output=True, text=True, check=False, **options)
    expect(done.returncode == 0, f"{' '.join(map(str, arguments))} failed: {(done.stderr + done.stdout)[-2000:]}")


def programs(root, targets=tuple(TARGETS)):
    checked([root / "script/build", "release", *targets])


def go(root):
    """Debian's Go with Debian's client_golang, and nothing from the network."""
    environment = {name: value for name, value in os.environ.items() if name != "GOROOT"} | GO
    environment["GOCACHE"] = str(root / "build/bench/go")
    for name in ("webhook", "scrape", "logs"):
        checked(["/usr/bin/go", "build", "-o", root / f"build/bench/go_{name}", root / f"bench/rivals/{name}.go"], env=environment)


def node(root):
    """The packages that bench/rivals/node/package-lock.json pins."""
    made, source = root / "build/bench/node", root / "bench/rivals/node"
    made.mkdir(parents=True, exist_ok=True)
    lock = made / "package-lock.json"
    fresh = lock.exists() and (made / "node_modules/fastify").exists() and lock.read_bytes() == (source / lock.name).read_bytes()
    for path in source.iterdir():
        shutil.copy(path, made)
    if not fresh:
        checked(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=made)


def rivals(root):
    """What could not be built, and why; its measurements will fail and say so."""
    (root / "build/bench").mkdir(parents=True, exist_ok=True)
    problems = {}
    for name, build in (("Go", go), ("Node", node)):
        try:
            build(root)
        except (Failed, OSError) as problem:
            problems[name] = str(problem)
    return problems
