#!/usr/bin/env python3
"""Checks the dashboards against the types of @grafana/schema: each dashboard as a whole, each panel's options and fields.

Installs what tests/dashboards/package-lock.json pins into a directory of its own, so npm's registry must be reachable.
"""

import copy
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

OPTIONS = {"stat": "StatOptions", "timeseries": "SeriesOptions", "table": "TableCfg"}
# What the Prometheus data source reads of an annotation; Grafana's own types do not know it.
OF_PROMETHEUS = {"expr", "step", "titleFormat", "textFormat", "tagKeys", "useValueForTime"}
FIELDS = {"timeseries": "SeriesFields", "table": "Partial<TableFieldOptions>"}


def declarations(board):
    """TypeScript that holds when the dashboard has the types of Grafana's."""
    lines = [{key: value for key, value in one.items() if key not in OF_PROMETHEUS} for one in board["annotations"]["list"]]
    whole = {**board, "panels": [], "annotations": {"list": lines}}
    found = [f"const whole: Json<Dashboard> = {json.dumps(whole)};"]
    for i, panel in enumerate(board["panels"]):
        if panel["type"] == "row":
            found.append(f"const row_{i}: Json<RowPanel> = {json.dumps(panel)};")
            continue
        bare = {**panel, "options": {}, "fieldConfig": {**panel["fieldConfig"], "defaults": {
            **panel["fieldConfig"]["defaults"], "custom": {}}}}
        found.append(f"const panel_{i}: Json<Panel> = {json.dumps(bare)};")
        found.append(f"const options_{i}: Json<{OPTIONS[panel['type']]}> = {json.dumps(panel['options'])};")
        if panel["type"] in FIELDS:
            for j, custom in enumerate(customs(panel["fieldConfig"])):
                found.append(f"const fields_{i}_{j}: Json<{FIELDS[panel['type']]}> = {json.dumps(custom)};")
    return found


def customs(fields):
    """What is particular to a type of panel, by default and for single fields."""
    yield fields["defaults"]["custom"]
    for override in copy.deepcopy(fields["overrides"]):
        found = {one["id"][len("custom."):]: one["value"] for one in override["properties"] if one["id"].startswith("custom.")}
        if found.get("wrapText") and found.get("cellOptions", {}).get("wrapText"):
            del found["cellOptions"]["wrapText"]  # where Grafana looked for it before 12.2
        yield found


def check(work, boards):
    """What the compiler says of the dashboards; nothing when all is well."""
    head = (work / "types.ts").read_text(encoding="utf-8")
    for name, board in boards.items():
        (work / f"{name}.ts").write_text(head + "\n".join(declarations(board)) + "\nexport {};\n", encoding="utf-8")
    compiler = [work / "node_modules/.bin/tsc", "--noEmit", "--strict", "--skipLibCheck", "--module", "esnext",
                "--moduleResolution", "bundler", *(work / f"{name}.ts" for name in boards)]
    run = subprocess.run(compiler, cwd=work, capture_output=True, text=True, timeout=600, check=False)
    return run.stdout + run.stderr if run.returncode else ""


def spoiled(board, kind, change):
    """A copy of the dashboard in which the first panel of that kind is changed."""
    changed = copy.deepcopy(board)
    change(next(panel for panel in changed["panels"] if panel["type"] == kind))
    return changed


def main():
    root = pathlib.Path(sys.argv[1])
    boards = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(root.glob("dashboards/*.json"))}
    assert boards, "there are no dashboards"
    with tempfile.TemporaryDirectory() as directory:
        work = pathlib.Path(directory)
        for name in ("package.json", "package-lock.json", ".npmrc", "types.ts"):
            shutil.copy(root / "tests/dashboards" / name, work)
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"], cwd=work, timeout=600,
                       check=True)
        problems = check(work, boards)
        print(problems, end="", file=sys.stderr)
        overview = boards["telephony-overview"]
        wrong = {
            "wrong-value": spoiled(overview, "stat", lambda panel: panel["options"].update(colorMode="pink")),
            "wrong-name": spoiled(overview, "timeseries", lambda panel: panel["options"]["legend"].update(placment="right")),
            "wrong-field": spoiled(overview, "table", lambda panel: panel["fieldConfig"]["defaults"]["custom"].update(align=3)),
            "wrong-board": {**overview, "refresh": 30},
        }
        said = check(work, wrong)
        unseen = [name for name in wrong if f"{name}.ts" not in said]
        print(*(f"the types do not see {name}" for name in unseen), sep="\n", end="", file=sys.stderr)
        return 1 if problems or unseen else 0


if __name__ == "__main__":
    sys.exit(main())
