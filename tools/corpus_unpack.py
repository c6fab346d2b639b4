#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The part of tools/fetch-corpus that reads tests/corpus/corpus.tsv and package archives.

--missing       print the packages that hold a driver which --to does not have yet, intact
--from ARCHIVE  take every driver of --package out of it, check its hash, write it to --to
Names after the options restrict both to these drivers.
"""
import argparse
import collections
import hashlib
import os
import sys
import tarfile

Driver = collections.namedtuple("Driver", "name package file offset size sha256")


def read_table(path, names):
    drivers = []
    with open(path, encoding="utf-8") as table:
        for line in table:
            if line.strip() and not line.startswith("#"):
                drivers.append(Driver(*line.rstrip("\n").split("\t")))
    unknown = set(names) - {driver.name for driver in drivers}
    if unknown:
        sys.exit(f"fetch-corpus: not in {path}: {' '.join(sorted(unknown))}")
    return [driver for driver in drivers if not names or driver.name in names]


def intact(driver, folder):
    try:
        with open(os.path.join(folder, driver.name), "rb") as file:
            return hashlib.sha256(file.read()).hexdigest() == driver.sha256
    except OSError:
        return False


def unpack(driver, archive, folder):
    """Writes one driver; a wrong hash writes nothing and ends the program."""
    try:
        data = archive.extractfile(driver.file).read()
    except (KeyError, AttributeError):
        sys.exit(f"fetch-corpus: {driver.package} has no file {driver.file}")
    if driver.offset != "-":
        start = int(driver.offset)
        data = data[start:start + int(driver.size)]
    found = hashlib.sha256(data).hexdigest()
    if found != driver.sha256:
        sys.exit(f"fetch-corpus: {driver.name}: wrong hash {found}, expected {driver.sha256}")
    target = os.path.join(folder, driver.name)
    with open(target + ".part", "wb") as file:
        file.write(data)
    os.replace(target + ".part", target)
    print(f"fetch-corpus: {driver.name} ({len(data)} bytes, from {driver.package})")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--table", required=True)
    parser.add_argument("--to", required=True)
    parser.add_argument("--missing", action="store_true")
    parser.add_argument("--from", dest="archive")
    parser.add_argument("--package")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    wanted = [driver for driver in read_table(options.table, options.names)
              if not intact(driver, options.to)]
    if options.missing:
        print("\n".join(sorted({driver.package for driver in wanted})))
        return
    with tarfile.open(options.archive) as archive:
        for driver in wanted:
            if driver.package == options.package:
                unpack(driver, archive, options.to)


if __name__ == "__main__":
    main()
