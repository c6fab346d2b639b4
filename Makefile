# SPDX-License-Identifier: MIT
# Front door. The build itself is CMakeLists.txt; everything here is one command you could type.

PRESET ?= release
PREFIX ?= /usr/local
DESTDIR ?=

.PHONY: build debug asan demo check test lint bench fuzz pages docs install clean help
.DEFAULT_GOAL := build

build: ## libwdm, wdm and the drivers, release preset (PRESET=debug|asan|clang for others)
	@tools/build $(PRESET)

debug asan: ## the same with another preset
	@tools/build $@

demo: ## install what is missing, build, show a driver of ours and a real one
	@tools/install-deps
	@tools/build release
	@tools/demo

check: ## install what is missing, build, run every test (release and asan) and make lint
	@tools/install-deps
	@tools/run-checks

test: ## the tests of one preset: make test PRESET=debug
	@tools/build $(PRESET)
	@ctest --preset $(PRESET) -j $$(nproc)

lint: ## every rule of HACKING.md that a machine can check
	@tools/build release
	@/usr/bin/env python3 tools/lint.py

bench: ## name, value, unit, budget, ok|over; fails when a budget is exceeded
	@tools/build release
	@tools/run-bench

fuzz: ## run each libFuzzer harness for FUZZ_SECONDS (default 60)
	@tools/build fuzz
	@tools/run-fuzz

pages: ## how many documentation pages are proven by tests
	@/usr/bin/env python3 tools/pages.py

docs: ## write docs/ddi.md and man/wdm.1 again
	@tools/build release
	@tools/update-docs

install: ## wdm, libwdm, headers, CMake package; PREFIX=/usr/local DESTDIR=
	@tools/build release
	@DESTDIR="$(DESTDIR)" cmake --install build/release --prefix "$(PREFIX)"

clean: ## remove build/
	rm -rf build

help: ## this list
	@sed -n 's/^\([a-z ]*\):[^#]*## /\1	/p' $(MAKEFILE_LIST) | expand -t 14
