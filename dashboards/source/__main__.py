"""Writes dashboards/*.json; with --check says whether they are as they would be written."""

import json
import pathlib
import sys

import exporter
import overview
import provider

HERE = pathlib.Path(__file__).resolve().parent.parent


def main():
    stale = []
    for module in (overview, provider, exporter):
        board = module.dashboard()
        path, text = HERE / f"{board['uid']}.json", json.dumps(board, indent=2, ensure_ascii=False) + "\n"
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(path.name)
    for name in stale:
        print(f"dashboards/{name} is not what dashboards/source makes; run script/dashboards", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
