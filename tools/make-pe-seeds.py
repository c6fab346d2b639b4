#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the seed corpus of fuzz/pe_fuzz.c: small PE32+ images built by hand, valid and odd.

usage: make-pe-seeds.py [FOLDER]        (default: fuzz/seeds/pe beside this tool)

No third-party bytes: every field is written here, so a seed shows one feature of the format each.
The output is the same on every run.
"""

import os
import struct
import sys

CODE, DATA, BSS = 0x20, 0x40, 0x80
DISCARD, NONPAGED, EXEC, READ, WRITE = 0x02000000, 0x08000000, 0x20000000, 0x40000000, 0x80000000
TEXT = CODE | NONPAGED | EXEC | READ
RDATA = DATA | NONPAGED | READ
RWDATA = DATA | NONPAGED | READ | WRITE
INIT = CODE | DISCARD | EXEC | READ | WRITE
IMAGE_BASE = 0x140000000
(EXPORT, IMPORT, RESOURCE, EXCEPTION, SECURITY, RELOC, DEBUG, ARCHITECTURE, GLOBALPTR, TLS, CONFIG,
 BOUND, IAT, DELAY, COM) = range(15)


def align(value, to):
    return (value + to - 1) // to * to


class Image:
    """A PE32+ image: sections get the next free address, directories are set by the features."""

    def __init__(self):
        self.sections = []
        self.directories = [(0, 0)] * 16
        self.next = 0x1000
        self.entry = 0
        self.machine = 0x8664
        self.characteristics = 0x22
        self.magic = 0x20B
        self.subsystem = 1
        self.dll = 0x4160
        self.tail = b""
        self.patches = {}

    def add(self, name, data, flags, virtual=None):
        rva = self.next
        size = virtual if virtual is not None else len(data)
        self.sections.append((name, rva, size, data, flags))
        self.next = align(rva + max(size, 1), 0x1000)
        return rva

    def here(self):
        return self.next

    def build(self):
        lfanew = 0x80
        optional = 112 + 128
        table = lfanew + 24 + optional
        headers = align(table + 40 * len(self.sections), 0x200)
        raw = headers
        rows, bodies = b"", b""
        for name, rva, size, data, flags in self.sections:
            length = align(len(data), 0x200)
            rows += struct.pack("<8sIIIIIIHHI", name.encode(), size, rva, length,
                                raw if length else 0, 0, 0, 0, 0, flags)
            bodies += data.ljust(length, b"\0")
            raw += length
        if self.tail:
            self.directories[SECURITY] = (raw, len(self.tail))
        dos = b"MZ".ljust(0x3C, b"\0") + struct.pack("<I", lfanew)
        nt = b"PE\0\0" + struct.pack("<HHIIIHH", self.machine, len(self.sections), 0x5F000000, 0, 0,
                                     optional, self.characteristics)
        opt = struct.pack("<HBBIIIII", self.magic, 14, 0, 0x200, 0x200, 0, self.entry, 0x1000)
        opt += struct.pack("<QIIHHHHHHIIIIHH", IMAGE_BASE, 0x1000, 0x200, 10, 0, 10, 0, 10, 0, 0,
                           self.next, headers, 0, self.subsystem, self.dll)
        opt += struct.pack("<QQQQII", 0x100000, 0x1000, 0x100000, 0x1000, 0, 16)
        opt += b"".join(struct.pack("<II", *entry) for entry in self.directories)
        out = bytearray((dos.ljust(lfanew, b"\0") + nt + opt + rows).ljust(headers, b"\0"))
        out += bodies + self.tail
        for offset, data in self.patches.items():
            out[offset:offset + len(data)] = data
        put_checksum(out, lfanew + 24 + 64)
        return bytes(out)


def put_checksum(out, field):
    out[field:field + 4] = b"\0\0\0\0"
    total = sum(struct.unpack("<%dH" % (len(out) // 2), out[:len(out) & ~1]))
    total += out[-1] if len(out) & 1 else 0
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    out[field:field + 4] = struct.pack("<I", total + len(out))


def code_section(image):
    """Reads cr8, writes it back, reads KUSER_SHARED_DATA, loops, returns."""
    body = bytes.fromhex(
        "4883ec28"              # sub rsp, 28h
        "440f20c0" "0fb6c8"     # mov rax, cr8; movzx ecx, al
        "b802000000" "440f22c0"  # mov eax, 2; mov cr8, rax
        "48b8200300008 0f7ffff".replace(" ", "")  # mov rax, 0FFFFF78000000320h
        + "488b00" "ffc9" "75fa"  # mov rax, [rax]; dec ecx; jnz
        "31c0" "4883c428" "c3")   # xor eax, eax; add rsp, 28h; ret
    return image.add(".text", body.ljust(0x80, b"\xcc"), TEXT)


def add_imports(image, modules, directory=IMPORT, name_table=True):
    """modules: [(name, [import name or ordinal])]."""
    base = image.here()
    descriptors = 20 * (len(modules) + 1)
    tables, strings, iats = b"", b"", []
    string_base = base + descriptors + 16 * sum(len(names) + 1 for _, names in modules)
    rows = b""
    at = base + descriptors
    for module, names in modules:
        thunks = []
        for name in names:
            if isinstance(name, int):
                thunks.append(1 << 63 | name)
            else:
                thunks.append(string_base + len(strings))
                entry = struct.pack("<H", 7) + name.encode() + b"\0"
                strings += entry + b"\0" * (len(entry) & 1)
        module_rva = string_base + len(strings)
        strings += module.encode() + b"\0"
        table = b"".join(struct.pack("<Q", thunk) for thunk in thunks + [0])
        rows += struct.pack("<IIIII", at if name_table else 0, 0, 0, module_rva, at + len(table))
        iats.append(at + len(table))
        tables += table + table
        at += 2 * len(table)
    image.add("IDATA", rows + bytes(20) + tables + strings, RWDATA)
    image.directories[directory] = (base, descriptors)
    return iats


def add_delay_imports(image):
    base = image.here()
    names = base + 64
    strings = names + 32
    rows = struct.pack("<8I", 1, strings, base + 0x100, names + 16, names, 0, 0, 0) + bytes(32)
    data = rows + struct.pack("<QQQQ", strings + 16, 0, IMAGE_BASE, 0)
    data += b"helper.sys\0".ljust(16, b"\0") + b"\1\0HelperCall\0"
    image.add(".didat", data.ljust(0x200, b"\0"), RWDATA)
    image.directories[DELAY] = (base, 64)


def add_exports(image, function, forwarder=None, names=("DllInitialize", "DllUnload", "Foo")):
    base = image.here()
    count = len(names) + (1 if forwarder else 0)
    functions = base + 40
    name_table = functions + 4 * count
    ordinals = name_table + 4 * count
    strings = ordinals + 2 * count
    blob = b"seed.sys\0"
    pointers, entries = [], sorted(names) + (["Zforward"] if forwarder else [])
    for name in entries:
        pointers.append(strings + len(blob))
        blob += name.encode() + b"\0"
    addresses = [function] * len(names)
    if forwarder:
        addresses.append(strings + len(blob))
        blob += forwarder.encode() + b"\0"
    data = struct.pack("<IIHHIIIIIII", 0, 0, 0, 0, strings, 1, count, count, functions, name_table,
                       ordinals)
    data += struct.pack("<%dI" % count, *addresses) + struct.pack("<%dI" % count, *pointers)
    data += struct.pack("<%dH" % count, *range(count)) + blob
    image.add(".edata", data, RDATA)
    image.directories[EXPORT] = (base, len(data))


def add_unwind(image, begin, end, handler=None, chained=False):
    xdata = image.here()
    info = struct.pack("<BBBB", 1 | (0x08 if handler else 0), 4, 1, 0) + b"\x04\x42\0\0"
    if handler:
        info += struct.pack("<6I", handler, 1, begin, begin + 4, 1, begin + 8)
    second = xdata + len(info)
    if chained:
        info += struct.pack("<BBBB", 1 | 0x20, 0, 0, 0) + struct.pack("<III", begin, end, xdata)
    rows = struct.pack("<III", begin, end, xdata)
    if chained:
        rows += struct.pack("<III", end, end + 8, second)
    image.add(".xdata", info, RDATA)
    base = image.add(".pdata", rows, RDATA)
    image.directories[EXCEPTION] = (base, len(rows))


def add_relocations(image, sites):
    base = image.here()
    pages = {}
    for site in sites:
        pages.setdefault(site & ~0xFFF, []).append(site & 0xFFF | 0xA000)
    data = b""
    for page in sorted(pages):
        entries = pages[page] + ([0] if len(pages[page]) & 1 else [])
        data += struct.pack("<II", page, 8 + 2 * len(entries))
        data += struct.pack("<%dH" % len(entries), *entries)
    image.add(".reloc", data, DATA | DISCARD | READ)
    image.directories[RELOC] = (base, len(data))


def add_load_config(image, size=0x94, cookie=True):
    data_rva = image.add(".data", struct.pack("<QQQQ", 0x2B992DDFA232, 0xFFFFD466D2205DCD, 0, 0),
                         RWDATA, 0x2000)
    config = bytearray(max(size, 4))
    struct.pack_into("<I", config, 0, size)
    if cookie and size >= 0x60:
        struct.pack_into("<Q", config, 0x58, IMAGE_BASE + data_rva)
    if size >= 0x80:
        pointers = IMAGE_BASE + data_rva + 16
        struct.pack_into("<QQ", config, 0x70, pointers, pointers + 8)
    base = image.add(".lcfg", bytes(config), RDATA)
    image.directories[CONFIG] = (base, size)
    sites = [base + 0x58] if size >= 0x60 else []
    return sites + ([base + 0x70, base + 0x78] if size >= 0x80 else [])


def add_debug(image):
    base = image.here()
    codeview = b"RSDS" + bytes(range(16)) + struct.pack("<I", 3) + b"c:\\build\\seed.pdb\0"
    row = struct.pack("<IIHHIIII", 0, 0, 0, 0, 2, len(codeview), base + 84, 0)
    row += struct.pack("<IIHHIIII", 0, 0, 0, 0, 13, 4, base + 84, 0)
    row += struct.pack("<IIHHIIII", 0, 0, 0, 0, 16, 0, 0, 0)
    image.add(".debug", row + codeview, RDATA)
    image.directories[DEBUG] = (base, 84)


def version_block(key, value=b"", children=b"", text=False):
    head = key.encode("utf-16-le") + b"\0\0"
    head = bytes(6) + head
    head += bytes(-len(head) % 4)
    body = head + value
    if children:
        body += bytes(-len(body) % 4) + children
    length = len(value) // 2 if text else len(value)
    return struct.pack("<HHH", len(body), length, 1 if text else 0) + body[6:]


def version_resource():
    strings = b""
    for key, value in (("CompanyName", "Seed Company"), ("FileVersion", "1.2.3.4"),
                       ("LegalCopyright", "\u00a9 nobody"), ("OriginalFilename", "seed.sys"),
                       ("ProductName", "Seeds")):
        block = version_block(key, value.encode("utf-16-le") + b"\0\0", text=True)
        strings += block + bytes(-len(block) % 4)
    table = version_block("040904b0", children=strings, text=True)
    info = version_block("StringFileInfo", children=table, text=True)
    fixed = struct.pack("<13I", 0xFEEF04BD, 0x10000, 0x10002, 0x30004, 0x10002, 0x30004, 0, 0,
                        0x40004, 3, 7, 0, 0)
    return version_block("VS_VERSION_INFO", fixed, info)


def add_version(image):
    base = image.here()
    version = version_resource()
    tree = b""
    for level, name in enumerate((16, 1, 0x409)):
        following = (level + 1) * 24
        tree += bytes(12) + struct.pack("<HH", 0, 1)
        tree += struct.pack("<II", name, following | 0x80000000 if level < 2 else following)
    tree += struct.pack("<IIII", base + 88, len(version), 0, 0)
    image.add(".rsrc", tree + version, DATA | DISCARD | READ)
    image.directories[RESOURCE] = (base, len(tree) + len(version))


def der(tag, *parts):
    body = b"".join(parts)
    if len(body) < 128:
        return bytes((tag, len(body))) + body
    return bytes((tag, 0x82)) + struct.pack(">H", len(body)) + body


def certificate():
    def name(text):
        return der(0x30, der(0x31, der(0x30, der(6, b"\x55\x04\x03"), der(0x0C, text.encode()))))

    serial = der(2, b"\x11\x22\x33")
    tbs = der(0x30, der(0xA0, der(2, b"\2")), serial, der(0x30, der(6, b"\x2a")), name("Seed CA"),
              der(0x30), name("Seed Signer"))
    signer = der(0x31, der(0x30, der(2, b"\1"), der(0x30, name("Seed CA"), serial)))
    data = der(0x30, der(2, b"\1"), der(0x31), der(0x30), der(0xA0, der(0x30, tbs)), signer)
    blob = der(0x30, der(6, b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"), der(0xA0, data))
    blob = blob.ljust(align(len(blob), 8), b"\0")
    return struct.pack("<IHH", 8 + len(blob), 0x200, 2) + blob


def minimal():
    image = Image()
    image.entry = image.add(".text", b"\x31\xc0\xc3", TEXT)
    return image


def full():
    image = Image()
    text = code_section(image)
    image.add("PAGE", b"\xc3" * 16, CODE | EXEC | READ)
    image.entry = image.add("INIT", b"\x31\xc0\xc3", INIT)
    add_imports(image, [("ntoskrnl.exe", ["DbgPrint", "IoCreateDevice", 12]),
                        ("HAL.dll", ["KeStallExecutionProcessor"])])
    add_exports(image, text, "ntoskrnl.DbgPrint")
    add_unwind(image, text, text + 0x30, text + 0x40, chained=True)
    sites = add_load_config(image)
    add_debug(image)
    add_version(image)
    add_relocations(image, sites)
    image.tail = certificate()
    return image


def seeds():
    yield "minimal", minimal()
    yield "full", full()
    image = minimal()
    add_imports(image, [("ntoskrnl.exe", ["DbgPrint"])], name_table=False)
    yield "imports-without-name-table", image
    image = minimal()
    add_imports(image, [("other.sys", ["Foo", 3]), ("ntdll.dll", ["NtClose"])])
    yield "imports-user-mode", image
    image = minimal()
    add_delay_imports(image)
    yield "delay-imports", image
    image = minimal()
    image.entry = 0
    add_exports(image, 0x1000, "other.#3", names=("B", "A"))
    yield "exports-only", image
    image = minimal()
    yield "load-config-old", (add_load_config(image, 0x70), image)[1]
    image = minimal()
    yield "load-config-new", (add_load_config(image, 0x140), image)[1]
    image = minimal()
    add_unwind(image, 0x1000, 0x1003)
    yield "unwind", image
    image = minimal()
    page = image.add("PAGE", bytes.fromhex("90440f20c090c3") * 3, CODE | EXEC | READ)
    add_unwind(image, 0x1000, page + 20)
    yield "function-over-sections", image
    image = minimal()
    add_version(image)
    yield "version", image
    image = minimal()
    image.tail = certificate()
    yield "signed", image
    image = minimal()
    image.add(".bss", b"", BSS | READ | WRITE, 0x5000)
    image.directories[TLS] = (0x2000, 40)
    yield "bss-and-tls", image
    for name, machine in (("arm64", 0xAA64), ("x86", 0x14C), ("ia64", 0x200)):
        image = minimal()
        image.machine = machine
        yield "machine-" + name, image
    image = minimal()
    image.subsystem = 3
    yield "console-program", image
    image = minimal()
    image.directories[COM] = (0x1000, 72)
    yield "dotnet", image
    image = minimal()
    image.characteristics = 0x23
    yield "relocations-stripped", image
    image = minimal()
    add_relocations(image, [0x1000])
    image.patches = {0x40A: b"\x03\x30"}
    yield "relocation-type", image
    image = minimal()
    image.sections *= 2
    yield "sections-overlap", image


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "..", "fuzz", "seeds", "pe")
    os.makedirs(folder, exist_ok=True)
    for name, image in seeds():
        with open(os.path.join(folder, name + ".bin"), "wb") as out:
            out.write(image.build())
    for name, data in (("mz-only", b"MZ"), ("elf", b"\x7fELF".ljust(64, b"\0")),
                       ("no-header", b"MZ".ljust(0x3C, b"\0") + struct.pack("<I", 0xFFFFFFF0))):
        with open(os.path.join(folder, name + ".bin"), "wb") as out:
            out.write(data)


if __name__ == "__main__":
    main()
