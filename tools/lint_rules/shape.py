# SPDX-License-Identifier: MIT
"""Rules about shape: length of functions and files. Relies on clang-format's layout: a function's
braces stand alone in column one, and nothing else's do except those of types and initialisers."""
import re

from .tree import without_comments

FUNCTION_LINES = 70
FILE_LINES = 1000
NOT_A_FUNCTION = re.compile(r"^\s*(typedef\s+)?(struct|union|enum|extern)\b|=\s*$")


def functions(text):
    """(name, first line, last line) of each function defined in clang-formatted C text."""
    lines = without_comments(text).split("\n")
    start = None
    head = []
    for number, line in enumerate(lines, 1):
        if line.startswith("{") and head:
            name = function_name(head)
            start = (name, number - len(head)) if name else None
            head = []
        elif line.startswith("}"):
            if start:
                yield start[0], start[1], number
            start = None
            head = []
        elif not line.strip() or line.startswith("#") or line.rstrip().endswith((";", "}")):
            head = []
        elif not line.startswith((" ", "\t")) or head:
            head.append(line)


def function_name(head):
    """The name in a definition's lines, or None when they start a type or an initialiser."""
    joined = " ".join(head)
    if NOT_A_FUNCTION.search(joined) and "(" not in joined:
        return None
    if joined.rstrip().endswith("=") or ")" not in joined:
        return None
    # The name stands before the first parenthesis that is no attribute's.
    joined = re.sub(r"__attribute__\s*\(\(.*?\)\)", "", joined)
    match = re.search(r"(\w+)\s*\(", joined[joined.find(joined.lstrip()):])
    names = re.findall(r"(\w+)\s*\(", joined)
    for name in names:
        if not name.startswith(("_", "__")):
            return name
    return match.group(1) if match else None


def check_functions(tree):
    """A function has at most 70 lines, from its return type to its closing brace."""
    for file in tree.having(".c"):
        for name, first, last in functions(tree.text(file)):
            if last - first + 1 > FUNCTION_LINES:
                yield (f"{file}:{first}: function {name} has {last - first + 1} lines, "
                       f"at most {FUNCTION_LINES}")


def is_list_of_constants(lines):
    """ntstatus.h and its like: a table, not code."""
    return sum(line.startswith("#define") for line in lines) > 0.8 * len(lines)


def check_files(tree):
    """A source file has at most 1000 lines, unless it is a list of constants."""
    for file in tree.having(".c", ".h", ".S", ".py"):
        length = tree.text(file).count("\n")
        if length > FILE_LINES and not is_list_of_constants(tree.lines(file)):
            yield f"{file}:1: {length} lines, at most {FILE_LINES}"
