#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints layout.def lines for every structure of wdm.h, ntddk.h and ntifs.h, from clang's record
dump. For whoever adds structures: compare with ddi/layout.def, think, then copy the new lines."""
import re
import subprocess
import sys
import tempfile

import layout

RECORD = re.compile(r"^\s*(\d+)(?::\S+)? \|( +)(.*)$")
ANONYMOUS = re.compile(r"\((?:anonymous|unnamed)[^)]*\)")


def records(text):
    """Yields (tag, [(offset, depth, declaration, is_bitfield)]) per dumped record."""
    for block in text.split("*** Dumping AST Record Layout\n")[1:]:
        lines = []
        for line in block.splitlines():
            match = RECORD.match(line)
            if not match:
                break
            bit = ":" in line.split("|")[0]
            lines.append((int(match.group(1)), len(match.group(2)) // 2, match.group(3), bit))
        if lines:
            yield lines[0][2], lines[1:]


def fields(lines):
    """Field paths with offsets; goes into unnamed structures only."""
    path, skip = [], None
    for offset, depth, text, bit in lines:
        if skip is not None and depth > skip:
            continue
        skip = None
        del path[depth - 1:]
        unnamed = ANONYMOUS.search(text)
        words = ANONYMOUS.sub("", text).split()
        record = text.startswith(("struct ", "union "))
        name = words[-1].split("[")[0] if words else ""
        if unnamed:
            tail = text[unnamed.end():].split()[-1] if text[unnamed.end():].split() else ""
            path.append(tail)
            if tail:
                yield ".".join(filter(None, path)), offset
            continue
        path.append(name)
        if record:
            skip = depth
        if not bit:
            yield ".".join(filter(None, path)), offset


def main():
    command = layout.compilers()["msvc-clang"]
    with tempfile.TemporaryDirectory() as folder:
        path = folder + "/all.c"
        with open(path, "w", encoding="utf-8") as file:
            file.write("#include <ntifs.h>\n")
        run = subprocess.run([*command, "-fsyntax-only", "-w", "-Xclang",
                              "-fdump-record-layouts-complete", path],
                             capture_output=True, text=True, check=True)
        items, seen = [], set()
        for tag, lines in records(run.stdout):
            match = re.fullmatch(r"(?:struct|union) _?(\w+)", tag)
            if not match or match.group(1) in seen or match.group(1).startswith("_"):
                continue
            name = match.group(1)
            seen.add(name)
            items.append(layout.Item(name, None, 0, "=", ""))
            items += [layout.Item(name, field, offset, "=", "")
                      for field, offset in fields(lines)]
        ours, _ = layout.measure(command, items, "ntifs.h", folder, "ours")
        ddk = layout.mingw_ddk_command()
        theirs = [None] * len(ours)
        if ddk:
            theirs, _ = layout.measure(ddk, items, "ntifs.h", folder, "ddk")
    for item, own, other in zip(items, ours, theirs):
        if own is None:
            print(f"not measurable: {item.name}", file=sys.stderr)
            continue
        mark = "-" if other is None else "=" if other == own else hex(other)
        if item.field is None:
            print(f"\ntype {item.type} {own:#x} {mark}")
        else:
            print(f"    {item.field} {own:#x} {mark}")


if __name__ == "__main__":
    main()
