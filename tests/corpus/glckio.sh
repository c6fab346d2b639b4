#!/bin/sh
# SPDX-License-Identifier: MIT
# GLCKIo, a signed production driver: loads, is opened and closed, refuses a control code that it
# does not know, and unloads without leaving anything behind.
# Page: kernel/unload-routine-environment.md
. "$WDM_SOURCE/tests/kit/corpus.sh"
corpus_need GLCKIo.sys
image=$corpus/GLCKIo.sys

corpus_run 0 "$image" -c 'open \\.\GLCKIo; devices; drivers; close'
corpus_says 'GLCKIo'
corpus_run 2 "$image" -c 'open \\.\GLCKIo; ioctl 0x9C40FFFC out:4'
