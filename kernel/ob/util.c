/* SPDX-License-Identifier: MIT */
/*
 * Lists and names as the object manager needs them. Owns nothing. Any IRQL, except what allocates.
 */
#include "obp.h"

void
ObpInitializeList(PLIST_ENTRY Head)
{
    Head->Flink = Head->Blink = Head;
}

void
ObpInsertTail(PLIST_ENTRY Head, PLIST_ENTRY Entry)
{
    Entry->Flink = Head;
    Entry->Blink = Head->Blink;
    Head->Blink->Flink = Entry;
    Head->Blink = Entry;
}

void
ObpRemoveEntry(PLIST_ENTRY Entry)
{
    Entry->Blink->Flink = Entry->Flink;
    Entry->Flink->Blink = Entry->Blink;
    Entry->Flink = Entry->Blink = Entry;
}

WCHAR
ObpUpcase(WCHAR Character)
{
    if (Character < 0x80)
    {
        return Character >= 'a' && Character <= 'z' ? (WCHAR)(Character - 0x20) : Character;
    }
    return RtlUpcaseUnicodeChar(Character);
}

LONG
ObpCompareNames(PCUNICODE_STRING A, PCUNICODE_STRING B)
{
    const ULONG length = (A->Length < B->Length ? A->Length : B->Length) / sizeof(WCHAR);
    for (ULONG index = 0; index < length; index++)
    {
        const LONG difference =
            (LONG)ObpUpcase(A->Buffer[index]) - (LONG)ObpUpcase(B->Buffer[index]);
        if (difference != 0)
        {
            return difference;
        }
    }
    return (LONG)A->Length - (LONG)B->Length;
}

BOOLEAN
ObpEqualNames(PCUNICODE_STRING A, PCUNICODE_STRING B)
{
    return A->Length == B->Length && ObpCompareNames(A, B) == 0;
}

NTSTATUS
ObpCopyName(PCUNICODE_STRING Source, PUNICODE_STRING Copy)
{
    const SIZE_T size = (SIZE_T)Source->Length + sizeof(WCHAR);
    Copy->Buffer = MmAllocatePool(NonPagedPoolNx, size, OB_NAME_TAG);
    if (Copy->Buffer == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    if (Source->Length != 0)
    {
        __builtin_memcpy(Copy->Buffer, Source->Buffer, Source->Length);
    }
    Copy->Length = Source->Length;
    Copy->MaximumLength = (USHORT)(size > 0xfffe ? 0xfffe : size);
    return STATUS_SUCCESS;
}

void
ObpFreeName(PUNICODE_STRING Name)
{
    if (Name->Buffer != NULL)
    {
        MmFreePool(Name->Buffer, OB_NAME_TAG);
    }
    *Name = (UNICODE_STRING){0};
}

UNICODE_STRING
ObpString(PCWSTR Text)
{
    UNICODE_STRING string = {.Buffer = (PWSTR)Text};
    while (Text[string.Length / sizeof(WCHAR)] != 0)
    {
        string.Length += sizeof(WCHAR);
    }
    string.MaximumLength = (USHORT)(string.Length + sizeof(WCHAR));
    return string;
}
