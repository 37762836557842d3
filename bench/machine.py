"""On what was measured, and with which versions."""

import os
import pathlib
import platform
import re
import subprocess

PACKAGES = ["g++", "libsimdjson-dev", "libsqlite3-dev", "prometheus-cpp-dev", "nginx", "wrk", "grep", "mawk", "mtail", "rsyslog", "golang-go",
            "golang-github-prometheus-client-golang-dev", "libbenchmark-dev", "linux-perf", "valgrind"]


def said(arguments):
    try:
        return subprocess.run(arguments, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return ""


def facts():
    model = re.search(r"^model name\s*:\s*(.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return {"cores": os.cpu_count(), "processor": model[1] if model else platform.machine(), "kernel": platform.release()}


def versions(root):
    exporter = said([root / "build/release/telephony_exporter", "--version"])
    found = {"telephony_exporter": exporter.rsplit(" ", 1)[-1]}
    for line in said(["dpkg-query", "-W", "-f", "${Package}\t${Version}\n", *PACKAGES]).splitlines():
        package, version = line.split("\t")
        if version:
            found[package] = version
    found["node"] = said(["node", "--version"])
    lock = (root / "bench/rivals/node/package-lock.json").read_text(encoding="utf-8")
    for package in ("fastify", "prom-client"):
        found[package] = re.search(rf'"node_modules/{package}": {{\s*"version": "([^"]+)"', lock)[1]
    return {name: version for name, version in found.items() if version}
