#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""wdm run --fault and --fault-sweep: drivers that survive every fault, and two that do not."""
import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.environ["WDM_SOURCE"], "tests", "kit"))
from command import Tests, driver, guest  # pylint: disable=wrong-import-position

BOTH = r"open \\.\Bad; ioctl 0x222000; ioctl 0x222004"
HELLO = os.path.join(os.environ["WDM_SOURCE"], "drivers", "hello.wdm")
LINE = re.compile(r"^fault (\d+): (fine|command failed|violation|bug check): (\w+) called by "
                  r"(\S+\.sys)!(\w+)(?:\+0x[0-9a-f]+)? \((\w+\.[ch]):(\d+)\) "
                  r"(returns NULL|returns FALSE|(?:returns|raises) STATUS_\w+)(?:: (.*))?$")


def sweep(t, *arguments, status=0):
    """The lines of a sweep, parsed, and its summary."""
    result = t.run("run", "--fault-sweep=all", *arguments, status=status, err="")
    *lines, summary = result.out.splitlines()
    matches = [LINE.match(line) for line in lines]
    t.check(all(matches), f"each line has its form\n{result}")
    t.check([int(match.group(1)) for match in matches if match] == list(range(1, len(lines) + 1)),
            f"each fault once, in order\n{result}")
    t.check(summary.startswith(f"fault sweep: {len(lines)} calls failed, one in each run: "),
            f"the summary\n{result}")
    return [match for match in matches if match], summary


def survivors(t):
    lines, _ = sweep(t, driver("hello"), "-f", HELLO)
    calls = {line.group(3) for line in lines}
    t.check({"IoCreateDevice", "IoCreateSymbolicLink", "MmMapLockedPagesSpecifyCache"} <= calls,
            f"calls of hello: {calls}")
    t.check(not any("Delete" in call for call in calls), "what takes away does not fail")
    lines, summary = sweep(t, guest("faults"))
    calls = {line.group(3): line.group(8) for line in lines}
    expected = {"ExAllocatePoolWithTag": "raises STATUS_INSUFFICIENT_RESOURCES",
                "IoAllocateIrp": "returns NULL", "IoAllocateMdl": "returns NULL",
                "IoAllocateWorkItem": "returns NULL", "MmMapIoSpace": "returns NULL",
                "IoBuildDeviceIoControlRequest": "returns NULL",
                "MmProbeAndLockPages": "raises STATUS_WORKING_SET_QUOTA",
                "MmMapLockedPagesSpecifyCache": "returns NULL",
                "IoAllocateDriverObjectExtension": "returns STATUS_INSUFFICIENT_RESOURCES",
                "PsCreateSystemThread": "returns STATUS_INSUFFICIENT_RESOURCES",
                "ZwCreateEvent": "returns STATUS_INSUFFICIENT_RESOURCES",
                "ZwOpenEvent": "returns STATUS_INSUFFICIENT_RESOURCES"}
    for call, result in expected.items():
        t.check(calls.get(call) == result, f"{call} {calls.get(call)}")
    t.check("bug check" not in summary and "violation" not in summary, summary)
    # Only runs that end badly are listed without =all.
    t.run("run", "--fault-sweep", guest("faults"), err="", out="fault sweep: ", no_out="fault 1")
    # A driver without a call that can fail.
    t.run("run", "--fault-sweep", "-c", "sleep 1", err="",
          out="fault sweep: 0 calls failed, one in each run\n")


def unchecked(t):
    lines, summary = sweep(t, guest("bad_fault_unchecked"), "-c", BOTH, status=3)
    bad = [line for line in lines if line.group(2) != "command failed"]
    t.check(len(bad) == 1 and "1 bug check" in summary, summary)
    number = bad[0].group(1)
    t.check(bad[0].group(2, 3, 4, 5, 8) == ("bug check", "ExAllocatePool2",
            "bad_fault_unchecked.sys", "Break", "returns NULL"), bad[0].group(0))
    t.check(bad[0].group(9).startswith("*** STOP: 0x0000003B") and
            bad[0].group(9).endswith("SYSTEM_SERVICE_EXCEPTION"), bad[0].group(9))
    # The same fault alone, with the whole report; twice the same.
    report = t.path("report.json")
    runs = [t.run("run", "--fault", number, "--report", report, guest("bad_fault_unchecked"), "-c",
                  BOTH, status=3, err=f"wdm: fault {number}: ExAllocatePool2 called by "
                  "bad_fault_unchecked.sys!Break+0x...").err for _ in range(2)]
    # AddressSanitizer says that it does not know the stack, with the number of the process.
    runs = [re.sub(r"^==\d+==WARNING: .*\n(?:.*WARNING.*\n|For details.*\n|False .*\n)*", "", run,
                   flags=re.MULTILINE) for run in runs]
    t.check(runs[0] == runs[1], "a replay is the same run")
    with open(report, encoding="utf-8") as file:
        reports = json.load(file)
    t.check(len(reports) == 1 and reports[0]["kind"] == "bugcheck", "one bug check")
    t.check("bad_fault_unchecked.sys!Break" in runs[0], f"where it happened\n{runs[0]}")


def leaking(t):
    lines, summary = sweep(t, guest("bad_fault_leak"), "-c", BOTH, status=4)
    bad = [line for line in lines if line.group(2) != "command failed"]
    t.check(len(bad) == 1 and "1 violation" in summary, summary)
    t.check(bad[0].group(2, 3) == ("violation", "IoAllocateIrp") and bad[0].group(9) ==
            "*** LEAK: bad_fault_leak.sys was unloaded and left 1 thing behind", bad[0].group(0))
    # A command failed, too: that is what the status of the single run says.
    t.run("run", "--fault", bad[0].group(1), guest("bad_fault_leak"), "-c", BOTH, status=2,
          err="...tag 'Leak', 64 bytes...")


def usage(t):
    t.run("run", "--fault", "1000", driver("hello"), status=1,
          err="...wdm: --fault 1000: the run has only ...")
    t.run("run", "--fault", "0", driver("hello"), status=1,
          err="wdm: --fault: '0' is not a number from 1 to 18446744073709551614")
    t.run("run", "--fault-sweep=some", driver("hello"), status=1,
          err="wdm: --fault-sweep: 'some' is not 'all'")
    for option in (("--fault", "1"), ("--trace",), ("--report", t.path("r.json"))):
        t.run("run", "--fault-sweep", *option, driver("hello"), status=1,
              err="wdm: --fault, --report and --trace are for one run, --fault-sweep is many")
    t.run("shell", "--fault-sweep", status=1,
          err="wdm: --fault-sweep: only a script can be repeated")
    # What fails without a fault is said at once, with its own status.
    t.run("run", "--fault-sweep", driver("hello"), "-c", "assert irps == 1", status=2, out="",
          err="wdm: fault sweep: even without a fault: command failed: -c:1:1: assertion failed: "
          "irps == 1 (it is 0)")
    t.run("run", "--fault-sweep", guest("client"), "-c", r"open \\.\Client; ioctl 0x222018",
          status=3, err="wdm: fault sweep: even without a fault: bug check: *** STOP: ...")
    t.run("run", "--fault-sweep", "--timeout", "1", guest("client"), "-c",
          r"open \\.\Client; ioctl 0x222038", status=124,
          err="wdm: fault sweep: even without a fault: timeout: ...")


def main():
    t = Tests()
    for group in (survivors, unchecked, leaking, usage):
        group(t)
    t.end()


if __name__ == "__main__":
    main()
