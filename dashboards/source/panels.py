"""The building blocks of the dashboards, in Grafana's Classic model; tests check them against @grafana/schema."""

DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
COLOURS = {"critical": "red", "warning": "orange", "info": "blue"}
OUTCOMES = {"completed": "green", "no_answer": "blue", "busy": "light-blue", "canceled": "purple", "failed": "orange",
            "error": "red", "other": "text"}
RESULTS = {"counted": "green", "duplicate": "blue", "ignored": "text", "rejected": "red"}
PLAIN = [("text", None)]
GOOD_IS_HIGH = [("red", None), ("orange", 0.4), ("green", 0.6)]


def query(expression, legend="__auto"):
    """A query over the period."""
    return {"datasource": DATASOURCE, "expr": expression, "legendFormat": legend, "range": True, "instant": False,
            "format": "time_series", "editorMode": "code"}


def rows(expression):
    """A query at the end of the period, as rows of a table."""
    return {**query(expression), "range": False, "instant": True, "format": "table"}


def last(expression, legend="__auto"):
    """A query at the end of the period, as one number."""
    return {**query(expression, legend), "range": False, "instant": True}


def thresholds(steps):
    return {"mode": "absolute", "steps": [{"color": colour, "value": value} for colour, value in steps]}


def _panel(kind, title, description, targets):
    named = [{"refId": chr(ord("A") + i), **target} for i, target in enumerate(targets)]
    return {"type": kind, "title": title, "description": description, "datasource": DATASOURCE, "targets": named}


def fixed(name, colour):
    return {"matcher": {"id": "byName", "options": name},
            "properties": [{"id": "color", "value": {"mode": "fixed", "fixedColor": colour}}]}


def stat(title, description, target, unit="short", steps=(("green", None),), **more):
    """One number; more may hold decimals, mappings, noValue, links. Without a judgement (steps=PLAIN) it has no colour."""
    defaults = {"unit": unit, "thresholds": thresholds(steps), "color": {"mode": "thresholds"}, "mappings": [],
                "noValue": "-", **more}
    pages = defaults.pop("links", [])
    options = {"reduceOptions": {"values": False, "calcs": ["lastNotNull"], "fields": ""}, "orientation": "auto",
               "textMode": "auto", "wideLayout": True, "justifyMode": "center",
               "colorMode": "none" if steps is PLAIN else "background",
               "graphMode": "area" if target["range"] else "none", "showPercentChange": False,
               "percentChangeColorMode": "standard"}
    return {**_panel("stat", title, description, [target]), "links": pages,
            "fieldConfig": {"defaults": defaults, "overrides": []}, "options": options}


def series(title, description, targets, unit="cps", **look):
    """Lines over time. look: stack, bars, colours, steps, maximum, right (the legend stands there as a table)."""
    stacked, bars = look.get("stack", False), look.get("bars", False)
    custom = {"drawStyle": "bars" if bars else "line", "lineWidth": 0 if bars else 1, "lineInterpolation": "linear",
              "fillOpacity": 80 if bars else 30 if stacked else 0, "gradientMode": "none", "showPoints": "never",
              "spanNulls": False, "stacking": {"mode": "normal" if stacked else "none", "group": "A"},
              "axisPlacement": "auto", "axisLabel": "", "thresholdsStyle": {"mode": "off"}}
    defaults = {"unit": unit, "min": 0, "color": {"mode": "palette-classic"}, "custom": custom, "mappings": [],
                "thresholds": thresholds(look.get("steps", [("green", None)])), "noValue": "Nothing."}
    if "maximum" in look:
        defaults["max"] = look["maximum"]
    right = look.get("right", False)
    options = {"legend": {"displayMode": "table" if right else "list", "placement": "right" if right else "bottom",
                          "showLegend": True, "calcs": ["min" if look.get("maximum") else "max"] if right else []},
               "tooltip": {"mode": "multi", "sort": "desc"}}
    overrides = [fixed(name, colour) for name, colour in look.get("colours", {}).items()]
    return {**_panel("timeseries", title, description, targets),
            "fieldConfig": {"defaults": defaults, "overrides": overrides}, "options": options}


class Column:
    """A column of a table: the field it shows, its name, its width, and what else Grafana shall do with it."""

    def __init__(self, field, name, width=None, **properties):
        self.field, self.name, self.width, self.properties = field, name, width, properties

    def override(self):
        found = [{"id": key.replace("__", "."), "value": value} for key, value in self.properties.items()]
        if self.width:
            found.append({"id": "custom.width", "value": self.width})
        return {"matcher": {"id": "byName", "options": self.name}, "properties": found}


def text_column(field, name, width=None):
    """Sentences: they wrap, and the row grows with them. Grafana looks in either place, up to its version."""
    return Column(field, name, width, custom__wrapText=True, custom__cellOptions={"type": "auto", "wrapText": True})


def severity_column():
    colours = {name: {"color": colour, "index": i} for i, (name, colour) in enumerate(COLOURS.items())}
    mapping = {"type": "value", "options": colours}
    return Column("severity", "Severity", 80, mappings=[mapping], custom__cellOptions={"type": "color-text"})


def code_column():
    """The code, with a link to what the exporter has to say about it."""
    link = {"title": "Explain this code", "targetBlank": True,
            "url": "${exporter}/?q=${__data.fields.Code}&provider=${__data.fields.Provider}"}
    return Column("code", "Code", 70, links=[link])


def provider_column():
    """The provider, with a link to its own dashboard."""
    link = {"title": "Look at this provider", "targetBlank": False, "url": "/d/telephony-provider?${datasource:queryparam}"
            "&${__url_time_range}&var-provider=${__data.fields.Provider}&var-product=${__data.fields.Product}"}
    return Column("provider", "Provider", 80, links=[link])


def table(title, description, targets, columns, sort):
    """Rows of one or more queries, merged by their labels; sort is the column to sort by, largest first or with a - least."""
    organize = {"id": "organize", "options": {
        "excludeByName": {"Time": True},
        "indexByName": {column.field: i for i, column in enumerate(columns)},
        "renameByName": {column.field: column.name for column in columns}}}
    keep = {"id": "filterFieldsByName", "options": {"include": {"names": [column.field for column in columns]}}}
    merge = [{"id": "merge", "options": {}}] if len(targets) > 1 else []
    defaults = {"unit": "short", "thresholds": thresholds([("text", None)]), "color": {"mode": "thresholds"}, "mappings": [],
                "custom": {"align": "left", "cellOptions": {"type": "auto"}, "filterable": False, "inspect": False}}
    options = {"showHeader": True, "cellHeight": "sm", "frameIndex": 0,
               "sortBy": [{"displayName": sort.lstrip("-"), "desc": not sort.startswith("-")}]}
    return {**_panel("table", title, description, targets), "transformations": [*merge, keep, organize],
            "fieldConfig": {"defaults": defaults, "overrides": [column.override() for column in columns]}, "options": options}


def page(title, url):
    """A link out of Grafana."""
    return {"title": title, "type": "link", "url": url, "icon": "doc", "includeVars": False, "keepTime": False,
            "targetBlank": True, "asDropdown": False, "tags": [], "tooltip": ""}


def links(*pairs):
    return [page(title, url) for title, url in pairs]


def runbook(alert):
    return (f"Runbook: {alert}", f"${{runbooks}}/{alert}.md")
