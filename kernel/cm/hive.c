/* SPDX-License-Identifier: MIT */
/*
 * The tree of keys and values. Owns CmpRoot and all nodes; no lock, since nothing here blocks.
 * Memory is the kernel's. PASSIVE_LEVEL.
 */
#include "cmp.h"

PCMP_NODE CmpRoot;
static ULONG CmpNextId;

/* ---- strings ------------------------------------------------------------------------------ */

LONG
CmpCompare(PCUNICODE_STRING A, PCUNICODE_STRING B)
{
    return RtlCompareUnicodeString(A, B, TRUE);
}

NTSTATUS
CmpCopyString(PCUNICODE_STRING Source, PUNICODE_STRING Copy)
{
    *Copy = (UNICODE_STRING){0};
    if (Source == NULL || Source->Length == 0)
    {
        return STATUS_SUCCESS;
    }
    Copy->Buffer = MmAllocatePool(PagedPool, Source->Length, CMP_TAG);
    if (Copy->Buffer == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    __builtin_memcpy(Copy->Buffer, Source->Buffer, Source->Length);
    Copy->Length = Copy->MaximumLength = Source->Length;
    return STATUS_SUCCESS;
}

void
CmpFreeString(PUNICODE_STRING String)
{
    if (String->Buffer != NULL)
    {
        MmFreePool(String->Buffer, CMP_TAG);
    }
    *String = (UNICODE_STRING){0};
}

BOOLEAN
CmpNextName(PUNICODE_STRING Rest, PUNICODE_STRING Name)
{
    ULONG length = 0;
    while (Rest->Length != 0 && Rest->Buffer[0] == '\\')
    {
        Rest->Buffer++;
        Rest->Length = (USHORT)(Rest->Length - sizeof(WCHAR));
    }
    while (length < Rest->Length / sizeof(WCHAR) && Rest->Buffer[length] != '\\')
    {
        length++;
    }
    Name->Buffer = Rest->Buffer;
    Name->Length = Name->MaximumLength = (USHORT)(length * sizeof(WCHAR));
    Rest->Buffer += length;
    Rest->Length = (USHORT)(Rest->Length - Name->Length);
    Rest->MaximumLength = Rest->Length;
    return length != 0;
}

/* ---- nodes -------------------------------------------------------------------------------- */

static void
CmpFreeValues(PCMP_NODE Node)
{
    for (ULONG index = 0; index < Node->ValueCount; index++)
    {
        CmpFreeString(&Node->Values[index].Name);
        if (Node->Values[index].Data != NULL)
        {
            MmFreePool(Node->Values[index].Data, CMP_DATA_TAG);
        }
    }
    if (Node->Values != NULL)
    {
        MmFreePool(Node->Values, CMP_TAG);
    }
    Node->Values = NULL;
    Node->ValueCount = Node->ValueLimit = 0;
}

void
CmpDereferenceNode(PCMP_NODE Node)
{
    NT_ASSERT(Node->References != 0);
    if (--Node->References != 0)
    {
        return;
    }
    CmpFreeValues(Node);
    CmpFreeString(&Node->Name);
    CmpFreeString(&Node->Class);
    if (Node->Children != NULL)
    {
        MmFreePool(Node->Children, CMP_TAG);
    }
    if (Node->Security != NULL)
    {
        MmFreePool(Node->Security, CMP_TAG);
    }
    MmFreePool(Node, CMP_TAG);
}

/* Negative when a key of these properties comes before Child. */
static LONG
CmpOrder(PCUNICODE_STRING Name, ULONG Flags, const CMP_NODE *Child)
{
    const LONG order = (LONG)(Flags & CMP_VOLATILE) - (LONG)(Child->Flags & CMP_VOLATILE);
    return order != 0 ? order : CmpCompare(Name, &Child->Name);
}

/* Where a key is, or would be, among the children. */
static ULONG
CmpPosition(PCMP_NODE Parent, PCUNICODE_STRING Name, ULONG Flags)
{
    ULONG low = 0, high = Parent->ChildCount;
    while (low < high)
    {
        const ULONG middle = (low + high) / 2;
        if (CmpOrder(Name, Flags, Parent->Children[middle]) > 0)
        {
            low = middle + 1;
        }
        else
        {
            high = middle;
        }
    }
    return low;
}

PCMP_NODE
CmpFindChild(PCMP_NODE Parent, PCUNICODE_STRING Name)
{
    for (ULONG flags = 0; flags <= CMP_VOLATILE; flags += CMP_VOLATILE)
    {
        const ULONG position = CmpPosition(Parent, Name, flags);
        if (position < Parent->ChildCount &&
            CmpCompare(Name, &Parent->Children[position]->Name) == 0)
        {
            return Parent->Children[position];
        }
    }
    return NULL;
}

/* Room for one more child. */
static NTSTATUS
CmpGrowChildren(PCMP_NODE Parent)
{
    if (Parent->ChildCount < Parent->ChildLimit)
    {
        return STATUS_SUCCESS;
    }
    const ULONG limit = Parent->ChildLimit == 0 ? 8 : Parent->ChildLimit * 2;
    PCMP_NODE *children = MmAllocatePool(PagedPool, limit * sizeof(PCMP_NODE), CMP_TAG);
    if (children == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    if (Parent->Children != NULL)
    {
        __builtin_memcpy(children, Parent->Children, Parent->ChildCount * sizeof(PCMP_NODE));
        MmFreePool(Parent->Children, CMP_TAG);
    }
    Parent->Children = children;
    Parent->ChildLimit = limit;
    return STATUS_SUCCESS;
}

static void
CmpLinkChild(PCMP_NODE Parent, PCMP_NODE Node)
{
    const ULONG position = CmpPosition(Parent, &Node->Name, Node->Flags);
    __builtin_memmove(&Parent->Children[position + 1], &Parent->Children[position],
                      (Parent->ChildCount - position) * sizeof(PCMP_NODE));
    Parent->Children[position] = Node;
    Parent->ChildCount++;
}

static void
CmpUnlinkChild(PCMP_NODE Parent, PCMP_NODE Node)
{
    ULONG position = 0;
    while (Parent->Children[position] != Node)
    {
        position++;
    }
    Parent->ChildCount--;
    __builtin_memmove(&Parent->Children[position], &Parent->Children[position + 1],
                      (Parent->ChildCount - position) * sizeof(PCMP_NODE));
}

static void
CmpTouch(PCMP_NODE Node)
{
    KeQuerySystemTimePrecise(&Node->LastWriteTime);
}

/* Keys without a descriptor of their own are protected as their parent is. */
static NTSTATUS
CmpInheritSecurity(PCMP_NODE Parent, PCMP_NODE Node)
{
    if (Parent == NULL || Parent->Security == NULL)
    {
        return STATUS_SUCCESS;
    }
    const ULONG length = RtlLengthSecurityDescriptor(Parent->Security);
    Node->Security = MmAllocatePool(PagedPool, length, CMP_TAG);
    if (Node->Security == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    __builtin_memcpy(Node->Security, Parent->Security, length);
    return STATUS_SUCCESS;
}

NTSTATUS
CmpCreateNode(PCMP_NODE Parent, PCUNICODE_STRING Name, ULONG Flags, PCMP_NODE *Node)
{
    PCMP_NODE node = MmAllocatePool(PagedPool, sizeof(CMP_NODE), CMP_TAG);
    if (node == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    node->References = 1;
    node->Flags = Flags;
    node->Id = ++CmpNextId;
    NTSTATUS status = CmpCopyString(Name, &node->Name);
    if (NT_SUCCESS(status))
    {
        status = CmpInheritSecurity(Parent, node);
    }
    if (NT_SUCCESS(status) && Parent != NULL)
    {
        status = CmpGrowChildren(Parent);
    }
    if (!NT_SUCCESS(status))
    {
        CmpDereferenceNode(node);
        return status;
    }
    CmpTouch(node);
    if (Parent != NULL)
    {
        node->Parent = Parent;
        CmpLinkChild(Parent, node);
        CmpTouch(Parent);
    }
    *Node = node;
    return STATUS_SUCCESS;
}

void
CmpDeleteNode(PCMP_NODE Node)
{
    PCMP_NODE parent = Node->Parent;
    NT_ASSERT(Node->ChildCount == 0 && parent != NULL);
    CmpUnlinkChild(parent, Node);
    CmpTouch(parent);
    Node->Flags |= CMP_DELETED;
    Node->Parent = NULL;
    CmpFreeValues(Node);
    CmpDereferenceNode(Node);
}

NTSTATUS
CmpRenameNode(PCMP_NODE Node, PCUNICODE_STRING Name)
{
    UNICODE_STRING name;
    const NTSTATUS status = CmpCopyString(Name, &name);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    CmpUnlinkChild(Node->Parent, Node);
    CmpFreeString(&Node->Name);
    Node->Name = name;
    CmpLinkChild(Node->Parent, Node);
    CmpTouch(Node);
    CmpTouch(Node->Parent);
    return STATUS_SUCCESS;
}

NTSTATUS
CmpFullName(PCMP_NODE Node, PUNICODE_STRING Name)
{
    ULONG length = 0;
    for (PCMP_NODE node = Node; node != NULL; node = node->Parent)
    {
        length += sizeof(WCHAR) + node->Name.Length;
    }
    if (length > UNICODE_STRING_MAX_BYTES)
    {
        return STATUS_NAME_TOO_LONG;
    }
    Name->Buffer = MmAllocatePool(PagedPool, length, CMP_TAG);
    if (Name->Buffer == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    Name->Length = Name->MaximumLength = (USHORT)length;
    PUCHAR end = (PUCHAR)Name->Buffer + length;
    for (PCMP_NODE node = Node; node != NULL; node = node->Parent)
    {
        end -= node->Name.Length;
        __builtin_memcpy(end, node->Name.Buffer, node->Name.Length);
        end -= sizeof(WCHAR);
        *(PWSTR)end = '\\';
    }
    return STATUS_SUCCESS;
}

/* ---- values ------------------------------------------------------------------------------- */

PCMP_VALUE
CmpFindValue(PCMP_NODE Node, PCUNICODE_STRING Name)
{
    static const UNICODE_STRING empty = {0};
    const PCUNICODE_STRING name = Name == NULL ? &empty : Name;
    for (ULONG index = 0; index < Node->ValueCount; index++)
    {
        if (Node->Values[index].Name.Length == name->Length &&
            CmpCompare(&Node->Values[index].Name, name) == 0)
        {
            return &Node->Values[index];
        }
    }
    return NULL;
}

static NTSTATUS
CmpAddValue(PCMP_NODE Node, PCUNICODE_STRING Name, PCMP_VALUE *Value)
{
    if (Node->ValueCount == Node->ValueLimit)
    {
        const ULONG limit = Node->ValueLimit == 0 ? 8 : Node->ValueLimit * 2;
        PCMP_VALUE values = MmAllocatePool(PagedPool, limit * sizeof(CMP_VALUE), CMP_TAG);
        if (values == NULL)
        {
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        if (Node->Values != NULL)
        {
            __builtin_memcpy(values, Node->Values, Node->ValueCount * sizeof(CMP_VALUE));
            MmFreePool(Node->Values, CMP_TAG);
        }
        Node->Values = values;
        Node->ValueLimit = limit;
    }
    PCMP_VALUE value = &Node->Values[Node->ValueCount];
    *value = (CMP_VALUE){0};
    const NTSTATUS status = CmpCopyString(Name, &value->Name);
    if (NT_SUCCESS(status))
    {
        Node->ValueCount++;
        *Value = value;
    }
    return status;
}

NTSTATUS
CmpSetNodeValue(PCMP_NODE Node,
                PCUNICODE_STRING Name,
                ULONG Type,
                const void *Data,
                ULONG Size,
                PBOOLEAN Changed)
{
    PCMP_VALUE value = CmpFindValue(Node, Name);
    PUCHAR data = NULL;
    *Changed = value == NULL || value->Type != Type || value->Size != Size ||
               (Size != 0 && __builtin_memcmp(value->Data, Data, Size) != 0);
    if (!*Changed)
    {
        return STATUS_SUCCESS;
    }
    if (Size != 0)
    {
        data = MmAllocatePool(PagedPool, Size, CMP_DATA_TAG);
        if (data == NULL)
        {
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        __builtin_memcpy(data, Data, Size);
    }
    if (value == NULL)
    {
        const NTSTATUS status = CmpAddValue(Node, Name, &value);
        if (!NT_SUCCESS(status))
        {
            if (data != NULL)
            {
                MmFreePool(data, CMP_DATA_TAG);
            }
            return status;
        }
    }
    else if (value->Data != NULL)
    {
        MmFreePool(value->Data, CMP_DATA_TAG);
    }
    value->Type = Type;
    value->Size = Size;
    value->Data = data;
    CmpTouch(Node);
    return STATUS_SUCCESS;
}

void
CmpDeleteNodeValue(PCMP_NODE Node, PCMP_VALUE Value)
{
    const ULONG index = (ULONG)(Value - Node->Values);
    CmpFreeString(&Value->Name);
    if (Value->Data != NULL)
    {
        MmFreePool(Value->Data, CMP_DATA_TAG);
    }
    Node->ValueCount--;
    __builtin_memmove(Value, Value + 1, (Node->ValueCount - index) * sizeof(CMP_VALUE));
    CmpTouch(Node);
}
