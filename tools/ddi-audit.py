#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares ddi/*.ddi with the documentation (docs/spec/ddi.tsv) and with the sources.

Prints one line for each difference and exits 1 when there is one that its row does not explain by
`reason: ...` in the notes. Checks that
  - tables are sorted (LC_ALL=C) and no name appears twice,
  - every documented export has a row, in the documented module, with the documented IRQL,
  - the home file of an implemented row exists and defines it, and no other file does,
  - a documented row that is implemented has a prototype in include/wdk (an undocumented one there
    or in a header of the kernel),
  - stub rows have no home.
--explained prints the explained differences as well.
"""
import argparse
import os
import re
import sys

import ddi_table

SIMPLE = {
    "min=PASSIVE,max=PASSIVE": {"passive"},
    "max=PASSIVE": {"passive"},
    "min=PASSIVE": {"any"},
    "max=APC": {"<=apc", ":wait"},
    "min=APC,max=APC": {"=apc"},
    "max=DISPATCH": {"<=dispatch", ":wait"},
    "min=DISPATCH,max=DISPATCH": {"=dispatch"},
    "min=DISPATCH,max=ANY": {">=dispatch"},
    "min=DISPATCH": {">=dispatch"},
    "max=DIRQL": {"<=dirql"},
    "min=DIRQL,max=DIRQL": {"=dirql"},
    "max=CLOCK": {"<=dirql"},
    "max=HIGH": {"any"},
    "min=HIGH,max=HIGH": {"=high"},
    "max=ANY": {"any"},
}
DEFINITION_SUFFIXES = (".c", ".S")


def allowed_irqls(text):
    """The words that agree with one `irql_final`; None when the page does not settle it."""
    base, _, rest = text.partition(";")
    if base in SIMPLE and not rest:
        return SIMPLE[base]
    return None


def bounds_contain(text, irql):
    """Whether `irql` lies within the loosest reading of a conditional requirement."""
    base = text.partition(";")[0]
    alternatives = re.split(r"\s*/\s*", base[5:-1]) if base.startswith("cond{") else [base]
    highest = [max(ddi_table.IRQLS[word][1] for word in SIMPLE[one])
               for one in alternatives if one in SIMPLE]
    return not highest or ddi_table.IRQLS[irql][1] <= max(highest)


def read_spec(path):
    with open(path, encoding="utf-8") as file:
        names = file.readline().rstrip("\n").split("\t")
        return {fields[0]: dict(zip(names, fields))
                for fields in (line.rstrip("\n").split("\t") for line in file)}


def documented_module(entry):
    """ntoskrnl.exe, hal.dll or both as the page says; empty for other modules and no statement."""
    dll = entry.get("dll", "").lower()
    return {name for name, word in (("ntoskrnl.exe", "ntoskrnl"), ("hal.dll", "hal."))
            if word in dll}


class Sources:
    """Which C names the kernel's files define, and which its headers and include/wdk declare."""

    def __init__(self, root):
        self.root = root
        self.text = {}
        self.headers = self.load("include/wdk", (".h",))
        self.private = self.load("kernel", (".h",))
        self.code = self.load("kernel", DEFINITION_SUFFIXES)
        self.wdk_names = set(re.findall(r"\b\w+\b(?=\s*\()", " ".join(self.headers.values())))
        self.private_names = set(re.findall(r"\b\w+\b(?=\s*\()",
                                            " ".join(self.private.values())))
        self.functions = {}
        self.variables = {}
        for path, text in self.code.items():
            for name in set(self.function_names(path, text)):
                self.functions.setdefault(name, set()).add(path)
            for name in set(re.findall(
                    r"^(?!extern\b|typedef\b|return\b|#)[A-Za-z_][\w \t*()]*?\b(\w+)"
                    r"(?:\[[^\]\n]*\])*(?:\s*__attribute__.*)?\s*(?:=|;)", text, re.M)):
                self.variables.setdefault(name, set()).add(path)

    def load(self, folder, suffixes):
        texts = {}
        for where, _, files in os.walk(os.path.join(self.root, folder)):
            for name in sorted(files):
                if name.endswith(suffixes):
                    path = os.path.join(where, name)
                    with open(path, encoding="utf-8", errors="replace") as file:
                        texts[os.path.relpath(path, self.root)] = file.read()
        return texts

    @staticmethod
    def function_names(path, text):
        """Definitions start at the first column, after a line with their type; in assembly they
        are labels. A line that ends in ';' before any '{' is a prototype."""
        if path.endswith(".S"):
            return re.findall(r"^(\w+):", text, re.M)
        names = []
        for match in re.finditer(r"^(\w+)\(", text, re.M):
            end = re.compile(r"[;{]").search(text, match.end())
            if end and end.group() == "{":
                names.append(match.group(1))
        return names


def check_order(module):
    names = [row.name for row in module.rows]
    for row, before in zip(module.rows[1:], names):
        if row.name.encode() < before.encode():
            yield f"{row.where}: {row.name} stands after {before}: not sorted"
        elif row.name == before:
            yield f"{row.where}: {row.name} appears twice"


def check_names(modules):
    """A name may be exported by one module only: lookups fall back from one to the other."""
    seen = {}
    for module in modules:
        for row in module.rows:
            other = seen.setdefault(row.name, row)
            if other.module != row.module and row.kind != "forward" and other.kind != "forward":
                yield f"{row.where}: {row.name} is also in {other.where}"


def check_documentation(row, entry):
    """Differences of one row from its page."""
    modules = documented_module(entry)
    if modules and row.module not in modules:
        yield f"{row.where}: {row.name}: page says {entry['dll']}, table says {row.module}"
    final = entry["irql_final"]
    allowed = allowed_irqls(final)
    if allowed is not None and row.irql not in allowed:
        yield f"{row.where}: {row.name}: page says {final}, table says {row.irql}"
    elif allowed is None and final and not bounds_contain(final, row.irql):
        yield f"{row.where}: {row.name}: page says {final}, table says {row.irql}, which is looser"


def check_home(row, sources):
    """Differences of one implemented row from the sources."""
    home = os.path.join("kernel", row.home)
    if home not in sources.code:
        yield f"{row.where}: {row.name}: {home} does not exist"
        return
    found = sources.variables if row.kind == "data" else sources.functions
    homes = found.get(row.symbol, set())
    if home not in homes:
        yield f"{row.where}: {row.name}: {home} does not define {row.symbol}"
    for other in sorted(homes - {home}):
        yield f"{row.where}: {row.name}: {other} defines {row.symbol} as well"


def check_prototype(row, entry, sources):
    if row.kind == "data":
        return
    if row.symbol in sources.wdk_names or row.name in sources.wdk_names:
        return
    if entry is None and (row.symbol in sources.private_names):
        return
    where = "include/wdk" if entry is not None else "include/wdk nor in a header of the kernel"
    yield f"{row.where}: {row.name}: no prototype in {where}"


def read_not_exported(root):
    path = os.path.join(root, "ddi", "not-exported.txt")
    if not os.path.exists(path):
        return set()
    with open(path, encoding="utf-8") as file:
        return {line.split()[0] for line in file if line.strip() and not line.startswith("#")}


def audit(root):
    """Yields (row or None, difference)."""
    modules = ddi_table.read_tables(root=root)
    spec = read_spec(os.path.join(root, "docs", "spec", "ddi.tsv"))
    sources = Sources(root)
    for module in modules:
        for line in check_order(module):
            yield None, line
    for line in check_names(modules):
        yield None, line
    names = set()
    for row in (row for module in modules for row in module.rows):
        names.add(row.name)
        entry = spec.get(row.name)
        if entry is not None:
            for line in check_documentation(row, entry):
                yield row, line
        if row.kind == "stub" and row.home != "-":
            yield None, f"{row.where}: {row.name}: a stub has no home"
        if row.kind in ddi_table.CALLED or row.kind == "data":
            for line in check_home(row, sources):
                yield None, line
            for line in check_prototype(row, entry, sources):
                yield None, line
    missing = read_not_exported(root)
    for name in sorted(spec):
        if documented_module(spec[name]) and name not in names and name not in missing:
            yield None, f"docs/spec/ddi.tsv: {name} is documented and has no row"
    for name in sorted(missing & names):
        yield None, f"ddi/not-exported.txt: {name} has a row"


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", default=os.getcwd() if os.path.isdir("ddi") else ddi_table.ROOT)
    parser.add_argument("--explained", action="store_true")
    options = parser.parse_args(arguments)
    try:
        differences = list(audit(options.root))
    except (OSError, ddi_table.TableError) as error:
        print(f"ddi-audit: {error}")
        return 1
    status = 0
    for row, line in differences:
        if row is not None and row.reason:
            if options.explained:
                print(f"{line} (reason: {row.reason})")
        else:
            print(line)
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
