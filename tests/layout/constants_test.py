#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares the constants of wdm.h, ntddk.h and ntifs.h (macros and enumerators) with those of
mingw-w64's DDK headers, by value. A difference kept on purpose stands in KEPT with its reason."""
import glob
import os
import re
import struct
import subprocess
import sys
import tempfile

import layout

NEWER = "the last of a list that has grown since Windows 7"
KEPT = {
    "CONNECT_CURRENT_VERSION": NEWER,
    "CONTEXT_XSTATE": "0x20 is the value of x86",
    "DPFLTR_ENDOFTABLE_ID": NEWER,
    "FileFsMaximumInformation": NEWER,
    "FileMaximumInformation": NEWER,
    "MaxProcessInfoClass": NEWER,
    "MaxRegNtNotifyClass": NEWER,
    "MaxThreadInfoClass": NEWER,
    "MaximumWaitReason": NEWER,
    "PO_FX_VERSION": "PO_FX_DEVICE is the version 1 structure, NS:wdm._PO_FX_DEVICE_V1",
    "REG_LEGAL_OPTION": "REG_OPTION_DONT_VIRTUALIZE is new",
    "REG_OPEN_LEGAL_OPTION": "REG_OPTION_DONT_VIRTUALIZE is new",
    "SE_MAX_WELL_KNOWN_PRIVILEGE": NEWER,
}


def names():
    found = set()
    for path in glob.glob(os.path.join(layout.WDK, "openwdm_parts", "*.h")):
        text = open(path, encoding="utf-8").read()
        found |= set(re.findall(r"^#define (\w+)(?=[ \t]+\S|[ \t]*\\$)", text, re.MULTILINE))
        for body in re.findall(r"enum[^{;]*\{(.*?)\}", text, re.DOTALL):
            found |= set(re.findall(r"^\s*(\w+)\s*(?:=|,|$)", body, re.MULTILINE))
    return sorted(name for name in found if not name.startswith(("_", "OPENWDM")))


def source(constants):
    head = ["#include <ntifs.h>",
            "const struct { unsigned char Marker[16]; unsigned long long Value[%d]; } L = {{%s}, {"
            % (len(constants), ", ".join(str(byte) for byte in layout.MARKER))]
    body = [f"(unsigned long long)({name})," for name in constants]
    return "\n".join(head + body + ["}};", ""]), len(head) + 1


def measure(command, constants, folder, name):
    """name -> value of those that the headers have as a number."""
    present = list(constants)
    for _ in range(80):
        text, first = source(present)
        code, messages, path, output = layout.compile_to([*command, "-w", "-fmax-errors=0"], text,
                                                         folder, name)
        if code == 0:
            data = open(output, "rb").read()
            at = data.index(layout.MARKER) + len(layout.MARKER)
            return dict(zip(present, struct.unpack_from(f"<{len(present)}Q", data, at)))
        bad = {int(line) - first
               for line in re.findall(re.escape(path) + r":(\d+):\d+: error", messages)}
        kept = [item for index, item in enumerate(present) if index not in bad]
        if len(kept) == len(present):
            raise RuntimeError(f"{name}: {messages[:1000]}")
        present = kept
    raise RuntimeError(f"{name}: too many rounds")


def main():
    ours_command, ddk = layout.compilers().get("mingw-gcc"), layout.mingw_ddk_command()
    if not ours_command or not ddk:
        print("skipped: mingw gcc or its DDK headers are not installed")
        return 77
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        ours = measure(ours_command, names(), folder, "ours")
        theirs = measure(ddk, ours, folder, "mingw-ddk")
    for name, value in sorted(theirs.items()):
        if (ours[name] != value) != (name in KEPT):
            print(f"{name}: {ours[name]:#x} here, {value:#x} in mingw-w64's headers")
            failed += 1
    print(f"{len(theirs) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (RuntimeError, subprocess.CalledProcessError) as error:
        print(error)
        sys.exit(1)
