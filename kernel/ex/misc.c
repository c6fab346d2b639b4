/* SPDX-License-Identifier: MIT */
/*
 * Time zone, UUIDs, processor features, product suites: questions with short answers. Any IRQL.
 */
#include "exp.h"

#include "rtl/rtl.h"

LONGLONG ExTimeZoneBias100ns;

NTSTATUS
ExInitSystem(void)
{
    return ExpInitWorkers();
}

/* Contract: NF:wdm.ExSystemTimeToLocalTime. */
DDI VOID
ExSystemTimeToLocalTime(PLARGE_INTEGER SystemTime, PLARGE_INTEGER LocalTime)
{
    LocalTime->QuadPart = SystemTime->QuadPart + ExTimeZoneBias100ns;
}

/* Contract: NF:wdm.ExLocalTimeToSystemTime. */
DDI VOID
ExLocalTimeToSystemTime(PLARGE_INTEGER LocalTime, PLARGE_INTEGER SystemTime)
{
    SystemTime->QuadPart = LocalTime->QuadPart - ExTimeZoneBias100ns;
}

/* Contract: NF:ntddk.ExUuidCreate: time based (version 1). The node is made up and says so by its
 * multicast bit; the sequence keeps identifiers of one instant apart. */
DDI NTSTATUS
ExUuidCreate(GUID *Uuid)
{
    /* From 1582-10-15, where UUIDs start to count, to 1601-01-01. */
    static const ULONG64 offset100ns = 0x146BF33E42C000ull;
    static const UCHAR node[6] = {0x03, 'W', 'D', 'M', 0x00, 0x01};
    static ULONG64 last;
    LARGE_INTEGER now;
    KeQuerySystemTimePrecise(&now);
    ULONG64 time = (ULONG64)now.QuadPart + offset100ns;
    if (time <= last)
    {
        time = last + 1;
    }
    last = time;
    Uuid->Data1 = (ULONG)time;
    Uuid->Data2 = (USHORT)(time >> 32);
    Uuid->Data3 = (USHORT)(((time >> 48) & 0x0fff) | 0x1000);
    Uuid->Data4[0] = 0x80;
    Uuid->Data4[1] = 0x01;
    __builtin_memcpy(&Uuid->Data4[2], node, sizeof(node));
    return STATUS_SUCCESS;
}

/* Contract: NF:wdm.ExIsProcessorFeaturePresent. What every x64 processor has, and AVX state only
 * where KUSER_SHARED_DATA says so. */
DDI BOOLEAN
ExIsProcessorFeaturePresent(ULONG ProcessorFeature)
{
    switch (ProcessorFeature)
    {
    case PF_COMPARE_EXCHANGE_DOUBLE:
    case PF_MMX_INSTRUCTIONS_AVAILABLE:
    case PF_XMMI_INSTRUCTIONS_AVAILABLE:
    case PF_RDTSC_INSTRUCTION_AVAILABLE:
    case PF_PAE_ENABLED:
    case PF_XMMI64_INSTRUCTIONS_AVAILABLE:
    case PF_NX_ENABLED:
    case PF_COMPARE_EXCHANGE128:
    case PF_FASTFAIL_AVAILABLE:
        return TRUE;
    default:
        return FALSE;
    }
}

/* Contract: NF:wdm.ExVerifySuite: a workstation has no suite; single-user terminal services are
 * part of every Windows. */
DDI BOOLEAN
ExVerifySuite(SUITE_TYPE SuiteType)
{
    const ULONG mask = RtlVersion.SuiteMask | (1u << SingleUserTS);
    return (ULONG)SuiteType < MaxSuiteType && (mask & (1u << SuiteType)) != 0;
}
