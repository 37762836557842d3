#!/usr/bin/env python3
"""Checks the rules against the page of a live exporter, against their tests and against what is written about them."""

import json
import pathlib
import re
import sys
import tempfile

import yaml

from page import Page, selectors
from programs import eventually, exporter, get, post

SEVERITIES = {"critical", "warning", "info", "none"}
ANNOTATIONS = {"summary", "description", "runbook_url", "dashboard"}
CASES = {"firing", "not firing", "counter reset", "absent"}
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
SCRAPE_INTERVAL = 30  # the longest that config/prometheus/prometheus.example.yml promises


def grouping_labels(expression):
    return {label for group in re.findall(r"\b(?:by|on|group_left|without|ignoring)\s*\(([^)]*)\)", expression)
            for label in re.findall(r"\w+", group)}


def without_groupings(expression):
    return re.sub(r"\b(?:by|on|group_left|without|ignoring)\s*\([^)]*\)", " ", expression)


def queries(annotations):
    """The expressions that the annotations ask for, with a value in every gap."""
    text = " ".join(str(value) for value in annotations.values())
    return [query.replace("%q", '"%q"') for query in re.findall(r'printf "([^"]*[({][^"]*)"', text)]


def check_expression(where, expression, page):
    problems = []
    known = set()
    for name, matchers in selectors(without_groupings(expression)):
        if name not in page.labels:
            problems.append(f"{where}: no metric is called '{name}'")
            continue
        known |= page.labels[name]
        for label, operator, value in matchers:
            if label not in page.labels[name]:
                problems.append(f"{where}: '{name}' has no label '{label}'")
            elif value != "%q":
                problems += [f"{where}: nothing has {label}=\"{one}\"" for one in value.split("|")
                             if one not in page.values.get(label, set())]
            if label == "job":
                problems.append(f"{where}: depends on the name of a job")
    problems += [f"{where}: groups by '{label}', which none of its metrics has"
                 for label in sorted(grouping_labels(expression) - known)]
    for function, name in re.findall(r"\b(rate|increase)\s*\(\s*([\w:]+)", expression):
        if page.types.get(name) != "counter":
            problems.append(f"{where}: {function}() of '{name}', which is no counter")
    for number, unit in re.findall(r"\[(\d+)([smhdw])\]", expression):
        if int(number) * SECONDS[unit] < 4 * SCRAPE_INTERVAL:
            problems.append(f"{where}: the range {number}{unit} is shorter than four scrape intervals")
    return problems


def check_link(link, root):
    """A link leads to a dashboard that is there, and fills variables that it has."""
    dashboard = re.match(r"/d/([\w-]+)", link)
    file = root / f"dashboards/{dashboard[1]}.json" if dashboard else None
    if not file or not file.is_file():
        return [f"the link '{link}' leads to no dashboard"]
    variables = {one["name"] for one in json.loads(file.read_text(encoding="utf-8"))["templating"]["list"]}
    return [f"{dashboard[1]} has no variable '{name}'" for name in re.findall(r"[?&]var-(\w+)=", link) if name not in variables]


def check_alert(rule, page, root):
    name = rule["alert"]
    labels, annotations = rule.get("labels", {}), rule.get("annotations", {})
    problems = check_expression(name, rule["expr"], page)
    if not re.search(r"[<>=!]=|[<>]|\babsent\(", re.sub(r"\{[^}]*\}", "", rule["expr"])) and rule["expr"] != "vector(1)":
        problems.append(f"{name}: compares with nothing")
    if labels.get("severity") not in SEVERITIES:
        problems.append(f"{name}: severity '{labels.get('severity')}' is none of {', '.join(sorted(SEVERITIES))}")
    problems += [f"{name}: no annotation '{key}'" for key in sorted(ANNOTATIONS - annotations.keys())]
    problems += [f"{name}: label '{key}' has a value that changes"
                 for key, value in labels.items() if re.search(r"\$value|\.Value", str(value))]
    for query in queries(annotations):
        problems += check_expression(f"{name}, annotations", query, page)
    runbook = annotations.get("runbook_url", "")
    if runbook != f"docs/runbooks/{name}.md" or not (root / runbook).is_file():
        problems.append(f"{name}: no runbook at '{runbook}'")
    return problems + [f"{name}: {fault}" for fault in check_link(annotations.get("dashboard", ""), root)]


def check_rules(groups, page, root):
    problems = []
    rules = [rule for group in groups for rule in group["rules"]]
    problems += [f"{group['name']}: has an interval of its own" for group in groups if "interval" in group]
    for rule in rules:
        if "record" in rule and not page.record(rule["record"]):
            problems.append(f"{rule['record']}: the name does not begin with its labels")
    for rule in rules:
        if "record" in rule:
            problems += check_expression(rule["record"], rule["expr"], page)
        else:
            problems += check_alert(rule, page, root)
    return problems


def check_tests(alerts, tests):
    """For every alert a case of each kind, and each case expects what its name says."""
    problems = []
    for alert in sorted(alerts):
        cases = [test for test in tests if test["name"].startswith(f"{alert}, ")]
        kinds = {test["name"].split(", ", 1)[1].split(":")[0] for test in cases}
        problems += [f"{alert}: no test of the case '{kind}'" for kind in sorted(CASES - kinds)]
        for test in cases:
            about = [one for one in test.get("alert_rule_test", []) if one["alertname"] == alert]
            fired = any(one["exp_alerts"] for one in about)
            if ", firing" in test["name"] and not fired:
                problems.append(f"{test['name']}: nothing fires")
            if ", not firing" in test["name"] and not any(not one["exp_alerts"] for one in about) \
                    and not test.get("promql_expr_test"):
                problems.append(f"{test['name']}: nothing is expected not to fire")
    return problems


def check_documents(rules, root):
    alerts = {rule["alert"] for rule in rules}
    text = (root / "docs/alerting.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[`(\w+)`\]\(runbooks/(\w+)\.md\) \| ([^|]+) \|", text, re.MULTILINE)
    problems = [f"docs/alerting.md: '{name}' links to the runbook of '{link}'" for name, link, _ in rows if name != link]
    for alert in sorted(alerts | {name for name, _, _ in rows}):
        real = ", ".join(sorted({rule["labels"]["severity"] for rule in rules if rule["alert"] == alert}))
        said = ", ".join(severity for name, _, severity in rows if name == alert)
        if said.strip() != real:
            problems.append(f"docs/alerting.md: says '{said}' of {alert}, which has severity '{real}'")
    for path in sorted((root / "docs/runbooks").glob("*.md")):
        if path.stem not in alerts:
            problems.append(f"{path.relative_to(root)}: there is no such alert")
    return problems


def live_page(binary, root):
    """With a call and a refusal of one account, so that the series of accounts and trunks are there."""
    with tempfile.TemporaryDirectory() as directory, exporter(binary, root, pathlib.Path(directory)) as (web, ingest):
        for payload in ({"eventId": "1", "callId": "1", "sessionId": "1", "callStatus": "CALL_RECEIVED"},
                        {"sessionId": "2", "sessionStatus": "ERROR", "errorDetails": {"errorCode": -2010}}):
            post(f"http://127.0.0.1:{ingest}/webhooks/8x8/number-masking", {"payload": {**payload, "subAccountId": "acme"}})

        def page():
            text = get(f"http://127.0.0.1:{web}/metrics")
            return text if "\ntelephony_trunk_recommended_calls{" in text else None

        return Page(eventually("an average of calls, which takes a second", page))


def check_itself(root):
    """The checks above must see what they are there to see."""
    page = Page('# TYPE a_total counter\na_total{x="1"} 1\n# TYPE b gauge\nb 2\n')
    page.record("provider:a:rate5m")

    def problems(expression):
        return [text.split(": ", 1)[1] for text in check_expression("t", expression, page)]

    assert problems('sum by (x, job) (rate(a_total{x="1"}[5m])) > 2 and on (x) provider:a:rate5m == 0') == []
    assert problems("c > 1") == ["no metric is called 'c'"]
    assert problems('a_total{y="1"}') == ["'a_total' has no label 'y'"]
    assert problems('a_total{x=~"1|2"}') == ['nothing has x="2"']
    assert problems('a_total{job="p"}') == ['nothing has job="p"', "depends on the name of a job"]
    assert problems("sum by (z) (b)") == ["groups by 'z', which none of its metrics has"]
    assert problems("rate(b[5m])") == ["rate() of 'b', which is no counter"]
    assert problems("rate(a_total[1m])") == ["the range 1m is shorter than four scrape intervals"]
    bad = {"alert": "Bad", "expr": "b", "labels": {"severity": "{{ $value }}"},
           "annotations": {"remedy": '{{ with printf "c{x=%q}" $labels.x | query }}{{ end }}'}}
    assert len(check_alert(bad, page, root)) == 10, check_alert(bad, page, root)
    assert check_rules([{"name": "g", "interval": "1m", "rules": []}], page, root) == ["g: has an interval of its own"]
    assert check_link("/d/telephony-overview?var-job=x&var-nobody=y", root) == ["telephony-overview has no variable 'nobody'"]
    assert not page.record("category_of_provider:a:rate5m")
    assert len(check_tests({"A"}, [{"name": "A, firing: x"}])) == 4


def main():
    binary, root = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    check_itself(root)
    files = [root / f"config/prometheus/telephony.{name}.yml" for name in ("rules", "alerts")]
    groups = [group for path in files for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]]
    alerts = [rule for group in groups for rule in group["rules"] if "alert" in rule]
    tests = [test for path in sorted((root / "tests/alerting").glob("*.test.yml"))
             for test in yaml.safe_load(path.read_text(encoding="utf-8"))["tests"]]
    problems = check_rules(groups, live_page(binary, root), root)
    problems += check_tests({rule["alert"] for rule in alerts}, tests)
    problems += check_documents(alerts, root)
    for problem in dict.fromkeys(problems):
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
