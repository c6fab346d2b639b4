#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Options of `wdm run`, help, `wdm ddi` and `wdm info`."""
import json
import os
import struct
import sys
import time

sys.path.insert(0, os.path.join(os.environ["WDM_SOURCE"], "tests", "kit"))
from command import Tests, driver, guest, wdm  # pylint: disable=wrong-import-position

CLIENT = guest("client")


def options(t):
    # Drivers and options in any order; -c in the order given.
    t.run("run", "-c", "echo one", CLIENT, "-c", "echo two; drivers", driver("hello"), err="",
          out=["one", "two", r"\Driver\client", r"\Driver\hello"])
    t.run("run", "-f", t.path("a.wdm", "echo from a file\n"), "-c", "echo then this", err="",
          out=["from a file", "then this"])
    t.run("run", "--service", "first", CLIENT, driver("hello"), "-c", "drivers", err="",
          out=[r"\Driver\first", r"\Driver\hello"], no_out=r"\Driver\client")
    t.run("run", "--service=last", CLIENT, "-c", "unload last", err="")
    t.run("run", "--no-unload", CLIENT, err="", no_out="unloaded")
    os.link(CLIENT, t.path("-dash.sys")) if os.stat(CLIENT).st_dev == os.stat(
        t.folder.name).st_dev else t.path("-dash.sys", open(CLIENT, "rb").read())
    t.run("run", "-c", "drivers", "--", "-dash.sys", cwd=t.folder.name, err="",
          out=r"\Driver\-dash")
    for cpus in ("1", "4", "64"):
        t.run("run", "--cpus", cpus, guest("race") if cpus == "4" else CLIENT, err="")


def bad_options(t):
    for arguments, message in (
            (("--cpus",), "--cpus needs an argument: N"),
            (("--cpus", "0"), "--cpus: '0' is not a number from 1 to 64"),
            (("--cpus", "65"), "--cpus: '65' is not a number from 1 to 64"),
            (("--cpus", "two"), "--cpus: 'two' is not a number from 1 to 64"),
            (("--seed", "-1"), "--seed: '-1' is not a number from 0 to 18446744073709551615"),
            (("--seed", "18446744073709551616"), "--seed: '18446744073709551616' is not a number "
             "from 0 to 18446744073709551615"),
            (("--timeout", "1s"), "--timeout: '1s' is not a number from 0 to 1000000"),
            (("--realtime=yes",), "unknown option '--realtime=yes'; 'wdm help run' lists them"),
            (("--bogus",), "unknown option '--bogus'; 'wdm help run' lists them"),
            (("-x",), "unknown option '-x'; 'wdm help run' lists them"),
            (("-c",), "-c needs an argument: COMMANDS"),
            (("--report", "/no/folder/r.json"), "/no/folder/r.json: No such file or directory"),
            (("--trace=/no/folder/t",), "/no/folder/t: No such file or directory"),
            (("--windows-version", "4.0"), "'4.0' is not a Windows version such as 10.0.19045")):
        t.run("run", CLIENT, *arguments, status=1, err="wdm: " + message, out="")


def traces_and_reports(t):
    commands = r"open \\.\Client; ioctl 0x222000 in:41 out:1; ioctl 0x22201c"
    file, report = t.path("trace.txt"), t.path("report.json")
    shown = t.run("run", CLIENT, "--trace", "-c", commands, status=4,
                  out=["IofCallDriver", "IofCompleteRequest", "kernel/io/"]).out
    t.run("run", CLIENT, f"--trace={file}", "--report", report, "-c", commands, status=4,
          no_out="IofCallDriver")
    with open(file, encoding="utf-8") as trace:
        lines = trace.read().splitlines()
    t.check(len(lines) > 10 and all(line in shown for line in lines), "the trace in a file")
    with open(report, encoding="utf-8") as text:
        reports = json.load(text)
    t.check(len(reports) == 1 and reports[0]["kind"] == "leak", f"reports: {reports}")
    t.run("run", CLIENT, "--report", report)
    with open(report, encoding="utf-8") as text:
        t.check(json.load(text) == [], "no report is an empty array")


def versions(t):
    for text in ("6.1", "6.1.7601", "10.0.22621"):
        t.run("run", "--windows-version", text, CLIENT, err="")


def seeds(t):
    runs = {}
    for seed in ("1", "1", "2", "3"):
        result = wdm("run", guest("race"), "--cpus", "4", "--seed", seed, "--trace")
        t.check(result.status == 0 and runs.setdefault(seed, result.out) == result.out,
                f"seed {seed} gives the same bytes")
    t.check(len(set(runs.values())) > 1, "seeds differ")
    default = wdm("run", guest("race"), "--cpus", "4", "--trace")
    t.check(default.out == runs["1"], "the default seed is 1")


def real_time(t):
    start = time.monotonic()
    t.run("run", "--realtime", "-c", "sleep 200ms", err="")
    t.check(time.monotonic() - start >= 0.2, "--realtime waits")
    start = time.monotonic()
    t.run("run", "-c", "sleep 3600s; assert time == 3600s", err="")
    t.check(time.monotonic() - start < 30, "virtual time does not wait")


def helps(t):
    for words in (("help",), ("--help",), ("-h",)):
        t.run(*words, err="", out=["wdm run", "wdm shell", "wdm info", "wdm ddi", "Exit status",
                                   "124"])
    for program in ("run", "shell", "info", "ddi"):
        texts = {t.run(*words, err="", out=f"usage: wdm {program}").out
                 for words in (("help", program), (program, "--help"), (program, "-h"))}
        t.check(len(texts) == 1, f"help of {program} is the same each way")
    t.run("run", CLIENT, "--help", err="", out=["--seed", "ioctl"], no_out="unloaded")
    t.run("ddi", "--help", out=["--stubs", "--untested"])
    t.run("help", "--man", err="", out=[".TH WDM 1", ".SH EXIT STATUS"])
    t.run("help", "me", status=1, err="wdm: there is no 'wdm me'")
    t.run("help", "run", "shell", status=1, err="wdm: help: [PROGRAM]")
    t.run("walk", status=1, err="wdm: unknown program 'walk'; 'wdm help' lists them")
    t.run("--version", err="", out="wdm ")
    t.run(status=1, err="OpenWDM: the Windows Driver Model as a program....")


def ddis(t):
    everything = t.run("ddi", err="").out.splitlines()
    stubs = t.run("ddi", "--stubs", err="").out.splitlines()
    untested = t.run("ddi", "--untested", err="").out.splitlines()
    t.check(len(everything) > 1000 and set(stubs) < set(everything), "stubs are part of the table")
    t.check(all(" stub " in line for line in stubs), "only stubs")
    t.check(set(untested) <= set(everything) - set(stubs), "untested are implemented")
    t.check(not any(line.startswith("IoCreateDevice ") for line in untested), "tested by guests")
    t.run("ddi", "IoCreateDevice", err="", out="IoCreateDevice ", no_out="IoCreateDeviceSecure")
    t.run("ddi", "iocreatedev*", err="", out="IoCreateDevice ")
    t.run("ddi", "KeWaitForSingleObject", err="", out=["ntoskrnl.exe", ":wait", "ke/wait.c"])
    t.run("ddi", "NoSuchThing", status=1, err="wdm: ddi: no export is called 'NoSuchThing'")
    t.run("ddi", "--what", status=1, err="wdm: ddi: [NAME] [--stubs] [--untested]")
    t.run("ddi", "A", "B", status=1, err="wdm: ddi: [NAME] [--stubs] [--untested]")


def patched(image, offset, form, value):
    """The image with a field of its file header changed; offset from the PE signature."""
    data = bytearray(image)
    start = struct.unpack_from("<I", data, 0x3c)[0]
    struct.pack_into(form, data, start + offset, value)
    return bytes(data)


def infos(t):
    with open(CLIENT, "rb") as file:
        image = file.read()
    t.run("info", CLIENT, err="", out=["client.sys", "IoCreateSymbolicLink"])
    t.run("info", CLIENT, driver("hello"), err="", out=["client.sys", "\n\n", "hello.sys"])
    t.run("info", guest("bad_stub"), err="", out="stub")
    for name, data in (("x86.sys", patched(image, 4, "<H", 0x14c)),
                       ("arm64.sys", patched(image, 4, "<H", 0xaa64)),
                       ("program.exe", patched(image, 24 + 68, "<H", 3)),
                       ("truncated.sys", image[:200]), ("half.sys", image[:len(image) // 2]),
                       ("empty.sys", b""), ("zeros.sys", bytes(4096)),
                       ("text.sys", b"MZ but no more")):
        path = t.path(name, data)
        result = t.run("info", path, status=1, err=f"...{name}...")
        t.check(result.err.count("\n") == 1, f"one line for {name}\n{result}")
        result = t.run("run", path, status=1)
        t.check(name in result.err, f"{name} is named\n{result}")
    for name, word in (("x86.sys", "x86"), ("arm64.sys", "ARM64")):
        t.run("info", t.path(name), status=1, err=f"...{word}...")
    t.run("info", "missing.sys", CLIENT, status=1, err="wdm: missing.sys: No such file or "
          "directory", out="client.sys")
    t.run("info", status=1, err="wdm: info: which file?")
    t.run("info", "--verbose", CLIENT, status=1,
          err="wdm: info: unknown option '--verbose'; 'wdm help info' says more")


def main():
    t = Tests()
    for group in (options, bad_options, traces_and_reports, versions, seeds, real_time, helps, ddis,
                  infos):
        group(t)
    t.end()


if __name__ == "__main__":
    main()
