"""What all dashboards share: variables, annotations, links, and how panels are laid out."""

from panels import DATASOURCE, page
from queries import JOB

WIDTH = 24


def _choice(name, label, values, hide=0):
    return {"name": name, "label": label, "type": "query", "datasource": DATASOURCE, "query": {"query": values, "refId": name},
            "refresh": 2, "sort": 1, "multi": True, "includeAll": True, "allValue": ".+", "regex": "",
            "hide": hide, "skipUrlSync": False, "options": [],
            "current": {"selected": True, "text": ["All"], "value": ["$__all"]}}


def _address(name, label, value, description):
    current = {"selected": True, "text": value, "value": value}
    return {"name": name, "label": label, "type": "textbox", "query": value, "current": current, "options": [current],
            "description": description, "hide": 2, "skipUrlSync": False}


def variables(hidden=()):
    """The hidden ones are there so that a choice survives the way to another dashboard and back."""
    sessions, by_account = "telephony_sessions_total", "telephony_account_sessions_total"
    provider = JOB + ',provider=~"$provider"'
    product = provider + ',product=~"$product"'
    choices = [
        ("job", "Job", "label_values(telephony_exporter_build_info, job)"),
        ("instance", "Instance", 'label_values(telephony_exporter_build_info{job=~"$job"}, instance)'),
        ("provider", "Provider", f"label_values({sessions}{{{JOB}}}, provider)"),
        ("product", "Product", f"label_values({sessions}{{{provider}}}, product)"),
        ("account", "Account", f"label_values({by_account}{{{product}}}, account)"),
    ]
    source = {"name": "datasource", "label": "Data Source", "type": "datasource", "query": "prometheus", "refresh": 1,
              "multi": False, "includeAll": False, "regex": "", "hide": 0, "skipUrlSync": False, "options": [],
              "current": {"selected": True, "text": "default", "value": "default"}}
    return [source, *(_choice(name, label, values, 2 if name in hidden else 0) for name, label, values in choices),
            _address("exporter", "Exporter", "http://localhost:10065", "Where a browser reaches the exporter's pages."),
            _address("runbooks", "Runbooks", "/docs/runbooks", "Where a browser reaches docs/runbooks.")]


def _annotation(name, metric, colour, text):
    """A line at the time that is the value of a metric."""
    return {"name": name, "datasource": DATASOURCE, "enable": True, "hide": False, "iconColor": colour, "target": {
        "refId": name}, "expr": f"{metric}{{{JOB}}} * 1000", "step": "60s", "titleFormat": name, "textFormat": text,
        "tagKeys": "instance", "useValueForTime": "on"}


def annotations():
    return {"list": [
        _annotation("Reload", "telephony_exporter_config_last_reload_success_timestamp_seconds", "blue",
                    "{{instance}} loaded its configuration"),
        _annotation("Restart", "process_start_time_seconds", "purple", "{{instance}} started"),
    ]}


def _go(title, uid):
    return {"title": title, "type": "link", "url": f"/d/{uid}", "icon": "dashboard", "includeVars": True, "keepTime": True,
            "targetBlank": False, "asDropdown": False, "tags": [], "tooltip": ""}


OTHERS = {"telephony-overview": "Overview", "telephony-provider": "Provider", "telephony-exporter": "Exporter"}


def _laid_out(shelves):
    """Places shelves below each other; a shelf is a title of a row, or a height and panels with their widths."""
    placed, y = [], 0
    for shelf in shelves:
        if isinstance(shelf, str):
            placed.append({"type": "row", "title": shelf, "collapsed": False, "panels": [],
                           "gridPos": {"x": 0, "y": y, "w": WIDTH, "h": 1}})
            y += 1
            continue
        height, *panels = shelf
        x = 0
        for width, panel in panels:
            placed.append({**panel, "gridPos": {"x": x, "y": y, "w": width, "h": height}})
            x += width
        assert x == WIDTH, f"a shelf at {y} is {x} wide"
        y += height
    return [{"id": i + 1, **panel} for i, panel in enumerate(placed)]


def board(uid, title, description, shelves, hidden=()):
    return {
        "uid": uid, "title": title, "description": description, "tags": ["telephony"], "editable": False,
        "schemaVersion": 39, "timezone": "browser", "graphTooltip": 1, "refresh": "30s", "fiscalYearStartMonth": 0,
        "liveNow": False, "weekStart": "", "time": {"from": "now-3h", "to": "now"}, "timepicker": {},
        "templating": {"list": variables(hidden)}, "annotations": annotations(),
        "links": [*(_go(name, other) for other, name in OTHERS.items() if other != uid),
                  page("Explain a code", "${exporter}/"), page("Unlisted codes", "${exporter}/api/v1/unlisted"),
                  page("Runbooks", "${runbooks}")],
        "panels": _laid_out(shelves),
    }
