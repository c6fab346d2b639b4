# SPDX-License-Identifier: MIT
"""What the tests of the command line share: running `wdm`, and counting what holds."""
import os
import subprocess
import sys
import tempfile

WDM = os.environ["WDM"]
GUESTS = os.environ["WDM_GUESTS"]
DRIVERS = os.environ["WDM_DRIVERS"]


def guest(name):
    return os.path.join(GUESTS, name + ".sys")


def driver(name):
    return os.path.join(DRIVERS, name + ".sys")


class Result:
    def __init__(self, arguments, done):
        self.arguments = arguments
        self.status = done.returncode
        self.out = done.stdout.decode("utf-8", "replace")
        self.err = done.stderr.decode("utf-8", "replace")

    def __str__(self):
        return (f"$ wdm {' '.join(self.arguments)[:2000]}\nstatus {self.status}\n"
                f"--- out\n{self.out}--- err\n{self.err}---")


def wdm(*arguments, stdin="", cwd=None):
    done = subprocess.run([WDM, *arguments], input=stdin.encode(), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, cwd=cwd, timeout=120, check=False)
    return Result(arguments, done)


class Tests:
    """Collects failures; each check says what was run."""

    def __init__(self):
        self.checks = 0
        self.failed = 0
        self.folder = tempfile.TemporaryDirectory()

    def path(self, name, content=None):
        path = os.path.join(self.folder.name, name)
        if content is not None:
            with open(path, "wb") as file:
                file.write(content if isinstance(content, bytes) else content.encode())
        return path

    def check(self, condition, message):
        self.checks += 1
        if not condition:
            self.failed += 1
            print(f"FAILED: {message}")

    def run(self, *arguments, status=0, out=None, err=None, stdin="", no_out=None, cwd=None):
        """Runs wdm. `err` is the whole of standard error, or with ... at an end a part of it; `out`
        is a part of the output, or a list of parts in that order."""
        result = wdm(*arguments, stdin=stdin, cwd=cwd)
        self.check(result.status == status, f"expected status {status}\n{result}")
        if err is not None:
            self.check(self.matches(result.err, err), f"expected on stderr: {err!r}\n{result}")
        position = 0
        for part in [out] if isinstance(out, str) else out or []:
            found = result.out.find(part, position)
            self.check(found >= 0, f"expected in the output: {part!r}\n{result}")
            position = max(found, position)
        if no_out is not None:
            self.check(no_out not in result.out, f"unexpected in the output: {no_out!r}\n{result}")
        return result

    @staticmethod
    def matches(text, expected):
        text = text.rstrip("\n")
        if expected.endswith("...") and expected.startswith("..."):
            return expected[3:-3] in text
        if expected.endswith("..."):
            return text.startswith(expected[:-3])
        if expected.startswith("..."):
            return text.endswith(expected[3:])
        return text == expected

    def end(self):
        print(f"{self.checks} checks, {self.failed} failed")
        sys.exit(1 if self.failed else 0)
