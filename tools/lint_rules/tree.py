# SPDX-License-Identifier: MIT
"""The project (or a canary) as the rules see it: its files, and C text without comments."""
import os
import re
import subprocess


class Skip(Exception):
    """A rule cannot run here; the message says what is missing."""


class Tree:
    """Files below root that belong to the project: tracked, or new and not ignored."""

    def __init__(self, root, build, canary=False):
        self.root = root
        self.build = build
        self.canary = canary
        self._texts = {}
        self.files = sorted(self._walk() if canary else self._git())

    def _git(self):
        listing = subprocess.run(["git", "-C", self.root, "ls-files", "-co", "--exclude-standard"],
                                 stdout=subprocess.PIPE, check=True, text=True).stdout
        for path in listing.splitlines():
            if not path.startswith("tests/lint/canary/") and os.path.isfile(self.path(path)):
                yield path

    def _walk(self):
        for folder, _, names in os.walk(self.root):
            for name in names:
                if name != "EXPECT":
                    yield os.path.relpath(os.path.join(folder, name), self.root)

    def path(self, file):
        return os.path.join(self.root, file)

    def text(self, file):
        if file not in self._texts:
            with open(self.path(file), encoding="utf-8", errors="replace") as handle:
                self._texts[file] = handle.read()
        return self._texts[file]

    def lines(self, file):
        return self.text(file).split("\n")

    def having(self, *suffixes):
        return [file for file in self.files if file.endswith(suffixes)]

    def code(self):
        """C sources and headers."""
        return self.having(".c", ".h")


def is_script(tree, file):
    """A file without suffix that starts with #!."""
    name = os.path.basename(file)
    return "." not in name and tree.text(file).startswith("#!")


TOKEN = re.compile(r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""", re.DOTALL)


def without_comments(text, keep_strings=False):
    """C text with comments (and strings) blanked; line numbers stay."""
    def blank(match):
        token = match.group(0)
        if token[0] in "\"'" and keep_strings:
            return token
        if token[0] in "\"'":
            return token[0] + token[0]
        return re.sub(r"[^\n]", " ", token)
    return TOKEN.sub(blank, text)
