# SPDX-License-Identifier: MIT
"""Every header compiles alone, under each compiler that will meet it."""
import concurrent.futures
import os
import re
import shutil
import subprocess

from .tree import Skip

WARNINGS = ["-Wall", "-Wextra", "-Werror", "-Wundef", "-Wno-unused-function",
            "-Wno-unused-macros", "-Wno-unknown-pragmas", "-Wno-pragmas"]
# A part of another header says so in its first lines.
PART = re.compile(r"included (only )?by|part of \S+\.h", re.IGNORECASE)
KERNEL = ["-std=gnu17", "-ffreestanding", "-fshort-wchar", "-nostdinc", "-DOPENWDM_KERNEL=1"]


def compiler_include(compiler):
    """The folder of the compiler's own freestanding headers."""
    flag = "-print-resource-dir" if "clang" in compiler else "-print-file-name=include"
    path = subprocess.run([compiler, flag], stdout=subprocess.PIPE, text=True,
                          check=True).stdout.strip()
    return os.path.join(path, "include") if "clang" in compiler else path


def kernel_command(compiler, root):
    clang = ["-Wno-pragma-pack"] if "clang" in compiler else []
    return [compiler, *KERNEL, *WARNINGS, *clang, "-isystem", compiler_include(compiler),
            f"-I{root}/include/wdk", f"-I{root}/include/wdk/crt", f"-I{root}/kernel", f"-I{root}"]


def host_command(compiler, root):
    return [compiler, "-std=gnu17", "-D_GNU_SOURCE", *WARNINGS, f"-I{root}", f"-I{root}/include",
            "-fshort-wchar", "-idirafter", f"{root}/include/wdk", "-idirafter", f"{root}/kernel"]


def driver_commands(root):
    folders = [f"-I{root}/include/wdk", f"-I{root}/include/wdk/crt"]
    return {
        "clang-19 windows-msvc": [
            "clang-19", "--target=x86_64-pc-windows-msvc", "-std=gnu17", "-fms-extensions",
            "-fasync-exceptions", "-ffreestanding", "-nostdlibinc", *WARNINGS, "-Wno-pragma-pack",
            *folders],
        "mingw gcc": ["x86_64-w64-mingw32-gcc", "-std=gnu17", "-ffreestanding", "-fshort-wchar",
                      *WARNINGS, *folders],
    }


def compilers_of(file, root, private):
    """name of compiler -> command, for the headers of one folder."""
    if file.startswith("include/wdk/"):
        return {"gcc (kernel)": kernel_command("gcc", root), **driver_commands(root)}
    if file.startswith("include/"):
        return {name: [name, "-std=c11", *WARNINGS, f"-I{root}/include"]
                for name in ("gcc", "clang-19")}
    if file.startswith(("kernel/", "host/", "hw/core/")) and not private:
        return {name: kernel_command(name, root) for name in ("gcc", "clang-19")}
    if file.startswith(("host/", "hw/", "runtime/", "cli/")):
        return {name: host_command(name, root) for name in ("gcc", "clang-19")}
    return {}


INCLUDE_FOLDERS = ("include/wdk/crt/", "include/wdk/", "include/", "kernel/")


def spelling(file):
    """How a source would name the header: #include_next works only when it is found by search."""
    for folder in INCLUDE_FOLDERS:
        if file.startswith(folder):
            return file[len(folder):]
    return file


def compile_alone(job):
    file, name, command = job
    run = subprocess.run([*command, "-fsyntax-only", "-x", "c", "-"],
                         input=f"#include <{spelling(file)}>\n", stderr=subprocess.PIPE, text=True,
                         check=False)
    if run.returncode == 0:
        return None
    first = next((line for line in run.stderr.splitlines() if "error" in line), "failed")
    return f"{file}:1: does not compile alone with {name}: {first}"


def check_headers(tree):
    """Each header compiles alone: wdk under three compilers, others under two."""
    for compiler in ("gcc", "clang-19", "x86_64-w64-mingw32-gcc"):
        if not shutil.which(compiler):
            raise Skip(f"{compiler} is not installed")
    jobs = []
    cached = {}
    for file in tree.having(".h"):
        if "/openwdm_parts/" in file or PART.search("\n".join(tree.lines(file)[:6])):
            continue
        # Private headers of host and hw may name Linux; the others are read by the kernel too.
        private = file.startswith(("host/", "hw/")) and file.endswith("p.h")
        key = "/".join(file.split("/")[:2]) + ("p" if private else "")
        if key not in cached:
            cached[key] = compilers_of(file, tree.root, private)
        for name, command in cached[key].items():
            jobs.append((file, name, command))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for finding in pool.map(compile_alone, jobs):
            if finding:
                yield finding.replace(tree.root + "/", "")
