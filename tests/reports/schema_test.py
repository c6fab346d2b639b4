#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reports of broken guests fit docs/report.schema.json, and the same run gives the same bytes."""
import json
import os
import re
import subprocess
import sys
import tempfile

GUESTS = ("bad_leak", "bad_irql_zw", "bad_paged_data", "bad_null_pointer", "bad_thread_unloaded",
          "bad_stub", "bad_pending", "bad_double_free", "bad_wait_dpc")
TYPES = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}


def problems(value, schema, root, where="$"):
    """The part of JSON Schema that the schema uses."""
    if "$ref" in schema:
        for step in schema["$ref"].split("/")[1:]:
            root_part = root if step == "$defs" else root_part["$defs"][step]
        yield from problems(value, root_part, root, where)
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where}: {value!r} is none of {schema['enum']}"
    kind = schema.get("type")
    if kind and (not isinstance(value, TYPES[kind]) or
                 kind == "integer" and isinstance(value, bool)):
        yield f"{where}: {value!r} is no {kind}"
        return
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{where}: {value!r} does not match {schema['pattern']}"
    if "minimum" in schema and value < schema["minimum"]:
        yield f"{where}: {value} is below {schema['minimum']}"
    if kind == "array":
        for index, item in enumerate(value):
            yield from problems(item, schema["items"], root, f"{where}[{index}]")
    if kind == "object":
        yield from object_problems(value, schema, root, where)


def object_problems(value, schema, root, where):
    for key in schema.get("required", []):
        if key not in value:
            yield f"{where}: {key} is missing"
    known, others = schema.get("properties", {}), schema.get("additionalProperties", True)
    for key, item in value.items():
        if key in known:
            yield from problems(item, known[key], root, f"{where}.{key}")
        elif others is False:
            yield f"{where}: {key} is not in the schema"
        elif isinstance(others, dict):
            yield from problems(item, others, root, f"{where}.{key}")


def run(guest, folder):
    report = os.path.join(folder, "report.json")
    done = subprocess.run([os.environ["WDM"], "run", "--report", report,
                           os.path.join(os.environ["WDM_GUESTS"], guest + ".sys"), "-c",
                           rf"open \\.\Bad; ioctl 0x222004; close; unload {guest}; sleep 1s"],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    with open(report, encoding="utf-8") as file:
        return done.returncode, done.stdout, file.read()


def main():
    with open(os.path.join(os.environ["WDM_SOURCE"], "docs/report.schema.json"),
              encoding="utf-8") as file:
        schema = json.load(file)
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for guest in GUESTS:
            first, second = run(guest, folder), run(guest, folder)
            found = list(problems(json.loads(first[2]), schema, schema))
            if not json.loads(first[2]):
                found.append("no report")
            if first != second:
                found.append("two runs differ")
            for line in found:
                print(f"{guest}: {line}")
            failed += len(found)
    print(f"{len(GUESTS)} guests, {failed} problems")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
