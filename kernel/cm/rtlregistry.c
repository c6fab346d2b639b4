/* SPDX-License-Identifier: MIT */
/*
 * The run-time library's registry routines: paths relative to well-known keys, and one value at a
 * time. They stand on the Zw services, so callbacks see what they do. PASSIVE_LEVEL.
 * Contract: kernel/registry-run-time-library-routines.md.
 */
#include "cmprtl.h"

static const PCWSTR CmpPrefixes[RTL_REGISTRY_MAXIMUM] = {
    L"",
    L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\",
    L"\\Registry\\Machine\\System\\CurrentControlSet\\Control\\",
    L"\\Registry\\Machine\\Software\\Microsoft\\Windows NT\\CurrentVersion\\",
    L"\\Registry\\Machine\\Hardware\\DeviceMap\\",
    L"\\Registry\\User\\.Default\\"};

static ULONG
CmpTextLength(PCWSTR Text)
{
    ULONG length = 0;
    while (Text != NULL && Text[length] != 0)
    {
        length++;
    }
    return length * (ULONG)sizeof(WCHAR);
}

NTSTATUS
CmpOpenRelative(ULONG RelativeTo, PCWSTR Path, BOOLEAN Create, ACCESS_MASK Access, PHANDLE Handle)
{
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING name;
    if (RelativeTo & RTL_REGISTRY_HANDLE)
    {
        *Handle = (HANDLE)Path;
        return STATUS_SUCCESS;
    }
    const ULONG base = RelativeTo & ~(ULONG)RTL_REGISTRY_OPTIONAL;
    if (base >= RTL_REGISTRY_MAXIMUM)
    {
        return STATUS_INVALID_PARAMETER;
    }
    const ULONG prefix = CmpTextLength(CmpPrefixes[base]), path = CmpTextLength(Path);
    if (prefix + path > UNICODE_STRING_MAX_BYTES)
    {
        return STATUS_NAME_TOO_LONG;
    }
    name.Length = name.MaximumLength = (USHORT)(prefix + path);
    name.Buffer = MmAllocatePool(PagedPool, prefix + path + sizeof(WCHAR), CMP_TAG);
    if (name.Buffer == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    __builtin_memcpy(name.Buffer, CmpPrefixes[base], prefix);
    if (path != 0)
    {
        __builtin_memcpy((PUCHAR)name.Buffer + prefix, Path, path);
    }
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL,
                               NULL);
    const NTSTATUS status = Create ? ZwCreateKey(Handle, Access, &attributes, 0, NULL, 0, NULL)
                                   : ZwOpenKey(Handle, Access, &attributes);
    MmFreePool(name.Buffer, CMP_TAG);
    return status;
}

void
CmpCloseRelative(ULONG RelativeTo, HANDLE Handle)
{
    if (!(RelativeTo & RTL_REGISTRY_HANDLE))
    {
        (void)ZwClose(Handle);
    }
}

/* Contract: NF:wdm.RtlCheckRegistryKey. */
DDI NTSTATUS
RtlCheckRegistryKey(ULONG RelativeTo, PWSTR Path)
{
    HANDLE handle;
    const NTSTATUS status = CmpOpenRelative(RelativeTo, Path, FALSE, KEY_READ, &handle);
    if (NT_SUCCESS(status))
    {
        CmpCloseRelative(RelativeTo, handle);
    }
    return status;
}

/* Contract: NF:wdm.RtlCreateRegistryKey: the last key of Path only. */
DDI NTSTATUS
RtlCreateRegistryKey(ULONG RelativeTo, PWSTR Path)
{
    HANDLE handle;
    const NTSTATUS status = CmpOpenRelative(RelativeTo, Path, TRUE, KEY_ALL_ACCESS, &handle);
    if (NT_SUCCESS(status))
    {
        CmpCloseRelative(RelativeTo, handle);
    }
    return status;
}

/* Contract: NF:wdm.RtlWriteRegistryValue. */
DDI NTSTATUS
RtlWriteRegistryValue(ULONG RelativeTo,
                      PCWSTR Path,
                      PCWSTR ValueName,
                      ULONG ValueType,
                      PVOID ValueData,
                      ULONG ValueLength)
{
    UNICODE_STRING name;
    HANDLE handle;
    NTSTATUS status = CmpOpenRelative(RelativeTo, Path, TRUE, KEY_ALL_ACCESS, &handle);
    if (NT_SUCCESS(status))
    {
        RtlInitUnicodeString(&name, ValueName);
        status = ZwSetValueKey(handle, &name, 0, ValueType, ValueData, ValueLength);
        CmpCloseRelative(RelativeTo, handle);
    }
    return status;
}

/* Contract: NF:wdm.RtlDeleteRegistryValue. */
DDI NTSTATUS
RtlDeleteRegistryValue(ULONG RelativeTo, PCWSTR Path, PCWSTR ValueName)
{
    UNICODE_STRING name;
    HANDLE handle;
    NTSTATUS status = CmpOpenRelative(RelativeTo, Path, FALSE, KEY_ALL_ACCESS, &handle);
    if (NT_SUCCESS(status))
    {
        RtlInitUnicodeString(&name, ValueName);
        status = ZwDeleteValueKey(handle, &name);
        CmpCloseRelative(RelativeTo, handle);
    }
    return status;
}

/* Contract: NF:ntddk.RtlQueryRegistryValueWithFallback. */
DDI NTSTATUS
RtlQueryRegistryValueWithFallback(HANDLE PrimaryHandle,
                                  HANDLE FallbackHandle,
                                  PUNICODE_STRING ValueName,
                                  ULONG ValueLength,
                                  PULONG ValueType,
                                  PVOID ValueData,
                                  PULONG ResultLength)
{
    const HANDLE handles[] = {PrimaryHandle, FallbackHandle};
    NTSTATUS status = STATUS_INVALID_PARAMETER;
    for (ULONG index = 0; index < RTL_NUMBER_OF(handles); index++)
    {
        PKEY_VALUE_PARTIAL_INFORMATION value;
        if (handles[index] == NULL)
        {
            continue;
        }
        status = CmpReadValue(handles[index], ValueName, &value);
        if (status == STATUS_OBJECT_NAME_NOT_FOUND)
        {
            continue;
        }
        if (NT_SUCCESS(status))
        {
            if (ValueType != NULL)
            {
                *ValueType = value->Type;
            }
            if (ResultLength != NULL)
            {
                *ResultLength = value->DataLength;
            }
            if (value->DataLength > ValueLength)
            {
                status = STATUS_BUFFER_OVERFLOW;
            }
            else if (value->DataLength != 0)
            {
                __builtin_memcpy(ValueData, value->Data, value->DataLength);
            }
            MmFreePool(value, CMP_TAG);
        }
        break;
    }
    return status;
}
