/* SPDX-License-Identifier: MIT */
/*
 * Registry keys of drivers. No lock. PASSIVE_LEVEL.
 */
#include "iop.h"

#define IOP_REGISTRY_TAG 'yeKI'

static const WCHAR IopServicePrefix[] =
    L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\";
static const WCHAR IopStatePrefix[] = L"\\Registry\\Machine\\System\\DriverState\\";

/* Prefix + Service (+ Suffix); opens or creates. */
static NTSTATUS
IopOpenServiceKey(PCWSTR Prefix,
                  PCUNICODE_STRING Service,
                  PCWSTR Suffix,
                  BOOLEAN Create,
                  ACCESS_MASK DesiredAccess,
                  PHANDLE Handle)
{
    UNICODE_STRING path, prefix;
    OBJECT_ATTRIBUTES attributes;
    RtlInitUnicodeString(&prefix, Prefix);
    const ULONG size = (ULONG)prefix.Length + Service->Length + 64;
    if (size > UNICODE_STRING_MAX_BYTES)
    {
        return STATUS_NAME_TOO_LONG;
    }
    path.Length = 0;
    path.MaximumLength = (USHORT)size;
    path.Buffer = MmAllocatePool(PagedPool, size, IOP_REGISTRY_TAG);
    if (path.Buffer == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    (void)RtlAppendUnicodeStringToString(&path, &prefix);
    (void)RtlAppendUnicodeStringToString(&path, Service);
    InitializeObjectAttributes(&attributes, &path, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL,
                               NULL);
    NTSTATUS status = STATUS_SUCCESS;
    if (Create) /* the parent, first */
    {
        HANDLE parent;
        path.Length = (USHORT)(prefix.Length - sizeof(WCHAR));
        status = ZwCreateKey(&parent, KEY_READ, &attributes, 0, NULL, 0, NULL);
        if (NT_SUCCESS(status))
        {
            (void)ZwClose(parent);
        }
        path.Length = (USHORT)(prefix.Length + Service->Length);
    }
    if (NT_SUCCESS(status))
    {
        (void)RtlAppendUnicodeToString(&path, Suffix);
        status = Create ? ZwCreateKey(Handle, DesiredAccess, &attributes, 0, NULL, 0, NULL)
                        : ZwOpenKey(Handle, DesiredAccess, &attributes);
    }
    MmFreePool(path.Buffer, IOP_REGISTRY_TAG);
    return status;
}

/* NF:wdm.IoOpenDriverRegistryKey: the Parameters key of the service, which must exist, or the key
 * of what the driver itself keeps, which is made when it is first asked for. */
DDI NTSTATUS NTAPI
IoOpenDriverRegistryKey(_In_ PDRIVER_OBJECT DriverObject,
                        _In_ DRIVER_REGKEY_TYPE RegKeyType,
                        _In_ ACCESS_MASK DesiredAccess,
                        _In_ ULONG Flags,
                        _Out_ PHANDLE DriverRegKey)
{
    PCUNICODE_STRING service = &DriverObject->DriverExtension->ServiceKeyName;
    if (Flags != 0 || service->Length == 0)
    {
        return STATUS_INVALID_PARAMETER;
    }
    if (RegKeyType == DriverRegKeyParameters)
    {
        return IopOpenServiceKey(IopServicePrefix, service, L"\\Parameters", FALSE, DesiredAccess,
                                 DriverRegKey);
    }
    if (RegKeyType == DriverRegKeyPersistentState)
    {
        return IopOpenServiceKey(IopStatePrefix, service, L"", TRUE, DesiredAccess, DriverRegKey);
    }
    return STATUS_INVALID_PARAMETER;
}
