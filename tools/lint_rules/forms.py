# SPDX-License-Identifier: MIT
"""clang-format decides about layout; this rule asks it."""
import concurrent.futures
import os
import re
import shutil
import subprocess

from .tree import Skip

STYLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", ".clang-format")


def run_batch(arguments):
    root, files = arguments
    return subprocess.run(["clang-format-19", f"--style=file:{os.path.abspath(STYLE)}",
                           "--dry-run", "-Werror", "--ferror-limit=1", *files], cwd=root,
                          stderr=subprocess.PIPE, text=True, check=False).stderr


def check_format(tree):
    """clang-format-19 would change nothing."""
    if not shutil.which("clang-format-19"):
        raise Skip("clang-format-19 is not installed")
    files = tree.code()
    batches = [(tree.root, files[at:at + 20]) for at in range(0, len(files), 20)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for output in pool.map(run_batch, batches):
            for match in re.finditer(r"^(\S+?:\d+):\d+: error: (.*)$", output, re.MULTILINE):
                yield f"{match.group(1)}: clang-format-19 would lay it out otherwise"
