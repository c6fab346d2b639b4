// SPDX-License-Identifier: MIT
// NTSTATUS values: the four types and the macros that tell them apart, the fields, values of a
// driver's own between two drivers, and routines whose outcome is neither success nor error.
// Page: kernel/using-ntstatus-values.md, kernel/defining-new-ntstatus-values.md
// Run:
// Expect: rtl_status: \d+ passed, 0 failed
// Reject: FAIL
#include <ntifs.h>

#include "check.h"

// Customer bit, facility 0x123, code 7.
#define STATUS_OWN_ERROR   ((NTSTATUS)0xE1230007L)
#define STATUS_OWN_WARNING ((NTSTATUS)0xA1230007L)

_Dispatch_type_(IRP_MJ_INTERNAL_DEVICE_CONTROL)
static DRIVER_DISPATCH Answer;
static IO_COMPLETION_ROUTINE Done;

static NTSTATUS answer;

static void
ExpectType(NTSTATUS Status, ULONG Severity)
{
    EXPECT_EQ((ULONG)Status >> 30, Severity);
    EXPECT_EQ(!!NT_SUCCESS(Status), Severity <= 1);
    EXPECT_EQ(!!NT_INFORMATION(Status), Severity == 1);
    EXPECT_EQ(!!NT_WARNING(Status), Severity == 2);
    EXPECT_EQ(!!NT_ERROR(Status), Severity == 3);
}

static void
TestTypes(void)
{
    EXPECT_EQ(STATUS_SEVERITY_SUCCESS, 0);
    EXPECT_EQ(STATUS_SEVERITY_INFORMATIONAL, 1);
    EXPECT_EQ(STATUS_SEVERITY_WARNING, 2);
    EXPECT_EQ(STATUS_SEVERITY_ERROR, 3);
    ExpectType(0, STATUS_SEVERITY_SUCCESS);
    ExpectType(0x3FFFFFFF, STATUS_SEVERITY_SUCCESS);
    ExpectType(0x40000000, STATUS_SEVERITY_INFORMATIONAL);
    ExpectType(0x7FFFFFFF, STATUS_SEVERITY_INFORMATIONAL);
    ExpectType((NTSTATUS)0x80000000, STATUS_SEVERITY_WARNING);
    ExpectType((NTSTATUS)0xBFFFFFFF, STATUS_SEVERITY_WARNING);
    ExpectType((NTSTATUS)0xC0000000, STATUS_SEVERITY_ERROR);
    ExpectType((NTSTATUS)0xFFFFFFFF, STATUS_SEVERITY_ERROR);
    ExpectType(STATUS_SUCCESS, STATUS_SEVERITY_SUCCESS);
    ExpectType(STATUS_PENDING, STATUS_SEVERITY_SUCCESS);
    ExpectType(STATUS_OBJECT_NAME_EXISTS, STATUS_SEVERITY_INFORMATIONAL);
    ExpectType(STATUS_SERIAL_MORE_WRITES, STATUS_SEVERITY_INFORMATIONAL);
    ExpectType(STATUS_DEVICE_PAPER_EMPTY, STATUS_SEVERITY_WARNING);
    ExpectType(STATUS_BUFFER_OVERFLOW, STATUS_SEVERITY_WARNING);
    ExpectType(STATUS_NO_MORE_ENTRIES, STATUS_SEVERITY_WARNING);
    ExpectType(STATUS_BUFFER_TOO_SMALL, STATUS_SEVERITY_ERROR);
    ExpectType(STATUS_INVALID_PARAMETER, STATUS_SEVERITY_ERROR);
    ExpectType(STATUS_INSUFFICIENT_RESOURCES, STATUS_SEVERITY_ERROR);
    ExpectType(STATUS_OWN_ERROR, STATUS_SEVERITY_ERROR);
    ExpectType(STATUS_OWN_WARNING, STATUS_SEVERITY_WARNING);
}

static void
TestFields(void)
{
    EXPECT_EQ(((ULONG)STATUS_INVALID_PARAMETER >> 29) & 1, 0);
    EXPECT_EQ(((ULONG)STATUS_OWN_ERROR >> 29) & 1, 1); // the customer's
    EXPECT_EQ(((ULONG)STATUS_OWN_ERROR >> 16) & 0xfff, 0x123);
    EXPECT_EQ((ULONG)STATUS_OWN_ERROR & 0xffff, 7);
}

// ZwEnumerateKey: an error for wrong parameters, a warning at the end of the list, and a warning
// with as much data as fits.
static void
TestOutcomes(PUNICODE_STRING RegistryPath)
{
    OBJECT_ATTRIBUTES attributes;
    UCHAR buffer[256];
    ULONG length, count = 0;
    NTSTATUS status;
    HANDLE key;

    InitializeObjectAttributes(&attributes, RegistryPath, OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE,
                               NULL, NULL);
    EXPECT_EQ(ZwOpenKey(&key, KEY_READ, &attributes), STATUS_SUCCESS);
    do
    {
        status = ZwEnumerateValueKey(key, count, KeyValueBasicInformation, buffer, sizeof(buffer),
                                     &length);
        count += NT_SUCCESS(status);
    } while (NT_SUCCESS(status) && count < 100);
    EXPECT_EQ(status, STATUS_NO_MORE_ENTRIES);
    EXPECT(!NT_SUCCESS(status) && NT_WARNING(status) && !NT_ERROR(status));
    status = ZwEnumerateValueKey(key, 0, (KEY_VALUE_INFORMATION_CLASS)77, buffer, sizeof(buffer),
                                 &length);
    EXPECT_EQ(status, STATUS_INVALID_PARAMETER);
    EXPECT(NT_ERROR(status));
    status = ZwQueryKey(key, KeyBasicInformation, buffer, 4, &length);
    EXPECT_EQ(status, STATUS_BUFFER_TOO_SMALL); // no room even for the fixed part
    EXPECT(NT_ERROR(status));
    RtlFillMemory(buffer, sizeof(buffer), 0xcc);
    status = ZwQueryKey(key, KeyBasicInformation, buffer,
                        FIELD_OFFSET(KEY_BASIC_INFORMATION, Name) + 2, &length);
    EXPECT_EQ(status, STATUS_BUFFER_OVERFLOW);
    EXPECT(NT_WARNING(status));
    EXPECT(((PKEY_BASIC_INFORMATION)buffer)->NameLength != 0xcccccccc); // what fits is there
    EXPECT(length > FIELD_OFFSET(KEY_BASIC_INFORMATION, Name) + 2);
    ZwClose(key);
}

// ---- between two drivers -----------------------------------------------------------------------

static NTSTATUS
Answer(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    Irp->IoStatus.Status = answer;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return answer;
}

static NTSTATUS
Done(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    *(NTSTATUS *)Context = Irp->IoStatus.Status;
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static void
TestPrivate(PDRIVER_OBJECT DriverObject)
{
    static const NTSTATUS answers[] = {STATUS_OWN_ERROR, STATUS_OWN_WARNING, 0x61230007};
    PDEVICE_OBJECT device;

    EXPECT_EQ(IoCreateDevice(DriverObject, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device),
              STATUS_SUCCESS);
    for (ULONG i = 0; i < RTL_NUMBER_OF(answers); i++)
    {
        PIRP irp = IoAllocateIrp(device->StackSize, FALSE);
        NTSTATUS status = STATUS_SUCCESS;

        answer = answers[i];
        IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_INTERNAL_DEVICE_CONTROL;
        // To be called for an error means for a warning as well.
        IoSetCompletionRoutine(irp, Done, &status, NT_SUCCESS(answer), !NT_SUCCESS(answer), FALSE);
        EXPECT_EQ(IoCallDriver(device, irp), answer);
        EXPECT_EQ(status, answer);
        IoFreeIrp(irp);
    }
    IoDeleteDevice(device);
}

static VOID
Unload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}

DRIVER_INITIALIZE DriverEntry;

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    DriverObject->DriverUnload = Unload;
    DriverObject->MajorFunction[IRP_MJ_INTERNAL_DEVICE_CONTROL] = Answer;
    TestTypes();
    TestFields();
    TestOutcomes(RegistryPath);
    TestPrivate(DriverObject);
    return Finish("rtl_status");
}
