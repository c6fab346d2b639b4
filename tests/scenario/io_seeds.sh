#!/bin/sh
# SPDX-License-Identifier: MIT
# The races of cancelling, queueing and removing hold for many interleavings of four processors.
# Page: kernel/synchronizing-irp-cancellation.md, kernel/cancel-safe-irp-queues.md
set -eu
for guest in io_cancel io_csq io_remove; do
    for seed in 1 2 3 4 5 6 7 8 9 10 11 12; do
        output=$("$WDM" run --cpus 4 --seed "$seed" "$WDM_GUESTS/$guest.sys" 2>&1) || {
            echo "$guest with seed $seed:"
            echo "$output"
            exit 1
        }
        case $output in
        *", 0 failed"*) ;;
        *)
            echo "$guest with seed $seed: $output"
            exit 1
            ;;
        esac
    done
done
