# SPDX-License-Identifier: MIT
"""Rules about who includes what: private headers stay at home, walls between folders hold."""
import os
import re

INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]', re.MULTILINE)

# Who may include what by its folder; the kernel's own order is the layer rule's business.
#   (files that start so, patterns of headers that they must not include, why)
WALLS = [
    ("kernel/", r"^(stdio|unistd|pthread|errno|signal|sys/.*|openwdm/.*)\b",
     "the kernel sees no system header and no embedder's header"),
    ("kernel/", r"^(runtime|cli)/", "runtime and cli are above the kernel"),
    ("host/", r"^(kernel|hw|runtime|cli|ntdef|wdm|ntddk|openwdm)\b", "host is below everything"),
    ("hw/", r"^(kernel|runtime|cli|ntdef|wdm|ntddk|openwdm)\b", "hw never sees the kernel"),
    ("cli/", r"^(kernel|hw|host|runtime|ntdef|wdm|ntddk)[/.]", "cli sees include/openwdm only"),
    ("drivers/", r"^(kernel|hw|host|runtime|cli|openwdm)/", "drivers see include/wdk only"),
    ("wdf/", r"^(kernel|hw|host|runtime|cli|openwdm)/", "KMDF sees include/wdk only"),
    ("tests/guest/", r"^(kernel|hw|host|runtime|cli|openwdm)/", "guests see include/wdk only"),
    ("include/", r"^(kernel|hw|host|runtime|cli)/", "installed headers stand alone"),
]


def includes(tree, file):
    """(line number, header as written) of each #include."""
    text = tree.text(file)
    for match in INCLUDE.finditer(text):
        yield text.count("\n", 0, match.start(2)) + 1, match.group(2)


def private_headers(tree):
    """name of header -> its folder: xp.h beside x.h, or named after its folder plus p."""
    found = {}
    for file in tree.having("p.h"):
        folder, name = os.path.split(file)
        stem = name[:-3]
        if not folder.startswith("include/") and (
                f"{folder}/{stem}.h" in tree.files or stem == os.path.basename(folder)):
            found.setdefault(name, set()).add(folder)
    return found


def check_private_headers(tree):
    """A private header (iop.h) is included in its own folder and its unit tests only."""
    private = private_headers(tree)
    for file in tree.code():
        folder = os.path.dirname(file)
        for number, header in includes(tree, file):
            homes = private.get(os.path.basename(header))
            if not homes or folder in homes:
                continue
            named = os.path.dirname(header)
            if named and not any(home.endswith(named) for home in homes):
                continue
            if any(file.startswith(f"tests/unit/{os.path.basename(home)}_") for home in homes):
                continue
            yield f"{file}:{number}: includes {header}, private to {' '.join(sorted(homes))}"


def check_walls(tree):
    """Folders include only what their place allows (hw never the kernel, cli only the API, ...)."""
    for file in tree.code():
        for start, pattern, why in WALLS:
            if not file.startswith(start):
                continue
            for number, header in includes(tree, file):
                if re.search(pattern, header):
                    yield f"{file}:{number}: includes {header}: {why}"
