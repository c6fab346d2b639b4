# SPDX-License-Identifier: MIT
"""Rules about lines of text: columns, licence line, notes, places, banned calls."""
import re

from .tree import is_script, without_comments

# Written in pieces, so that this file does not contain what it looks for.
NOTES = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK"]) + r")\b")
PLACES = re.compile("|".join([
    r"registry\.np" + r"mjs", r"py" + r"pi\.org", r"crates" + r"\.io", r"deb\.deb" + r"ian\.org",
    r"(?<![\w./])/wo" + r"rk/", r"(?<![\w./])/ro" + r"ot/", r"(?<![\w./])/ho" + r"me/\w",
]))
# A test's tag is one line, however long its pattern is.
TEST_TAG = re.compile(r"^//\s*(Run|Expect|Reject|Report):")
CODE_SUFFIXES = (".c", ".h", ".S", ".py", ".sh", ".cmake", ".ddi", ".def", "CMakeLists.txt")
# Formats that have no place for a comment, or whose comment would be data.
NO_LICENCE_LINE = (".json", ".tsv", ".csv", ".bin", ".in", ".txt", ".wdm", ".out", ".expect",
                   ".md", ".seed")

EVERYWHERE = ["strcpy", "strcat", "sprintf", "vsprintf", "gets", "strtok", "alloca"]
KERNEL = ["malloc", "calloc", "realloc", "free", "printf", "fprintf", "abort", "exit"]
KERNEL_PATTERNS = [
    (re.compile(r"\bpthread_\w+"), "pthreads"),
    (re.compile(r"\b(atomic_\w+|__atomic_\w+|__sync_\w+|_Atomic)\b"), "an atomic operation"),
    (re.compile(r"\bstdatomic\.h\b"), "atomics"),
]
LOCK_PREFIX = re.compile(r'"[^"]*\block\b[;\s]+(?:xadd|cmpxchg|inc|dec|or|and|bt[src])')


def check_columns(tree):
    """No line of code is longer than 100 columns; the rows of a table may be."""
    for file in tree.files:
        if file.endswith(CODE_SUFFIXES) and not file.endswith(".ddi") or is_script(tree, file):
            for number, line in enumerate(tree.lines(file), 1):
                # Columns of constants in the SDK are aligned, and their names are Microsoft's.
                constant = file.startswith("include/wdk/") and line.startswith("#define")
                if len(line) > 100 and not constant and not TEST_TAG.match(line):
                    yield f"{file}:{number}: {len(line)} columns, at most 100"


def check_spdx(tree):
    """Every file starts with a one-line licence comment."""
    for file in tree.files:
        if file.endswith(NO_LICENCE_LINE) or file == ".clang-format":
            continue
        if not (file.endswith(CODE_SUFFIXES) or is_script(tree, file) or "akefile" in file):
            continue
        head = tree.lines(file)[:2]
        if not any("SPDX-License-Identifier: MIT" in line for line in head):
            yield f"{file}:1: no SPDX-License-Identifier: MIT in its first two lines"


def check_notes(tree):
    """No notes to self in the source: do it, or write it down where it is planned."""
    for file in tree.files:
        if file.endswith(CODE_SUFFIXES + (".md",)) or is_script(tree, file):
            for number, line in enumerate(tree.lines(file), 1):
                match = NOTES.search(line)
                if match:
                    yield f"{file}:{number}: note {match.group(1)}"


def check_places(tree):
    """No file names a package registry's host or a place of one machine."""
    for file in tree.files:
        for number, line in enumerate(tree.lines(file), 1):
            match = PLACES.search(line)
            if match:
                yield f"{file}:{number}: names the place {match.group(0)}"


def calls(names):
    return re.compile(r"(?<![\w.>])(" + "|".join(names) + r")\s*\(")


BANNED_EVERYWHERE = calls(EVERYWHERE)
BANNED_KERNEL = calls(KERNEL)


def banned_in(line, kernel):
    """What a line of code without comments and strings calls but must not."""
    for match in BANNED_EVERYWHERE.finditer(line):
        yield f"calls {match.group(1)}"
    if kernel:
        for match in BANNED_KERNEL.finditer(line):
            yield f"calls {match.group(1)}: the kernel has no libc"
        for pattern, what in KERNEL_PATTERNS:
            if pattern.search(line):
                yield f"uses {what}: the kernel runs on one host thread"


def check_banned(tree):
    """Unbounded string calls anywhere; libc, threads and atomics in the kernel."""
    for file in tree.code():
        # The SDK declares them, and the guests of the C library have to call every export of it.
        if file.startswith(("include/wdk/", "tests/guest/rtl_crt_")):
            continue
        kernel = file.startswith("kernel/")
        code = without_comments(tree.text(file)).split("\n")
        strings = without_comments(tree.text(file), keep_strings=True).split("\n")
        for number, line in enumerate(code, 1):
            for what in banned_in(line, kernel):
                yield f"{file}:{number}: {what}"
            if kernel and LOCK_PREFIX.search(strings[number - 1]):
                yield f"{file}:{number}: uses a lock prefix: the kernel runs on one host thread"
