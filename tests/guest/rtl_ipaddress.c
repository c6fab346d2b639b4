// SPDX-License-Identifier: MIT
// Internet addresses as text and back, in both widths, with scopes and ports, well formed and not.
// No page: ip2string.h is of the SDK; its pages are not among the driver kit's.
// Run:
// Expect: rtl_ipaddress: \d+ passed, 0 failed
// Reject: FAIL
#include <ntddk.h>
#include <string.h>
#include <wchar.h>

#include "check.h"

// As ip2string.h declares them; addresses are in network order.
NTSYSAPI PSTR NTAPI RtlIpv4AddressToStringA(const VOID *Addr, PSTR S);
NTSYSAPI PWSTR NTAPI RtlIpv4AddressToStringW(const VOID *Addr, PWSTR S);
NTSYSAPI PSTR NTAPI RtlIpv6AddressToStringA(const VOID *Addr, PSTR S);
NTSYSAPI PWSTR NTAPI RtlIpv6AddressToStringW(const VOID *Addr, PWSTR S);
NTSYSAPI NTSTATUS NTAPI RtlIpv4AddressToStringExA(const VOID *, USHORT, PSTR, PULONG);
NTSYSAPI NTSTATUS NTAPI RtlIpv4AddressToStringExW(const VOID *, USHORT, PWSTR, PULONG);
NTSYSAPI NTSTATUS NTAPI RtlIpv6AddressToStringExA(const VOID *, ULONG, USHORT, PSTR, PULONG);
NTSYSAPI NTSTATUS NTAPI RtlIpv6AddressToStringExW(const VOID *, ULONG, USHORT, PWSTR, PULONG);
NTSYSAPI NTSTATUS NTAPI RtlIpv4StringToAddressA(PCSTR, BOOLEAN, PCSTR *, PVOID);
NTSYSAPI NTSTATUS NTAPI RtlIpv4StringToAddressW(PCWSTR, BOOLEAN, PCWSTR *, PVOID);
NTSYSAPI NTSTATUS NTAPI RtlIpv6StringToAddressA(PCSTR, PCSTR *, PVOID);
NTSYSAPI NTSTATUS NTAPI RtlIpv6StringToAddressW(PCWSTR, PCWSTR *, PVOID);
NTSYSAPI NTSTATUS NTAPI RtlIpv4StringToAddressExA(PCSTR, BOOLEAN, PVOID, PUSHORT);
NTSYSAPI NTSTATUS NTAPI RtlIpv4StringToAddressExW(PCWSTR, BOOLEAN, PVOID, PUSHORT);
NTSYSAPI NTSTATUS NTAPI RtlIpv6StringToAddressExA(PCSTR, PVOID, PULONG, PUSHORT);
NTSYSAPI NTSTATUS NTAPI RtlIpv6StringToAddressExW(PCWSTR, PVOID, PULONG, PUSHORT);

#define PORT(Number) ((USHORT)((Number) << 8 | (Number) >> 8))

static const UCHAR loopback[4] = {127, 0, 0, 1};

static void
TestIpv4Text(void)
{
    CHAR text[32];
    WCHAR wide[32];
    ULONG length;

    EXPECT(RtlIpv4AddressToStringA(loopback, text) == text + 9);
    EXPECT(strcmp(text, "127.0.0.1") == 0);
    EXPECT(RtlIpv4AddressToStringW(loopback, wide) == wide + 9);
    EXPECT(wcscmp(wide, L"127.0.0.1") == 0);
    length = sizeof(text);
    EXPECT_EQ(RtlIpv4AddressToStringExA(loopback, PORT(8080), text, &length), STATUS_SUCCESS);
    EXPECT(strcmp(text, "127.0.0.1:8080") == 0 && length == 15);
    length = 10; // with the terminator
    EXPECT_EQ(RtlIpv4AddressToStringExW(loopback, 0, wide, &length), STATUS_SUCCESS);
    EXPECT(wcscmp(wide, L"127.0.0.1") == 0 && length == 10);
    length = 9;
    EXPECT_EQ(RtlIpv4AddressToStringExW(loopback, 0, wide, &length), STATUS_INVALID_PARAMETER);
    EXPECT_EQ(length, 10);
}

static BOOLEAN
Ipv4(const char *Text, BOOLEAN Strict, ULONG Expected, ULONG Used)
{
    const char *end = NULL;
    UCHAR bytes[4] = {0};

    return RtlIpv4StringToAddressA(Text, Strict, &end, bytes) == STATUS_SUCCESS &&
           end == Text + Used &&
           (ULONG)(bytes[0] << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3]) == Expected;
}

static void
TestIpv4Parse(void)
{
    static const WCHAR local[] = L"127.0.0.1/8";
    UCHAR bytes[4];
    USHORT port = 1;
    PCSTR end;
    PCWSTR wideEnd;

    EXPECT(Ipv4("192.168.7.200", TRUE, 0xC0A807C8, 13));
    EXPECT(Ipv4("1.2.3.4 rest", TRUE, 0x01020304, 7));
    EXPECT(Ipv4("0x7f.1", FALSE, 0x7f000001, 6));
    EXPECT(Ipv4("010.1.256", FALSE, 0x08010100, 9));
    EXPECT(Ipv4("4294967295", FALSE, 0xffffffff, 10));
    EXPECT_EQ(RtlIpv4StringToAddressA("127.1", TRUE, &end, bytes), STATUS_INVALID_PARAMETER);
    EXPECT_EQ(RtlIpv4StringToAddressA("1.2.3.256", TRUE, &end, bytes), STATUS_INVALID_PARAMETER);
    EXPECT_EQ(RtlIpv4StringToAddressA("1..3.4", FALSE, &end, bytes), STATUS_INVALID_PARAMETER);
    EXPECT_EQ(RtlIpv4StringToAddressA("", FALSE, &end, bytes), STATUS_INVALID_PARAMETER);
    EXPECT_EQ(RtlIpv4StringToAddressW(local, TRUE, &wideEnd, bytes), STATUS_SUCCESS);
    EXPECT(wideEnd == local + 9 && memcmp(bytes, loopback, 4) == 0);
    EXPECT_EQ(RtlIpv4StringToAddressExA("127.0.0.1:443", TRUE, bytes, &port), STATUS_SUCCESS);
    EXPECT(port == PORT(443) && memcmp(bytes, loopback, 4) == 0);
    EXPECT_EQ(RtlIpv4StringToAddressExW(L"127.0.0.1", TRUE, bytes, &port), STATUS_SUCCESS);
    EXPECT_EQ(port, 0);
    EXPECT_EQ(RtlIpv4StringToAddressExW(local, TRUE, bytes, &port), STATUS_INVALID_PARAMETER);
    EXPECT_EQ(RtlIpv4StringToAddressExA("1.2.3.4:65536", TRUE, bytes, &port),
              STATUS_INVALID_PARAMETER);
}

// Text that is an address, and what the address is written as.
static void
TestIpv6(void)
{
    static const struct
    {
        const char *Text, *Written;
    } same[] = {
        {"::", "::"},
        {"::1", "::1"},
        {"1::", "1::"},
        {"2001:db8::8:800:200C:417A", "2001:db8::8:800:200c:417a"},
        {"2001:0db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
        {"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"},
        {"1:0:3:4:5:6:7:8", "1:0:3:4:5:6:7:8"},
        {"fe80::5efe:10.0.0.1", "fe80::5efe:10.0.0.1"},
        {"::ffff:1.2.3.4", "::ffff:1.2.3.4"},
        {"::1.2.3.4", "::1.2.3.4"},
        {"ff02::2", "ff02::2"},
    };
    static const char *const wrong[] = {
        ":1",      "1:2", "1::2::3", "12345::",       "1:2:3:4:5:6:7:8::",
        "::1.2.3", "g::", "",        "1:2:3:4:5:6:7:"};
    UCHAR address[16];
    CHAR text[46];
    PCSTR end;

    for (ULONG i = 0; i < RTL_NUMBER_OF(same); i++)
    {
        EXPECT_EQ(RtlIpv6StringToAddressA(same[i].Text, &end, address), STATUS_SUCCESS);
        EXPECT(*end == 0);
        EXPECT(RtlIpv6AddressToStringA(address, text) == text + strlen(same[i].Written));
        EXPECT(strcmp(text, same[i].Written) == 0);
    }
    for (ULONG i = 0; i < RTL_NUMBER_OF(wrong); i++)
        EXPECT(RtlIpv6StringToAddressA(wrong[i], &end, address) != STATUS_SUCCESS || *end != 0);
}

static void
TestIpv6Ex(void)
{
    static const WCHAR link[] = L"fe80::1%7";
    UCHAR address[16], other[16];
    CHAR text[80];
    WCHAR wide[80];
    ULONG scope = 1, length = sizeof(text);
    USHORT port = 1;
    PCWSTR end;

    EXPECT_EQ(RtlIpv6StringToAddressExA("[fe80::1%7]:443", address, &scope, &port), STATUS_SUCCESS);
    EXPECT(scope == 7 && port == PORT(443) && address[0] == 0xfe && address[15] == 1);
    EXPECT_EQ(RtlIpv6AddressToStringExA(address, scope, port, text, &length), STATUS_SUCCESS);
    EXPECT(strcmp(text, "[fe80::1%7]:443") == 0 && length == 16);
    EXPECT_EQ(RtlIpv6StringToAddressExW(link, other, &scope, &port), STATUS_SUCCESS);
    EXPECT(scope == 7 && port == 0 && memcmp(address, other, 16) == 0);
    length = RTL_NUMBER_OF(wide);
    EXPECT_EQ(RtlIpv6AddressToStringExW(address, scope, 0, wide, &length), STATUS_SUCCESS);
    EXPECT(wcscmp(wide, link) == 0 && length == 10);
    length = 3;
    EXPECT_EQ(RtlIpv6AddressToStringExW(address, 0, 0, wide, &length), STATUS_INVALID_PARAMETER);
    EXPECT_EQ(length, 8);
    EXPECT_EQ(RtlIpv6StringToAddressW(link, &end, other), STATUS_SUCCESS);
    EXPECT(end == link + 7);
    EXPECT(RtlIpv6AddressToStringW(address, wide) == wide + 7);
    EXPECT_EQ(RtlIpv6StringToAddressExA("[::1", address, &scope, &port), STATUS_INVALID_PARAMETER);
    EXPECT_EQ(RtlIpv6StringToAddressExA("::1:", address, &scope, &port), STATUS_INVALID_PARAMETER);
    EXPECT_EQ(RtlIpv6StringToAddressExA("::1%", address, &scope, &port), STATUS_INVALID_PARAMETER);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    TestIpv4Text();
    TestIpv4Parse();
    TestIpv6();
    TestIpv6Ex();
    return Finish("rtl_ipaddress");
}
