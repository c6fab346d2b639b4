#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""make lint: every rule of HACKING.md that a machine can check.

    tools/lint.py [RULE...]       run all rules, or those named, over the project
    tools/lint.py --canaries      prove each rule: its canary under tests/lint/canary/ must fail
    tools/lint.py --list          names and what each rule says

A rule is a function in tools/lint_rules/ that takes a Tree and yields findings (text with a place).
A canary is a little project with one mistake; its file EXPECT has words of each finding, by line.
Prints one line per rule and fails when a rule found something.
"""
import argparse
import os
import sys
import time

from lint_rules import docs, forms, headers, includes, objects, shape, text
from lint_rules.tree import Tree, Skip

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CANARIES = os.path.join(ROOT, "tests", "lint", "canary")

RULES = {
    "format": forms.check_format,
    "columns": text.check_columns,
    "spdx": text.check_spdx,
    "notes": text.check_notes,
    "places": text.check_places,
    "banned": text.check_banned,
    "functions": shape.check_functions,
    "files": shape.check_files,
    "private-headers": includes.check_private_headers,
    "include-walls": includes.check_walls,
    "headers": headers.check_headers,
    "layers": objects.check_layers,
    "private-symbols": objects.check_private_symbols,
    "libc": objects.check_libc,
    "keeps-xmm": objects.check_keeps_xmm,
    "test-pages": docs.check_test_pages,
    "table-audit": docs.check_audit,
    "generated": docs.check_generated,
}


def run_rule(name, tree):
    """The findings of one rule, or the reason why it cannot run here."""
    try:
        return list(RULES[name](tree)), None
    except Skip as reason:
        return [], str(reason)


def lint(names, build, shown):
    tree = Tree(ROOT, build)
    failed = passed = 0
    for name in names:
        start = time.monotonic()
        findings, skipped = run_rule(name, tree)
        took = time.monotonic() - start
        for finding in findings[:shown]:
            print(f"{finding} [{name}]")
        if len(findings) > shown:
            print(f"... and {len(findings) - shown} more [{name}]; --all shows them")
        if findings:
            failed += 1
        elif not skipped:
            passed += 1
        verdict = f"{len(findings)} findings" if findings else "ok"
        print(f"lint {name:16} {'skipped: ' + skipped if skipped else verdict} ({took:.1f} s)",
              flush=True)
    print(f"lint: {passed} passed, {failed} failed")
    return failed == 0


def canary_verdict(rule, folder):
    """None when the rule finds what the canary plants, otherwise what went wrong."""
    with open(os.path.join(folder, "EXPECT"), encoding="utf-8") as file:
        expected = [line.rstrip("\n") for line in file if line.strip()]
    findings, skipped = run_rule(rule, Tree(folder, None, canary=True))
    if skipped:
        return f"the rule did not run: {skipped}"
    for words in expected:
        if not any(words in finding for finding in findings):
            return f"not found: {words} (found: {'; '.join(findings) or 'nothing'})"
    return None


def prove_canaries():
    """Each rule has at least one folder canary/RULE or canary/RULE.WHAT, and finds its mistake."""
    passed = failed = 0
    folders = sorted(os.listdir(CANARIES))
    for rule in RULES:
        mine = [name for name in folders if name == rule or name.startswith(rule + ".")]
        if not mine:
            print(f"canary {rule}: there is none")
            failed += 1
        for name in mine:
            problem = canary_verdict(rule, os.path.join(CANARIES, name))
            print(f"canary {name}: {problem or 'ok'}")
            failed += problem is not None
            passed += problem is None
    print(f"canaries: {passed} passed, {failed} failed")
    return failed == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--canaries", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--all", action="store_true", help="do not cut long lists of findings")
    parser.add_argument("--build", default=os.path.join(ROOT, "build", "release"))
    parser.add_argument("rules", nargs="*", metavar="RULE")
    options = parser.parse_args()
    unknown = [name for name in options.rules if name not in RULES]
    if unknown:
        parser.error(f"no such rule: {' '.join(unknown)}")
    if options.list:
        for name, rule in RULES.items():
            print(f"{name:16} {rule.__doc__.splitlines()[0]}")
        return 0
    if options.canaries:
        return 0 if prove_canaries() else 1
    shown = sys.maxsize if options.all else 15
    return 0 if lint(options.rules or list(RULES), options.build, shown) else 1


if __name__ == "__main__":
    sys.exit(main())
