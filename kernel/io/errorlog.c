/* SPDX-License-Identifier: MIT */
/*
 * Error log entries (KERNEL:writing-to-the-system-event-log): the packet a driver fills and hands
 * back. No lock. IRQL: DISPATCH_LEVEL at most.
 */
#include "iop.h"

#define IOP_ERROR_LOG_TAG 'rEoI'

typedef struct _IOP_ERROR_LOG_ENTRY
{
    PDEVICE_OBJECT DeviceObject; /* or NULL; referenced */
    PDRIVER_OBJECT DriverObject; /* or NULL; referenced */
    ULONG Size;                  /* of the packet */
    ULONG Signature;
} IOP_ERROR_LOG_ENTRY, *PIOP_ERROR_LOG_ENTRY;

#define IOP_ERROR_LOG_SIG 0x474f4c45 /* "ELOG" */

C_ASSERT(sizeof(IOP_ERROR_LOG_ENTRY) % 8 == 0);

/* NF:wdm.IoAllocateErrorLogEntry: NULL when the packet is too small or above
 * ERROR_LOG_MAXIMUM_SIZE. */
DDI PVOID NTAPI
IoAllocateErrorLogEntry(_In_ PVOID IoObject, _In_ UCHAR EntrySize)
{
    PDEVICE_OBJECT device = NULL;
    PDRIVER_OBJECT driver = NULL;
    if (IoObject == NULL || EntrySize < FIELD_OFFSET(IO_ERROR_LOG_PACKET, DumpData) ||
        EntrySize > ERROR_LOG_MAXIMUM_SIZE)
    {
        return NULL;
    }
    if (*(CSHORT *)IoObject == IO_TYPE_DEVICE)
    {
        device = IoObject;
        driver = device->DriverObject;
    }
    else if (*(CSHORT *)IoObject == IO_TYPE_DRIVER)
    {
        driver = IoObject;
    }
    else
    {
        return NULL;
    }
    PIOP_ERROR_LOG_ENTRY entry =
        MmAllocateDriverPool(NonPagedPoolNx, sizeof(*entry) + EntrySize, IOP_ERROR_LOG_TAG);
    if (entry == NULL)
    {
        return NULL;
    }
    RtlZeroMemory(entry, sizeof(*entry) + EntrySize);
    entry->DeviceObject = device;
    entry->DriverObject = driver;
    entry->Size = EntrySize;
    entry->Signature = IOP_ERROR_LOG_SIG;
    ObReference(driver);
    if (device != NULL)
    {
        ObReference(device);
    }
    return entry + 1;
}

/* NF:wdm.IoFreeErrorLogEntry */
DDI VOID NTAPI
IoFreeErrorLogEntry(_In_ PVOID ElEntry)
{
    PIOP_ERROR_LOG_ENTRY entry = (PIOP_ERROR_LOG_ENTRY)ElEntry - 1;
    PDEVICE_OBJECT device = entry->DeviceObject;
    PDRIVER_OBJECT driver = entry->DriverObject;
    if (entry->Signature != IOP_ERROR_LOG_SIG)
    {
        KiBugCheckWithRule(0xc2, 0x07, 0, 0, (ULONG64)ElEntry,
                           "An error log entry was written or freed twice, or was never allocated",
                           "NF:wdm.IoWriteErrorLogEntry", NULL, NULL);
    }
    entry->Signature = 0;
    MmFreePool(entry, IOP_ERROR_LOG_TAG);
    if (device != NULL)
    {
        ObDereference(device);
    }
    ObDereference(driver);
}

/* NF:wdm.IoWriteErrorLogEntry: the I/O manager owns the entry from here on. */
DDI VOID NTAPI
IoWriteErrorLogEntry(_In_ PVOID ElEntry)
{
    PIOP_ERROR_LOG_ENTRY entry = (PIOP_ERROR_LOG_ENTRY)ElEntry - 1;
    if (entry->Signature == IOP_ERROR_LOG_SIG)
    {
        const IO_ERROR_LOG_PACKET *packet = ElEntry;
        if (KI_TRACING())
        {
            KiTrace("IoWriteErrorLogEntry", "kernel/io/errorlog.c", "%wZ error %08x",
                    &entry->DriverObject->DriverName, packet->ErrorCode);
        }
        if (IoVerifierHooks.ErrorLog != NULL)
        {
            IoVerifierHooks.ErrorLog(entry->DriverObject, entry->DeviceObject, packet, entry->Size);
        }
    }
    IoFreeErrorLogEntry(ElEntry);
}
