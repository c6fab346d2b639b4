# SPDX-License-Identifier: MIT
# Sourced by tests on real drivers: fetches them by hash, runs them, compares.
#   corpus_need NAME...          fetch; without the package registry the test is skipped (77)
#   corpus_run STATUS ARGUMENT...   `wdm run ARGUMENT...` must end with STATUS; output in $out
#   corpus_says REGEX               $out must have such a line
set -u
corpus=$WDM_SOURCE/build/corpus

corpus_need() {
    "$WDM_SOURCE/tools/fetch-corpus" "$@" || exit $?
}

corpus_run() {
    wanted=$1
    shift
    printf '$ wdm run %s\n' "$*"
    out=$("$WDM" run "$@" 2>&1)
    status=$?
    printf '%s\n' "$out"
    if [ $status != "$wanted" ]; then
        echo "FAILED: exit status $status, expected $wanted"
        exit 1
    fi
}

corpus_says() {
    if ! printf '%s\n' "$out" | grep -Eq -- "$1"; then
        echo "FAILED: no line matches $1"
        exit 1
    fi
}
