#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`wdm shell` through a pipe and through a terminal: history, completion, the end."""
import os
import pty
import re
import select
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.environ["WDM_SOURCE"], "tests", "kit"))
from command import Tests, WDM, driver, guest  # pylint: disable=wrong-import-position

CLIENT = guest("client")
PROMPT = "wdm> "


def through_a_pipe(t):
    t.run("shell", CLIENT, err="", out=["handle 1", "41 42", "Client: unloaded"], no_out=PROMPT,
          stdin="open \\\\.\\Client\nioctl 0x222000 in:4142 out:2\nquit\necho after\n")
    # A failed command ends neither the shell nor counts.
    t.run("shell", status=0,
          stdin="frobnicate\necho on\nassert irps == 1\nsleep x; echo no\necho off",
          out=["on\n", "off\n"], no_out="no", err="wdm: unknown command 'frobnicate'; 'help' lists "
          "them\nwdm: assertion failed: irps == 1 (it is 0)\nwdm: sleep: TIME, such as 50, 50ms, "
          "2s, 100us or 10ns")
    t.run("shell", CLIENT, stdin="exit\n", err="", out="Client: unloaded")
    t.run("shell", CLIENT, stdin="", err="", out="Client: unloaded")
    t.run("shell", CLIENT, stdin="open Client\nioctl 0x222018\necho after\n", status=3,
          out="The machine has stopped.", no_out="after", err="...MANUALLY_INITIATED_CRASH...")
    t.run("shell", CLIENT, stdin="open Client\nioctl 0x22201c\n", status=4, err="...'Leak'...")
    t.run("shell", CLIENT, "-c", "devices", status=1,
          err="wdm: -c: a shell reads its commands from you")
    t.run("shell", "missing.sys", status=1, stdin="echo no\n", no_out="no",
          err="wdm: missing.sys: No such file or directory")
    t.run("shell", CLIENT, "--timeout", "1", stdin="open Client\nioctl 0x222038\n", status=124,
          err="wdm: timeout: the run was stopped (see --timeout)")


class Terminal:
    """A shell on a pseudo terminal; what it shows is collected without control sequences."""

    def __init__(self, *arguments, cwd=None):
        self.child, self.fd = pty.fork()
        if self.child == 0:
            os.environ["TERM"] = "dumb"
            os.environ["INPUTRC"] = "/dev/null"
            if cwd:
                os.chdir(cwd)
            os.execv(WDM, [WDM, "shell", *arguments])
        self.screen = ""

    def read(self, seconds):
        if not select.select([self.fd], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.fd, 65536)
        except OSError:  # the other side has closed
            return False
        self.screen += re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]|[\x07\r]", "", data.decode("utf-8",
                                                                                 "replace"))
        return bool(data)

    def expect(self, text, seconds=30):
        """Waits until text is shown; what was shown up to it, or None."""
        end = time.monotonic() + seconds
        while text not in self.screen and time.monotonic() < end:
            if not self.read(end - time.monotonic()):
                break
        if text not in self.screen:
            return None
        before, _, self.screen = self.screen.partition(text)
        return before

    def type(self, keys):
        os.write(self.fd, keys.encode())

    def end(self):
        while self.read(30):
            pass
        os.close(self.fd)
        return os.waitstatus_to_exitcode(os.waitpid(self.child, 0)[1])


def says(t, terminal, keys, *texts):
    terminal.type(keys)
    for text in texts:
        shown = terminal.expect(text)
        t.check(shown is not None, f"typed {keys!r}, expected {text!r}, shown: "
                f"{terminal.screen[-600:]!r}")


def through_a_terminal(t):
    os.mkdir(t.path("folder"))
    t.path("folder/payload.bin", b"\x01\x02\x03")
    terminal = Terminal(CLIENT, driver("hello"), cwd=t.path("folder"))
    signal.alarm(100)
    says(t, terminal, "echo first\n", "first\nfirst\n", PROMPT)
    # History: the line before, and the one before that.
    says(t, terminal, "echo second\n", "second\nsecond\n", PROMPT)
    says(t, terminal, "\x10\x10\n", "\nfirst\n", PROMPT)
    # Commands, devices by both kinds of names, handles, data from files, services.
    says(t, terminal, "devst\tHello\n", "> \\Device\\Hello", PROMPT)
    says(t, terminal, "open \\\\.\\Cl\t\n", "open \\\\.\\Client \nhandle 1", PROMPT)
    says(t, terminal, "open \\Device\\He\t as second\n", "\\Device\\Hello  as second\n"
         "handle second", PROMPT)
    says(t, terminal, "close sec\t\n", "close second \n", PROMPT)
    says(t, terminal, "ioctl 0x222000 in:@pay\tout:3\n", "@payload.bin out:3\n01 02 03\n", PROMPT)
    says(t, terminal, "echo a; obj\t\\Dri\t\n", "a\nType", "Driver               client", PROMPT)
    says(t, terminal, "load " + os.path.join(os.path.dirname(CLIENT), "bad_nu") + "\t\n",
         "bad_null_pointer.sys", PROMPT)
    says(t, terminal, "unload bad\t\n", "unload bad_null_pointer \n", PROMPT)
    says(t, terminal, "he\tsl\t\n", "help sleep \nsleep", PROMPT)
    # What several candidates share is completed; another TAB lists them.
    says(t, terminal, "de\t\t\t", "devices", "devstack")
    says(t, terminal, "\x15echo alive\n", "alive\nalive\n", PROMPT)
    says(t, terminal, "quit\n", "Client: unloaded")
    status = terminal.end()
    t.check(status == 0, f"the shell ends with status {status}: {terminal.screen!r}")
    # The end of the input is the end of the shell.
    terminal = Terminal()
    says(t, terminal, "echo x\n", "x\nx\n", PROMPT)
    terminal.type("\x04")
    t.check(terminal.end() == 0, "control-D ends the shell")
    signal.alarm(0)


def main():
    t = Tests()
    through_a_pipe(t)
    through_a_terminal(t)
    t.end()


if __name__ == "__main__":
    main()
