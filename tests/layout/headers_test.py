#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The SDK headers as a driver meets them: a whole driver under both driver compilers, checked and
free build, header names in any case, and every header in C++ and as an older target."""
import os
import subprocess
import sys
import tempfile

import layout

WARNINGS = ["-Wall", "-Wextra", "-Werror", "-Wundef", "-Wno-unknown-pragmas", "-Wno-multichar"]
# Only complete behind the header that includes them.
PARTS = {"poppack.h", "suppress.h", "wdk_intrin_gnu.h"}
SAMPLE = os.path.join(layout.ROOT, "tests", "layout", "sample.c")


def run(name, command):
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        print(f"{name}:\n{result.stderr.strip()[:3000]}")
    return result.returncode == 0


def undefined_symbols(path):
    tool = layout.find("llvm-nm-19", "llvm-nm")
    out = subprocess.run([tool, "--undefined-only", "--format=just-symbols", path],
                         capture_output=True, text=True, check=True).stdout
    return set(out.split())


def exported_names():
    names = set()
    for table in ("ntoskrnl.ddi", "hal.ddi"):
        for line in open(os.path.join(layout.ROOT, "ddi", table), encoding="utf-8"):
            if line.strip() and not line.startswith("#"):
                names.add(line.split()[0])
    return names


def check_imports(path):
    """Whatever the driver does not define must be an export: inline routines really are inline."""
    exports = exported_names()
    own = {"_fltused", "__C_specific_handler", "memcpy", "memset", "memmove", "memcmp"}
    bad = [symbol for symbol in undefined_symbols(path)
           if symbol.removeprefix("__imp_") not in exports | own]
    if bad:
        print(f"sample.c imports what nothing exports: {' '.join(sorted(bad))}")
    return not bad


def drivers(folder, overlay):
    """name -> command that compiles one source of a driver, without the source."""
    found = layout.compilers()
    commands = {}
    if "msvc-clang" in found:
        commands["msvc-clang"] = [found["msvc-clang"][0], "-ivfsoverlay", overlay + "/overlay.yaml",
                                  *found["msvc-clang"][1:]]
    if "mingw-gcc" in found:
        commands["mingw-gcc"] = [*found["mingw-gcc"], "-fshort-wchar", "-isystem",
                                 overlay + "/links"]
    builds = {"free -O2": ["-O2"], "checked -O0": ["-O0", "-DDBG=1"],
              "single binary": ["-O2", "-DPOOL_NX_OPTIN=1", "-D_WIN32_WINNT=0x0601"]}
    for name, command in commands.items():
        for build, flags in builds.items():
            output = os.path.join(folder, f"{name}-{build.split()[0]}.o")
            yield f"sample.c, {name}, {build}", [*command, *WARNINGS, *flags, "-c", "-o", output,
                                                 SAMPLE], output


def cplusplus(folder):
    """Each public header in C++, alone."""
    command = list(layout.compilers().get("msvc-clang", []))
    if not command:
        return
    command[command.index("-std=gnu17")] = "-std=c++17"
    path = os.path.join(folder, "alone.cpp")
    for header in sorted(os.listdir(layout.WDK)):
        if header.endswith(".h") and header not in PARTS:
            with open(path, "w", encoding="utf-8") as file:
                file.write(f"#include <{header}>\n")
            yield f"{header} in C++", [*command, "-Wall", "-Wextra", "-Werror", "-Wno-pragma-pack",
                                       "-fsyntax-only", path]


def main():
    results = []
    with tempfile.TemporaryDirectory() as folder:
        overlay = os.path.join(folder, "wdk")
        subprocess.run([sys.executable, os.path.join(layout.ROOT, "tools", "wdk-overlay"), overlay],
                       check=True)
        for name, command, output in drivers(folder, overlay):
            good = run(name, command)
            results.append(good)
            if good:
                results.append(check_imports(output))
        results += [run(name, command) for name, command in cplusplus(folder)]
    print(f"{sum(results)} passed, {results.count(False)} failed")
    return 0 if results and all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
