/* SPDX-License-Identifier: MIT */
/*
 * Questions about keys and values. An answer has a fixed part and a variable one: what does not
 * even take the fixed part gets STATUS_BUFFER_TOO_SMALL, what does not take all gets what fits and
 * STATUS_BUFFER_OVERFLOW; both learn the size. PASSIVE_LEVEL.
 */
#include "cmp.h"

/* Of the classes that no public header describes. */
typedef struct _CMP_CACHED_INFORMATION
{
    LARGE_INTEGER LastWriteTime;
    ULONG TitleIndex;
    ULONG SubKeys;
    ULONG MaxNameLen;
    ULONG Values;
    ULONG MaxValueNameLen;
    ULONG MaxValueDataLen;
    ULONG NameLength;
} CMP_CACHED_INFORMATION;

typedef struct _CMP_FLAGS_INFORMATION
{
    ULONG Wow64Flags;
    ULONG KeyFlags; /* 1: volatile, 2: symbolic link */
    ULONG ControlFlags;
} CMP_FLAGS_INFORMATION;

#define CMP_ALIGN(Size, To) (((Size) + (To) - 1) & ~((To) - 1))

/* ---- answers ------------------------------------------------------------------------------ */

static NTSTATUS
CmpBeginAnswer(PCMP_ANSWER Answer, const void *Fixed, ULONG FixedSize, ULONG Required)
{
    Answer->Required = Required;
    if (Answer->Length < FixedSize)
    {
        return STATUS_BUFFER_TOO_SMALL;
    }
    __builtin_memcpy(Answer->Buffer, Fixed, FixedSize);
    return Answer->Length < Required ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

static void
CmpAddAnswer(PCMP_ANSWER Answer, NTSTATUS Status, ULONG Offset, const void *Data, ULONG Size)
{
    if (Status != STATUS_BUFFER_TOO_SMALL && Offset < Answer->Length && Size != 0)
    {
        const ULONG room = Answer->Length - Offset;
        __builtin_memcpy(Answer->Buffer + Offset, Data, Size < room ? Size : room);
    }
}

/* ---- keys --------------------------------------------------------------------------------- */

static ULONG
CmpMaximum(ULONG A, ULONG B)
{
    return A > B ? A : B;
}

/* A KEY_FULL_INFORMATION without the class, which also has what KeyCachedInformation tells. */
static KEY_FULL_INFORMATION
CmpMeasure(PCMP_NODE Node)
{
    KEY_FULL_INFORMATION full = {.LastWriteTime = Node->LastWriteTime,
                                 .SubKeys = Node->ChildCount,
                                 .Values = Node->ValueCount,
                                 .ClassLength = Node->Class.Length};
    full.ClassOffset =
        Node->Class.Length == 0 ? ~0u : (ULONG)FIELD_OFFSET(KEY_FULL_INFORMATION, Class);
    for (ULONG index = 0; index < Node->ChildCount; index++)
    {
        const CMP_NODE *child = Node->Children[index];
        full.MaxNameLen = CmpMaximum(full.MaxNameLen, child->Name.Length);
        full.MaxClassLen = CmpMaximum(full.MaxClassLen, child->Class.Length);
    }
    for (ULONG index = 0; index < Node->ValueCount; index++)
    {
        const CMP_VALUE *value = &Node->Values[index];
        full.MaxValueNameLen = CmpMaximum(full.MaxValueNameLen, value->Name.Length);
        full.MaxValueDataLen = CmpMaximum(full.MaxValueDataLen, value->Size);
    }
    return full;
}

static NTSTATUS
CmpAnswerNode(PCMP_NODE Node, PCMP_ANSWER Answer)
{
    const ULONG nameOffset = FIELD_OFFSET(KEY_NODE_INFORMATION, Name);
    const ULONG classOffset = CMP_ALIGN(nameOffset + Node->Name.Length, (ULONG)sizeof(ULONG));
    const BOOLEAN hasClass = Node->Class.Length != 0;
    const KEY_NODE_INFORMATION information = {.LastWriteTime = Node->LastWriteTime,
                                              .ClassOffset = hasClass ? classOffset : ~0u,
                                              .ClassLength = Node->Class.Length,
                                              .NameLength = Node->Name.Length};
    const NTSTATUS status = CmpBeginAnswer(Answer, &information, nameOffset,
                                           hasClass ? classOffset + Node->Class.Length
                                                    : nameOffset + Node->Name.Length);
    CmpAddAnswer(Answer, status, nameOffset, Node->Name.Buffer, Node->Name.Length);
    if (hasClass)
    {
        CmpAddAnswer(Answer, status, classOffset, Node->Class.Buffer, Node->Class.Length);
    }
    return status;
}

static NTSTATUS
CmpAnswerName(PCMP_NODE Node, PCMP_ANSWER Answer)
{
    UNICODE_STRING name;
    NTSTATUS status = CmpFullName(Node, &name);
    if (NT_SUCCESS(status))
    {
        const ULONG offset = FIELD_OFFSET(KEY_NAME_INFORMATION, Name);
        const KEY_NAME_INFORMATION information = {.NameLength = name.Length};
        status = CmpBeginAnswer(Answer, &information, offset, offset + name.Length);
        CmpAddAnswer(Answer, status, offset, name.Buffer, name.Length);
        CmpFreeString(&name);
    }
    return status;
}

static NTSTATUS
CmpAnswerCached(PCMP_NODE Node, PCMP_ANSWER Answer)
{
    const KEY_FULL_INFORMATION full = CmpMeasure(Node);
    const CMP_CACHED_INFORMATION information = {.LastWriteTime = full.LastWriteTime,
                                                .SubKeys = full.SubKeys,
                                                .MaxNameLen = full.MaxNameLen,
                                                .Values = full.Values,
                                                .MaxValueNameLen = full.MaxValueNameLen,
                                                .MaxValueDataLen = full.MaxValueDataLen,
                                                .NameLength = Node->Name.Length};
    return CmpBeginAnswer(Answer, &information, sizeof(information), sizeof(information));
}

/* The classes that both a query and an enumeration know. */
static NTSTATUS
CmpAnswerKey(PCMP_NODE Node, KEY_INFORMATION_CLASS Class, PCMP_ANSWER Answer)
{
    if (Class == KeyBasicInformation)
    {
        const ULONG offset = FIELD_OFFSET(KEY_BASIC_INFORMATION, Name);
        const KEY_BASIC_INFORMATION information = {.LastWriteTime = Node->LastWriteTime,
                                                   .NameLength = Node->Name.Length};
        const NTSTATUS status =
            CmpBeginAnswer(Answer, &information, offset, offset + Node->Name.Length);
        CmpAddAnswer(Answer, status, offset, Node->Name.Buffer, Node->Name.Length);
        return status;
    }
    if (Class == KeyNodeInformation)
    {
        return CmpAnswerNode(Node, Answer);
    }
    if (Class == KeyFullInformation)
    {
        const ULONG offset = FIELD_OFFSET(KEY_FULL_INFORMATION, Class);
        const KEY_FULL_INFORMATION information = CmpMeasure(Node);
        const NTSTATUS status =
            CmpBeginAnswer(Answer, &information, offset, offset + Node->Class.Length);
        CmpAddAnswer(Answer, status, offset, Node->Class.Buffer, Node->Class.Length);
        return status;
    }
    return STATUS_INVALID_PARAMETER;
}

static NTSTATUS
CmpAnswerQuery(PCMP_KEY Key, KEY_INFORMATION_CLASS Class, PCMP_ANSWER Answer)
{
    const PCMP_NODE node = Key->Node;
    switch (Class)
    {
    case KeyNameInformation:
        return CmpAnswerName(node, Answer);
    case KeyCachedInformation:
        return CmpAnswerCached(node, Answer);
    case KeyFlagsInformation:
    {
        const CMP_FLAGS_INFORMATION information = {node->Wow64Flags,
                                                   ((node->Flags & CMP_VOLATILE) ? 1u : 0) |
                                                       ((node->Flags & CMP_LINK) ? 2u : 0),
                                                   node->ControlFlags};
        return CmpBeginAnswer(Answer, &information, sizeof(information), sizeof(information));
    }
    case KeyHandleTagsInformation:
        return CmpBeginAnswer(Answer, &Key->HandleTags, sizeof(ULONG), sizeof(ULONG));
    case KeyVirtualizationInformation:
    case KeyTrustInformation:
    {
        /* Nothing is virtualized; all hives are the system's and trusted. */
        const ULONG information = Class == KeyTrustInformation ? 1 : 0;
        return CmpBeginAnswer(Answer, &information, sizeof(ULONG), sizeof(ULONG));
    }
    default:
        return CmpAnswerKey(node, Class, Answer);
    }
}

/* Contract: NF:wdm.ZwQueryKey. */
DDI NTSTATUS
ZwQueryKey(HANDLE KeyHandle,
           KEY_INFORMATION_CLASS KeyInformationClass,
           PVOID KeyInformation,
           ULONG Length,
           PULONG ResultLength)
{
    PCMP_KEY key;
    NTSTATUS status = CmpReferenceKey(KeyHandle, KEY_QUERY_VALUE, &key);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    REG_QUERY_KEY_INFORMATION information = {.Object = key,
                                             .KeyInformationClass = KeyInformationClass,
                                             .KeyInformation = KeyInformation,
                                             .Length = Length,
                                             .ResultLength = ResultLength};
    CMP_OPERATION operation;
    CMP_OPERATION_INIT(&operation, QueryKey, &information, key);
    if (CmpPreCallbacks(&operation, &status))
    {
        CMP_ANSWER answer = {.Buffer = KeyInformation, .Length = Length};
        status = CmpAnswerQuery(key, KeyInformationClass, &answer);
        if (answer.Required != 0)
        {
            *ResultLength = answer.Required;
        }
        status = CmpPostCallbacks(&operation, key, status);
    }
    ObDereference(key);
    return status;
}

/* Contract: NF:wdm.ZwEnumerateKey. */
DDI NTSTATUS
ZwEnumerateKey(HANDLE KeyHandle,
               ULONG Index,
               KEY_INFORMATION_CLASS KeyInformationClass,
               PVOID KeyInformation,
               ULONG Length,
               PULONG ResultLength)
{
    PCMP_KEY key;
    NTSTATUS status = CmpReferenceKey(KeyHandle, KEY_ENUMERATE_SUB_KEYS, &key);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    REG_ENUMERATE_KEY_INFORMATION information = {.Object = key,
                                                 .Index = Index,
                                                 .KeyInformationClass = KeyInformationClass,
                                                 .KeyInformation = KeyInformation,
                                                 .Length = Length,
                                                 .ResultLength = ResultLength};
    CMP_OPERATION operation;
    CMP_OPERATION_INIT(&operation, EnumerateKey, &information, key);
    if (CmpPreCallbacks(&operation, &status))
    {
        CMP_ANSWER answer = {.Buffer = KeyInformation, .Length = Length};
        status = (ULONG)KeyInformationClass > KeyFullInformation ? STATUS_INVALID_PARAMETER
                 : Index >= key->Node->ChildCount
                     ? STATUS_NO_MORE_ENTRIES
                     : CmpAnswerKey(key->Node->Children[Index], KeyInformationClass, &answer);
        if (answer.Required != 0)
        {
            *ResultLength = answer.Required;
        }
        status = CmpPostCallbacks(&operation, key, status);
    }
    ObDereference(key);
    return status;
}

/* ---- values ------------------------------------------------------------------------------- */

static NTSTATUS
CmpAnswerFullValue(const CMP_VALUE *Value, ULONG Alignment, PCMP_ANSWER Answer)
{
    const ULONG nameOffset = FIELD_OFFSET(KEY_VALUE_FULL_INFORMATION, Name);
    const ULONG dataOffset = CMP_ALIGN(nameOffset + Value->Name.Length, Alignment);
    const KEY_VALUE_FULL_INFORMATION information = {.Type = Value->Type,
                                                    .DataOffset =
                                                        Value->Size == 0 ? ~0u : dataOffset,
                                                    .DataLength = Value->Size,
                                                    .NameLength = Value->Name.Length};
    const NTSTATUS status = CmpBeginAnswer(Answer, &information, nameOffset,
                                           Value->Size == 0 ? nameOffset + Value->Name.Length
                                                            : dataOffset + Value->Size);
    CmpAddAnswer(Answer, status, nameOffset, Value->Name.Buffer, Value->Name.Length);
    CmpAddAnswer(Answer, status, dataOffset, Value->Data, Value->Size);
    return status;
}

static NTSTATUS
CmpAnswerPartialValue(const CMP_VALUE *Value, BOOLEAN Align64, PCMP_ANSWER Answer)
{
    const KEY_VALUE_PARTIAL_INFORMATION plain = {.Type = Value->Type, .DataLength = Value->Size};
    const KEY_VALUE_PARTIAL_INFORMATION_ALIGN64 aligned = {.Type = Value->Type,
                                                           .DataLength = Value->Size};
    const ULONG offset = Align64 ? (ULONG)FIELD_OFFSET(KEY_VALUE_PARTIAL_INFORMATION_ALIGN64, Data)
                                 : (ULONG)FIELD_OFFSET(KEY_VALUE_PARTIAL_INFORMATION, Data);
    const NTSTATUS status =
        CmpBeginAnswer(Answer, Align64 ? (const void *)&aligned : (const void *)&plain, offset,
                       offset + Value->Size);
    CmpAddAnswer(Answer, status, offset, Value->Data, Value->Size);
    return status;
}

static NTSTATUS
CmpAnswerValue(const CMP_VALUE *Value, KEY_VALUE_INFORMATION_CLASS Class, PCMP_ANSWER Answer)
{
    switch (Class)
    {
    case KeyValueBasicInformation:
    {
        const ULONG offset = FIELD_OFFSET(KEY_VALUE_BASIC_INFORMATION, Name);
        const KEY_VALUE_BASIC_INFORMATION information = {.Type = Value->Type,
                                                         .NameLength = Value->Name.Length};
        const NTSTATUS status =
            CmpBeginAnswer(Answer, &information, offset, offset + Value->Name.Length);
        CmpAddAnswer(Answer, status, offset, Value->Name.Buffer, Value->Name.Length);
        return status;
    }
    case KeyValueFullInformation:
        return CmpAnswerFullValue(Value, sizeof(ULONG), Answer);
    case KeyValueFullInformationAlign64:
        return CmpAnswerFullValue(Value, sizeof(ULONG64), Answer);
    case KeyValuePartialInformation:
        return CmpAnswerPartialValue(Value, FALSE, Answer);
    case KeyValuePartialInformationAlign64:
        return CmpAnswerPartialValue(Value, TRUE, Answer);
    default:
        return STATUS_INVALID_PARAMETER;
    }
}

/* Contract: NF:wdm.ZwQueryValueKey. */
DDI NTSTATUS
ZwQueryValueKey(HANDLE KeyHandle,
                PUNICODE_STRING ValueName,
                KEY_VALUE_INFORMATION_CLASS KeyValueInformationClass,
                PVOID KeyValueInformation,
                ULONG Length,
                PULONG ResultLength)
{
    PCMP_KEY key;
    NTSTATUS status = CmpReferenceKey(KeyHandle, KEY_QUERY_VALUE, &key);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    REG_QUERY_VALUE_KEY_INFORMATION information = {.Object = key,
                                                   .ValueName = ValueName,
                                                   .KeyValueInformationClass =
                                                       KeyValueInformationClass,
                                                   .KeyValueInformation = KeyValueInformation,
                                                   .Length = Length,
                                                   .ResultLength = ResultLength};
    CMP_OPERATION operation;
    CMP_OPERATION_INIT(&operation, QueryValueKey, &information, key);
    if (CmpPreCallbacks(&operation, &status))
    {
        CMP_ANSWER answer = {.Buffer = KeyValueInformation, .Length = Length};
        const CMP_VALUE *value = CmpFindValue(key->Node, ValueName);
        status = (ULONG)KeyValueInformationClass > KeyValuePartialInformationAlign64
                     ? STATUS_INVALID_PARAMETER
                 : value == NULL ? STATUS_OBJECT_NAME_NOT_FOUND
                                 : CmpAnswerValue(value, KeyValueInformationClass, &answer);
        if (answer.Required != 0)
        {
            *ResultLength = answer.Required;
        }
        status = CmpPostCallbacks(&operation, key, status);
    }
    ObDereference(key);
    return status;
}

/* Contract: NF:wdm.ZwEnumerateValueKey. */
DDI NTSTATUS
ZwEnumerateValueKey(HANDLE KeyHandle,
                    ULONG Index,
                    KEY_VALUE_INFORMATION_CLASS KeyValueInformationClass,
                    PVOID KeyValueInformation,
                    ULONG Length,
                    PULONG ResultLength)
{
    PCMP_KEY key;
    NTSTATUS status = CmpReferenceKey(KeyHandle, KEY_QUERY_VALUE, &key);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    REG_ENUMERATE_VALUE_KEY_INFORMATION information = {.Object = key,
                                                       .Index = Index,
                                                       .KeyValueInformationClass =
                                                           KeyValueInformationClass,
                                                       .KeyValueInformation = KeyValueInformation,
                                                       .Length = Length,
                                                       .ResultLength = ResultLength};
    CMP_OPERATION operation;
    CMP_OPERATION_INIT(&operation, EnumerateValueKey, &information, key);
    if (CmpPreCallbacks(&operation, &status))
    {
        CMP_ANSWER answer = {.Buffer = KeyValueInformation, .Length = Length};
        status = (ULONG)KeyValueInformationClass > KeyValuePartialInformationAlign64
                     ? STATUS_INVALID_PARAMETER
                 : Index >= key->Node->ValueCount
                     ? STATUS_NO_MORE_ENTRIES
                     : CmpAnswerValue(&key->Node->Values[Index], KeyValueInformationClass, &answer);
        if (answer.Required != 0)
        {
            *ResultLength = answer.Required;
        }
        status = CmpPostCallbacks(&operation, key, status);
    }
    ObDereference(key);
    return status;
}

/* Data of several values into one buffer, each at a multiple of four. */
static NTSTATUS
CmpAnswerValues(PCMP_NODE Node, const REG_QUERY_MULTIPLE_VALUE_KEY_INFORMATION *Query)
{
    NTSTATUS status = STATUS_SUCCESS;
    ULONG required = 0, used = 0;
    for (ULONG index = 0; index < Query->EntryCount; index++)
    {
        PKEY_VALUE_ENTRY entry = &Query->ValueEntries[index];
        const CMP_VALUE *value = CmpFindValue(Node, entry->ValueName);
        if (value == NULL)
        {
            return STATUS_OBJECT_NAME_NOT_FOUND;
        }
        required = CMP_ALIGN(required, (ULONG)sizeof(ULONG));
        if (NT_SUCCESS(status) && required + value->Size <= *Query->BufferLength)
        {
            __builtin_memcpy((PUCHAR)Query->ValueBuffer + required, value->Data, value->Size);
            entry->DataOffset = required;
            entry->DataLength = value->Size;
            entry->Type = value->Type;
            used = required + value->Size;
        }
        else
        {
            status = STATUS_BUFFER_OVERFLOW;
        }
        required += value->Size;
    }
    *Query->BufferLength = used;
    if (Query->RequiredBufferLength != NULL)
    {
        *Query->RequiredBufferLength = required;
    }
    return status;
}

/* Of wdm.h, without a page; NtQueryMultipleValueKey is public for user mode. */
DDI NTSTATUS
ZwQueryMultipleValueKey(HANDLE KeyHandle,
                        PKEY_VALUE_ENTRY ValueEntries,
                        ULONG EntryCount,
                        PVOID ValueBuffer,
                        PULONG BufferLength,
                        PULONG RequiredBufferLength)
{
    PCMP_KEY key;
    NTSTATUS status = CmpReferenceKey(KeyHandle, KEY_QUERY_VALUE, &key);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    REG_QUERY_MULTIPLE_VALUE_KEY_INFORMATION information = {.Object = key,
                                                            .ValueEntries = ValueEntries,
                                                            .EntryCount = EntryCount,
                                                            .ValueBuffer = ValueBuffer,
                                                            .BufferLength = BufferLength,
                                                            .RequiredBufferLength =
                                                                RequiredBufferLength};
    CMP_OPERATION operation;
    CMP_OPERATION_INIT(&operation, QueryMultipleValueKey, &information, key);
    if (CmpPreCallbacks(&operation, &status))
    {
        status = CmpAnswerValues(key->Node, &information);
        status = CmpPostCallbacks(&operation, key, status);
    }
    ObDereference(key);
    return status;
}
