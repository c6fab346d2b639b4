// SPDX-License-Identifier: MIT
// The version of Windows that drivers see, RtlVersion (hooks.c). Owns no state; documented for
// PASSIVE_LEVEL.
#include "rtlp.h"

#include "exports.h"

#define RTLP_CONDITION_BITS 3

DDI NTSTATUS
RtlGetVersion(_Out_ PRTL_OSVERSIONINFOW lpVersionInformation)
{
    lpVersionInformation->dwMajorVersion = RtlVersion.MajorVersion;
    lpVersionInformation->dwMinorVersion = RtlVersion.MinorVersion;
    lpVersionInformation->dwBuildNumber = RtlVersion.BuildNumber;
    lpVersionInformation->dwPlatformId = VER_PLATFORM_WIN32_NT;
    __builtin_memset(lpVersionInformation->szCSDVersion, 0,
                     sizeof(lpVersionInformation->szCSDVersion));
    if (RtlVersion.ServicePackMajor != 0)
    {
        CHAR text[32];
        const ULONG length =
            RtlFormat(text, sizeof(text), "Service Pack %u", (ULONG)RtlVersion.ServicePackMajor);

        for (ULONG i = 0; i < length; i++)
        {
            lpVersionInformation->szCSDVersion[i] = (UCHAR)text[i];
        }
    }
    if (lpVersionInformation->dwOSVersionInfoSize == sizeof(RTL_OSVERSIONINFOEXW))
    {
        const PRTL_OSVERSIONINFOEXW extended = (PRTL_OSVERSIONINFOEXW)lpVersionInformation;

        extended->wServicePackMajor = RtlVersion.ServicePackMajor;
        extended->wServicePackMinor = RtlVersion.ServicePackMinor;
        extended->wSuiteMask = RtlVersion.SuiteMask;
        extended->wProductType = RtlVersion.ProductType;
        extended->wReserved = 0;
    }
    return STATUS_SUCCESS;
}

// Each bit of TypeMask owns three bits of the mask, in the order of the bits.
DDI ULONGLONG
VerSetConditionMask(_In_ ULONGLONG ConditionMask, _In_ ULONG TypeMask, _In_ UCHAR Condition)
{
    for (ULONG bit = 0; bit < 8; bit++)
    {
        if ((TypeMask >> bit & 1) != 0)
        {
            ConditionMask |= (ULONGLONG)(Condition & VER_CONDITION_MASK)
                             << (bit * RTLP_CONDITION_BITS);
        }
    }
    return ConditionMask;
}

static ULONG
RtlpCondition(ULONGLONG ConditionMask, ULONG Type)
{
    return (ULONG)(ConditionMask >> (__builtin_ctz(Type) * RTLP_CONDITION_BITS)) &
           VER_CONDITION_MASK;
}

static BOOLEAN
RtlpCompareVersion(ULONG Current, ULONG Required, ULONG Condition)
{
    switch (Condition)
    {
    case VER_EQUAL:
        return Current == Required;
    case VER_GREATER:
        return Current > Required;
    case VER_GREATER_EQUAL:
        return Current >= Required;
    case VER_LESS:
        return Current < Required;
    case VER_LESS_EQUAL:
        return Current <= Required;
    default:
        return FALSE;
    }
}

// Major and minor version and service pack are one number in four places: the first place that
// differs decides, and only if none does must the last condition allow equality.
static BOOLEAN
RtlpVerifySequence(const RTL_OSVERSIONINFOEXW *Info, ULONG TypeMask, ULONGLONG ConditionMask)
{
    const struct
    {
        ULONG Type;
        ULONG Current;
        ULONG Required;
    } places[] = {
        {VER_MAJORVERSION, RtlVersion.MajorVersion, Info->dwMajorVersion},
        {VER_MINORVERSION, RtlVersion.MinorVersion, Info->dwMinorVersion},
        {VER_SERVICEPACKMAJOR, RtlVersion.ServicePackMajor, Info->wServicePackMajor},
        {VER_SERVICEPACKMINOR, RtlVersion.ServicePackMinor, Info->wServicePackMinor},
    };
    BOOLEAN result = TRUE;

    for (ULONG i = 0; i < RTL_NUMBER_OF(places); i++)
    {
        if ((TypeMask & places[i].Type) == 0)
        {
            continue;
        }
        result = RtlpCompareVersion(places[i].Current, places[i].Required,
                                    RtlpCondition(ConditionMask, places[i].Type));
        if (places[i].Current != places[i].Required)
        {
            return result;
        }
    }
    return result;
}

static BOOLEAN
RtlpVerifySuite(USHORT Required, ULONG Condition)
{
    const USHORT present = RtlVersion.SuiteMask & Required;

    return Condition == VER_AND ? present == Required : Condition == VER_OR && present != 0;
}

DDI NTSTATUS
RtlVerifyVersionInfo(_In_ PRTL_OSVERSIONINFOEXW VersionInfo,
                     _In_ ULONG TypeMask,
                     _In_ ULONGLONG ConditionMask)
{
    const struct
    {
        ULONG Type;
        ULONG Current;
        ULONG Required;
    } single[] = {
        {VER_BUILDNUMBER, RtlVersion.BuildNumber, VersionInfo->dwBuildNumber},
        {VER_PLATFORMID, VER_PLATFORM_WIN32_NT, VersionInfo->dwPlatformId},
        {VER_PRODUCT_TYPE, RtlVersion.ProductType, VersionInfo->wProductType},
    };

    if (TypeMask == 0 || ConditionMask == 0)
    {
        return STATUS_INVALID_PARAMETER;
    }
    for (ULONG i = 0; i < RTL_NUMBER_OF(single); i++)
    {
        if ((TypeMask & single[i].Type) != 0 &&
            !RtlpCompareVersion(single[i].Current, single[i].Required,
                                RtlpCondition(ConditionMask, single[i].Type)))
        {
            return STATUS_REVISION_MISMATCH;
        }
    }
    if ((TypeMask & VER_SUITENAME) != 0 &&
        !RtlpVerifySuite(VersionInfo->wSuiteMask, RtlpCondition(ConditionMask, VER_SUITENAME)))
    {
        return STATUS_REVISION_MISMATCH;
    }
    return RtlpVerifySequence(VersionInfo, TypeMask, ConditionMask) ? STATUS_SUCCESS
                                                                    : STATUS_REVISION_MISMATCH;
}

// The low byte of NTDDI_VERSION counts the releases of Windows 10 and later.
static ULONG
RtlpReleaseOfBuild(ULONG Build)
{
    static const USHORT builds[] = {10240, 10586, 14393, 15063, 16299, 17134, 17763,
                                    18362, 19041, 19645, 20348, 22000, 22621};
    ULONG release = 0;

    while (release + 1 < RTL_NUMBER_OF(builds) && Build >= builds[release + 1])
    {
        release += 1;
    }
    return release;
}

static ULONG
RtlpCurrentNtDdi(VOID)
{
    const ULONG system = RtlVersion.MajorVersion << 24 | RtlVersion.MinorVersion << 16;

    if (RtlVersion.MajorVersion >= 10)
    {
        return system | RtlpReleaseOfBuild(RtlVersion.BuildNumber);
    }
    return system | (ULONG)RtlVersion.ServicePackMajor << 8;
}

DDI BOOLEAN
RtlIsNtDdiVersionAvailable(_In_ ULONG Version)
{
    // Before Windows 10 the low half was the service pack, which this routine does not take.
    if (Version >> 24 < 10 && (Version & 0xFFFF) != 0)
    {
        return FALSE;
    }
    return RtlpCurrentNtDdi() >= Version;
}

DDI BOOLEAN
RtlIsServicePackVersionInstalled(_In_ ULONG Version)
{
    const ULONG current = RtlpCurrentNtDdi();

    return current >> 16 == Version >> 16 && (current & 0xFFFF) >= (Version & 0xFFFF);
}
