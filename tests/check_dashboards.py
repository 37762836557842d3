#!/usr/bin/env python3
"""Checks dashboards/*.json: that dashboards/source makes them, and the rules that keep a dashboard useful for everybody.

The rules are those of Grafana's dashboard-linter that matter here, and some of our own: every selector follows the
variables, every metric is one that docs/metrics.md has, every runbook there is. What shows them broken is below them.
"""

import copy
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import yaml

VARIABLES = ["datasource", "job", "instance", "provider", "product", "account"]
BUILT_IN = {"__all", "__rate_interval", "__range", "__data", "__url_time_range"}
# Metrics that Prometheus makes of every scrape.
OF_SCRAPES = {"up", "scrape_duration_seconds", "scrape_samples_scraped"}
WORDS = set("""sum min max avg count group topk abs by on and or unless time rate increase round floor ceil clamp_min clamp_max vector
    label_replace group_left group_right without bottomk histogram_quantile""".split())
# What may be shown as it stands although it is a counter, and why.
RAW_COUNTERS = {"Errors by account, since counting began": "an account's series begins at 1, which no increase sees"}


def panels_of(board):
    return [panel for panel in board["panels"] if panel["type"] != "row"]


def expressions_of(board):
    """Every query with where it stands: of panels and of annotations."""
    for panel in panels_of(board):
        for target in panel["targets"]:
            yield f"panel '{panel['title']}'", target["expr"]
    for line in board["annotations"]["list"]:
        yield f"annotation '{line['name']}'", line["expr"]


def selectors_of(expression):
    """(metric, selector) for every metric of an expression; the selector is None where there are no braces."""
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', lambda match: " " * len(match[0]), expression)
    bare = re.sub(r"\b(by|on|group_left|group_right|without)\s*\([^)]*\)", lambda match: " " * len(match[0]), bare)
    for match in re.finditer(r"[a-zA-Z_:][\w:]*", re.sub(r"\{[^}]*\}|\[[^\]]*\]", lambda m: "{" + "." * (len(m[0]) - 1), bare)):
        if match[0] in WORDS:
            continue
        braces = re.match(r"\{(?:[^}\"]|\"[^\"]*\")*\}", expression[match.end():])
        yield match[0], braces[0] if braces else None


def of_the_board(name, board):
    if board.get("uid") != name:
        yield f"uid is {board.get('uid')}, the file is called {name}"
    if board.get("editable") is not False or board.get("schemaVersion") != 39 or not board.get("tags"):
        yield "it must have editable false, schemaVersion 39 and tags"
    if {"id", "version", "iteration"} & board.keys():
        yield "it has a key that Grafana sets itself"
    if not board.get("title") or not board.get("description"):
        yield "it has no title or no description"
    if not {"Reload", "Restart"} <= {line["name"] for line in board["annotations"]["list"]}:
        yield "it lacks the annotations of reloads and restarts"
    urls = [link["url"] for link in board["links"]]
    if not any("${exporter}" in url for url in urls) or not any("${runbooks}" in url for url in urls):
        yield "it has no link to explain or to the runbooks"
    if sum(url.startswith("/d/telephony-") for url in urls) != 2:
        yield "it does not link to both other dashboards"


def of_variables(name, board):
    found = {variable["name"]: variable for variable in board["templating"]["list"]}
    if [variable for variable in found if variable in VARIABLES] != VARIABLES:
        yield f"it lacks one of the variables {VARIABLES}, in this order"
        return
    if found["datasource"]["type"] != "datasource" or found["datasource"]["query"] != "prometheus":
        yield "variable datasource does not choose among Prometheus data sources"
    for one in (found[variable] for variable in VARIABLES[1:]):
        if not (one["multi"] and one["includeAll"] and one["allValue"] == ".+" and one["refresh"] == 2):
            yield f"variable {one['name']} must take several, have All as .+, and refresh with the time range"
        if not re.fullmatch(r"label_values\(\w+(\{.*\})?, " + one["name"] + r"\)", one["query"]["query"]):
            yield f"variable {one['name']} is not made of label_values"
    text = json.dumps([board["panels"], board["links"], board["annotations"], board["templating"]])
    for used in set(re.findall(r"\$\{?(\w+)", text)) - BUILT_IN - found.keys():
        yield f"variable {used} is used and not declared"


def of_panels(name, board):
    seen, places = set(), []
    for panel in board["panels"]:
        where = f"panel '{panel.get('title')}'"
        if panel["id"] in seen:
            yield f"{where} has the id of another"
        seen.add(panel["id"])
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        if at["x"] + at["w"] > 24 or any(cells & other for other in places):
            yield f"{where} overlaps another or sticks out"
        places.append(cells)
    for panel in panels_of(board):
        where = f"panel '{panel.get('title')}'"
        if not panel.get("title") or not panel.get("description"):
            yield f"{where} has no title or no description"
        if panel["datasource"].get("uid") != "${datasource}" or any(
                target["datasource"].get("uid") != "${datasource}" for target in panel["targets"]):
            yield f"{where} does not use the variable datasource"
        if not panel["targets"]:
            yield f"{where} asks nothing"
        if not panel["fieldConfig"]["defaults"].get("unit"):
            yield f"{where} has no unit"
        if panel["type"] == "timeseries" and any("{{" not in target["legendFormat"] for target in panel["targets"]):
            yield f"{where} has a query without a legend"


def of_queries(name, board):
    for where, expression in expressions_of(board):
        for metric, selector in selectors_of(expression):
            if not selector or 'job=~"$job"' not in selector or 'instance=~"$instance"' not in selector:
                yield f"{where}: {metric} does not follow the variables job and instance"
    for panel in panels_of(board):
        where = f"panel '{panel['title']}'"
        for target in panel["targets"]:
            allowed = {"5m", "$__range"} if target["instant"] else {"$__rate_interval"}
            for window in set(re.findall(r"\[([^\]]*)\]", target["expr"])) - allowed:
                yield f"{where} looks back over [{window}] instead of {sorted(allowed)}"
            for found in re.finditer(r"\b(\w+_total)\{", target["expr"]):
                if not re.search(r"(rate|increase)\($", target["expr"][:found.start()]) and panel["title"] not in RAW_COUNTERS:
                    yield f"{where} shows the counter {found[1]} as it stands"


RULES = [of_the_board, of_variables, of_panels, of_queries]


def lint(name, board):
    return [f"dashboards/{name}.json: {problem}" for rule in RULES for problem in rule(name, board)]


def filled_in(expression):
    """What Grafana would send with All chosen everywhere."""
    for name, value in (("$__rate_interval", "1m"), ("$__range", "1h")):
        expression = expression.replace(name, value)
    return re.sub(r"\$\{?\w+\}?", ".+", expression)


def unparsable(boards):
    """What promtool says of the queries, as expressions of rules."""
    rules = [{"record": f"query:{i}", "expr": filled_in(expression)}
             for i, expression in enumerate(text for board in boards.values() for _, text in expressions_of(board))]
    with tempfile.NamedTemporaryFile("w", suffix=".yml", encoding="utf-8") as file:
        json.dump({"groups": [{"name": "dashboards", "rules": rules}]}, file)
        file.flush()
        run = subprocess.run(["promtool", "check", "rules", "--lint=none", file.name], capture_output=True, text=True,
                             timeout=60, check=False)
    return [run.stdout + run.stderr] if run.returncode else []


def unknown_metrics(root, boards):
    known = set(re.findall(r"`(\w+)`", (root / "docs/metrics.md").read_text(encoding="utf-8"))) | OF_SCRAPES
    for name, board in boards.items():
        for where, expression in expressions_of(board):
            for metric, _ in selectors_of(expression):
                if not {metric, re.sub(r"_(bucket|sum|count)$", "", metric)} & known:
                    yield f"dashboards/{name}.json: {where}: docs/metrics.md has no {metric}"


def missing_runbooks(root, boards):
    for name, board in boards.items():
        for alert in set(re.findall(r"\$\{runbooks\}/([\w.]+)", json.dumps(board))):
            if not re.fullmatch(r"Telephony[A-Za-z]+\.md", alert) or not (root / "docs/runbooks" / alert).is_file():
                yield f"dashboards/{name}.json: there is no docs/runbooks/{alert}"


def of_provisioning(root):
    """The files that hand the dashboards to Grafana, and the services of compose.yaml that mount them."""
    def load(path):
        return yaml.safe_load((root / path).read_text(encoding="utf-8"))

    sources = load("dashboards/provisioning/datasources/prometheus.yml")
    providers = load("dashboards/provisioning/dashboards/telephony.yml")
    compose = load("compose.yaml")
    services = compose["services"]
    if sources["apiVersion"] != 1 or [one["type"] for one in sources["datasources"]] != ["prometheus"]:
        yield "provisioning/datasources must have one Prometheus data source"
    if providers["apiVersion"] != 1 or any(one["type"] != "file" for one in providers["providers"]):
        yield "provisioning/dashboards must have providers of type file"
    mounted = {volume.split(":")[1]: volume.split(":")[0] for volume in services["grafana"]["volumes"] if volume.startswith("./")}
    for target, source in mounted.items():
        if not (root / source).exists():
            yield f"compose.yaml mounts {source}, which is not there"
    for path in (one["options"]["path"] for one in providers["providers"]):
        if not mounted.get(path, "").endswith("dashboards"):
            yield f"compose.yaml does not mount the dashboards at {path}"
    for one in sources["datasources"]:
        host = re.match(r"http://(\w+):\d+", one["url"])
        if not host or host[1] not in services:
            yield f"compose.yaml has no service for the data source {one['url']}"


def check_itself(board):
    """Each of these mistakes must be found."""
    def spoil(change):
        spoiled = copy.deepcopy(board)
        change(spoiled)
        return lint("telephony-overview", spoiled)

    def first(spoiled, kind="timeseries"):
        return next(panel for panel in spoiled["panels"] if panel["type"] == kind)

    mistakes = [
        lambda b: b.update(uid="x"), lambda b: b.update(editable=True), lambda b: b.update(version=3),
        lambda b: b.update(description=""),
        lambda b: b["annotations"]["list"].pop(), lambda b: b["links"].pop(0), lambda b: b["links"].pop(),
        lambda b: b["templating"]["list"].pop(1), lambda b: b["templating"]["list"][1].update(allValue=".*"),
        lambda b: b["templating"]["list"][2].update(refresh=1), lambda b: b["templating"]["list"].pop(),
        lambda b: b["templating"]["list"][0].update(query="loki"),
        lambda b: b["templating"]["list"][3]["query"].update(query="x"),
        lambda b: first(b).update(id=1), lambda b: first(b)["gridPos"].update(w=24), lambda b: first(b).update(description=""),
        lambda b: first(b).update(title=""), lambda b: first(b)["datasource"].update(uid="prometheus"),
        lambda b: first(b)["targets"][0]["datasource"].update(uid="x"), lambda b: first(b).update(targets=[]),
        lambda b: first(b, "stat")["fieldConfig"]["defaults"].pop("unit"),
        lambda b: first(b)["targets"][0].update(legendFormat="__auto"),
        lambda b: first(b)["targets"][0].update(expr="up"), lambda b: first(b)["targets"][0].update(expr='up{job=~"$job"}'),
        lambda b: first(b)["targets"][0].update(expr=first(b)["targets"][0]["expr"].replace("$__rate_interval", "5m")),
        lambda b: first(b)["targets"][0].update(expr=re.sub(r"rate\((.*)\[.*?\]\)", r"\1", first(b)["targets"][0]["expr"])),
    ]
    assert not lint("telephony-overview", board), lint("telephony-overview", board)
    blind = [i for i, mistake in enumerate(mistakes) if not spoil(mistake)]
    assert not blind, f"mistakes {blind} of check_itself are not found"
    found = list(selectors_of('sum by (a) (rate(x_total{b="c d"}[5m])) / on (e) group_left (f) y'))
    assert found == [("x_total", '{b="c d"}'), ("y", None)]
    broken = {"type": "stat", "title": "t", "targets": [{"expr": "sum(rate(x[)"}]}
    wrong = {"x": {"panels": [broken], "annotations": {"list": []}}}
    assert unparsable(wrong), "promtool takes anything"


def main():
    root = pathlib.Path(sys.argv[1])
    boards = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(root.glob("dashboards/*.json"))}
    problems = [problem for name, board in boards.items() for problem in lint(name, board)]
    if sorted(boards) != ["telephony-exporter", "telephony-overview", "telephony-provider"]:
        problems.append(f"dashboards/ holds {sorted(boards)}")
    problems += [*unparsable(boards), *unknown_metrics(root, boards), *missing_runbooks(root, boards), *of_provisioning(root)]
    made = subprocess.run([sys.executable, "-B", root / "dashboards/source", "--check"], timeout=60, check=False).returncode
    print(*problems, sep="\n", end="\n" if problems else "", file=sys.stderr)
    if problems or made:
        return 1
    check_itself(boards["telephony-overview"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
