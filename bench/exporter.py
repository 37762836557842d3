"""The exporter as the parts start it, and what it says it has counted."""

import contextlib
import re
import urllib.request
from dataclasses import dataclass

from .stand import DEADLINE, SERVER_CPU, Program, eventually, expect

WEBHOOK = "  - {name: sessions, provider: 8x8, product: number_masking, webhook: {path: /w, auth: none}}"


def page(port, path="/metrics"):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=DEADLINE) as reply:
        return reply.read().decode()


def samples(text):
    return sum(1 for line in text.splitlines() if line and not line.startswith("#"))


@dataclass
class Exporter:
    program: Program
    port: int  # of the ingest listener
    web: int

    def counts(self):
        """By what became of events, with `received` beside."""
        text = page(self.web)
        found = {"received": 0}
        for value in re.findall(r"^telephony_exporter_events_received_total\{.*\} (\S+)$", text, re.MULTILINE):
            found["received"] += int(float(value))
        for result, value in re.findall(r'^telephony_exporter_events_total\{.*result="(\w+)".*\} (\S+)$', text, re.MULTILINE):
            found[result] = found.get(result, 0) + int(float(value))
        ends = sum(found.get(result, 0) for result in ("counted", "duplicate", "ignored", "rejected"))
        expect(found["received"] == ends, f"received is not what became of it: {found}")
        return found

    def counted(self):
        """Events that counted; all others would be a mistake of the load, and are none."""
        counts = self.counts()
        expect(counts["counted"] == counts["received"], f"not everything counted: {counts}")
        return counts["counted"]


def configure(stand, sources=WEBHOOK, accounts=100, max_keys=4_000_000, catalogs=("8x8",)):
    """Writes a configuration and returns its path."""
    paths = [name if "/" in str(name) else stand.root / f"config/providers/{name}.yml" for name in catalogs]
    path = stand.directory / "exporter.yml"
    path.write_text(f"providers: [{', '.join(map(str, paths))}]\naccounts: {{max: {accounts}}}\n"
                    f"journal: {{dedup: {{max_keys: {max_keys}}}}}\nsources:\n{sources}\n", encoding="utf-8")
    return path


def arguments(stand, config, journal, web=0):
    return [stand.tool("telephony_exporter"), f"--config.file={config}", f"--journal.path={journal}",
            f"--web.listen-address=127.0.0.1:{web}", "--ingest.listen-address=127.0.0.1:0"]


@contextlib.contextmanager
def exporter(stand, config, journal=":memory:", cpus=SERVER_CPU):
    with stand.start(arguments(stand, config, journal), cpus) as program:
        ready = eventually("the exporter is ready", lambda: re.search(
            r"msg=ready .* web=\S+:(\d+) ingest=\S+:(\d+)", program.said()))
        yield Exporter(program, int(ready[2]), int(ready[1]))
