#!/usr/bin/env python3
"""Checks what script/bench writes: the page out of recorded measurements, and what it says where they lack something.

The argument is the root of the sources. Nothing is timed here.
"""

import copy
import json
import math
import pathlib
import sys
import xml.dom.minidom

ROOT = pathlib.Path(sys.argv[1]).resolve()
sys.path.insert(0, str(ROOT))

from bench import figures, profile, report, svg, targets  # noqa: E402: the path comes first
from bench.load import figures_of_wrk  # noqa: E402
from bench.parts import retry_hints  # noqa: E402
from bench.stand import Failed, Stand  # noqa: E402

RECORDED = json.loads((ROOT / "tests/testdata/performance/measurements.json").read_text(encoding="utf-8"))
ALL = list(report.PARTS)


def raises(kind, call):
    try:
        call()
    except kind:
        return True
    return False


def check_figures():
    line = figures.fitted([(0, 1), (1, 3), (2, 5)])
    assert (line.slope, line.intercept, line.r2) == (2, 1, 1), line
    assert math.isclose(figures.fitted([(0, 0), (1, 1), (2, 0)]).r2, 0, abs_tol=1e-9)
    assert figures.ratio([{"a": 1}, {"a": 6}, {"a": 6}], [{"a": 2}, {"a": 2}, {"a": 3}], "a") == figures.Summary(2, 0.5, 3)
    assert figures.Summary(1234.5, 0.25, 2).text(1) == "1,234.5 (0.2-2.0)"
    assert figures.table(["a", "b"], [["x", 1]]) == "| a | b |\n| --- | ---: |\n| x | 1 |\n"
    assert [svg.step(most) for most in (1, 5, 7, 100, 350)] == [0.2, 1, 2, 20, 100]


def check_turns():
    """Every contestant in every round, each of them first in its turn; who fails is out, with the reason."""
    order = []
    plays = {name: lambda name=name: order.append(name) or name for name in "abc"}
    assert figures.interleaved(plays, 2) == {"a": ["a", "a"], "b": ["b", "b"], "c": ["c", "c"]}
    assert order == ["a", "b", "c", "b", "c", "a"], order

    def fail():
        raise Failed("it counts wrong")

    missing = {}
    assert figures.interleaved({"good": lambda: 1, "bad": fail}, 2, missing) == {"good": [1, 1]}
    assert missing == {"bad": "it counts wrong"}
    assert raises(Failed, lambda: figures.interleaved({"bad": fail}, 1))


def check_targets():
    assert targets.at_most("1", "x", 0.9, 1).verdict() == "reached"
    assert targets.at_most("1", "x", 1.5, 1).verdict() == "**missed**: 1.50 times what it may be"
    assert targets.at_least("1", "x", 1.5, 3).verdict() == "**missed**: 0.50 of what it should be"
    assert targets.at_least("1", "x", 3, 3).reached
    assert targets.at_most("1", "x", 1.5, 1).floor == "" and targets.at_most("1", "x", 1.5, 1).beside(0.25).floor == "0.25"


def check_commands():
    """Command lines are told without what differs from run to run."""
    stand = Stand(pathlib.Path("/sources"), pathlib.Path("/sources/build/x"))
    for port in (1234, 4321):
        stand.note(["/sources/build/release/a", "--address=127.0.0.1:" + str(port), f"port={port}", f"--pid={port}", "/sources/build/x/f", "a b"])
    assert stand.commands == ["build/release/a --address=127.0.0.1:PORT port=PORT --pid=PID DIR/f 'a b'"], stand.commands


def check_wrk():
    """Its seconds stand before a blank, its other units do not."""
    said = "  Latency Distribution\n     50%  404.00us\n     75%    6.55ms\n     99%    1.02s \n  1200 requests in 3.00s, 1.9MB read\n"
    assert figures_of_wrk(said) == {"requests": 1200, "seconds": 3.0, "p50": 404.0, "p99": 1.02e6}, figures_of_wrk(said)


def check_profile():
    annotated = """
1,000 (100.0%)  PROGRAM TOTALS
1,000 (100.0%)  ./csu/libc-start.c:(below main) [/lib/libc.so.6]
  600 (60.00%)  ???:telephony::(anonymous namespace)::read(std::vector<int, std::allocator<int> >&)'2 [/build/guard]
  150 (15.00%)  ???:telephony::(anonymous namespace)::read(std::vector<int, std::allocator<int> >&) [/build/guard]
   50 ( 5.00%)  ./string/memcpy.S:__memcpy_avx2 [/lib/libc.so.6]
"""
    assert profile.costliest(annotated) == (1000, [("read", 750), ("__memcpy_avx2", 50)]), profile.costliest(annotated)


def check_samples():
    """Of perf; a function that stands there for several threads is one."""
    said = """
# Overhead  Shared Object   Symbol
    40.25%  [kernel.kallsyms]   [k] tcp_sendmsg
     2.50%  libc.so.6           [.] __memcpy_evex
     1.50%  telephony_exporter  [.] telephony::Pipeline::add(telephony::Event const&)
     1.00%  telephony_exporter  [.] telephony::Pipeline::add(telephony::Event const&)
    10.00%  [kernel.kallsyms]   [k] tcp_recvmsg
"""
    found = profile.shares(said)
    assert found == {"kernel": 50.25, "functions": [("__memcpy_evex", 2.5), ("Pipeline::add", 2.5)],
                     "kernel_functions": [("tcp_sendmsg", 40.25), ("tcp_recvmsg", 10.0)]}, found
    assert "the kernel takes 50 % (`tcp_sendmsg` 40.2 %" in profile.told(found, "x") and profile.told(None, "x") == ""
    assert raises(Failed, lambda: profile.shares("nothing"))

    def refuse(_perf):
        raise Failed("perf is not here")

    missing = {}
    assert profile.sampled(Stand(pathlib.Path("/sources"), pathlib.Path("/sources/x")), refuse, missing) is None
    assert missing == {"perf": "perf is not here"}


def check_page():
    page = report.document(RECORDED)
    for part in report.PARTS.values():
        assert page.count(f"\n## {part.TITLE}\n") == 1, part.TITLE
    assert "Not measured:" not in page and report.shortcomings(RECORDED, ALL) == []
    for number in range(1, 10):
        assert f"\n| {number}. " in page, f"no target {number}"
    assert page == report.document(RECORDED), "the same measurements give the same page"
    pictures = report.pictures(RECORDED)
    assert pictures and all(f"](images/{name})" in page for name in pictures), list(pictures)
    for picture in pictures.values():
        xml.dom.minidom.parseString(picture)
    figure = RECORDED["parts"]["webhook"]["data"]["connections"]["64"]["telephony_exporter"]
    assert figures.of(figure, "cpu").text() in page


def check_what_is_missing():
    for name in ALL:
        without = copy.deepcopy(RECORDED)
        del without["parts"][name]
        assert "it was not run" in report.document(without), name
        assert report.shortcomings(without, [name]) == [f"{name}: it was not run"]
        failed = copy.deepcopy(RECORDED)
        failed["parts"][name] = {"ok": False, "reason": "a | b\nc", "quick": False, "commands": []}
        assert "Not measured: a / b c.\n" in report.document(failed), name
        assert len(report.shortcomings(failed, ALL)) == 1, name
        empty = copy.deepcopy(RECORDED)
        empty["parts"][name]["data"] = {}
        known = report.data_of(empty)
        assert raises(KeyError, lambda name=name, known=known: report.expect_tellable(name, {}, known)), name


def check_a_missing_rival():
    without = copy.deepcopy(RECORDED)
    data = without["parts"]["webhook"]["data"]
    for played in data["connections"].values():
        del played["nginx `return 204`"]
    data["missing"] = {"nginx": "it is not here"}
    assert "Not measured: nginx: it is not here\n" in report.document(without)
    assert report.shortcomings(without, ["webhook"]) == ["webhook: nginx: it is not here"]


def check_retry_hints():
    before = "text\n<!-- results: begin; x -->\nold\n<!-- results: end -->\nmore\n"
    assert retry_hints.into(before, {"table": "new\n"}) == before.replace("old", "new")
    assert raises(AssertionError, lambda: retry_hints.into("no place", {"table": ""}))
    retry_hints.into((ROOT / "docs/retry-hints.md").read_text(encoding="utf-8"), {"table": ""})


def main():
    for check in (check_figures, check_turns, check_targets, check_commands, check_wrk, check_profile, check_samples, check_page, check_what_is_missing,
                  check_a_missing_rival, check_retry_hints):
        check()


if __name__ == "__main__":
    main()
