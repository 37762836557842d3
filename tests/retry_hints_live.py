#!/usr/bin/env python3
"""Callers of a full trunk who follow the hints of a real exporter, beside callers who back off with full jitter.

Two accounts have a trunk each, of the same size and with the same callers. The exporter hears of both by webhook and
is asked over HTTP. It is the simulation of bench/ in a small form, thirty times as fast: the catalog's waits, the
holding times and the patience of callers are a thirtieth.
"""

import heapq
import http.client
import itertools
import json
import pathlib
import random
import sys
import tempfile
import time

from programs import exporter

CHANNELS = 30
HOLDING_SECONDS = 6
OFFERED = 1.6  # of the channels
PATIENCE_SECONDS = (20, 60)
ARRIVALS_SECONDS = 50
SECONDS = 60  # what has not got through by then does not count
BASE_SECONDS, MAX_SECONDS = 1, 20
CONFIGURATION = """
providers: [catalog.yml]
sources:
  - {name: trunk, provider: 8x8, product: number_masking, webhook: {path: /trunk, auth: none}}
"""


class Peer:
    """One side of the exporter, over a connection that is kept."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def ask(self, method, path, body=None):
        text = None if body is None else json.dumps(body)
        self.connection.request(method, path, text, {"Content-Type": "application/json"})
        reply = self.connection.getresponse()
        answer = json.loads(reply.read())
        assert reply.status == 200, (path, reply.status, answer)
        return answer


class Trunk:
    """Takes as many calls as it has channels, and tells the exporter what becomes of each."""

    def __init__(self, account, ingest, wait):
        self.account, self.ingest, self.wait = account, ingest, wait
        self.busy = self.completed = self.wasted = 0
        self.ids = itertools.count()

    def tell(self, kind, **payload):
        payload["subAccountId"] = self.account
        receipt = self.ingest.ask("POST", "/trunk", {"eventType": kind, "payload": payload})
        assert receipt["counted"] + receipt["ignored"] == 1, receipt

    def attempt(self, caller, at):
        """What is to happen next, and when."""
        session = f"{self.account}-{next(self.ids)}"
        if self.busy == CHANNELS:
            self.wasted += 1
            self.tell("SESSION_SUMMARY", sessionId=session, sessionStatus="ERROR", errorDetails={"errorCode": -2010})
            again = at + self.wait(caller)
            caller["refused"] += 1
            return (again, lambda now: self.attempt(caller, now)) if again < caller["until"] else None
        self.busy += 1
        self.tell("CALL_STATUS", sessionId=session, callId=session, eventId=session, callStatus="CALL_CONNECTED")
        return at + caller["holding"], lambda now: self.end(session)

    def end(self, session):
        self.busy -= 1
        self.completed += 1
        self.tell("SESSION_SUMMARY", sessionId=session, sessionStatus="COMPLETED")


def callers(luck):
    """(when, caller): the channels are all taken at the beginning, and then more arrive than they can take."""
    at = 0.0
    for number in itertools.count():
        if number >= CHANNELS:
            at += luck.expovariate(OFFERED * CHANNELS / HOLDING_SECONDS)
        if at > ARRIVALS_SECONDS:
            return
        yield at, {"holding": luck.expovariate(1 / HOLDING_SECONDS), "until": at + luck.uniform(*PATIENCE_SECONDS), "refused": 0}


def play(trunks, luck):
    """In real time; what is late is done at once."""
    order, begin, agenda = itertools.count(), time.monotonic(), []
    for at, caller in callers(luck):
        for trunk in trunks:
            heapq.heappush(agenda, (at, next(order), lambda now, trunk=trunk, own=dict(caller): trunk.attempt(own, now)))
    while agenda and agenda[0][0] < SECONDS:
        at, _, act = heapq.heappop(agenda)
        time.sleep(max(0.0, begin + at - time.monotonic()))
        if following := act(at):
            heapq.heappush(agenda, (following[0], next(order), following[1]))


def configuration(root, directory):
    """The shipped catalog with shorter waits."""
    catalog = (root / "config/providers/8x8.yml").read_text(encoding="utf-8")
    slow, quick = "{class: backoff, base: 30s, max: 10m}", f"{{class: backoff, base: {BASE_SECONDS}s, max: {MAX_SECONDS}s}}"
    assert slow in catalog
    (directory / "catalog.yml").write_text(catalog.replace(slow, quick), encoding="utf-8")
    path = directory / "exporter.yml"
    path.write_text(CONFIGURATION, encoding="utf-8")
    return path


def main():
    binary, root = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    luck, jitter = random.Random(seed), random.Random(seed + 1)
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        with exporter(binary, root, directory, config=configuration(root, directory)) as (web, ingest):
            page, door = Peer(web), Peer(ingest)
            question = "/api/v1/retry-hint?provider=8x8&product=number_masking&account=hinted&code=-2010"
            hinted = Trunk("hinted", door, lambda caller: page.ask("GET", question)["data"]["wait_seconds"])
            backing_off = Trunk("backing_off", door, lambda caller: jitter.uniform(
                0, min(MAX_SECONDS, BASE_SECONDS * 2 ** caller["refused"])))
            play([hinted, backing_off], luck)
    ratios = [trunk.wasted / trunk.completed for trunk in (hinted, backing_off)]
    for trunk, ratio in zip((hinted, backing_off), ratios):
        print(f"{trunk.account}: {trunk.completed} calls completed, {trunk.wasted} attempts wasted, {ratio:.2f} a call")
    assert ratios[0] < 0.7 * ratios[1], "hints save too few attempts"
    # So few calls differ by chance, by the holding times of those who get through; script/bench compares many.
    assert hinted.completed > 0.8 * backing_off.completed, "hints cost calls"


if __name__ == "__main__":
    main()
