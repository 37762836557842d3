#!/usr/bin/env python3
"""Checks that the mixin renders the rules as they stand in YAML, and that its settings change what they say."""

import json
import pathlib
import subprocess
import sys

import yaml


def jsonnet(*arguments):
    done = subprocess.run(["jsonnet", *arguments], capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return done.stdout


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def with_settings(root, settings, field):
    program = f"((import '{root}/mixin/mixin.libsonnet') + {{ _config+:: {json.dumps(settings)} }}).{field}"
    return json.loads(jsonnet("-e", program))


def rules_of(groups):
    return [rule for group in groups["groups"] for rule in group["rules"]]


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    shipped = {name: yaml.safe_load((root / f"config/prometheus/telephony.{name}.yml").read_text(encoding="utf-8"))
               for name in ("rules", "alerts")}
    for name, groups in shipped.items():
        rendered = yaml.safe_load(jsonnet("-S", str(root / f"mixin/{name}.jsonnet")))
        expect(rendered == groups, f"mixin/{name}.jsonnet does not render config/prometheus/telephony.{name}.yml")

    settings = {"grafanaUrl": "http://grafana.example", "runbookUrl": "http://books.example/", "errorBudget": "0.05",
                "without": ["TelephonyErrorRateAnomaly"]}
    alerts = rules_of(with_settings(root, settings, "prometheusAlerts"))
    original = [rule for rule in rules_of(shipped["alerts"]) if rule["alert"] != "TelephonyErrorRateAnomaly"]
    expect([rule["alert"] for rule in alerts] == [rule["alert"] for rule in original], "one alert is left out")
    for rule, source in zip(alerts, original):
        linked = dict(source["annotations"])
        linked["dashboard"] = "http://grafana.example" + linked["dashboard"]
        linked["runbook_url"] = "http://books.example/" + linked["runbook_url"]
        expect(rule == {**source, "annotations": linked}, f"the links of {rule['alert']}")

    boards = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in root.glob("dashboards/*.json")}
    expect(with_settings(root, {}, "grafanaDashboards") == boards, "the dashboards are those of dashboards/")

    rules = rules_of(with_settings(root, settings, "prometheusRules"))
    changed = [(rule["expr"], source["expr"]) for rule, source in zip(rules, rules_of(shipped["rules"])) if rule != source]
    expect(len(changed) == 5, f"five burn rates have another budget, not {len(changed)}")
    expect(all(new == old.replace("/ 0.02", "/ 0.05") for new, old in changed), changed)


if __name__ == "__main__":
    main()
