#!/bin/sh
# SPDX-License-Identifier: MIT
# WinRing0x64.sys, a signed production driver built with Microsoft's compiler: loads, answers, meets
# the virtual machine's ports, MSRs, PCI configuration space and memory, and unloads.
# Page: kernel/defining-i-o-control-codes.md, NF:wdm.MmMapIoSpace
. "$WDM_SOURCE/tests/kit/corpus.sh"
corpus_need WinRing0x64.sys
image=$corpus/WinRing0x64.sys
name='open \\.\WinRing0_1_2_0'

# Driver version and reference count.
corpus_run 0 "$image" -c "$name; ioctl 0x9C402000 out:4 expect:05000201"
corpus_says '05 ?00 ?02 ?01'
corpus_run 0 "$image" -c "$name; ioctl 0x9C402004 out:4 expect:01000000"

# An MSR that exists, and one that does not: the driver's own __except turns #GP into a status.
corpus_run 0 "$image" -c "$name; ioctl 0x9C402084 in:1b000000 out:8"
corpus_run 2 "$image" -c "$name; ioctl 0x9C402084 in:efbeadde out:8"

# Port 0x61 (the driver answers a ULONG for any width), and the host bridge's vendor and device.
corpus_run 0 "$image" -c "$name; ioctl 0x9C4060CC in:61000000 out:4"
corpus_run 0 "$image" -c "$name; ioctl 0x9C406144 in:0000000000000000 out:4 expect:86803712"

# Memory: 16 bytes of the BIOS area at 0xF0000, in units of one byte.
corpus_run 0 "$image" -c "$name; ioctl 0x9C406104 in:00000f00000000000100000010000000 out:16"
