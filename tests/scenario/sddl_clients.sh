#!/bin/sh
# SPDX-License-Identifier: MIT
# Clients of three kinds open, for reading and writing, the devices of the guest se_sddl, each of
# which has one of the documented SDDL constants.
set -u

failures=0

# try CLIENT RESULTS: one letter for each device, y opened, n denied
try()
{
    client=$1
    number=0
    for expected in $2; do
        output=$("$WDM" run --client "$client" "$WDM_GUESTS/se_sddl.sys" \
            -c "open \\\\.\\SeSddl$number" 2>&1)
        # The guest itself has opened each of the eight devices.
        opens=$(echo "$output" | grep -c '^\(.*[^a-z]\)\{0,1\}opened$')
        case "$output/$opens" in
        *FAIL*) result=failures ;;
        *STATUS_ACCESS_DENIED*/8) result=n ;;
        */9) result=y ;;
        *) result=neither ;;
        esac
        if [ "$result" != "$expected" ]; then
            echo "client $client, device $number: $result, expected $expected"
            echo "$output"
            failures=$((failures + 1))
        fi
        number=$((number + 1))
    done
}

# Kernel, system, administrators read, administrators, world reads (twice), world writes (twice).
try admin 'n n n y y y y y'
try user 'n n n n n n y y'
# A process of low integrity does not write to what has no label.
try low 'n n n n n n n n'
exit $((failures != 0))
