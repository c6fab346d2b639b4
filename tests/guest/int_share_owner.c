// SPDX-License-Identifier: MIT
// The driver that is first on an interrupt line; int_share.c is the second. Stays until the end.
#include "edu.h"

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
    if ((EduRead(&edu, EDU_CAUSES) & 0x10) == 0)
        return FALSE;
    EduWrite(&edu, EDU_ACKNOWLEDGE, 0x10);
    served++;
    return TRUE;
}

static VOID
Unload(PDRIVER_OBJECT Driver)
{
    UNREFERENCED_PARAMETER(Driver);
    IoDisconnectInterrupt(interrupt);
    EduClose(&edu);
    DbgPrint("owner: called %lu times, served %lu\n", calls, served);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    Driver->DriverUnload = Unload;
    return EduOpen(&edu) ? EduConnect(&edu, Isr, NULL, &interrupt) : STATUS_NO_SUCH_DEVICE;
}
