#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Same seed, same run: 100 seeds, each twice, byte for byte; and seeds do make a difference.

The second run of a pair has no address space randomization where setarch can switch it off, so
host addresses cannot have leaked into the trace either.
"""
import os
import shutil
import subprocess
import sys

SEEDS = 100


def run(seed, prefix=()):
    driver = os.path.join(os.environ["WDM_GUESTS"], "race.sys")
    command = [*prefix, os.environ["WDM"], "run", "--cpus", "4", "--seed", str(seed), "--trace",
               driver]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          stdin=subprocess.DEVNULL, timeout=60, check=False)
    if done.returncode != 0:
        sys.exit(f"seed {seed}: exit status {done.returncode}\n{done.stdout[-2000:].decode()}")
    return done.stdout


def fixed_addresses():
    if shutil.which("setarch") is None:
        return ()
    prefix = ("setarch", "-R")
    works = subprocess.run([*prefix, "true"], stderr=subprocess.DEVNULL, check=False)
    return prefix if works.returncode == 0 else ()


def main():
    prefix = fixed_addresses()
    traces = set()
    for seed in range(1, SEEDS + 1):
        first, second = run(seed), run(seed, prefix)
        if first != second:
            pairs = zip(first.splitlines(), second.splitlines())
            line = next(((a, b) for a, b in pairs if a != b), "one is longer")
            sys.exit(f"seed {seed}: two runs differ: {line}")
        traces.add(first)
    print(f"{SEEDS} seeds, {len(traces)} different runs{', ASLR on and off' if prefix else ''}")
    if len(traces) < SEEDS // 2:
        sys.exit("the seed hardly changes anything")


if __name__ == "__main__":
    main()
