/* SPDX-License-Identifier: MIT */
/*
 * Event tracing: providers that drivers register and the events they write. There is one session,
 * the run's trace: with it every provider is enabled for all levels and keywords, without it none
 * is. Owns the list of registrations. Events at any IRQL, the rest at PASSIVE_LEVEL.
 */
#include "exp.h"

#include "rtl/rtl.h"

#define EXP_ETW_TAG     MM_TAG('E', 't', 'w', 'R')
#define EXP_ETW_PAYLOAD 64u /* bytes of an event that the trace shows */
#define EXP_ETW_MAXIMUM                                                      \
    65536u /* bytes of an event with its header, as a session's buffers hold \
            */
#define EXP_ETW_NAME     64u
#define EXP_ETW_ALL      0xffu
#define EXP_ETW_KEYWORDS (~0ull)

typedef struct _EXP_ETW_PROVIDER
{
    LIST_ENTRY Entry;
    GUID Id;
    PETWENABLECALLBACK EnableCallback;
    PVOID CallbackContext;
    PVOID Caller;
    BOOLEAN UseDescriptorType;
    CHAR Name[EXP_ETW_NAME]; /* from its traits, or empty */
} EXP_ETW_PROVIDER, *PEXP_ETW_PROVIDER;

static LIST_ENTRY ExpEtwProviders = {&ExpEtwProviders, &ExpEtwProviders};
static ULONG ExpEtwActivities;

/* What an event carries besides its descriptor. */
typedef struct _EXP_ETW_EVENT
{
    PCEVENT_DESCRIPTOR Descriptor;
    LPCGUID Activity;
    LPCGUID Related;
    ULONG Count;
    PEVENT_DATA_DESCRIPTOR Data;
    PCWSTR String; /* of EtwWriteString, instead of Data */
    const char *Function;
} EXP_ETW_EVENT, *PEXP_ETW_EVENT;

/* A handle is the registration's address; what drivers pass may be anything. */
static PEXP_ETW_PROVIDER
ExpEtwFind(REGHANDLE RegHandle)
{
    for (PLIST_ENTRY e = ExpEtwProviders.Flink; e != &ExpEtwProviders; e = e->Flink)
    {
        PEXP_ETW_PROVIDER provider = CONTAINING_RECORD(e, EXP_ETW_PROVIDER, Entry);
        if ((REGHANDLE)provider == RegHandle)
        {
            return provider;
        }
    }
    return NULL;
}

static ULONG
ExpEtwGuid(PCHAR Buffer, ULONG Size, LPCGUID Id)
{
    return (ULONG)RtlFormat(Buffer, Size, "{%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x}",
                            (ULONG)Id->Data1, Id->Data2, Id->Data3, Id->Data4[0], Id->Data4[1],
                            Id->Data4[2], Id->Data4[3], Id->Data4[4], Id->Data4[5], Id->Data4[6],
                            Id->Data4[7]);
}

/* ---- registration ------------------------------------------------------------------------- */

/* Contract: NF:wdm.EtwRegister. */
DDI NTSTATUS
EtwRegister(LPCGUID ProviderId,
            PETWENABLECALLBACK EnableCallback,
            PVOID CallbackContext,
            PREGHANDLE RegHandle)
{
    static const GUID source;
    PEXP_ETW_PROVIDER provider;
    if (ProviderId == NULL || RegHandle == NULL)
    {
        return STATUS_INVALID_PARAMETER;
    }
    provider = MmAllocatePool(NonPagedPoolNx, sizeof(*provider), EXP_ETW_TAG);
    if (provider == NULL)
    {
        return STATUS_NO_MEMORY;
    }
    RtlZeroMemory(provider, sizeof(*provider));
    provider->Id = *ProviderId;
    provider->EnableCallback = EnableCallback;
    provider->CallbackContext = CallbackContext;
    provider->Caller = KiCallerAddress();
    InsertTailList(&ExpEtwProviders, &provider->Entry);
    *RegHandle = (REGHANDLE)provider;
    if (KI_TRACING())
    {
        CHAR id[40];
        (void)ExpEtwGuid(id, sizeof(id), ProviderId);
        KiTrace("EtwRegister", "kernel/ex/etw.c", "provider %s", id);
        if (EnableCallback != NULL)
        {
            EnableCallback(&source, EVENT_CONTROL_CODE_ENABLE_PROVIDER, EXP_ETW_ALL,
                           EXP_ETW_KEYWORDS, 0, NULL, CallbackContext);
        }
    }
    return STATUS_SUCCESS;
}

/* Contract: NF:wdm.EtwUnregister. */
DDI NTSTATUS
EtwUnregister(REGHANDLE RegHandle)
{
    PEXP_ETW_PROVIDER provider = ExpEtwFind(RegHandle);
    if (provider == NULL)
    {
        return STATUS_INVALID_HANDLE;
    }
    RemoveEntryList(&provider->Entry);
    MmFreePool(provider, EXP_ETW_TAG);
    return STATUS_SUCCESS;
}

/* Traits: the size of all, then the provider's name and a zero, then more that nobody here needs.
 */
static NTSTATUS
ExpEtwSetTraits(PEXP_ETW_PROVIDER Provider, const UCHAR *Traits, ULONG Length)
{
    const ULONG size = Length >= 3 ? Traits[0] | (ULONG)Traits[1] << 8 : 0;
    ULONG end = 2;
    if (size < 3 || size > Length)
    {
        return STATUS_INVALID_PARAMETER;
    }
    while (end < size && Traits[end] != 0)
    {
        end++;
    }
    if (end == size)
    {
        return STATUS_INVALID_PARAMETER;
    }
    (void)RtlFormat(Provider->Name, sizeof(Provider->Name), "%s", Traits + 2);
    return STATUS_SUCCESS;
}

/* Contract: NF:wdm.EtwSetInformation; the classes are those of EventSetInformation. */
DDI NTSTATUS
EtwSetInformation(REGHANDLE RegHandle,
                  EVENT_INFO_CLASS InformationClass,
                  PVOID EventInformation,
                  ULONG InformationLength)
{
    PEXP_ETW_PROVIDER provider = ExpEtwFind(RegHandle);
    if (provider == NULL)
    {
        return STATUS_INVALID_HANDLE;
    }
    if (InformationLength != 0 && EventInformation == NULL)
    {
        return STATUS_INVALID_PARAMETER;
    }
    switch (InformationClass)
    {
    case EventProviderSetTraits:
        return ExpEtwSetTraits(provider, EventInformation, InformationLength);
    case EventProviderUseDescriptorType:
        if (InformationLength != sizeof(BOOLEAN))
        {
            return STATUS_INVALID_PARAMETER;
        }
        provider->UseDescriptorType = *(PBOOLEAN)EventInformation;
        return STATUS_SUCCESS;
    case EventProviderBinaryTrackInfo: /* names the binary in files of traces; there are none */
    case EventProviderSetReserved1:
        return STATUS_INVALID_DEVICE_REQUEST;
    default:
        return STATUS_INVALID_PARAMETER;
    }
}

void
ExForEachEtwProvider(
    BOOLEAN (*Routine)(PVOID Provider, PVOID Function, PVOID Caller, const GUID *Id, PVOID Context),
    PVOID Context)
{
    for (PLIST_ENTRY e = ExpEtwProviders.Flink; e != &ExpEtwProviders; e = e->Flink)
    {
        PEXP_ETW_PROVIDER provider = CONTAINING_RECORD(e, EXP_ETW_PROVIDER, Entry);
        if (!Routine(provider, (PVOID)provider->EnableCallback, provider->Caller, &provider->Id,
                     Context))
        {
            return;
        }
    }
}

/* ---- events ------------------------------------------------------------------------------- */

/* Contract: NF:wdm.EtwEventEnabled. */
DDI BOOLEAN
EtwEventEnabled(REGHANDLE RegHandle, PCEVENT_DESCRIPTOR EventDescriptor)
{
    return EventDescriptor != NULL && KI_TRACING() && ExpEtwFind(RegHandle) != NULL;
}

/* Contract: NF:wdm.EtwProviderEnabled. The session takes every level and keyword. */
DDI BOOLEAN
EtwProviderEnabled(REGHANDLE RegHandle, UCHAR Level, ULONGLONG Keyword)
{
    (void)Level;
    (void)Keyword;
    return KI_TRACING() && ExpEtwFind(RegHandle) != NULL;
}

/* Above APC_LEVEL the data must be resident, session or not: touching it lets a mistake show even
 * in a run that nobody traces. Contract: remarks of NF:wdm.EtwWrite. */
static void
ExpEtwTouch(const EXP_ETW_EVENT *Event)
{
    if (KiCurrentIrql() <= APC_LEVEL)
    {
        return;
    }
    for (ULONG i = 0; i < Event->Count; i++)
    {
        const volatile UCHAR *bytes = (const volatile UCHAR *)Event->Data[i].Ptr;
        for (ULONG at = 0; at < Event->Data[i].Size; at += PAGE_SIZE)
        {
            (void)bytes[at];
        }
    }
    if (Event->String != NULL)
    {
        (void)*(const volatile WCHAR *)Event->String;
    }
}

static ULONG
ExpEtwPayload(const EXP_ETW_EVENT *Event, PCHAR Text, ULONG Size)
{
    ULONG total = 0, shown = 0, length = 0;
    for (ULONG i = 0; i < Event->Count; i++)
    {
        const UCHAR *bytes = (const UCHAR *)Event->Data[i].Ptr;
        for (ULONG at = 0; at < Event->Data[i].Size && shown < EXP_ETW_PAYLOAD; at++, shown++)
        {
            length +=
                RtlFormat(Text + length, Size - length, at == 0 ? " %02x" : "%02x", bytes[at]);
        }
        total += Event->Data[i].Size;
    }
    if (shown < total)
    {
        length += RtlFormat(Text + length, Size - length, "..");
    }
    return length;
}

static void
ExpEtwTrace(PEXP_ETW_PROVIDER Provider, const EXP_ETW_EVENT *Event, ULONG64 Bytes)
{
    CHAR text[480];
    ULONG length = Provider->Name[0] != 0
                       ? (ULONG)RtlFormat(text, sizeof(text), "%s", Provider->Name)
                       : ExpEtwGuid(text, sizeof(text), &Provider->Id);
    length +=
        RtlFormat(text + length, sizeof(text) - length,
                  " event %u version %u level %u opcode %u task %u keyword %I64x",
                  Event->Descriptor->Id, Event->Descriptor->Version, Event->Descriptor->Level,
                  Event->Descriptor->Opcode, Event->Descriptor->Task, Event->Descriptor->Keyword);
    if (Event->Activity != NULL)
    {
        length += RtlFormat(text + length, sizeof(text) - length, " activity ");
        length += ExpEtwGuid(text + length, sizeof(text) - length, Event->Activity);
    }
    if (Event->Related != NULL)
    {
        length += RtlFormat(text + length, sizeof(text) - length, " related ");
        length += ExpEtwGuid(text + length, sizeof(text) - length, Event->Related);
    }
    if (Event->String != NULL)
    {
        (void)RtlFormat(text + length, sizeof(text) - length, ": %.64ws", Event->String);
    }
    else if (Event->Count != 0)
    {
        length += RtlFormat(text + length, sizeof(text) - length, ": %I64u bytes", Bytes);
        (void)ExpEtwPayload(Event, text + length, sizeof(text) - length);
    }
    KiTrace(Event->Function, "kernel/ex/etw.c", "%s", text);
}

static NTSTATUS
ExpEtwWrite(REGHANDLE RegHandle, PEXP_ETW_EVENT Event)
{
    PEXP_ETW_PROVIDER provider = ExpEtwFind(RegHandle);
    ULONG64 bytes = 0;
    if (provider == NULL)
    {
        return STATUS_INVALID_HANDLE;
    }
    if (Event->Descriptor == NULL || Event->Count > MAX_EVENT_DATA_DESCRIPTORS ||
        (Event->Count != 0 && Event->Data == NULL))
    {
        return STATUS_INVALID_PARAMETER;
    }
    ExpEtwTouch(Event);
    if (!KI_TRACING())
    {
        return STATUS_SUCCESS;
    }
    for (ULONG i = 0; i < Event->Count; i++)
    {
        bytes += Event->Data[i].Size;
    }
    if (bytes >= EXP_ETW_MAXIMUM)
    {
        return STATUS_BUFFER_OVERFLOW; /* larger than a session's buffers: the event is lost */
    }
    ExpEtwTrace(provider, Event, bytes);
    return STATUS_SUCCESS;
}

/* Contract: NF:wdm.EtwWrite. */
DDI NTSTATUS
EtwWrite(REGHANDLE RegHandle,
         PCEVENT_DESCRIPTOR EventDescriptor,
         LPCGUID ActivityId,
         ULONG UserDataCount,
         PEVENT_DATA_DESCRIPTOR UserData)
{
    EXP_ETW_EVENT event = {.Descriptor = EventDescriptor,
                           .Activity = ActivityId,
                           .Count = UserDataCount,
                           .Data = UserData,
                           .Function = "EtwWrite"};
    return ExpEtwWrite(RegHandle, &event);
}

/* Contract: NF:wdm.EtwWriteTransfer. */
DDI NTSTATUS
EtwWriteTransfer(REGHANDLE RegHandle,
                 PCEVENT_DESCRIPTOR EventDescriptor,
                 LPCGUID ActivityId,
                 LPCGUID RelatedActivityId,
                 ULONG UserDataCount,
                 PEVENT_DATA_DESCRIPTOR UserData)
{
    EXP_ETW_EVENT event = {.Descriptor = EventDescriptor,
                           .Activity = ActivityId,
                           .Related = RelatedActivityId,
                           .Count = UserDataCount,
                           .Data = UserData,
                           .Function = "EtwWriteTransfer"};
    return ExpEtwWrite(RegHandle, &event);
}

/* Contract: NF:wdm.EtwWriteEx. Filter excludes sessions by bit; the trace is bit 0. Without an
 * activity the thread's own is written. */
DDI NTSTATUS
EtwWriteEx(REGHANDLE RegHandle,
           PCEVENT_DESCRIPTOR EventDescriptor,
           ULONG64 Filter,
           ULONG Flags,
           LPCGUID ActivityId,
           LPCGUID RelatedActivityId,
           ULONG UserDataCount,
           PEVENT_DATA_DESCRIPTOR UserData)
{
    EXP_ETW_EVENT event = {.Descriptor = EventDescriptor,
                           .Activity =
                               ActivityId != NULL ? ActivityId : &KiCurrentThread()->ActivityId,
                           .Related = RelatedActivityId,
                           .Count = UserDataCount,
                           .Data = UserData,
                           .Function = "EtwWriteEx"};
    if (Flags & ~(ULONG)(EVENT_WRITE_FLAG_NO_FAULTING | EVENT_WRITE_FLAG_INPRIVATE))
    {
        return STATUS_INVALID_PARAMETER;
    }
    if (Filter & 1)
    {
        return ExpEtwFind(RegHandle) != NULL ? STATUS_SUCCESS : STATUS_INVALID_HANDLE;
    }
    return ExpEtwWrite(RegHandle, &event);
}

/* Contract: NF:wdm.EtwWriteString. */
DDI NTSTATUS
EtwWriteString(REGHANDLE RegHandle,
               UCHAR Level,
               ULONGLONG Keyword,
               LPCGUID ActivityId,
               PCWSTR String)
{
    const EVENT_DESCRIPTOR descriptor = {.Level = Level, .Keyword = Keyword};
    EXP_ETW_EVENT event = {.Descriptor = &descriptor,
                           .Activity = ActivityId,
                           .String = String,
                           .Function = "EtwWriteString"};
    if (String == NULL)
    {
        return STATUS_INVALID_PARAMETER;
    }
    return ExpEtwWrite(RegHandle, &event);
}

/* ---- activities --------------------------------------------------------------------------- */

/* Unique within the run, and the same in the next run of the same seed. */
static GUID
ExpEtwNewActivity(void)
{
    GUID id = {.Data1 = ++ExpEtwActivities, .Data4 = {'O', 'W', 'D', 'M'}};
    return id;
}

/* Contract: NF:wdm.EtwActivityIdControl. The thread has no identifier at DISPATCH_LEVEL. */
DDI NTSTATUS
EtwActivityIdControl(ULONG ControlCode, LPGUID ActivityId)
{
    PKTHREAD thread = KiCurrentThread();
    GUID old;
    if (ActivityId == NULL || ControlCode < EVENT_ACTIVITY_CTRL_GET_ID ||
        ControlCode > EVENT_ACTIVITY_CTRL_CREATE_SET_ID)
    {
        return STATUS_INVALID_PARAMETER;
    }
    if (ControlCode != EVENT_ACTIVITY_CTRL_CREATE_ID && KiCurrentIrql() >= DISPATCH_LEVEL)
    {
        KiBugCheckWithRule(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x20003, KiCurrentIrql(),
                           (ULONG64)KiCallerAddress(), ControlCode,
                           "EtwActivityIdControl is called at IRQL < DISPATCH_LEVEL unless it only "
                           "creates an identifier",
                           "NF:wdm.EtwActivityIdControl", NULL, NULL);
    }
    old = thread->ActivityId;
    switch (ControlCode)
    {
    case EVENT_ACTIVITY_CTRL_GET_ID:
        *ActivityId = old;
        break;
    case EVENT_ACTIVITY_CTRL_SET_ID:
        thread->ActivityId = *ActivityId;
        break;
    case EVENT_ACTIVITY_CTRL_CREATE_ID:
        *ActivityId = ExpEtwNewActivity();
        break;
    case EVENT_ACTIVITY_CTRL_GET_SET_ID:
        thread->ActivityId = *ActivityId;
        *ActivityId = old;
        break;
    default:
        thread->ActivityId = ExpEtwNewActivity();
        *ActivityId = old;
        break;
    }
    return STATUS_SUCCESS;
}
