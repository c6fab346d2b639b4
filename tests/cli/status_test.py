#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every exit status of `wdm run`, with the line that says why."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.environ["WDM_SOURCE"], "tests", "kit"))
from command import Tests, driver, guest  # pylint: disable=wrong-import-position

CLIENT = guest("client")
OPEN = r"open \\.\Client;"


def fine(t):
    t.run("run", CLIENT, err="", out="Client: unloaded\n")
    t.run("run", CLIENT, "-c", OPEN + "ioctl 0x222000 in:41 out:1 expect:41", err="", out="41\n")
    t.run("run", driver("hello"), "-f",
          os.path.join(os.environ["WDM_SOURCE"], "drivers", "hello.wdm"), err="")
    t.run("run", "-c", "echo no driver is needed", err="", out="no driver is needed\n")
    # A driver without Unload stays, as on Windows.
    t.run("run", CLIENT, "--no-unload", err="", no_out="unloaded")


def usage_or_input(t):
    t.run("run", status=1, err="wdm: run: no driver and no command; 'wdm help run' says more")
    t.run("run", "missing.sys", status=1, err="wdm: missing.sys: No such file or directory")
    t.run("run", "/", status=1, err="wdm: /: Is a directory")
    text = t.path("text.sys", "This is no driver.")
    t.run("run", text, status=1, err="wdm: text.sys: ...")
    t.run("run", CLIENT, CLIENT, status=1, err="wdm: client.sys: already loaded")
    t.run("run", CLIENT, "-c", "open", status=1, err="wdm: -c:1:1: open: NAME [as H]")
    t.run("run", CLIENT, "-c", "ioctl 0x222000", status=1,
          err="wdm: -c:1:1: ioctl: no handle is open")
    t.run("run", "--windows-version", "ten", CLIENT, status=1,
          err="wdm: 'ten' is not a Windows version such as 10.0.19045")
    if os.path.exists("/dev/full"):
        done = os.system(f"'{os.environ['WDM']}' run '{CLIENT}' > /dev/full 2> {t.path('err')}")
        with open(t.path("err"), encoding="utf-8") as file:
            t.check(os.waitstatus_to_exitcode(done) == 1 and
                    file.read() == "wdm: standard output cannot be written\n", "/dev/full")


def something_failed(t):
    t.run("run", CLIENT, "--service", "refuse", status=1,
          err="wdm: --service refuse: no driver follows")
    t.run("run", "--service", "refuse", CLIENT, status=2,
          err="wdm: client.sys: DriverEntry: STATUS_DEVICE_CONFIGURATION_ERROR (0xC0000182)")
    t.run("run", CLIENT, "-c", r"open \\.\Nobody", status=2,
          err=r"wdm: -c:1:1: \\.\Nobody: STATUS_OBJECT_NAME_NOT_FOUND (0xC0000034)")
    t.run("run", CLIENT, "-c", OPEN + "ioctl 0x222ffc", status=2,
          err="wdm: -c:1:17: ioctl: STATUS_INVALID_DEVICE_REQUEST (0xC0000010)")
    t.run("run", CLIENT, "-c", OPEN + "ioctl 0x222000 in:0102 out:2 expect:0103", status=2,
          err="wdm: -c:1:17: ioctl: byte 1 of the output is 02, expected 03")
    t.run("run", CLIENT, "-c", OPEN + "ioctl 0x222000 in:0102 out:2 expect:010203", status=2,
          err="wdm: -c:1:17: ioctl: the output has 2 bytes, expected 3")
    t.run("run", CLIENT, "-c", OPEN + "ioctl 0x222000 status:STATUS_DEVICE_BUSY", status=2,
          err="wdm: -c:1:17: ioctl: expected STATUS_DEVICE_BUSY, got STATUS_SUCCESS (0x00000000)")
    t.run("run", CLIENT, "-c", "assert irps == 1", status=2,
          err="wdm: -c:1:1: assertion failed: irps == 1 (it is 0)")
    t.run("run", CLIENT, "-c", "unload nobody", status=2,
          err="wdm: -c:1:1: nobody: STATUS_OBJECT_NAME_NOT_FOUND (0xC0000034)")
    # The rest of the commands does not run, but drivers are unloaded.
    t.run("run", CLIENT, "-c", "assert irps == 1; echo after", "-c", "echo later", status=2,
          no_out="after", out="Client: unloaded")


def machine_stopped(t):
    result = t.run("run", CLIENT, "-c", OPEN + "ioctl 0x222018; echo after", status=3,
                   err="...MANUALLY_INITIATED_CRASH...", no_out="after")
    t.check("client.sys!ClientControl" in result.err, f"the driver's function\n{result}")
    # A bug check is worse than what failed before, or was left behind.
    t.run("run", CLIENT, "-c", OPEN + "ioctl 0x22201c; ioctl 0x222018", status=3)
    t.run("run", guest("bad_stub"), "-c", r"open \\.\Bad; ioctl 0x222004", status=3)


def check_violated(t):
    t.run("run", CLIENT, "-c", OPEN + "ioctl 0x22201c", status=4, err="...'Leak'...")
    t.run("run", CLIENT, "--no-checks", "-c", OPEN + "ioctl 0x22201c", err="")
    # What failed is worse than what was left behind.
    t.run("run", CLIENT, "-c", OPEN + "ioctl 0x22201c; assert irps == 1", status=2)


def timeout(t):
    report = t.path("report.json")
    t.run("run", CLIENT, "--timeout", "1", "--report", report, "-c",
          "echo before;" + OPEN + "ioctl 0x222038", status=124, out="before",
          err="wdm: timeout: the run was stopped (see --timeout)")
    with open(report, encoding="utf-8") as file:
        t.check(json.load(file) == [], "the report is a JSON array after a timeout")


def main():
    t = Tests()
    for group in (fine, usage_or_input, something_failed, machine_stopped, check_violated, timeout):
        group(t)
    t.end()


if __name__ == "__main__":
    main()
