// SPDX-License-Identifier: MIT
// Calls ZwCreateFile, which is for PASSIVE_LEVEL, at DISPATCH_LEVEL.
//
// Page: NF:wdm.ZwCreateFile
// Page: debugger/bug-check-0xc4--driver-verifier-detected-violation.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^DRIVER_VERIFIER_DETECTED_VIOLATION$
// Report: rule=ZwCreateFile must be called at PASSIVE_LEVEL, and was called at DISPATCH
// Report: page=^NF:(wdm|ntifs)\.ZwCreateFile$
// Report: driver=^bad_irql_zw.sys$
// Report: stack.function=^OpenSomething$
// Report: stack.file=^bad_irql_zw.c$
// Report: ddi=^ZwCreateFile$
// Report: parameters.value=^0x2001F$
#include "bad.h"

static NTSTATUS
OpenSomething(void)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Nothing");
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK iosb;
    HANDLE handle;

    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL,
                               NULL);
    return ZwCreateFile(&handle, GENERIC_READ, &attributes, &iosb, NULL, 0, 0, FILE_OPEN, 0, NULL,
                        0);
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return OpenSomething() == STATUS_OBJECT_NAME_NOT_FOUND ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    KIRQL irql;

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    (void)OpenSomething();
    KeLowerIrql(irql);
    return STATUS_SUCCESS;
}
