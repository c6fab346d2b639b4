#!/bin/sh
# SPDX-License-Identifier: MIT
# Clients of three kinds open three devices of the guest se_client: one with the default descriptor,
# one for administrators, and one for administrators with FILE_DEVICE_SECURE_OPEN.
set -u

failures=0

# try CLIENT NAME EXPECTED(ok|denied)
try()
{
    output=$("$WDM" run --client "$1" "$WDM_GUESTS/se_client.sys" -c "open $2" 2>&1)
    case $output in
    *STATUS_ACCESS_DENIED*) result=denied ;;
    *"open granted"*) result=ok ;;
    *) result=neither ;;
    esac
    case $output in
    *FAIL*) result=$result-with-failures ;;
    esac
    if [ "$result" != "$3" ]; then
        echo "client $1, $2: $result, expected $3"
        echo "$output"
        failures=$((failures + 1))
    fi
}

try admin '\\.\SeOpen' ok
try user '\\.\SeOpen' ok
# A process of low integrity does not write to what has no label.
try low '\\.\SeOpen' denied
try admin '\\.\SeAdmin' ok
try user '\\.\SeAdmin' denied
try low '\\.\SeAdmin' denied
# A name below the device: only FILE_DEVICE_SECURE_OPEN applies the device's descriptor to it.
try user '\\.\SeAdmin\file' ok
try user '\\.\SeSecure\file' denied
try admin '\\.\SeSecure\file' ok

for client in admin user; do
    output=$("$WDM" run --client $client "$WDM_GUESTS/se_client.sys" \
        -c 'open \\.\SeOpen; ioctl 0x222000' 2>&1)
    case $client in
    admin) caller='-500 admin 1 integrity 3000' ;;
    *) caller='-1001 admin 0 integrity 2000' ;;
    esac
    case $output in
    *FAIL* | *LEAK*) echo "$output"; failures=$((failures + 1)) ;;
    *"$caller"*"se_client: "*" 0 failed"*) ;;
    *) echo "client $client: $output"; failures=$((failures + 1)) ;;
    esac
done

"$WDM" run --client nobody "$WDM_GUESTS/se_client.sys" >/dev/null 2>&1
[ $? -eq 1 ] || { echo "--client nobody is not refused"; failures=$((failures + 1)); }
exit $((failures != 0))
