#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares include/wdk/ntstatus.h with the ntstatus.h of mingw-w64, both ways, by compiling.

For each name that both have, the compiler asserts that the values are equal; names that only
mingw-w64 has are printed. Exit status 1 when something differs, 77 when there is no mingw gcc.
"""
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
COMPILER = "x86_64-w64-mingw32-gcc"
NAME = re.compile(r"^#define ((?:STATUS|RPC_NT|DBG|EPT)_\w+)\s+\(\((?:NTSTATUS|ULONG)\)", re.M)

# Where mingw-w64 12.2 is wrong: [MS-ERREF] has 0xC000042F and today's Windows 0xC01E0009.
MINGW_IS_WRONG = {"STATUS_PKU2U_CERT_FAILURE", "STATUS_GRAPHICS_DRIVER_MISMATCH"}


def macros(source, *options):
    run = subprocess.run([COMPILER, "-E", "-dM", "-x", "c", *options, "-"], input=source,
                         stdout=subprocess.PIPE, text=True, check=True)
    return run.stdout


def values(text):
    """Name to number, for each status of one set of macros."""
    found = {}
    for match in re.finditer(r"^#define ((?:STATUS|RPC_NT|DBG|EPT)_\w+) "
                             r"\(\((?:NTSTATUS|ULONG)\)\s*(0x[0-9A-Fa-f]+)L?\)", text, re.M):
        found[match.group(1)] = int(match.group(2), 16)
    return found


def main():
    try:
        theirs = values(macros("#include <ntstatus.h>\n"))
    except FileNotFoundError:
        print(f"{COMPILER} is not installed")
        return 77
    with open(os.path.join(ROOT, "include", "wdk", "ntstatus.h"), encoding="utf-8") as file:
        ours = set(NAME.findall(file.read()))
    status = 0
    for name in sorted(set(theirs) - ours):
        print(f"include/wdk/ntstatus.h: {name} is missing ({theirs[name]:#010x})")
        status = 1
    lines = ['#include "ntstatus.h"\n']
    for name in sorted(ours & set(theirs) - MINGW_IS_WRONG):
        lines.append(f'_Static_assert((unsigned){name} == {theirs[name]:#x}u, "{name}");\n')
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, "status.c")
        with open(source, "w", encoding="utf-8") as file:
            file.writelines(lines)
        wdk = os.path.join(ROOT, "include", "wdk")
        run = subprocess.run([COMPILER, "-fsyntax-only", "-I", wdk, "-isystem", wdk + "/crt",
                              source], stderr=subprocess.PIPE, text=True, check=False)
    if run.returncode:
        print(run.stderr)
        status = 1
    if not status:
        print(f"{len(ours)} names, {len(lines) - 1} compared with mingw-w64, none differs")
    return status


if __name__ == "__main__":
    sys.exit(main())
