#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks ddi/layout.def against our headers (four compilers) and mingw-w64's DDK headers.

Ours must have every number; mingw-w64's must agree with the column that says what it has."""
import subprocess
import sys
import tempfile

import layout


def check_ours(name, command, items, folder):
    failures = []
    values, _ = layout.measure(command, items, "ntifs.h", folder, name)
    for item, value in zip(items, values):
        if value != item.value:
            seen = "does not compile" if value is None else hex(value)
            failures.append(f"{name}: {item.name}: {seen}, layout.def says {item.value:#x}")
    return len(items) - len(failures), failures


def check_mingw(command, items, folder):
    failures = []
    values, _ = layout.measure(command, items, "ntifs.h", folder, "mingw-ddk")
    for item, value in zip(items, values):
        want = item.mingw_value()
        if value != want:
            failures.append(f"mingw-ddk: {item.name}: {value}, layout.def expects {want}")
        elif item.mingw not in ("=", "-") and not item.reason:
            failures.append(f"mingw-ddk: {item.name}: differs, and layout.def gives no reason")
    return len(items) - len(failures), failures


def check_asserts(name, command, items, folder):
    """The same list as C_ASSERTs, so that the macro the headers use is proven to see it."""
    text = "#include <ntifs.h>\n" + "".join(
        f"C_ASSERT({item.expression} == {item.value});\n" for item in items)
    code, messages, _, _ = layout.compile_to(command, text, folder, name + "-asserts")
    return (1, []) if code == 0 else (0, [f"{name}: C_ASSERTs: {messages.strip()[:500]}"])


def main():
    items = layout.load()
    passed, failures = 0, []
    with tempfile.TemporaryDirectory() as folder:
        jobs = [(check_ours, name, command) for name, command in layout.compilers().items()]
        jobs += [(check_asserts, name, command) for name, command in layout.compilers().items()]
        for check, name, command in jobs:
            try:
                good, bad = check(name, command, items, folder)
            except (RuntimeError, subprocess.CalledProcessError) as error:
                good, bad = 0, [str(error)]
            passed, failures = passed + good, failures + bad
        ddk = layout.mingw_ddk_command()
        if ddk:
            good, bad = check_mingw(ddk, items, folder)
            passed, failures = passed + good, failures + bad
    for failure in failures:
        print(failure)
    print(f"{passed} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
