#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs a guest driver as the comments of its own source say.

    run_guest.py tests/guest/NAME.c      (WDM and WDM_GUESTS in the environment, set by CTest)

Tags, one per line, each at the start of a // comment of the source:
    Run: COMMANDS        what `wdm run` executes, a script line each; may be empty; {guests} is
                         the folder of the built guests
    With: FILE.sys...    drivers loaded before it: guests by name, or drivers/NAME.sys
    Options: ...         options of `wdm run`
    Status: N            expected exit status, 0 without the line
    Expect: REGEX        must occur in the output, in the order of the lines
    Reject: REGEX        must not occur
    Report: KEY=REGEX    a field of the JSON report (dots lead into objects and arrays) must match
A guest without Run: is driven by a script or a program, not by this.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

NAMES = ("Run", "With", "Options", "Status", "Expect", "Reject", "Report")
TAG = re.compile(rf"^//\s*({'|'.join(NAMES)}):[ \t]*(.*?)\s*$")


def read_tags(source):
    tags = {name: [] for name in NAMES}
    with open(source, encoding="utf-8") as file:
        for line in file:
            match = TAG.match(line)
            if match:
                tags[match.group(1)].append(match.group(2))
    guests = os.environ.get("WDM_GUESTS", "")
    tags["Run"] = [line.replace("{guests}", guests) for line in tags["Run"]]
    return tags


def image(name):
    """A driver named in With: a guest, or with a folder in front one of the build's others."""
    build, guests = os.environ["WDM_BUILD"], os.environ["WDM_GUESTS"]
    return os.path.join(build if "/" in name else guests, name)


def command_line(tags, source, script, report):
    folder, base = os.path.split(os.path.abspath(source))
    single = os.path.basename(folder) == "guest"
    name = (os.path.splitext(base)[0] if single else os.path.basename(folder)) + ".sys"
    drivers = [image(word) for line in tags["With"] for word in line.split()] + [image(name)]
    options = [word for line in tags["Options"] for word in line.split()]
    if tags["Report"]:
        options += ["--report", report]
    return [os.environ["WDM"], "run", *options, *drivers, "-f", script]


def field(value, path):
    """The values of a.b.c in nested objects; an array means each of its elements."""
    if isinstance(value, list):
        return [found for item in value for found in field(item, path)]
    if not path:
        return [value]
    return field(value[path[0]], path[1:]) if isinstance(value, dict) and path[0] in value else []


def problems(tags, status, output, report):
    expected = int(tags["Status"][0]) if tags["Status"] else 0
    if status != expected:
        yield f"exit status {status}, expected {expected}"
    position = 0
    for pattern in tags["Expect"]:
        match = re.compile(pattern, re.MULTILINE).search(output, position)
        if match:
            position = match.end()
        else:
            yield f"expected output is missing (in this order): {pattern}"
    for pattern in tags["Reject"]:
        if re.search(pattern, output, re.MULTILINE):
            yield f"output that must not occur: {pattern}"
    if tags["Report"]:
        yield from report_problems(tags, report)


def report_problems(tags, path):
    try:
        with open(path, encoding="utf-8") as file:
            report = json.load(file)
    except (OSError, ValueError) as error:
        yield f"the report cannot be read: {error}"
        return
    for line in tags["Report"]:
        key, _, pattern = line.partition("=")
        values = [str(value) for value in field(report, key.strip().split("."))]
        if not any(re.search(pattern.strip(), value) for value in values):
            yield f"report: {key} is {', '.join(values) or 'absent'}, expected {pattern}"


def main():
    source = sys.argv[1]
    tags = read_tags(source)
    with tempfile.TemporaryDirectory() as work:
        script, report = os.path.join(work, "script"), os.path.join(work, "report.json")
        with open(script, "w", encoding="utf-8") as file:
            file.write("\n".join(tags["Run"]) + "\n")
        command = command_line(tags, source, script, report)
        run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             stdin=subprocess.DEVNULL, check=False)
        output = run.stdout.decode("utf-8", "replace")
        print("$", " ".join(command[:-2]), "-f -")
        print("\n".join(tags["Run"]))
        print(output, end="")
        found = list(problems(tags, run.returncode, output, report))
    for line in found:
        print(f"FAILED: {line}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
