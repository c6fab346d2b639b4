#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The list of structure layouts (ddi/layout.def) and how to measure it with a compiler.

A measurement is a C file whose only data is one array: a marker, then sizeof/offsetof of every
item. The numbers are read from the object file, because objects for Windows do not run here."""
import os
import re
import shutil
import struct
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WDK = os.path.join(ROOT, "include", "wdk")
LAYOUT = os.path.join(ROOT, "ddi", "layout.def")
MARKER = b"OpenWDM layout:\0"
MINGW_INCLUDE = "/usr/x86_64-w64-mingw32/include"


class Item:
    """One number: the size of a type (field is None) or the offset of a field."""

    def __init__(self, type_name, field, value, mingw, reason):
        self.type, self.field, self.value = type_name, field, value
        self.mingw, self.reason = mingw, reason

    @property
    def name(self):
        return self.type if self.field is None else f"{self.type}.{self.field}"

    @property
    def expression(self):
        if self.field is None:
            return f"sizeof({self.type})"
        return f"__builtin_offsetof({self.type}, {self.field})"

    def mingw_value(self):
        """What mingw-w64's headers should say: a number, or None for "not there"."""
        if self.mingw == "-":
            return None
        return self.value if self.mingw == "=" else int(self.mingw, 0)


def load(path=LAYOUT):
    """Returns the items in file order; raises ValueError with the line number."""
    items, current = [], None
    for number, line in enumerate(open(path, encoding="utf-8"), 1):
        if not line.strip() or line.startswith("#"):
            continue
        words = line.split(None, 4 if line.startswith("type ") else 3)
        try:
            if words[0] == "type":
                current = words[1]
                field, value, mingw = None, words[2], words[3]
                reason = words[4].strip() if len(words) > 4 else ""
            else:
                field, value, mingw = words[0], words[1], words[2]
                reason = words[3].strip() if len(words) > 3 else ""
            items.append(Item(current, field, int(value, 0), mingw, reason))
        except (IndexError, ValueError) as error:
            raise ValueError(f"{path}:{number}: {error}") from error
    return items


def find(*names):
    return next((path for path in map(shutil.which, names) if path), None)


def own_resource_directory(compiler):
    out = subprocess.run([compiler, "-print-file-name=include"], capture_output=True, text=True,
                         check=True)
    return out.stdout.strip()


def compilers():
    """name -> command of the compilers that see our headers; only those installed."""
    wdk = ["-isystem", WDK]
    crt = ["-isystem", os.path.join(WDK, "crt")]
    common = ["-std=gnu17", "-ffreestanding", "-fno-strict-aliasing", "-nostdinc"]
    found = {}
    gcc, clang = find("gcc-12", "gcc"), find("clang-19")
    mingw = find("x86_64-w64-mingw32-gcc")
    if gcc:
        found["elf-gcc"] = [gcc, *common, "-fshort-wchar", "-DOPENWDM_KERNEL=1",
                            *wdk, "-isystem", own_resource_directory(gcc)]
    if clang:
        resource = ["-isystem", own_resource_directory(clang)]
        found["elf-clang"] = [clang, *common, "-fshort-wchar", "-DOPENWDM_KERNEL=1", *wdk,
                              *resource]
        found["msvc-clang"] = [clang, "--target=x86_64-pc-windows-msvc", *common,
                               "-fasync-exceptions", *wdk, *crt, *resource]
    if mingw:
        found["mingw-gcc"] = [mingw, *common, *wdk, *crt, "-isystem",
                              own_resource_directory(mingw)]
    return found


def mingw_ddk_command():
    mingw = find("x86_64-w64-mingw32-gcc")
    ddk = os.path.join(MINGW_INCLUDE, "ddk")
    if not mingw or not os.path.isdir(ddk):
        return None
    return [mingw, "-std=gnu17", "-w", "-isystem", ddk]


def source(items, header):
    lines = [f"#include <{header}>",
             "const struct { unsigned char Marker[16]; unsigned int Value[%d]; } Layout = {"
             % max(len(items), 1),
             "{%s}," % ", ".join(str(byte) for byte in MARKER), "{"]
    first = len(lines) + 1
    lines += [item.expression + "," for item in items]
    return "\n".join(lines + ["}};", ""]), first


def compile_to(command, text, folder, name):
    path, output = os.path.join(folder, name + ".c"), os.path.join(folder, name + ".o")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    run = subprocess.run([*command, "-c", "-o", output, path], capture_output=True, text=True,
                         check=False)
    return run.returncode, run.stderr, path, output


def read_values(output, count):
    data = open(output, "rb").read()
    at = data.index(MARKER) + len(MARKER)
    return struct.unpack_from(f"<{count}I", data, at)


def measure(command, items, header, folder, name):
    """Returns ([value or None for what does not compile], messages)."""
    present, messages = list(items), ""
    for _ in range(40):
        text, first = source(present, header)
        code, messages, path, output = compile_to(command, text, folder, name)
        if code == 0:
            values = dict(zip(map(id, present), read_values(output, len(present))))
            return [values.get(id(item)) for item in items], messages
        bad = {int(line) - first
               for line in re.findall(re.escape(path) + r":(\d+):\d+: error", messages)}
        bad = {index for index in bad if 0 <= index < len(present)}
        if not bad:
            break
        present = [item for index, item in enumerate(present) if index not in bad]
    raise RuntimeError(f"{name}: {messages.strip()[:2000]}")
