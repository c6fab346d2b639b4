// SPDX-License-Identifier: MIT
// Routines that drivers register to be called at a bug check, at a nonmaskable interrupt, for each
// processor and for bound exceptions. Everything needed later is copied at registration, so that a
// driver that is gone can be told from one that is there. IRQL: any.
#include "ke/kep.h"

#include "ke/exports.h"
#include "rtl/rtl.h"

typedef enum _CALLBACK_KIND
{
    CallbackFree,
    CallbackBugCheck,
    CallbackReason,
    CallbackProcessor,
    CallbackNmi,
    CallbackBound
} CALLBACK_KIND;

typedef struct _CALLBACK
{
    CALLBACK_KIND Kind;
    KBUGCHECK_CALLBACK_REASON Reason;
    ULONG64 Order;
    PVOID Routine;
    PVOID Context; // record, or what the routine gets
    PVOID Buffer;
    ULONG Length;
    char Component[32];
} CALLBACK;

static CALLBACK callbacks[256];
static ULONG64 nextOrder = 1;

static CALLBACK *
Register(CALLBACK_KIND Kind, PVOID Routine, PVOID Context)
{
    for (ULONG i = 0; i < RTL_NUMBER_OF(callbacks); i++)
    {
        CALLBACK *callback = &callbacks[i];
        if (callback->Kind != CallbackFree)
            continue;
        RtlZeroMemory(callback, sizeof(*callback));
        callback->Kind = Kind;
        callback->Order = nextOrder++;
        callback->Routine = Routine;
        callback->Context = Context;
        return callback;
    }
    return NULL;
}

static CALLBACK *
FindRecord(CALLBACK_KIND Kind, PVOID Record)
{
    for (ULONG i = 0; i < RTL_NUMBER_OF(callbacks); i++)
    {
        if (callbacks[i].Kind == Kind && callbacks[i].Context == Record)
            return &callbacks[i];
    }
    return NULL;
}

// The handle of a registration is the address of its entry.
static CALLBACK *
FromHandle(CALLBACK_KIND Kind, PVOID Handle)
{
    CALLBACK *callback = Handle;

    if (callback < callbacks || callback >= callbacks + RTL_NUMBER_OF(callbacks) ||
        ((ULONG64)Handle - (ULONG64)callbacks) % sizeof(CALLBACK) != 0 || callback->Kind != Kind)
        return NULL;
    return callback;
}

static void
CopyComponent(CALLBACK *Callback, const UCHAR *Component)
{
    ULONG i = 0;

    for (; Component != NULL && Component[i] != 0 && i < sizeof(Callback->Component) - 1; i++)
        Callback->Component[i] = (char)Component[i];
    Callback->Component[i] = 0;
}

void
KiForEachCallback(void (*Callback)(const char *What,
                                   PVOID Handle,
                                   PVOID Routine,
                                   const char *Component,
                                   void *Context),
                  void *Context)
{
    static const char *const names[] = {"",
                                        "bug check callback",
                                        "bug check reason callback",
                                        "processor change callback",
                                        "NMI callback",
                                        "bound callback"};

    for (ULONG i = 0; i < RTL_NUMBER_OF(callbacks); i++)
    {
        if (callbacks[i].Kind != CallbackFree)
            Callback(names[callbacks[i].Kind], callbacks[i].Context, callbacks[i].Routine,
                     callbacks[i].Component, Context);
    }
}

void
KiForgetCallbacks(ULONG64 Start, ULONG64 Size)
{
    for (ULONG i = 0; i < RTL_NUMBER_OF(callbacks); i++)
    {
        if ((ULONG64)callbacks[i].Routine - Start < Size)
            callbacks[i].Kind = CallbackFree;
    }
}

// ---- bug check callbacks: registration ---------------------------------------------------------

// Contract: NF:wdm.KeRegisterBugCheckCallback. FALSE for a record that is registered already or
// that KeInitializeCallbackRecord has not prepared.
DDI BOOLEAN
KeRegisterBugCheckCallback(PKBUGCHECK_CALLBACK_RECORD CallbackRecord,
                           PKBUGCHECK_CALLBACK_ROUTINE CallbackRoutine,
                           PVOID Buffer,
                           ULONG Length,
                           PUCHAR Component)
{
    CALLBACK *callback;

    if (CallbackRecord->State != BufferEmpty)
        return FALSE;
    callback = Register(CallbackBugCheck, (PVOID)CallbackRoutine, CallbackRecord);
    if (callback == NULL)
        return FALSE;
    callback->Buffer = Buffer;
    callback->Length = Length;
    CopyComponent(callback, Component);
    InitializeListHead(&CallbackRecord->Entry);
    CallbackRecord->CallbackRoutine = CallbackRoutine;
    CallbackRecord->Buffer = Buffer;
    CallbackRecord->Length = Length;
    CallbackRecord->Component = Component;
    CallbackRecord->Checksum =
        (ULONG_PTR)CallbackRoutine + (ULONG_PTR)Buffer + Length + (ULONG_PTR)Component;
    CallbackRecord->State = BufferInserted;
    return TRUE;
}

// Contract: NF:wdm.KeDeregisterBugCheckCallback.
DDI BOOLEAN
KeDeregisterBugCheckCallback(PKBUGCHECK_CALLBACK_RECORD CallbackRecord)
{
    CALLBACK *callback = FindRecord(CallbackBugCheck, CallbackRecord);

    if (callback == NULL)
        return FALSE;
    callback->Kind = CallbackFree;
    CallbackRecord->State = BufferEmpty;
    return TRUE;
}

// Contract: NF:wdm.KeRegisterBugCheckReasonCallback.
DDI BOOLEAN
KeRegisterBugCheckReasonCallback(PKBUGCHECK_REASON_CALLBACK_RECORD CallbackRecord,
                                 PKBUGCHECK_REASON_CALLBACK_ROUTINE CallbackRoutine,
                                 KBUGCHECK_CALLBACK_REASON Reason,
                                 PUCHAR Component)
{
    CALLBACK *callback;

    if (CallbackRecord->State != BufferEmpty || Reason < KbCallbackSecondaryDumpData ||
        Reason > KbCallbackTriageDumpData)
        return FALSE;
    callback = Register(CallbackReason, (PVOID)CallbackRoutine, CallbackRecord);
    if (callback == NULL)
        return FALSE;
    callback->Reason = Reason;
    CopyComponent(callback, Component);
    InitializeListHead(&CallbackRecord->Entry);
    CallbackRecord->CallbackRoutine = CallbackRoutine;
    CallbackRecord->Component = Component;
    CallbackRecord->Checksum = (ULONG_PTR)CallbackRoutine + (ULONG)Reason + (ULONG_PTR)Component;
    CallbackRecord->Reason = Reason;
    CallbackRecord->State = BufferInserted;
    return TRUE;
}

// Contract: NF:wdm.KeDeregisterBugCheckReasonCallback.
DDI BOOLEAN
KeDeregisterBugCheckReasonCallback(PKBUGCHECK_REASON_CALLBACK_RECORD CallbackRecord)
{
    CALLBACK *callback = FindRecord(CallbackReason, CallbackRecord);

    if (callback == NULL)
        return FALSE;
    callback->Kind = CallbackFree;
    CallbackRecord->State = BufferEmpty;
    return TRUE;
}

// Contract: NF:wdm.KeAddTriageDumpDataBlock.
DDI NTSTATUS
KeAddTriageDumpDataBlock(PKTRIAGE_DUMP_DATA_ARRAY KtriageDumpDataArray, PVOID Address, SIZE_T Size)
{
    PKADDRESS_RANGE block;

    if (Address == NULL || Size == 0 || (ULONG_PTR)Address + Size < (ULONG_PTR)Address)
        return STATUS_INVALID_PARAMETER;
    if (KtriageDumpDataArray->NumBlocksUsed >= KtriageDumpDataArray->NumBlocksTotal)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (Size > KtriageDumpDataArray->MaxDataSize - KtriageDumpDataArray->DataSize)
        return STATUS_BUFFER_OVERFLOW;
    block = &KtriageDumpDataArray->Blocks[KtriageDumpDataArray->NumBlocksUsed++];
    block->Address = Address;
    block->Size = Size;
    KtriageDumpDataArray->DataSize += (ULONG)Size;
    return STATUS_SUCCESS;
}

// ---- bug check callbacks: the call -------------------------------------------------------------

// Where the calls are, so that one that fails can be left behind and the rest made nevertheless.
static struct
{
    CALLBACK *Running;
    KI_CALLBACK_DATA *Result; // of Running, or NULL
    ULONG64 Done;             // Order of the last one called in this stage
    ULONG Stage;
} progress;

static UCHAR secondaryBuffer[4096];

#define SECONDARY_MAXIMUM (1024u * 1024u)
#define PAGE_CALLS        64u
// Frames of the kernel and of the driver, and room to take a fault in.
#define STACK_NEEDED      16384u

static KI_CALLBACK_DATA *
NewResult(KI_BUGCHECK *Record, const CALLBACK *Callback, const char *Kind)
{
    KI_CALLBACK_DATA *result;

    if (Record->CallbackCount == KI_CALLBACK_RESULTS)
        return NULL;
    result = &Record->Callbacks[Record->CallbackCount++];
    RtlCopyMemory(result->Component, Callback->Component, sizeof(result->Component));
    result->Kind = Kind;
    result->State = "finished";
    return result;
}

static void
CallReason(CALLBACK *Callback, PVOID Data, ULONG Length)
{
    PKBUGCHECK_REASON_CALLBACK_ROUTINE routine =
        (PKBUGCHECK_REASON_CALLBACK_ROUTINE)Callback->Routine;

    routine(Callback->Reason, Callback->Context, Data, Length);
}

static void
CallPlain(KI_BUGCHECK *Record, CALLBACK *Callback)
{
    PKBUGCHECK_CALLBACK_RECORD record = Callback->Context;
    PKBUGCHECK_CALLBACK_ROUTINE routine = (PKBUGCHECK_CALLBACK_ROUTINE)Callback->Routine;
    KI_CALLBACK_DATA *result = NewResult(Record, Callback, "buffer");

    progress.Result = result;
    record->State = BufferStarted;
    routine(Callback->Buffer, Callback->Length);
    record->State = BufferFinished;
    if (result == NULL)
        return;
    result->Address = (ULONG64)Callback->Buffer;
    result->Data = Callback->Buffer;
    result->Length = Callback->Buffer != NULL ? Callback->Length : 0;
}

// A routine may ask to be called again; it does not get to do so for ever.
static void
CallPages(KI_BUGCHECK *Record, CALLBACK *Callback)
{
    KBUGCHECK_ADD_PAGES pages = {.BugCheckCode = Record->Code};

    C_ASSERT(sizeof(KBUGCHECK_ADD_PAGES) == sizeof(KBUGCHECK_REMOVE_PAGES));
    for (ULONG i = 0; i < PAGE_CALLS; i++)
    {
        pages.Flags = 0;
        pages.Address = 0;
        pages.Count = 0;
        CallReason(Callback, &pages, sizeof(pages));
        if (pages.Count != 0)
        {
            KI_CALLBACK_DATA *result =
                NewResult(Record, Callback,
                          Callback->Reason == KbCallbackAddPages ? "pages" : "removed pages");
            if (result == NULL)
                return;
            result->Address = pages.Address;
            result->Length = pages.Count * HOST_PAGE_SIZE;
            if (pages.Flags & KB_ADD_PAGES_FLAG_VIRTUAL_ADDRESS)
                result->Data = (const UCHAR *)pages.Address;
        }
        if (!(pages.Flags & KB_ADD_PAGES_FLAG_ADDITIONAL_RANGES_EXIST))
            return;
    }
}

// First the size is asked for, then the data.
static void
CallSecondary(KI_BUGCHECK *Record, CALLBACK *Callback)
{
    KBUGCHECK_SECONDARY_DUMP_DATA data;
    KI_CALLBACK_DATA *result = NewResult(Record, Callback, "secondary data");

    progress.Result = result;
    for (ULONG turn = 0; turn < 2; turn++)
    {
        PVOID out = turn == 0 ? NULL : secondaryBuffer;
        RtlZeroMemory(&data, sizeof(data));
        data.InBuffer = secondaryBuffer;
        data.InBufferLength = sizeof(secondaryBuffer);
        data.MaximumAllowed = SECONDARY_MAXIMUM;
        data.OutBuffer = out;
        CallReason(Callback, &data, sizeof(data));
        if (data.OutBuffer == NULL || data.OutBufferLength == 0)
            break;
    }
    if (result == NULL || data.OutBuffer == NULL)
        return;
    result->Guid = data.Guid;
    result->Length =
        data.OutBufferLength < SECONDARY_MAXIMUM ? data.OutBufferLength : SECONDARY_MAXIMUM;
    result->Address = (ULONG64)data.OutBuffer;
    result->Data = data.OutBuffer;
    // The common buffer is the next one's, too: this one's data stay in a copy.
    if (data.OutBuffer == secondaryBuffer)
    {
        UCHAR *copy = host_map(sizeof(secondaryBuffer), HOST_PROT_RW);
        result->Address = 0;
        result->Data = copy;
        if (copy != NULL)
            RtlCopyMemory(copy, secondaryBuffer, sizeof(secondaryBuffer));
    }
}

static void
CallMultiPart(KI_BUGCHECK *Record, CALLBACK *Callback)
{
    KBUGCHECK_SECONDARY_DUMP_DATA_EX data;

    RtlZeroMemory(&data, sizeof(data));
    for (ULONG i = 0; i < PAGE_CALLS; i++)
    {
        KI_CALLBACK_DATA *result = NewResult(Record, Callback, "secondary data");
        if (result == NULL)
            return;
        progress.Result = result;
        data.InBuffer = secondaryBuffer;
        data.InBufferLength = sizeof(secondaryBuffer);
        data.MaximumAllowed = SECONDARY_MAXIMUM;
        data.OutBuffer = secondaryBuffer;
        data.OutBufferLength = 0;
        data.Flags = 0;
        data.BugCheckCode = Record->Code;
        data.BugCheckParameter1 = Record->Parameters[0];
        data.BugCheckParameter2 = Record->Parameters[1];
        data.BugCheckParameter3 = Record->Parameters[2];
        data.BugCheckParameter4 = Record->Parameters[3];
        CallReason(Callback, &data, sizeof(data));
        result->Guid = data.Guid;
        result->Length = data.OutBufferLength;
        result->Address = (ULONG64)data.OutBuffer;
        result->Data = data.OutBuffer;
        if (data.OutBuffer == secondaryBuffer)
        {
            UCHAR *copy = host_map(sizeof(secondaryBuffer), HOST_PROT_RW);
            result->Data = copy;
            result->Address = 0;
            if (copy != NULL)
                RtlCopyMemory(copy, secondaryBuffer, sizeof(secondaryBuffer));
        }
        if (!(data.Flags & KB_SECONDARY_DATA_FLAG_ADDITIONAL_DATA))
            return;
    }
}

static void
CallTriage(KI_BUGCHECK *Record, CALLBACK *Callback)
{
    KBUGCHECK_TRIAGE_DUMP_DATA data = {.Flags = KB_TRIAGE_DUMP_DATA_FLAG_BUGCHECK_ACTIVE,
                                       .MaxVirtMemSize = SECONDARY_MAXIMUM,
                                       .BugCheckCode = Record->Code,
                                       .BugCheckParameter1 = Record->Parameters[0],
                                       .BugCheckParameter2 = Record->Parameters[1],
                                       .BugCheckParameter3 = Record->Parameters[2],
                                       .BugCheckParameter4 = Record->Parameters[3]};

    CallReason(Callback, &data, sizeof(data));
    for (ULONG i = 0; data.DataArray != NULL && i < data.DataArray->NumBlocksUsed; i++)
    {
        KI_CALLBACK_DATA *result = NewResult(Record, Callback, "triage data");
        if (result == NULL)
            return;
        result->Address = (ULONG64)data.DataArray->Blocks[i].Address;
        result->Data = data.DataArray->Blocks[i].Address;
        result->Length = data.DataArray->Blocks[i].Size;
    }
}

// What is called in each turn through the registrations, in the order of a dump. No dump file is
// written, so nobody is told about its parts (KbCallbackDumpIo).
static const struct
{
    CALLBACK_KIND Kind;
    KBUGCHECK_CALLBACK_REASON Reason;
    void (*Call)(KI_BUGCHECK *Record, CALLBACK *Callback);
} stages[] = {
    {CallbackBugCheck, KbCallbackInvalid, CallPlain},
    {CallbackReason, KbCallbackAddPages, CallPages},
    {CallbackReason, KbCallbackRemovePages, CallPages},
    {CallbackReason, KbCallbackTriageDumpData, CallTriage},
    {CallbackReason, KbCallbackSecondaryDumpData, CallSecondary},
    {CallbackReason, KbCallbackSecondaryMultiPartDumpData, CallMultiPart},
};

static CALLBACK *
NextOf(CALLBACK_KIND Kind, KBUGCHECK_CALLBACK_REASON Reason, ULONG64 After)
{
    CALLBACK *next = NULL;

    for (ULONG i = 0; i < RTL_NUMBER_OF(callbacks); i++)
    {
        CALLBACK *callback = &callbacks[i];
        if (callback->Kind == Kind && callback->Reason == Reason && callback->Order > After &&
            KiIsDriverAddress((ULONG64)callback->Routine) &&
            (next == NULL || callback->Order < next->Order))
            next = callback;
    }
    return next;
}

static BOOLEAN
CanCall(void)
{
    ULONG64 here = (ULONG64)__builtin_frame_address(0);
    const KTHREAD *thread = KiCurrentThread();

    return KiIsDriverAddress != NULL && here < (ULONG64)thread->StackBase &&
           here > (ULONG64)thread->StackLimit + STACK_NEEDED;
}

void
KiCallBugCheckCallbacks(KI_BUGCHECK *Record)
{
    KI_BARRIER barrier;

    if (!CanCall())
        return;
    KiRaise(HIGH_LEVEL);
    KiEnterBarrier(&barrier);
    for (; progress.Stage < RTL_NUMBER_OF(stages); progress.Stage++, progress.Done = 0)
    {
        CALLBACK *callback;
        while ((callback = NextOf(stages[progress.Stage].Kind, stages[progress.Stage].Reason,
                                  progress.Done)) != NULL)
        {
            progress.Done = callback->Order;
            progress.Result = NULL;
            progress.Running = callback;
            stages[progress.Stage].Call(Record, callback);
            progress.Running = NULL;
        }
    }
    KiLeaveBarrier(&barrier);
}

BOOLEAN
KiInBugCheckCallback(void)
{
    return progress.Running != NULL;
}

BOOLEAN
KiFailBugCheckCallback(void)
{
    CALLBACK *callback = progress.Running;

    if (callback == NULL)
        return FALSE;
    progress.Running = NULL;
    if (callback->Kind == CallbackBugCheck)
        ((PKBUGCHECK_CALLBACK_RECORD)callback->Context)->State = BufferIncomplete;
    if (progress.Result == NULL)
        progress.Result = NewResult(&KiBugCheckRecord, callback, "buffer");
    if (progress.Result != NULL)
        progress.Result->State = "incomplete";
    return TRUE;
}

// ---- processors --------------------------------------------------------------------------------

static void
NotifyProcessor(const CALLBACK *Callback,
                KE_PROCESSOR_CHANGE_NOTIFY_STATE State,
                ULONG Number,
                NTSTATUS Status,
                PNTSTATUS OperationStatus)
{
    PPROCESSOR_CALLBACK_FUNCTION function = (PPROCESSOR_CALLBACK_FUNCTION)Callback->Routine;
    KE_PROCESSOR_CHANGE_NOTIFY_CONTEXT context;

    RtlZeroMemory(&context, sizeof(context));
    context.State = State;
    context.NtNumber = Number;
    context.Status = Status;
    context.ProcNumber.Number = (UCHAR)Number;
    function(Callback->Context, &context, OperationStatus);
}

// Contract: NF:wdm.KeRegisterProcessorChangeCallback. Processors are never added to a machine that
// runs, so the calls for those that exist are all there will be.
DDI PVOID
KeRegisterProcessorChangeCallback(PPROCESSOR_CALLBACK_FUNCTION CallbackFunction,
                                  PVOID CallbackContext,
                                  ULONG Flags)
{
    CALLBACK *callback = Register(CallbackProcessor, (PVOID)CallbackFunction, CallbackContext);
    NTSTATUS status = STATUS_SUCCESS;
    ULONG started;

    if (callback == NULL || !(Flags & KE_PROCESSOR_CHANGE_ADD_EXISTING))
        return callback;
    for (started = 0; started < KiProcessorCount; started++)
    {
        NotifyProcessor(callback, KeProcessorAddStartNotify, started, STATUS_SUCCESS, &status);
        if (!NT_SUCCESS(status))
            break;
    }
    for (ULONG i = 0; i < started; i++)
    {
        NTSTATUS ignored = STATUS_SUCCESS;
        NotifyProcessor(callback,
                        NT_SUCCESS(status) ? KeProcessorAddCompleteNotify
                                           : KeProcessorAddFailureNotify,
                        i, status, &ignored);
    }
    return callback;
}

// Contract: NF:wdm.KeDeregisterProcessorChangeCallback.
DDI VOID
KeDeregisterProcessorChangeCallback(PVOID CallbackHandle)
{
    CALLBACK *callback = FromHandle(CallbackProcessor, CallbackHandle);

    if (callback != NULL)
        callback->Kind = CallbackFree;
}

// ---- nonmaskable interrupts, bound exceptions ---------------------------------------------------

// Contract: NF:wdm.KeRegisterNmiCallback.
DDI PVOID
KeRegisterNmiCallback(PNMI_CALLBACK CallbackRoutine, PVOID Context)
{
    return Register(CallbackNmi, (PVOID)CallbackRoutine, Context);
}

// Contract: NF:wdm.KeDeregisterNmiCallback.
DDI NTSTATUS
KeDeregisterNmiCallback(PVOID Handle)
{
    CALLBACK *callback = FromHandle(CallbackNmi, Handle);

    if (callback == NULL)
        return STATUS_INVALID_HANDLE;
    callback->Kind = CallbackFree;
    return STATUS_SUCCESS;
}

static CALLBACK *
NmiBefore(ULONG64 Order)
{
    CALLBACK *found = NULL;

    for (ULONG i = 0; i < RTL_NUMBER_OF(callbacks); i++)
    {
        CALLBACK *callback = &callbacks[i];
        if (callback->Kind == CallbackNmi && callback->Order < Order &&
            (found == NULL || callback->Order > found->Order))
            found = callback;
    }
    return found;
}

// Contract: NF:wdm.KeRegisterNmiCallback: the last registered is called first.
BOOLEAN
KiHandleNmi(void)
{
    KIRQL irql = KiCurrentIrql();
    BOOLEAN handled = FALSE;
    KI_BARRIER barrier;

    KiRaise(HIGH_LEVEL);
    KiEnterBarrier(&barrier);
    for (CALLBACK *callback = NmiBefore(~0ull); callback != NULL;
         callback = NmiBefore(callback->Order))
    {
        PNMI_CALLBACK routine = (PNMI_CALLBACK)callback->Routine;
        if (routine(callback->Context, handled))
            handled = TRUE;
    }
    KiLeaveBarrier(&barrier);
    if (handled)
        KiLower(irql);
    return handled;
}

// Contract: NF:wdm.KeRegisterBoundCallback. No user-mode code runs here that could raise one.
DDI PVOID
KeRegisterBoundCallback(PBOUND_CALLBACK CallbackRoutine)
{
    return Register(CallbackBound, (PVOID)CallbackRoutine, NULL);
}

// Contract: NF:wdm.KeDeregisterBoundCallback.
DDI NTSTATUS
KeDeregisterBoundCallback(PVOID Handle)
{
    CALLBACK *callback = FromHandle(CallbackBound, Handle);

    if (callback == NULL)
        return STATUS_INVALID_HANDLE;
    callback->Kind = CallbackFree;
    return STATUS_SUCCESS;
}
