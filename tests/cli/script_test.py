#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The commands of scripts, one by one, and scripts that are malformed."""
import os
import sys

sys.path.insert(0, os.path.join(os.environ["WDM_SOURCE"], "tests", "kit"))
from command import Tests, driver, guest  # pylint: disable=wrong-import-position

CLIENT = guest("client")


class Script(Tests):
    def client(self, *lines, **expected):
        """Runs lines with the client's device open; -f - so that lines have numbers."""
        return self.run("run", CLIENT, "-f", "-", stdin="\n".join([r"open \\.\Client", *lines]),
                        **expected)

    def refused(self, line, message, status=1):
        self.client(line, status=status, err=f"wdm: -:2:1: {message}")


def load_unload(t):
    t.run("run", "-c", f"load {CLIENT}; drivers; unload client; drivers", err="",
          out=[r"\Driver\client", "Client: unloaded", "Driver"])
    t.run("run", "-c", f"load {CLIENT} as other; unload other", err="", out="Client: unloaded")
    t.run("run", "-c", f"load {CLIENT} as refuse", status=2, err="...STATUS_DEVICE_CONFIG...")
    t.run("run", "-c", f"load {CLIENT} other", status=1,
          err="wdm: -c:1:1: load: FILE [as SERVICE]")
    t.run("run", "-c", "load /nowhere.sys", status=1,
          err="wdm: -c:1:1: /nowhere.sys: No such file or directory")
    t.run("run", "-c", "unload", status=1, err="wdm: -c:1:1: unload: NAME")
    t.client("unload client", "close", "drivers", err="",
             out=["client unloads when its last handle or reference goes", "Client: unloaded"])


def handles(t):
    t.client(r"open \\.\Client as second", "ioctl second 0x222000 in:01 out:1 expect:01",
             "close second", "ioctl 0x222000 in:02 out:1", "close", "close", status=1,
             out=["01", "02"], err="wdm: -:7:1: close: no handle is open")
    t.client(r"open \Device\Client", "ioctl 1 0x222000 in:05 out:1", "ioctl 2 0x222000", "close 1",
             err="", out="05")
    t.client(r"open \\.\Client as 1", status=1, err="wdm: -:2:1: open: there is a handle '1' "
             "already")
    t.refused("close third", "close: no handle is open as third")
    t.refused("close 1 2", "close: [H]")
    t.refused("open", "open: NAME [as H]")
    t.refused(r"open \\.\Client called x", "open: NAME [as H]")
    t.client(*[r"open \\.\Client"] * 64, status=1,
             err="wdm: -:65:1: open: 64 handles are open already")


def transfers(t):
    t.client("write 0102030405 at:8", "read 5 at:8 expect:0102030405", "read 5 at:9", err="",
             out=["5 bytes written", "01 02 03 04 05", "02 03 04 05 00"])
    t.client('write 1 "text; more" at:0', "read 1 4 at:6 expect:6d6f7265", err="",
             out=["10 bytes written", "6D 6F 72 65"])
    t.client("read 4 at:64", status=2, err="wdm: -:2:1: read: STATUS_END_OF_FILE (0xC0000011)")
    t.client("read 4 at:64 status:STATUS_END_OF_FILE", "write 00 at:64 status:0xC000007F", err="")
    t.client("read 20", err="",
             out="00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n00 00 00 00\n")
    t.client("read 0", "write \"\"", err="", out="0 bytes written")
    t.refused("read", "read: [H] N [at:OFFSET] [expect:HEX] [status:NAME] [async]")
    t.refused("read many", "read: [H] N [at:OFFSET] [expect:HEX] [status:NAME] [async]")
    t.refused("read 0x100000000", "read: [H] N [at:OFFSET] [expect:HEX] [status:NAME] [async]")
    t.refused("write", "write: [H] DATA [at:OFFSET] [status:NAME] [async]")
    t.refused("write 00 at:here", "write: what is 'at:here'?")
    t.refused("read 4 status:STATUS_TYPO", "read: 'STATUS_TYPO' is no NTSTATUS")


def controls(t):
    t.client("ioctl 0x222000 in:00ff out:2", "ioctl 2236416 in:aa out:1 expect:AA", err="",
             out=["00 FF", "AA"])
    t.client("ioctl 0x222034 in:a30000c0 status:STATUS_DEVICE_NOT_READY", "assert status == "
             "STATUS_DEVICE_NOT_READY", "assert status == 0xC00000A3", "assert information == 0",
             err="")
    t.client("ioctl 0x222020 out:4 status:STATUS_BUFFER_OVERFLOW expect:\"warn\"", err="",
             out="77 61 72 6E")
    t.client("ioctl 0x222020 out:4", status=2,
             err="wdm: -:2:1: ioctl: STATUS_BUFFER_OVERFLOW (0x80000005)")
    t.client("ioctl 0x222030 in:\"said\"", out="Client: said\n")
    usage = "ioctl: [H] CODE [in:DATA] [out:N] [expect:HEX] [status:NAME] [async]"
    t.refused("ioctl", usage)
    t.refused("ioctl echo", usage)
    t.refused("ioctl 0x1222000000", usage)
    t.refused("ioctl 0x222000 out:many", "ioctl: what is 'out:many'?")
    t.refused("ioctl 0x222000 fast", "ioctl: what is 'fast'?")
    t.refused("ioctl 0x222000 in:0", "'0' is no data: write hex bytes, \"text\" or @file")


def data(t):
    path = t.path("data.bin", bytes(range(200)))
    missing = t.path("missing.bin")
    t.client(f"ioctl 0x222000 in:@{path} out:200 expect:@{path}", "assert information == 200",
             err="", out="00 01 02")
    t.client(f"ioctl 0x222000 in:\"a b;c\" out:5 expect:61:20:62-3b,63", err="")
    t.client('ioctl 0x222000 in:"\\n\\r\\t\\0\\x7f\\\\\\"q" out:8 expect:0a0d09007f5c2271', err="")
    t.client("ioctl 0x222000 in:0x0102 out:2 expect:0102", err="")
    t.client("ioctl 0x222000 in: out:4", "assert information == 0", err="")
    t.client("ioctl 0x222000 in:\"\" out:4", "assert output == \"\"", err="")
    t.refused("write abc", "'abc' is no data: write hex bytes, \"text\" or @file")
    t.refused("write zz", "'zz' is no data: write hex bytes, \"text\" or @file")
    t.refused(f"write @{missing}", f"{missing}: No such file or directory")


def pending(t):
    t.client("ioctl 0x222004", "irps", "assert pending == 1", "cancel", "assert pending == 0",
             err="", out=["request 1 is pending", r"\Device\Client", "cancelable",
                          "request 1 completed: STATUS_CANCELLED, 0 bytes"])
    t.client("ioctl 0x222008 in:32000000 async", "sleep 49ms", "assert pending == 1", "sleep 2ms",
             "assert pending == 0", "assert status == STATUS_SUCCESS", err="",
             out="request 1 completed: STATUS_SUCCESS")
    t.client("ioctl 0x222008 in:32000000", "assert time >= 50", err="", no_out="pending")
    t.client("ioctl 0x222004", "close", err="", out="request 1 completed: STATUS_CANCELLED")
    t.client("ioctl 0x222004 status:STATUS_PENDING", "cancel 1", err="")
    t.client("ioctl 0x222004 status:STATUS_SUCCESS", status=2,
             err="wdm: -:2:1: ioctl: expected STATUS_SUCCESS, got STATUS_PENDING")
    t.refused("cancel 2", "cancel: [H], with an open handle")
    t.client("close", "cancel", status=1, err="wdm: -:3:1: cancel: [H], with an open handle")


def sleeping(t):
    for text, ns in (("0", 0), ("50", 50e6), ("50ms", 50e6), ("2s", 2e9), ("100us", 1e5),
                     ("700ns", 700)):
        t.run("run", "-c", f"sleep {text}; assert time == {int(ns)}ns", err="")
    for text in ("", "x", "5x", "-5", "5 ms", "1.5s", "99999999999999999999", "99999999999s"):
        t.run("run", "-c", f"sleep {text}", status=1,
              err="wdm: -c:1:1: sleep: TIME, such as 50, 50ms, 2s, 100us or 10ns")


def tables(t):
    t.client("ioctl 0x22201c", "ioctl 0x222008 in:32000000 async", "devices", "drivers", "irps",
             "pool", "threads", "timers", status=4,
             out=["Device", r"\Device\Client", "Driver", r"\Driver\client", "IRP", "00222008",
                  "Tag", "Leak Nonp", "No ", "client ", "Timer", "DPC client.sys"])
    t.run("run", driver("hello"), "-c", r"devstack \Device\Hello", err="",
          out=["(unnamed", r"> \Device\Hello"])
    t.client("devstack Client", "objects", r"objects \??", r"objects \Driver", err="",
             out=["> \\Device\\Client", "Directory            Device",
                  "Client -> \\Device\\Client", "Driver               client"])
    t.refused("devices now", "devices: takes no argument")
    t.refused("devstack", "devstack: NAME")
    t.refused("devstack Nobody", "there is no device 'Nobody'")
    t.refused("objects a b", "objects: [DIRECTORY]")
    t.refused(r"objects \Nowhere",
              r"\Nowhere: STATUS_OBJECT_NAME_NOT_FOUND (0xC0000034)", status=2)


def asserting(t):
    t.client("ioctl 0x222000 in:010203 out:3", "assert information == 3", "assert information != 2",
             "assert information < 4", "assert information <= 3", "assert information > 2",
             "assert information >= 3", "assert output == 010203", "assert output != 010204",
             "assert irps == 0", "assert pool == 0", "assert reports == 0", "assert time < 1s",
             "assert pending == 0", "assert status == STATUS_SUCCESS", err="")
    t.refused("assert reports > 0", "assertion failed: reports > 0 (it is 0)", 2)
    t.refused("assert output == 01", "assertion failed: output == 01 (it is different)", 2)
    t.client("sleep 1ms", "assert time > 5s", status=2,
             err="wdm: -:3:1: assertion failed: time > 5s (it is 10...")
    t.client("ioctl 0x222000", "assert status == STATUS_DEVICE_BUSY", status=2, err="wdm: -:3:1: "
             "assertion failed: status == STATUS_DEVICE_BUSY (it is STATUS_SUCCESS)")
    usage = "assert: status|information|output|irps|pool|reports|time|pending ==|!=|<|>|<=|>= VALUE"
    for line in ("assert", "assert status", "assert status =", "assert status = 5",
                 "assert mood == 5", "assert status != STATUS_TYPO", "assert irps == few",
                 "assert irps == 1 2"):
        t.refused(line, usage)
    t.refused("assert output < 01", "assert: output is compared with == or !=")


def the_rest(t):
    t.run("run", "-c", "echo one  two; echo", err="", out="one two\n\n")
    t.run("run", "-c", "help", err="", out=["load", "unload", "ioctl", "assert", "help"])
    t.run("run", "-c", "help sleep", err="", out="let virtual time pass", no_out="unload")
    t.run("run", "-c", "help me", status=1, err="wdm: -c:1:1: help: there is no command 'me'")
    t.run("run", "-f", "-", stdin="# a comment; echo no\n\n ;; echo yes # no comment\n", err="",
          out="yes # no comment\n", no_out="echo")
    t.run("run", "-f", "-", stdin="echo a\r\necho b\r\n", err="", out="a\nb\n")


def malformed(t):
    script = t.path("script.wdm", "echo nothing runs\n\n  frobnicate 5\n")
    t.run("run", CLIENT, "-f", script, status=1, no_out="nothing",
          err=f"wdm: {script}:3:3: unknown command 'frobnicate'; 'help' lists them")
    t.run("run", "-c", "echo a; echo \"b", status=1, no_out="a",
          err="wdm: -c:1:16: a quote is not closed")
    t.run("run", "-f", "-", stdin='echo x\necho "b\nc"\n', status=1, no_out="x",
          err="wdm: -:2:8: a quote is not closed")
    t.run("run", "-c", "echo " + "x " * 40, status=1,
          err="wdm: -c:1:69: too many words in one command")
    t.run("run", "-c", "echo " + "x" * 70000, status=1,
          err="wdm: -c:1:65535: the command is too long")
    t.run("run", "-f", t.path("zero.wdm", b"echo a\0b"), status=1, err="...: not a text file")
    t.run("run", "-f", t.path("none.wdm"), status=1, err="...: No such file or directory")
    t.run("run", "-f", "/", status=1, err="wdm: /: Is a directory")
    t.run("run", *["-c", "echo"] * 65, status=1, err="wdm: too many scripts")


def main():
    t = Script()
    for group in (load_unload, handles, transfers, controls, data, pending, sleeping, tables,
                  asserting, the_rest, malformed):
        group(t)
    t.end()


if __name__ == "__main__":
    main()
