# SPDX-License-Identifier: MIT
"""Reads ddi/*.ddi, the table of what drivers can import. Used by ddigen.py and ddi-audit.py."""
import os
import re

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
KINDS = ("func", "varargs", "leaf", "data", "stub", "forward")
CALLED = ("func", "varargs", "leaf")

# The lowest and highest IRQL of each word of the irql column. :wait is checked further by the
# function itself, which knows its timeout.
IRQLS = {
    "passive": (0, 0),
    "<=apc": (0, 1),
    "=apc": (1, 1),
    "<=dispatch": (0, 2),
    "=dispatch": (2, 2),
    ">=dispatch": (2, 15),
    "<=dirql": (0, 12),
    "=dirql": (3, 12),
    "=high": (15, 15),
    "any": (0, 15),
    ":wait": (0, 2),
}


class TableError(Exception):
    """A table cannot be read."""


class Row:
    """One line of a table."""

    def __init__(self, module, file, line, fields):
        self.module = module
        self.file = file
        self.line = line
        self.name, self.kind, self.irql, self.home = fields[:4]
        self.notes = fields[4] if len(fields) > 4 and fields[4] != "-" else ""

    @property
    def where(self):
        return f"{self.file}:{self.line}"

    @property
    def symbol(self):
        """The name of the function or variable in C."""
        match = re.search(r"\bsymbol=(\w+)", self.notes)
        return match.group(1) if match else self.name

    @property
    def reason(self):
        """Why module or IRQL differ from the documentation, if they do on purpose."""
        match = re.search(r"\breason:\s*(.+)", self.notes)
        return match.group(1) if match else ""

    @property
    def is_data(self):
        return self.kind == "data" or (self.kind == "stub" and
                                       "data" in re.split(r";\s*", self.notes))


class Module:
    """One table: the exports of one module."""

    def __init__(self, file, name):
        self.file = file
        self.name = name
        self.rows = []

    @property
    def stem(self):
        return self.name.rsplit(".", 1)[0]


def read_table(path, root=ROOT):
    """Returns the Module that `path` describes. Every malformed line is an error."""
    shown = os.path.relpath(path, root)
    module = None
    with open(path, encoding="utf-8") as file:
        for number, text in enumerate(file, 1):
            match = re.match(r"#\s*module:\s*(\S+)", text)
            if match:
                module = Module(shown, match.group(1))
            if not text.strip() or text.startswith("#"):
                continue
            if module is None:
                raise TableError(f"{shown}:{number}: a row before '# module: NAME'")
            fields = text.rstrip("\n").split(None, 4)
            if len(fields) < 4:
                raise TableError(f"{shown}:{number}: needs name, kind, irql, home")
            row = Row(module.name, shown, number, fields)
            if row.kind not in KINDS:
                raise TableError(f"{row.where}: kind {row.kind} is none of {' '.join(KINDS)}")
            if row.irql not in IRQLS:
                raise TableError(f"{row.where}: irql {row.irql} is none of {' '.join(IRQLS)}")
            if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", row.name):
                raise TableError(f"{row.where}: {row.name} is no C name")
            module.rows.append(row)
    if module is None:
        raise TableError(f"{shown}: no '# module: NAME'")
    return module


def read_tables(paths=None, root=ROOT):
    """All tables, by file name. Forward rows must name a row that is not a forward itself."""
    if not paths:
        folder = os.path.join(root, "ddi")
        paths = sorted(os.path.join(folder, name) for name in os.listdir(folder)
                       if name.endswith(".ddi"))
    modules = [read_table(path, root) for path in paths]
    by_name = {row.name: row for module in modules for row in module.rows}
    for module in modules:
        for row in module.rows:
            if row.kind == "forward":
                target = by_name.get(row.home)
                if target is None or target.kind == "forward":
                    raise TableError(f"{row.where}: {row.name} forwards to {row.home}, "
                                     "which implements nothing")
                row.target = target
    return modules
