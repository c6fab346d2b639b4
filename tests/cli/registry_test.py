#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""wdm run --registry FILE and the reg command: import, list, change, and what is malformed."""
import os
import subprocess
import sys
import tempfile

WDM = os.environ["WDM"]

GOOD = """Windows Registry Editor Version 5.00

; a comment
[HKEY_LOCAL_MACHINE\\SOFTWARE\\Vendor\\Product]
@="default"
"Text"="a \\"quoted\\" C:\\\\path"
"Number"=dword:0000002a
"Bytes"=hex:01,02,\\
  03,fe
"Expand"=hex(2):25,00,41,00,25,00,00,00
"Many"=hex(7):61,00,00,00,62,00,00,00,00,00
"Big"=hex(b):01,00,00,00,00,00,00,00
"Gone"="x"
"Gone"=-
"Never"=-

[HKEY_LOCAL_MACHINE\\SOFTWARE\\Vendor\\Old]
[-HKEY_LOCAL_MACHINE\\SOFTWARE\\Vendor\\Old]
[-HKEY_LOCAL_MACHINE\\SOFTWARE\\Vendor\\NeverThere]
"""

BAD = (
    ("Windows Registry 5\n", ":1: a .reg file begins with"),
    ("", ":1: a .reg file begins with"),
    ("REGEDIT4\n\n[HKEY_LOCAL_MACHINE\\Software\n", ":3: ']' expected"),
    ("REGEDIT4\n[Machine\\Software]\n", ":2: a key begins with HKEY_"),
    ("REGEDIT4\n[HKEY_LOCAL_MACHINE\\New]\n", ":2: "),
    ("REGEDIT4\n\"A\"=dword:1\n", ":2: a value stands below its [key]"),
    ("REGEDIT4\n[HKEY_USERS\\.DEFAULT]\nA=dword:1\n", ":3: the name of a value"),
    ("REGEDIT4\n[HKEY_USERS\\.DEFAULT]\n\"A\" 1\n", ":3: '=' expected"),
    ("REGEDIT4\n[HKEY_USERS\\.DEFAULT]\n\"A\"=dword:xyz\n", ":3: dword:"),
    ("REGEDIT4\n[HKEY_USERS\\.DEFAULT]\n\"A\"=\"text\n", ":3: the text does not end"),
    ("REGEDIT4\n[HKEY_USERS\\.DEFAULT]\n\"A\"=hex:01,,02\n", ":3: hexadecimal bytes"),
    ("REGEDIT4\n[HKEY_USERS\\.DEFAULT]\n\"A\"=hex:01,\\\n", ":3: the value ends in a '\\'"),
    ("REGEDIT4\n[HKEY_USERS\\.DEFAULT]\n\"A\"=number:1\n", ":3: a value is"),
)

failures = 0


def check(condition, what):
    global failures
    if not condition:
        failures += 1
        print(f"FAILED: {what}")


def run(*arguments):
    return subprocess.run([WDM, "run", *arguments], capture_output=True, text=True, timeout=60,
                          check=False)


def import_file(folder, content, *commands):
    path = os.path.join(folder, "test.reg")
    with open(path, "wb") as file:
        file.write(content)
    return run("--registry", path, "-c", ";".join(commands) or "echo x")


def main():
    with tempfile.TemporaryDirectory() as folder:
        key = "HKLM\\Software\\Vendor\\Product"
        query = f"reg query {key}"
        for content in (GOOD.encode(), b"\xef\xbb\xbf" + GOOD.encode(),
                        b"\xff\xfe" + GOOD.replace("\n", "\r\n").encode("utf-16-le")):
            done = import_file(folder, content, query)
            check(done.returncode == 0, f"import: {done.stderr}")
            for line in ("(Default)  REG_SZ  default", 'Text  REG_SZ  a "quoted" C:\\path',
                         "Number  REG_DWORD  0x2a", "Bytes  REG_BINARY  010203FE",
                         "Expand  REG_EXPAND_SZ  %A%", "Many  REG_MULTI_SZ  a\\0b",
                         "Big  REG_QWORD  0100000000000000"):
                check(line in done.stdout, f"{line} is not in {done.stdout}")
            check("Gone" not in done.stdout, "a deleted value is listed")
            done = import_file(folder, content, "reg query HKLM\\Software\\Vendor")
            check("Product\\" in done.stdout and "Old" not in done.stdout, done.stdout)
        old = b"REGEDIT4\n[HKEY_LOCAL_MACHINE\\Software\\V]\n\"E\"=hex(2):25,41,25,00\n"
        done = import_file(folder, old, "reg query \\Registry\\Machine\\Software\\V E")
        check("E  REG_EXPAND_SZ  %A%" in done.stdout, done.stdout + done.stderr)
        for content, message in BAD:
            done = import_file(folder, content.encode())
            check(done.returncode == 1, f"{content!r}: status {done.returncode}")
            check("test.reg" + message in done.stderr, f"{content!r}: {done.stderr}")
    done = run("--registry", "/nonexistent/file.reg", "-c", "echo x")
    check(done.returncode == 1 and "No such file" in done.stderr, done.stderr)
    done = run("-c", "reg add HKLM\\Software\\A\\B Name REG_SZ text;"
               "reg add HKLM\\Software\\A\\B N REG_DWORD 17; reg query HKLM\\Software\\A\\B;"
               "reg delete HKLM\\Software\\A\\B N; reg query HKLM\\Software\\A\\B Name;"
               "reg delete HKLM\\Software\\A")
    check(done.returncode == 0, done.stderr)
    check("Name  REG_SZ  text" in done.stdout and "N  REG_DWORD  0x11" in done.stdout, done.stdout)
    for command, status in (("reg query HKLM\\Software\\A", 2), ("reg query Nowhere", 1),
                            ("reg add HKLM\\Software\\A N REG_WORD 1", 1), ("reg frob", 1),
                            ("reg add HKLM\\Software\\A N REG_DWORD x", 1)):
        done = run("-c", command)
        check(done.returncode == status, f"{command}: {done.returncode} {done.stderr}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
