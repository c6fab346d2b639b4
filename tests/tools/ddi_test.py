#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tests of tools/ddigen.py and tools/ddi-audit.py on small tables made here."""
import contextlib
import importlib.util
import io
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
sys.path.insert(0, os.path.join(ROOT, "tools"))

import ddi_table  # noqa: E402
import ddigen  # noqa: E402

SPEC = importlib.util.spec_from_file_location("ddi_audit",
                                              os.path.join(ROOT, "tools", "ddi-audit.py"))
ddi_audit = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(ddi_audit)

TABLE = """# module: ntoskrnl.exe
Alpha stub any - no page
Beta func <=apc io/beta.c -
Count data any ke/count.c -
Gamma forward <=apc Beta -
Leaf leaf any ke/leaf.c symbol=KiLeaf
Tick stub any - data
"""
SPEC_TABLE = """function\theader\tdll\tirql_final\tmin_client\tpage
Beta\twdm.h\tNtosKrnl.exe\tmax=APC\t\twdm/nf-wdm-beta.md
Leaf\twdm.h\tHal.dll; Ntoskrnl.exe\tmax=ANY\t\twdm/nf-wdm-leaf.md
"""
BETA = "void\nBeta(int X)\n{\n}\n"
LEAF = "int\nKiLeaf(void)\n{\n    return 1;\n}\n"


class Project(unittest.TestCase):
    """A project tree with one table, its homes and one header."""

    def setUp(self):
        self.root = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.root)
        self.put("ddi/ntoskrnl.ddi", TABLE)
        self.put("docs/spec/ddi.tsv", SPEC_TABLE)
        self.put("kernel/io/beta.c", BETA)
        self.put("kernel/ke/leaf.c", LEAF)
        self.put("kernel/ke/count.c", "unsigned int Count = 4;\n")
        self.put("include/wdk/wdm.h", "void NTAPI\nBeta(int X);\nint Leaf(void);\n")

    def put(self, path, text):
        path = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def change(self, old, new):
        self.assertIn(old, TABLE)
        self.put("ddi/ntoskrnl.ddi", TABLE.replace(old, new))

    def audit(self):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            status = ddi_audit.main(["--root", self.root])
        return status, out.getvalue()

    def assertFinds(self, text):
        status, out = self.audit()
        self.assertEqual(status, 1, out)
        self.assertIn(text, out)


class AuditTest(Project):
    def test_clean(self):
        self.assertEqual(self.audit(), (0, ""))

    def test_irql_differs(self):
        self.change("Beta func <=apc", "Beta func <=dispatch")
        self.assertFinds("page says max=APC, table says <=dispatch")

    def test_reason_explains(self):
        self.change("Beta func <=apc io/beta.c -",
                    "Beta func <=dispatch io/beta.c reason: the page is wrong")
        self.assertEqual(self.audit()[0], 0)

    def test_module_differs(self):
        self.put("docs/spec/ddi.tsv", SPEC_TABLE.replace("NtosKrnl.exe", "Hal.dll"))
        self.assertFinds("page says Hal.dll")

    def test_conditional_requirement(self):
        self.put("docs/spec/ddi.tsv", SPEC_TABLE.replace(
            "max=APC", "cond{max=DISPATCH / min=PASSIVE,max=PASSIVE}"))
        self.assertEqual(self.audit()[0], 0)
        self.change("Beta func <=apc", "Beta func any")
        self.assertFinds("which is looser")

    def test_not_sorted(self):
        self.put("ddi/ntoskrnl.ddi", TABLE + "Aardvark stub any - -\n")
        self.assertFinds("not sorted")

    def test_twice(self):
        self.put("ddi/ntoskrnl.ddi", TABLE + "Tick stub any - data\n")
        self.assertFinds("appears twice")

    def test_home_missing(self):
        self.change("io/beta.c", "io/gone.c")
        self.assertFinds("kernel/io/gone.c does not exist")

    def test_home_does_not_define(self):
        self.put("kernel/io/beta.c", "void\nBeta(int X);\n")
        self.assertFinds("does not define Beta")

    def test_defined_twice(self):
        self.put("kernel/io/other.c", BETA)
        self.assertFinds("kernel/io/other.c defines Beta as well")

    def test_no_prototype(self):
        self.put("include/wdk/wdm.h", "int Leaf(void);\n")
        self.assertFinds("Beta: no prototype in include/wdk")

    def test_documented_without_row(self):
        self.put("docs/spec/ddi.tsv",
                 SPEC_TABLE + "Omega\twdm.h\tNtosKrnl.exe\tmax=ANY\t\twdm/o.md\n")
        self.assertFinds("Omega is documented and has no row")
        self.put("ddi/not-exported.txt", "Omega\n")
        self.assertEqual(self.audit()[0], 0)

    def test_bad_words(self):
        self.change("Alpha stub any", "Alpha stub whenever")
        self.assertFinds("irql whenever is none of")

    def test_forward_to_nothing(self):
        self.change("forward <=apc Beta", "forward <=apc Delta")
        self.assertFinds("forwards to Delta")


class GenerateTest(Project):
    def generate(self, *arguments):
        out = os.path.join(self.root, "out")
        status = ddigen.main(["--root", self.root, "--out", out, *arguments])
        self.assertEqual(status, 0)
        texts = {}
        for name in os.listdir(out):
            with open(os.path.join(out, name), encoding="utf-8") as file:
                texts[name] = file.read()
        return texts

    def test_exports(self):
        text = self.generate()["exports.c"]
        self.assertIn('{NULL, gate_Alpha, "Alpha", "ntoskrnl.exe",\n     KiExportStub, 0, 15',
                      text)
        self.assertIn('{Symbol_Beta, gate_Beta, "Beta", "ntoskrnl.exe",\n'
                      "     KiExportFunction, 0, 1", text)
        self.assertIn('{Symbol_Count, NULL, "Count", "ntoskrnl.exe",\n     KiExportData', text)
        self.assertIn('{Symbol_Beta, gate_Gamma, "Gamma"', text)
        self.assertIn('{Symbol_KiLeaf, NULL, "Leaf", "ntoskrnl.exe",\n     KiExportLeaf', text)

    def test_gates(self):
        text = self.generate()["gates.S"]
        self.assertIn("gate_Alpha:\n    .cfi_startproc\n"
                      "    leaq    KiExports_ntoskrnl+0(%rip), %r11\n    jmp     KiGateStub", text)
        self.assertIn("leaq    KiExports_ntoskrnl+40(%rip), %r11\n    jmp     KiGateCommon", text)
        self.assertNotIn("gate_Leaf", text)
        self.assertNotIn("gate_Count", text)

    def test_def_and_table(self):
        texts = self.generate()
        self.assertIn("    Count DATA\n", texts["ntoskrnl.def"])
        self.assertIn("    Tick DATA\n", texts["ntoskrnl.def"])
        self.assertIn("    Beta\n", texts["ntoskrnl.def"])
        self.assertIn('{"Beta", "ntoskrnl.exe", "func", "<=apc", "io/beta.c", "", '
                      '"wdm/nf-wdm-beta.md"}', texts["ddi_table.c"])
        self.assertIn("wdm_ddi_row_count = 6;", texts["ddi_table.c"])

    def test_docs(self):
        path = os.path.join(self.root, "ddi.md")
        self.generate("--docs", path)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        self.assertIn("| ntoskrnl.exe | 6 | 4 | 2 |", text)
        self.assertIn("[Beta](https://learn.microsoft.com/windows-hardware/drivers/ddi/"
                      "wdm/nf-wdm-beta)", text)

    def test_unchanged_files_stay(self):
        self.generate()
        path = os.path.join(self.root, "out", "exports.c")
        os.utime(path, (1, 1))
        self.generate()
        self.assertEqual(os.stat(path).st_mtime, 1)

    @unittest.skipUnless(shutil.which("llvm-dlltool-19"), "no llvm-dlltool-19")
    def test_libraries(self):
        folder = os.path.join(self.root, "lib")
        self.assertEqual(ddigen.main(["--root", self.root, "--libs", folder]), 0)
        names = subprocess.run(["llvm-nm-19", os.path.join(folder, "ntoskrnl.lib")],
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                               check=True).stdout
        self.assertIn("T Beta", names)
        self.assertIn("__imp_Count", names)
        self.assertNotIn("T Count", names)


class RealTableTest(unittest.TestCase):
    """The project's own tables."""

    def test_reads(self):
        modules = {module.name: module for module in ddi_table.read_tables()}
        self.assertLessEqual({"ntoskrnl.exe", "hal.dll"}, set(modules))
        names = {row.name for module in modules.values() for row in module.rows}
        for name in ("IofCallDriver", "KeBugCheckEx", "memcpy", "KeTickCount",
                     "__C_specific_handler", "HalGetBusData", "KeStallExecutionProcessor"):
            self.assertIn(name, names)


if __name__ == "__main__":
    unittest.main()
