#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""make pages: how many documentation pages that state a behaviour are proven by tests.

A test names its pages in comments:   Page: kernel/queuing-irps.md, NF:wdm.IoCreateDevice
(kernel/ is the Kernel-Mode Driver Architecture section, docs/spec/pages.tsv; NF: is the reference
page of a function, docs/spec/reference.txt; pages of other sections go by their path.)

    tools/pages.py             proven and countable pages per part, then the reference pages
    tools/pages.py --open      also list the pages that no test names; open.tsv says what they need
    tools/pages.py --check     print only names that are no page, in tests and in reports of the
                               kernel, and guests that name none
"""
import argparse
import collections
import itertools
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# A list that ends with a comma goes on in the next line of the comment.
TAG = re.compile(r"\bPages?:[ \t]*((?:[^\n]*,[ \t]*\n[ \t/*#]*)*[^\n]*)")
SEPARATORS = re.compile(r"(?:[,;\s]|\n[ \t/*#]*)+")
# Tags that a formatter has run together are tags no more, and the test is silently gone.
TAGS = "Pages?|Run|With|Options|Status|Expect|Reject|Report"
GLUED = re.compile(rf"^//.*[^/\s]\s+({TAGS}):", re.MULTILINE)
NAME = re.compile(r"^(NF|NS|NC|NE|NI):(\w+)\.(\w+(?:~r\d)?)$|^([\w./+-]+\.md)$")


def rows(root, name):
    """The lines of a list, as dictionaries when it is a table: docs/spec/ or ddi/spec/."""
    folders = [os.path.join(root, folder, "spec", name) for folder in ("docs", "ddi")]
    path = next((path for path in folders if os.path.exists(path)), None)
    if not path:
        return []
    with open(path, encoding="utf-8") as file:
        lines = [line.rstrip("\n") for line in file if line.strip() and line[0] != "#"]
    if not name.endswith(".tsv"):
        return lines
    head = lines[0].split("\t")
    return [dict(zip(head, line.split("\t"))) for line in lines[1:]]


def test_files(root):
    for folder, folders, names in os.walk(os.path.join(root, "tests")):
        folders[:] = sorted(set(folders) - {"canary", "lint"})
        for name in sorted(names):
            if name.endswith((".c", ".sh", ".py", ".wdm", ".cmake")):
                yield os.path.relpath(os.path.join(folder, name), root)


def words(text):
    """The words of a tag's list, without the stop at its end."""
    return [word.rstrip(".") if not word.endswith(".md") else word
            for word in SEPARATORS.split(text) if word]


def named_pages(root):
    """page -> the tests that name it, and (file, text) of tags without a page. Words may follow."""
    named = collections.defaultdict(set)
    malformed = []
    for file in test_files(root):
        with open(os.path.join(root, file), encoding="utf-8", errors="replace") as handle:
            text = handle.read()
        for match in TAG.finditer(text):
            pages = list(itertools.takewhile(NAME.match, words(match.group(1))))
            for page in pages:
                named[page].add(file)
            if not pages:
                malformed.append((file, match.group(1)))
    return named, malformed


# A page in a string of the kernel is what a report shows, also in the short forms KERNEL:x and
# bug-check-x (runtime/bugchecks.c).
LITERAL = re.compile(r'"((?:NF|NS|NC|NE|NI|KERNEL):[\w.~-]+|(?:[a-z]+/)?[\w-]+\.md|'
                     r'bug-check-[\w-]+)"')


def reported_pages(root):
    """page -> the sources of the kernel that name it in a report."""
    named = collections.defaultdict(set)
    for folder, folders, names in os.walk(os.path.join(root, "kernel")):
        folders.sort()
        for name in sorted(names):
            if not name.endswith((".c", ".h")):
                continue
            path = os.path.join(folder, name)
            with open(path, encoding="utf-8") as handle:
                for page in LITERAL.findall(handle.read()):
                    page = re.sub(r"^KERNEL:(.*)", r"kernel/\1.md", page)
                    page = re.sub(r"^(bug-check-.*)", r"debugger/\1.md", page)
                    named[page].add(os.path.relpath(path, root))
    return named


def bug_check_pages(root):
    path = os.path.join(root, "ddi", "bugcheck.def")
    if not os.path.exists(path):
        return set()
    with open(path, encoding="utf-8") as handle:
        text = handle.read()
    return {"debugger/" + page for page in re.findall(r'"(bug-check-[\w-]+\.md)"', text)}


class Spec:
    def __init__(self, root):
        # Of other sections these are known: the pages of bug checks and of rules.
        rules = {row["docs_file"].partition("/")[2] for row in rows(root, "rules.tsv")}
        self.known = {"debugger/bug-check-0x": bug_check_pages(root), "devtest/wdm-": rules}
        self.parts = {row["file"]: row["part"] for row in rows(root, "pages.tsv")}
        self.guides = set(rows(root, "guides.txt"))
        self.needs = {row["file"]: row["needs"] for row in rows(root, "open.tsv")}
        self.reference = set(rows(root, "reference.txt"))
        self.headers = {page.partition("/")[0] for page in self.reference}
        self.functions = sum("/nf-" in page for page in self.reference)

    def is_page(self, name):
        """Whether the name is a page of the lists; other sections are taken as they are."""
        match = NAME.match(name)
        kind, header, item = match.group(1), match.group(2), match.group(3)
        if kind:
            page = f"{header}/{kind}-{header}-{item}.md".lower()
            return header.lower() not in self.headers or page in self.reference
        for prefix, pages in self.known.items():
            if pages and name.startswith(prefix):
                return name in pages
        folder, _, file = name.rpartition("/")
        return folder not in ("", "kernel") or file in self.parts

    def hint(self, name):
        """The same item under the header that does have its page."""
        kind, _, item = NAME.match(name).group(1, 2, 3)
        ending = f"-{item}.md".lower() if kind else "\n"
        found = [page for page in self.reference if page.endswith(ending)]
        return f" (but {found[0]} is)" if found else ""

    def part(self, name):
        return self.parts.get(name.rpartition("/")[2]) if not NAME.match(name).group(1) else None


def problems(root):
    """Findings for lint: names that are no page, guests that name none."""
    named, malformed = named_pages(root)
    spec = Spec(root)
    for file, page in malformed:
        yield f"{file}: {page} does not look like a page"
    for page, files in sorted(named.items()):
        if not spec.is_page(page):
            yield f"{sorted(files)[0]}: {page} is no page of docs/spec{spec.hint(page)}"
    for file in sorted((spec.guides | set(spec.needs)) - set(spec.parts)):
        yield f"docs/spec: {file} of guides.txt or open.tsv is no page of pages.tsv"
    proven = {page.rpartition("/")[2] for page in named if spec.part(page)}
    for file in sorted(set(spec.needs) & proven):
        yield f"docs/spec/open.tsv: {file} is proven by a test"
    for page, files in sorted(reported_pages(root).items()):
        if not NAME.match(page) or not spec.is_page(page):
            hint = spec.hint(page) if NAME.match(page) else ""
            yield f"{sorted(files)[0]}: {page} in a report is no page of docs/spec{hint}"
    having = set().union(*named.values()) if named else set()
    for file in test_files(root):
        if not file.startswith("tests/guest/") or not file.endswith(".c"):
            continue
        with open(os.path.join(root, file), encoding="utf-8", errors="replace") as handle:
            text = handle.read()
        # A guest without Run: is no test by itself, but of use to one; "No page: why" tells that
        # what it calls is documented nowhere.
        if re.search(r"^// No page: \w", text, re.MULTILINE):
            continue
        if file not in having and re.search(r"^//\s*Run:", text, re.MULTILINE):
            yield f"{file}: names no page (Page: kernel/x.md or Page: NF:wdm.X)"
        for match in GLUED.finditer(text):
            yield f"{file}: {match.group(1)}: must start its own comment line"


def report(root, show_open):
    spec = Spec(root)
    if not spec.parts:
        sys.exit("pages.py: pages.tsv is in neither docs/spec nor ddi/spec")
    named, _ = named_pages(root)
    proven = {page.rpartition("/")[2] for page in named if spec.part(page)}
    total = collections.Counter()
    done = collections.Counter()
    for file, part in spec.parts.items():
        if file not in spec.guides or file in proven:
            total[part] += 1
            done[part] += file in proven
    width = max(len(part) for part in total)
    for part in sorted(total):
        print(f"{part:{width}}  {done[part]:4} of {total[part]:4}")
    print(f"{'total':{width}}  {sum(done.values()):4} of {sum(total.values()):4}")
    functions = sum(page.startswith("NF:") and spec.is_page(page) for page in named)
    print(f"{'reference pages of functions':{width}}  {functions:4} of {spec.functions:4}")
    if show_open:
        for file in sorted(set(spec.parts) - proven - spec.guides):
            needs = f"\tneeds {spec.needs[file]}" if file in spec.needs else ""
            print(f"open\t{spec.parts[file]}\tkernel/{file}{needs}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--root", default=ROOT)
    parser.add_argument("--open", action="store_true")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    if options.check:
        found = list(problems(options.root))
        print("\n".join(found))
        return 1 if found else 0
    report(options.root, options.open)
    return 0


if __name__ == "__main__":
    sys.exit(main())
