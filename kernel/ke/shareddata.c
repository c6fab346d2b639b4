// SPDX-License-Identifier: MIT
// KUSER_SHARED_DATA. Windows maps it at 0xFFFFF78000000000, which no Linux process can have: the
// loader redirects the driver's immediates to the mapping made here, and other accesses trap.
#include "ke/kep.h"
#include "rtl/rtl.h"

// Below 4 GiB of the image region's end and fixed, so that the same run sees the same address.
#define MAPPING_ADDRESS ((PVOID)(HOST_REGION_IMAGE + HOST_REGION_SIZE - 0x10000))

PVOID KiUserSharedDataMapping;

static void
StoreTime(volatile KSYSTEM_TIME *Time, LONGLONG Value)
{
    // The order in which readers expect it: High2, Low, High1.
    Time->High2Time = (LONG)(Value >> 32);
    Time->LowPart = (ULONG)Value;
    Time->High1Time = (LONG)(Value >> 32);
}

void
KiUpdateSharedData(void)
{
    KUSER_SHARED_DATA *data = KiUserSharedDataMapping;
    LONGLONG now = KiQueryTime();

    if (data == NULL)
        return;
    StoreTime(&data->InterruptTime, now);
    StoreTime(&data->SystemTime, KiSystemTimeBase + now);
    StoreTime(&data->TickCount, now / KeQueryTimeIncrement());
    KeTickCount = data->TickCount;
}

void
KiInitializeSharedData(void)
{
    KUSER_SHARED_DATA *data = MAPPING_ADDRESS;
    static const WCHAR root[] = L"C:\\Windows";

    if (!host_map_fixed(MAPPING_ADDRESS, HOST_PAGE_SIZE, HOST_PROT_RW))
        host_fatal("cannot map the shared data page");
    KiUserSharedDataMapping = data;
    data->TickCountMultiplier = (ULONG)(((ULONG64)KeQueryTimeIncrement() << 24) / 10000);
    data->NtMajorVersion = RtlVersion.MajorVersion;
    data->NtMinorVersion = RtlVersion.MinorVersion;
    data->NtBuildNumber = RtlVersion.BuildNumber;
    data->NtProductType = (NT_PRODUCT_TYPE)RtlVersion.ProductType;
    data->ProductTypeIsValid = TRUE;
    data->ActiveProcessorCount = KiProcessorCount;
    data->ActiveGroupCount = 1;
    data->QpcFrequency = 10000000;
    data->NativeProcessorArchitecture = 9; // PROCESSOR_ARCHITECTURE_AMD64
    data->ImageNumberLow = 0x8664;
    data->ImageNumberHigh = 0x8664;
    for (ULONG i = 0; i < RTL_NUMBER_OF(root); i++)
        data->NtSystemRoot[i] = root[i];
    KiUpdateSharedData();
}
