#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs one command and compares its exit status and output with what a test expects.

wdm_add_driver_test registers this with CTest:
    run-driver-test.py [--status N] [--expect REGEX]... [--reject REGEX]... -- COMMAND...
Expected patterns must occur in the order given, each after the one before it.
"""
import argparse
import re
import subprocess
import sys


def parse(argv):
    """Splits at the first -- by hand: patterns may begin with a dash."""
    if "--" not in argv:
        sys.exit("run-driver-test.py: -- COMMAND is missing")
    at = argv.index("--")
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--status", type=int, default=0)
    parser.add_argument("--expect", action="append", default=[])
    parser.add_argument("--reject", action="append", default=[])
    return parser.parse_args(argv[:at]), argv[at + 1:]


def problems(options, status, output):
    """Every difference between what was expected and what happened."""
    found = []
    if status != options.status:
        found.append(f"exit status {status}, expected {options.status}")
    position = 0
    for pattern in options.expect:
        match = re.compile(pattern, re.MULTILINE).search(output, position)
        if match:
            position = match.end()
        else:
            found.append(f"expected output is missing (in this order): {pattern}")
    for pattern in options.reject:
        if re.search(pattern, output, re.MULTILINE):
            found.append(f"output that must not occur: {pattern}")
    return found


def main():
    options, command = parse(sys.argv[1:])
    try:
        run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             stdin=subprocess.DEVNULL, check=False)
    except OSError as error:
        print(f"{command[0]}: {error.strerror}")
        return 1
    output = run.stdout.decode("utf-8", "replace")
    print(output, end="")
    found = problems(options, run.returncode, output)
    for line in found:
        print(f"FAILED: {line}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
