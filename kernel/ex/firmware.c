/* SPDX-License-Identifier: MIT */
/*
 * Firmware environment variables, as UEFI keeps them: in memory for the life of the machine. Owns
 * the list. PASSIVE_LEVEL.
 */
#include "exp.h"

#define EXP_FIRMWARE_TAG MM_TAG('E', 'x', 'F', 'w')

#define EXP_NON_VOLATILE   0x1u
#define EXP_BOOT_ACCESS    0x2u
#define EXP_RUNTIME_ACCESS 0x4u
#define EXP_APPEND_WRITE   0x40u
#define EXP_ATTRIBUTES     0x7fu

typedef struct _EXP_VARIABLE
{
    LIST_ENTRY Entry;
    GUID Vendor;
    UNICODE_STRING Name; /* its text follows the structure */
    ULONG Attributes;
    ULONG Length;
    PUCHAR Value;
} EXP_VARIABLE, *PEXP_VARIABLE;

static LIST_ENTRY ExpVariables = {&ExpVariables, &ExpVariables};

/* Names are case sensitive, as UEFI's are. */
static PEXP_VARIABLE
ExpFindVariable(PUNICODE_STRING Name, LPGUID Vendor)
{
    for (PLIST_ENTRY e = ExpVariables.Flink; e != &ExpVariables; e = e->Flink)
    {
        PEXP_VARIABLE variable = CONTAINING_RECORD(e, EXP_VARIABLE, Entry);
        if (variable->Name.Length == Name->Length &&
            __builtin_memcmp(&variable->Vendor, Vendor, sizeof(GUID)) == 0 &&
            __builtin_memcmp(variable->Name.Buffer, Name->Buffer, Name->Length) == 0)
        {
            return variable;
        }
    }
    return NULL;
}

/* Contract: NF:wdm.ExGetFirmwareEnvironmentVariable. */
DDI NTSTATUS
ExGetFirmwareEnvironmentVariable(PUNICODE_STRING VariableName,
                                 LPGUID VendorGuid,
                                 PVOID Value,
                                 PULONG ValueLength,
                                 PULONG Attributes)
{
    PEXP_VARIABLE variable = ExpFindVariable(VariableName, VendorGuid);
    if (VariableName->Length == 0)
    {
        return STATUS_INVALID_PARAMETER;
    }
    if (variable == NULL)
    {
        return STATUS_VARIABLE_NOT_FOUND;
    }
    const ULONG room = *ValueLength;
    *ValueLength = variable->Length;
    if (Value == NULL || room < variable->Length)
    {
        return STATUS_BUFFER_TOO_SMALL;
    }
    __builtin_memcpy(Value, variable->Value, variable->Length);
    if (Attributes != NULL)
    {
        *Attributes = variable->Attributes;
    }
    return STATUS_SUCCESS;
}

static void
ExpDropVariable(PEXP_VARIABLE Variable)
{
    RemoveEntryList(&Variable->Entry);
    MmFreePool(Variable->Value, EXP_FIRMWARE_TAG);
    MmFreePool(Variable, EXP_FIRMWARE_TAG);
}

static NTSTATUS
ExpNewVariable(PUNICODE_STRING Name, LPGUID Vendor, PEXP_VARIABLE *Variable)
{
    PEXP_VARIABLE variable =
        MmAllocatePool(PagedPool, sizeof(EXP_VARIABLE) + Name->Length, EXP_FIRMWARE_TAG);
    if (variable == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    variable->Vendor = *Vendor;
    variable->Name.Buffer = (PWSTR)(variable + 1);
    variable->Name.Length = variable->Name.MaximumLength = Name->Length;
    __builtin_memcpy(variable->Name.Buffer, Name->Buffer, Name->Length);
    *Variable = variable;
    return STATUS_SUCCESS;
}

/* Contract: NF:wdm.ExSetFirmwareEnvironmentVariable: the attributes include that the variable is
 * not volatile; a value of length 0 deletes it. */
DDI NTSTATUS
ExSetFirmwareEnvironmentVariable(PUNICODE_STRING VariableName,
                                 LPGUID VendorGuid,
                                 PVOID Value,
                                 ULONG ValueLength,
                                 ULONG Attributes)
{
    PEXP_VARIABLE variable = ExpFindVariable(VariableName, VendorGuid);
    if (VariableName->Length == 0 || !(Attributes & EXP_NON_VOLATILE) ||
        (Attributes & ~EXP_ATTRIBUTES) != 0)
    {
        return STATUS_INVALID_PARAMETER;
    }
    const BOOLEAN append = (Attributes & EXP_APPEND_WRITE) && variable != NULL;
    if (ValueLength == 0 && !append)
    {
        if (variable == NULL)
        {
            return STATUS_VARIABLE_NOT_FOUND;
        }
        ExpDropVariable(variable);
        return STATUS_SUCCESS;
    }
    const ULONG kept = append ? variable->Length : 0;
    PUCHAR data = MmAllocatePool(PagedPool, (SIZE_T)kept + ValueLength, EXP_FIRMWARE_TAG);
    if (data == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    if (variable == NULL)
    {
        const NTSTATUS status = ExpNewVariable(VariableName, VendorGuid, &variable);
        if (!NT_SUCCESS(status))
        {
            MmFreePool(data, EXP_FIRMWARE_TAG);
            return status;
        }
        InsertTailList(&ExpVariables, &variable->Entry);
    }
    else
    {
        __builtin_memcpy(data, variable->Value, kept);
        MmFreePool(variable->Value, EXP_FIRMWARE_TAG);
    }
    __builtin_memcpy(data + kept, Value, ValueLength);
    variable->Value = data;
    variable->Length = kept + ValueLength;
    variable->Attributes = Attributes & ~EXP_APPEND_WRITE;
    return STATUS_SUCCESS;
}

/* Contract: NF:wdm.ExGetFirmwareType. */
DDI FIRMWARE_TYPE
ExGetFirmwareType(VOID)
{
    return FirmwareTypeUefi;
}

/* Contract: NF:wdm.ExIsSoftBoot: this machine starts from nothing each time. */
DDI BOOLEAN
ExIsSoftBoot(VOID)
{
    return FALSE;
}
