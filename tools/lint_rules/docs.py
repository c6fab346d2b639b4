# SPDX-License-Identifier: MIT
"""Rules about documents and tables that tools of their own check."""
import os
import subprocess
import sys

from .tree import Skip

TOOLS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")


def run_tool(tree, name, *arguments):
    """Each line that the tool prints when it fails is a finding."""
    tool = os.path.normpath(os.path.join(TOOLS, name))
    if not os.path.exists(tool):
        raise Skip(f"tools/{name} is missing")
    command = [tool, *arguments]
    if name.endswith(".py"):
        command.insert(0, sys.executable)
    run = subprocess.run(command, cwd=tree.root, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, text=True, check=False)
    if run.returncode == 77:
        raise Skip(run.stdout.strip().splitlines()[-1])
    if run.returncode:
        yield from (run.stdout.strip() or f"tools/{name} failed").splitlines()


def check_audit(tree):
    """The DDI table agrees with the documented module and IRQL, or says why not."""
    yield from run_tool(tree, "ddi-audit.py", "--root", tree.root)


def check_generated(tree):
    """docs/ddi.md and man/wdm.1 are what their generators write today."""
    yield from run_tool(tree, "update-docs", "--check", "--root", tree.root)


def check_test_pages(tree):
    """Every guest names a documentation page, and every page that a test names exists."""
    yield from run_tool(tree, "pages.py", "--check", "--root", tree.root)
