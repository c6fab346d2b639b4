// SPDX-License-Identifier: MIT
// What drivers ask about their own verification: with checks on, every driver is in the list of
// those that are verified. IRQL <= APC_LEVEL.
#include "vfp.h"

#include "ldr/ldr.h"
#include "rtl/ddi.h"

// Contract: NF:wdm.MmIsDriverVerifying.
DDI LOGICAL
MmIsDriverVerifying(PDRIVER_OBJECT DriverObject)
{
    return !ViConfig.ChecksOff && DriverObject != NULL;
}

// Contract: NF:wdm.MmIsDriverSuspectForVerifier.
DDI LOGICAL
MmIsDriverSuspectForVerifier(PDRIVER_OBJECT DriverObject)
{
    return !ViConfig.ChecksOff && DriverObject != NULL;
}

// Contract: NF:wdm.MmIsDriverVerifyingByAddress: FALSE for an address outside of all drivers.
DDI LOGICAL
MmIsDriverVerifyingByAddress(PVOID AddressWithinSection)
{
    return !ViConfig.ChecksOff && LdrImageFromAddress((ULONG64)AddressWithinSection) != NULL;
}
