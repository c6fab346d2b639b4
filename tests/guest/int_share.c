// SPDX-License-Identifier: MIT
// The second driver on an interrupt line: its interrupts reach it by way of the first one's ISR,
// which says that they are not its own, and the first one's do not reach it at all.
// Page: NC:wdm.KSERVICE_ROUTINE, kernel/writing-an-isr.md
// With: int_share_owner.sys
// Run: unload int_share
// Run: unload int_share_owner
// Expect: int_share: \d+ passed, 0 failed
// Expect: owner: called 4 times, served 2
// Reject: FAIL
#include "edu.h"

#include "check.h"

static DRIVER_UNLOAD Unload;
static KSERVICE_ROUTINE Isr;

static EDU edu;
static PKINTERRUPT interrupt;
static ULONG calls;
static ULONG served;

static BOOLEAN
Isr(PKINTERRUPT Interrupt, PVOID Context)
{
    UNREFERENCED_PARAMETER(Interrupt);
    UNREFERENCED_PARAMETER(Context);
    calls++;
    if ((EduRead(&edu, EDU_CAUSES) & 0x20) == 0)
        return FALSE;
    EduWrite(&edu, EDU_ACKNOWLEDGE, 0x20);
    served++;
    return TRUE;
}

static VOID
Unload(PDRIVER_OBJECT Driver)
{
    UNREFERENCED_PARAMETER(Driver);
    IoDisconnectInterrupt(interrupt);
    EduWrite(&edu, EDU_RAISE, 0x10); // the first one goes on
    KeStallExecutionProcessor(1);
    MmUnmapIoSpace(edu.Registers, 0x1000);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    Driver->DriverUnload = Unload;
    EXPECT(EduOpen(&edu));
    EXPECT_EQ(EduConnect(&edu, Isr, NULL, &interrupt), STATUS_SUCCESS);
    EduWrite(&edu, EDU_RAISE, 0x20);
    EXPECT(calls == 1 && served == 1);
    EXPECT_EQ(EduRead(&edu, EDU_CAUSES), 0);
    EduWrite(&edu, EDU_RAISE, 0x30); // the first one's first, then the line is still high
    EXPECT(calls == 2 && served == 2);
    EXPECT_EQ(EduRead(&edu, EDU_CAUSES), 0);
    return Finish("int_share");
}
