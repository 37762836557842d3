#!/usr/bin/env python3
"""Checks the shipped catalogs and configurations against their JSON Schemas, and that the schemas are strict."""

import copy
import json
import pathlib
import sys

import jsonschema
import yaml


def errors_of(schema, document):
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    return [
        "/" + "/".join(str(part) for part in error.absolute_path) + ": " + error.message
        for error in sorted(kind(schema).iter_errors(document), key=lambda error: list(map(str, error.absolute_path)))
    ]


def mappings_of(node, path=()):
    """The paths of all mappings of a document."""
    if isinstance(node, dict):
        yield path
        for key, value in node.items():
            yield from mappings_of(value, path + (key,))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from mappings_of(value, path + (index,))


def shape_of(path):
    return tuple("*" if isinstance(part, int) else part for part in path)


def with_unknown_key(document, path):
    changed = copy.deepcopy(document)
    node = changed
    for part in path:
        node = node[part]
    node["a_key_that_nobody_knows"] = 1
    return changed


# Mappings whose keys the operator chooses.
FREE = {("accounts", "allow")}


def check_file(schema, file, problems):
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    problems += [f"{file}: {error}" for error in errors_of(schema, document)]
    # One mapping of each shape is enough to know that unknown keys are refused there.
    shapes = {shape_of(path): path for path in mappings_of(document)}
    for shape, path in shapes.items():
        if shape not in FREE and not errors_of(schema, with_unknown_key(document, path)):
            problems.append(f"{file}: the schema takes an unknown key in /{'/'.join(map(str, path))}")
    without = copy.deepcopy(document)
    del without[next(iter(without))]
    if not errors_of(schema, without):
        problems.append(f"{file}: the schema takes a file without its first key")


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent)
    schemas = root / "config" / "schema"
    checked = {
        "catalog.schema.json": sorted(root.glob("config/providers/*.yml"))
        + [root / "tests/testdata/new_provider/examplecom.yml", root / "tests/testdata/auth/acme.yml"],
        "configuration.schema.json": sorted(root.glob("config/*.yml"))
        + [root / "tests/testdata/new_provider/config.yml", root / "tests/testdata/auth/config.yml",
           root / "tests/testdata/more_providers.yml", root / "tests/testdata/syslog.yml"],
    }
    problems = []
    for name, files in checked.items():
        schema = json.loads((schemas / name).read_text(encoding="utf-8"))
        if len(files) < 3:
            problems.append(f"{name}: only {len(files)} files were found to check")
        for file in files:
            check_file(schema, file, problems)
    print("\n".join(problems), file=sys.stderr, end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
