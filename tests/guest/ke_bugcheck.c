// SPDX-License-Identifier: MIT
// Bug check callbacks: registered, removed, called at the bug check, their data in the report; one
// that fails does not keep the others from being called.
// Page: kernel/writing-a-bug-check-callback-routine.md
// Page: NF:wdm.KeRegisterBugCheckCallback, NF:wdm.KeDeregisterBugCheckCallback
// Page: NF:wdm.KeRegisterBugCheckReasonCallback, NF:wdm.KeDeregisterBugCheckReasonCallback
// Page: NF:wdm.KeInitializeTriageDumpDataArray, NF:wdm.KeAddTriageDumpDataBlock
// Page: NF:ntddk.KeBugCheck
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: code=^0x000000E2$
// Report: callbacks.component=^kept$
// Report: callbacks.component=^failing$
// Report: callbacks.component=^triage$
// Report: callbacks.component=^secondary$
// Report: callbacks.component=^pages$
// Report: callbacks.state=^incomplete$
// Report: callbacks.data=^0f5a5a5a$
// Report: callbacks.data=^e20000007856341278563412$
// Report: callbacks.data=^efbeadde00000000$
// Report: callbacks.guid=^11223344-5566-7788-99AA-BBCCDDEEFF00$
// Reject: "component": "removed"
#include "bad.h"

static KBUGCHECK_CALLBACK_ROUTINE Reset;
static KBUGCHECK_CALLBACK_ROUTINE Failing;
static KBUGCHECK_REASON_CALLBACK_ROUTINE Secondary;
static KBUGCHECK_REASON_CALLBACK_ROUTINE Triage;
static KBUGCHECK_REASON_CALLBACK_ROUTINE Pages;

static KBUGCHECK_CALLBACK_RECORD records[3];
static KBUGCHECK_REASON_CALLBACK_RECORD reasons[3];
static UCHAR buffer[4] = {1, 2, 3, 4};
static DECLSPEC_ALIGN(4096) ULONG64 page[512] = {7};
static ULONG64 important = 0xdeadbeef;
static union
{
    KTRIAGE_DUMP_DATA_ARRAY Array;
    UCHAR Space[FIELD_OFFSET(KTRIAGE_DUMP_DATA_ARRAY, Blocks) + 2 * sizeof(KADDRESS_RANGE)];
} triage;

static VOID
Reset(PVOID Buffer, ULONG Length)
{
    UCHAR *bytes = Buffer;

    for (ULONG i = 0; i < Length; i++)
        bytes[i] = 0x5a;
    bytes[0] = KeGetCurrentIrql();
}

static VOID
Failing(PVOID Buffer, ULONG Length)
{
    UNREFERENCED_PARAMETER(Buffer);
    UNREFERENCED_PARAMETER(Length);
    *(volatile ULONG *)(ULONG_PTR)8 = 1;
}

static VOID
Secondary(KBUGCHECK_CALLBACK_REASON Reason,
          PKBUGCHECK_REASON_CALLBACK_RECORD Record,
          PVOID Data,
          ULONG Length)
{
    static const GUID id = {
        0x11223344, 0x5566, 0x7788, {0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff, 0x00}};
    PKBUGCHECK_SECONDARY_DUMP_DATA data = Data;
    ULONG *words = data->InBuffer;

    if (Reason != KbCallbackSecondaryDumpData || Record != &reasons[0] || Length < sizeof(*data) ||
        data->InBufferLength < 12)
        return;
    words[0] = 0xe2;
    words[1] = words[2] = 0x12345678;
    data->Guid = id;
    data->OutBuffer = data->InBuffer;
    data->OutBufferLength = 12;
}

static VOID
Triage(KBUGCHECK_CALLBACK_REASON Reason,
       PKBUGCHECK_REASON_CALLBACK_RECORD Record,
       PVOID Data,
       ULONG Length)
{
    PKBUGCHECK_TRIAGE_DUMP_DATA data = Data;

    UNREFERENCED_PARAMETER(Reason);
    UNREFERENCED_PARAMETER(Record);
    UNREFERENCED_PARAMETER(Length);
    if ((data->Flags & KB_TRIAGE_DUMP_DATA_FLAG_BUGCHECK_ACTIVE) && data->BugCheckCode == 0xe2)
        data->DataArray = &triage.Array;
}

static VOID
Pages(KBUGCHECK_CALLBACK_REASON Reason,
      PKBUGCHECK_REASON_CALLBACK_RECORD Record,
      PVOID Data,
      ULONG Length)
{
    PKBUGCHECK_ADD_PAGES pages = Data;

    UNREFERENCED_PARAMETER(Reason);
    UNREFERENCED_PARAMETER(Record);
    UNREFERENCED_PARAMETER(Length);
    pages->Flags = KB_ADD_PAGES_FLAG_VIRTUAL_ADDRESS;
    pages->Address = (ULONG_PTR)page;
    pages->Count = 1;
}

// Registration, and all of it taken back.
static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeInitializeCallbackRecord(&records[2]);
    KeInitializeCallbackRecord(&reasons[0]);
    if (!KeRegisterBugCheckCallback(&records[2], Reset, buffer, 4, (PUCHAR) "removed") ||
        KeRegisterBugCheckCallback(&records[2], Reset, buffer, 4, (PUCHAR) "removed") ||
        !KeDeregisterBugCheckCallback(&records[2]) || KeDeregisterBugCheckCallback(&records[2]))
        return STATUS_UNSUCCESSFUL;
    if (!KeRegisterBugCheckReasonCallback(&reasons[0], Secondary, KbCallbackSecondaryDumpData,
                                          (PUCHAR) "removed") ||
        KeRegisterBugCheckReasonCallback(&reasons[0], Secondary, KbCallbackSecondaryDumpData,
                                         (PUCHAR) "removed") ||
        !KeDeregisterBugCheckReasonCallback(&reasons[0]) ||
        KeDeregisterBugCheckReasonCallback(&reasons[0]))
        return STATUS_UNSUCCESSFUL;
    return buffer[0] == 1 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL; // nobody was called
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    for (ULONG i = 0; i < 3; i++)
    {
        KeInitializeCallbackRecord(&records[i]);
        KeInitializeCallbackRecord(&reasons[i]);
    }
    if (!NT_SUCCESS(KeInitializeTriageDumpDataArray(&triage.Array, sizeof(triage))) ||
        !NT_SUCCESS(KeAddTriageDumpDataBlock(&triage.Array, &important, sizeof(important))) ||
        !NT_SUCCESS(KeAddTriageDumpDataBlock(&triage.Array, buffer, sizeof(buffer))) ||
        NT_SUCCESS(KeAddTriageDumpDataBlock(&triage.Array, buffer, sizeof(buffer))))
        return STATUS_UNSUCCESSFUL;
    (void)KeRegisterBugCheckCallback(&records[0], Failing, NULL, 0, (PUCHAR) "failing");
    (void)KeRegisterBugCheckCallback(&records[1], Reset, buffer, 4, (PUCHAR) "kept");
    (void)KeRegisterBugCheckReasonCallback(&reasons[0], Secondary, KbCallbackSecondaryDumpData,
                                           (PUCHAR) "secondary");
    (void)KeRegisterBugCheckReasonCallback(&reasons[1], Triage, KbCallbackTriageDumpData,
                                           (PUCHAR) "triage");
    (void)KeRegisterBugCheckReasonCallback(&reasons[2], Pages, KbCallbackAddPages,
                                           (PUCHAR) "pages");
    KeBugCheck(MANUALLY_INITIATED_CRASH);
}
