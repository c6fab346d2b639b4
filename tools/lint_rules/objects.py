# SPDX-License-Identifier: MIT
"""Rules that read object files: which layer uses which symbol. ddi/layers.txt has the data."""
import collections
import glob
import os
import re
import subprocess
import tempfile

from .tree import Skip

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# What a compiler emits by itself, sanitizers included, and the linker's own names.
COMPILER_SYMBOLS = re.compile(
    r"^(mem(cpy|move|set|cmp)|strlen|__(asan|ubsan|sanitizer|sanitize|stack_chk)_\w+|"
    r"_GLOBAL_OFFSET_TABLE_|__(u?divti3|u?modti3|popcountdi2|tls_get_addr)|"
    r"__(start|stop)_\w+|__ehdr_start)$")

Object = collections.namedtuple("Object", "source layer defined undefined code")


class Layers:
    """ddi/layers.txt: which layer may use which, private prefixes, exceptions with reasons."""

    def __init__(self, path):
        self.uses = {}
        self.prefixes = {}
        self.allowed = {}
        with open(path, encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                words = line.split("#", 1)[0].split()
                if not words:
                    continue
                if words[0] == "prefix":
                    self.prefixes[words[1]] = words[3] if len(words) > 3 else None
                elif words[0] == "allow":
                    if "#" not in line:
                        raise ValueError(f"{path}:{number}: an exception needs its # reason")
                    self.allowed[(words[1], words[2])] = line.split("#", 1)[1].strip()
                elif words[0].endswith(":"):
                    self.uses[words[0][:-1]] = words[1:]
                else:
                    raise ValueError(f"{path}:{number}: not understood: {line.strip()}")

    def layer_of(self, source):
        """The layer of a source by its folder; None for what stands above all layers."""
        folder = os.path.dirname(source)
        name = folder[len("kernel/"):] if folder.startswith("kernel/") else folder
        while name and name not in self.uses:
            name = os.path.dirname(name)
        return name or None

    def may_use(self, user, owner):
        allowed = self.uses[user]
        return "*" in allowed or owner in allowed or owner == user


def symbols(path):
    """(defined, undefined) global symbols of one object file."""
    output = subprocess.run(["nm", "-g", "--no-sort", path], stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL, text=True, check=True).stdout
    defined, undefined = set(), set()
    for line in output.splitlines():
        words = line.split()
        kind, name = words[-2], words[-1]
        (undefined if kind in "Uw" else defined).add(name)
    return defined, undefined


def disassembly(path, name):
    return subprocess.run(["objdump", "-d", "--no-show-raw-insn", f"--disassemble={name}", path],
                          stdout=subprocess.PIPE, text=True, check=True).stdout


def built_objects(tree):
    """(source, object file) of what the build compiled, by CMake's folder convention."""
    found = glob.glob(os.path.join(tree.build or "", "CMakeFiles", "*.dir", "**", "*.o"),
                      recursive=True)
    for path in sorted(found):
        source = path.split(".dir/", 1)[1][:-len(".o")]
        # Objects of deleted sources stay behind in a build folder.
        known = source.startswith(("host/", "hw/", "kernel/", "runtime/")) and source in tree.files
        if known or source.startswith("generated/"):
            yield source, path


def canary_objects(tree, work):
    for number, source in enumerate(tree.having(".c")):
        path = os.path.join(work, f"{number}.o")
        subprocess.run(["gcc", "-c", "-ffreestanding", tree.path(source), "-o", path], check=True)
        yield source, path


def load(tree):
    """(layers, objects), read once: four rules look at them."""
    if not hasattr(tree, "objects"):
        tree.objects = read_objects(tree)
    return tree.objects


def read_objects(tree):
    """From the build folder or, for a canary, compiled on the spot."""
    table = tree.path("ddi/layers.txt")
    layers = Layers(table if os.path.exists(table) else os.path.join(ROOT, "ddi", "layers.txt"))
    with tempfile.TemporaryDirectory() as work:
        pairs = canary_objects(tree, work) if tree.canary else built_objects(tree)
        homes = collections.defaultdict(list)
        for name, home in keeps_xmm_rows(tree):
            homes[home].append(name)
        objects = [Object(source, layers.layer_of(source), *symbols(path),
                          {name: disassembly(path, name) for name in homes[source]})
                   for source, path in pairs]
    if not objects:
        raise Skip("nothing is built: tools/build release")
    return layers, objects


def owners(objects):
    """symbol -> the objects that define it."""
    found = collections.defaultdict(list)
    for item in objects:
        for name in item.defined:
            found[name].append(item)
    return found


def check_layers(tree):
    """A layer uses symbols of itself and of the layers that ddi/layers.txt allows."""
    layers, objects = load(tree)
    owner = owners(objects)
    for item in objects:
        # Generated tables name everything and belong to no layer.
        for name in sorted(item.undefined if item.layer else ()):
            homes = [home for home in owner.get(name, []) if home.layer]
            if not homes or (item.layer, name) in layers.allowed:
                continue
            if not any(layers.may_use(item.layer, home.layer) for home in homes):
                home = homes[0]
                yield (f"{item.source}: uses {name} of {home.source}: layer {item.layer} "
                       f"may not use {home.layer}")


def exported_names(tree):
    """The documented names of the DDI tables: they may look like private ones."""
    names = set()
    for file in tree.having(".ddi"):
        for line in tree.lines(file):
            if line.strip() and not line.startswith("#"):
                names.add(line.split()[0])
    return names


def offered_names(tree):
    """Every word of each kernel folder's public headers (x.h, not xp.h), by folder: what stands
    there is the folder's interface, whatever its prefix."""
    offered = {}
    for file in sorted(glob.glob(os.path.join(tree.root, "kernel", "*", "*.h"))):
        folder, name = file.split(os.sep)[-2:]
        if name.endswith("p.h") and os.path.exists(file[:-3] + ".h"):
            continue
        with open(file, encoding="utf-8") as header:
            offered.setdefault(folder, set()).update(re.findall(r"\w+", header.read()))
    return offered


def check_private_symbols(tree):
    """A private prefix (Kip, Iop, ...) is neither used nor defined outside its folder, unless the
    folder's public header declares the name (docs/decisions/010)."""
    offered = offered_names(tree)
    layers, objects = load(tree)
    exported = exported_names(tree)
    patterns = {layer: re.compile(f"^{private}[A-Z]")
                for layer, private in layers.prefixes.items() if private}
    for item in objects:
        for name in sorted(item.undefined | item.defined if item.layer else ()):
            if name in exported or (item.layer, name) in layers.allowed:
                continue
            for layer, pattern in patterns.items():
                if layer == item.layer or not pattern.match(name):
                    continue
                if name not in offered.get(layer.removeprefix("kernel_"), ()):
                    verb = "defines" if name in item.defined else "uses"
                    yield f"{item.source}: {verb} {name}, private to {layer}"


def check_libc(tree):
    """The kernel's objects need nothing that no layer defines: no libc behind its back."""
    layers, objects = load(tree)
    defined = set(owners(objects))
    for item in objects:
        if not item.source.startswith("kernel/"):
            continue
        for name in sorted(item.undefined - defined):
            if not COMPILER_SYMBOLS.match(name) and (item.layer, name) not in layers.allowed:
                yield f"{item.source}: needs {name}, which no layer defines"


def keeps_xmm_rows(tree):
    """(name, home) of the rows whose gates record no vector registers."""
    for file in tree.having(".ddi"):
        for line in tree.lines(file):
            fields = line.split(None, 4)
            if len(fields) > 4 and not line.startswith("#") and "keeps-xmm" in fields[4]:
                yield fields[0], "kernel/" + fields[3]


def check_keeps_xmm(tree):
    """An export marked keeps-xmm mentions none of xmm6 to xmm15: its gate does not record them."""
    _, objects = load(tree)
    for name, home in keeps_xmm_rows(tree):
        text = next((item.code.get(name, "") for item in objects if item.source == home), "")
        if not text:
            yield f"{home}: does not define {name}, which is marked keeps-xmm"
        elif re.search(r"%[xyz]mm([6-9]|1[0-5])\b", text):
            yield f"{home}: {name} is marked keeps-xmm and touches xmm6 to xmm15"
