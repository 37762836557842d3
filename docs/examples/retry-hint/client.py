#!/usr/bin/env python3
"""Runs a command until it succeeds, and waits in between as the exporter advises.

client.py EXPORTER PROVIDER PRODUCT ACCOUNT COMMAND...

The command places a call. When that is refused, it prints the provider's code and ends with a failure.
"""

import json
import random
import subprocess
import sys
import time
import urllib.parse
import urllib.request

ATTEMPTS = 6


def retry_hint(exporter, **question):
    """The advice for one caller, or None when the exporter has none. It is asked between attempts, so it may not hold up anybody."""
    url = f"{exporter}/api/v1/retry-hint?{urllib.parse.urlencode(question)}"
    try:
        with urllib.request.urlopen(url, timeout=1) as reply:
            return json.load(reply)["data"]
    except (OSError, ValueError, KeyError):
        return None


def own_wait(attempt):
    """Exponential backoff with full jitter, for when nobody advises."""
    return random.uniform(0, min(60, 2**attempt))


def call(place_call, exporter, provider, product, account):
    """place_call() returns None, or the code that it was refused with. True once a call was placed."""
    for attempt in range(ATTEMPTS):
        code = place_call()
        if code is None:
            return True
        hint = retry_hint(exporter, provider=provider, product=product, account=account, code=code)
        if hint and not hint["allowed"]:
            print(f"{code}: {hint['advice']}", file=sys.stderr)
            return False
        if attempt + 1 < ATTEMPTS:
            time.sleep(hint["wait_seconds"] if hint else own_wait(attempt))
    return False


def main():
    exporter, provider, product, account, *command = sys.argv[1:]

    def place_call():
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        return done.stdout.strip() if done.returncode else None

    return 0 if call(place_call, exporter, provider, product, account) else 1


if __name__ == "__main__":
    sys.exit(main())
