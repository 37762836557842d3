"""A page of metrics as the checks of rules need it, and the selectors of an expression."""

import re

# What Prometheus itself adds.
TARGET_LABELS = {"job", "instance"}
WORDS = set(
    """
    abs absent and avg avg_over_time by clamp_max count group group_left group_right ignoring increase last_over_time max
    min offset on or predict_linear rate round sqrt sum time topk unless vector without
    """.split()
)


class Page:
    """Which metrics there are, of what type, with which values of which labels."""

    def __init__(self, text):
        self.types = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE))
        self.labels = {}
        self.values = {}
        for name, block in re.findall(r"^(\w+)(?:\{(.*)\})? \S+$", text, re.MULTILINE):
            known = self.labels.setdefault(name, set(TARGET_LABELS))
            for label, value in re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', block):
                known.add(label)
                self.values.setdefault(label, set()).add(value)
        self.labels["up"] = TARGET_LABELS

    def record(self, name):
        """A recorded series has the labels that its name begins with."""
        level = name.split(":")[0]
        labels = re.findall(r"provider|product|account|category|code|reason", level)
        self.labels[name] = set(labels)
        return "_".join(labels) == level


def selectors(expression):
    """(metric, [(label, operator, value)]) of every selector."""
    found = []
    braces = iter(re.findall(r"\{([^}]*)\}", expression))
    # With the braces emptied, what is left is names, words and numbers.
    for name, matched in re.findall(r"(?<![\w:.])([a-zA-Z_][\w:]*)\s*(\{\})?", re.sub(r"\{[^}]*\}", "{}", expression)):
        block = next(braces) if matched else ""
        if name not in WORDS:
            found.append((name, re.findall(r"""(\w+)\s*(=~|!~|!=|=)\s*["']([^"']*)["']""", block)))
    return found
