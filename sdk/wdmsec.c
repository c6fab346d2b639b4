// SPDX-License-Identifier: MIT
// wdmsec.lib: named device objects with a security descriptor of their own. This is part of a
// driver, as on Windows, and uses documented routines only. Owns no state; PASSIVE_LEVEL.
#include <ntifs.h>

#include <wdmsec.h>

#define WDMSEC_TAG 0x63655357u // 'WSec'

// Where parsing stands in a string that need not be terminated.
typedef struct _WDMSEC_TEXT
{
    const WCHAR *Next;
    ULONG Left;
} WDMSEC_TEXT;

// A SID of up to two subauthorities; the names are those of kernel/sddl-for-device-objects.md.
typedef struct _WDMSEC_SID
{
    WCHAR Name[2];
    UCHAR Authority;
    UCHAR Count;
    ULONG SubAuthority[2];
} WDMSEC_SID;

static const WDMSEC_SID Sids[] = {
    {{'S', 'Y'}, 5, 1, {18, 0}},   {{'L', 'S'}, 5, 1, {19, 0}},   {{'N', 'S'}, 5, 1, {20, 0}},
    {{'B', 'A'}, 5, 2, {32, 544}}, {{'B', 'U'}, 5, 2, {32, 545}}, {{'B', 'G'}, 5, 2, {32, 546}},
    {{'A', 'U'}, 5, 1, {11, 0}},   {{'A', 'N'}, 5, 1, {7, 0}},    {{'I', 'U'}, 5, 1, {4, 0}},
    {{'N', 'U'}, 5, 1, {2, 0}},    {{'W', 'D'}, 1, 1, {0, 0}},    {{'R', 'C'}, 5, 1, {12, 0}},
    {{'U', 'D'}, 5, 2, {84, 0}},   {{'S', 'U'}, 5, 1, {6, 0}},
};

static const struct
{
    WCHAR Name[2];
    ACCESS_MASK Mask;
} Rights[] = {
    {{'G', 'A'}, GENERIC_ALL},     {{'G', 'R'}, GENERIC_READ}, {{'G', 'W'}, GENERIC_WRITE},
    {{'G', 'X'}, GENERIC_EXECUTE}, {{'R', 'C'}, READ_CONTROL}, {{'S', 'D'}, DELETE},
    {{'W', 'D'}, WRITE_DAC},       {{'W', 'O'}, WRITE_OWNER},
};

static BOOLEAN
Take(WDMSEC_TEXT *Text, const char *Expected)
{
    WDMSEC_TEXT text = *Text;

    for (; *Expected != 0; Expected++)
    {
        if (text.Left == 0 || *text.Next != (WCHAR)*Expected)
        {
            return FALSE;
        }
        text.Next += 1;
        text.Left -= 1;
    }
    *Text = text;
    return TRUE;
}

static BOOLEAN
TakeName(WDMSEC_TEXT *Text, const WCHAR *Name)
{
    if (Text->Left < 2 || Text->Next[0] != Name[0] || Text->Next[1] != Name[1])
    {
        return FALSE;
    }
    Text->Next += 2;
    Text->Left -= 2;
    return TRUE;
}

static ULONG
HexDigit(WCHAR Character)
{
    if (Character >= '0' && Character <= '9')
    {
        return (ULONG)Character - '0';
    }
    Character |= 0x20;
    return Character >= 'a' && Character <= 'f' ? (ULONG)Character - 'a' + 10 : 16;
}

static BOOLEAN
TakeAccess(WDMSEC_TEXT *Text, ACCESS_MASK *Mask)
{
    ULONG digits = 0;
    BOOLEAN found;

    *Mask = 0;
    if (Take(Text, "0x"))
    {
        for (; Text->Left != 0 && HexDigit(*Text->Next) < 16; digits++)
        {
            *Mask = *Mask << 4 | HexDigit(*Text->Next);
            Text->Next += 1;
            Text->Left -= 1;
        }
        return digits >= 1 && digits <= 8;
    }
    do
    {
        found = FALSE;
        for (ULONG i = 0; i < RTL_NUMBER_OF(Rights) && !found; i++)
        {
            found = TakeName(Text, Rights[i].Name);
            *Mask |= found ? Rights[i].Mask : 0;
        }
    } while (found);
    return *Mask != 0;
}

static const WDMSEC_SID *
TakeSid(WDMSEC_TEXT *Text)
{
    for (ULONG i = 0; i < RTL_NUMBER_OF(Sids); i++)
    {
        if (TakeName(Text, Sids[i].Name))
        {
            return &Sids[i];
        }
    }
    return NULL;
}

static NTSTATUS
AddAce(PACL Acl, ACCESS_MASK Mask, const WDMSEC_SID *Known)
{
    SID_IDENTIFIER_AUTHORITY authority = {{0, 0, 0, 0, 0, 0}};
    ULONG buffer[4];
    NTSTATUS status;

    authority.Value[5] = Known->Authority;
    status = RtlInitializeSid(buffer, &authority, Known->Count);
    for (ULONG i = 0; NT_SUCCESS(status) && i < Known->Count; i++)
    {
        *RtlSubAuthoritySid(buffer, i) = Known->SubAuthority[i];
    }
    return NT_SUCCESS(status) ? RtlAddAccessAllowedAce(Acl, ACL_REVISION, Mask, buffer) : status;
}

// The subset of the language that kernel/sddl-for-device-objects.md allows here:
// "D:P" and any number of "(A;;access;;;sid)".
static NTSTATUS
ParseSddl(PCUNICODE_STRING Sddl, PACL Acl, ULONG AclSize)
{
    WDMSEC_TEXT text = {Sddl->Buffer, Sddl->Length / (ULONG)sizeof(WCHAR)};
    NTSTATUS status = RtlCreateAcl(Acl, AclSize, ACL_REVISION);

    if (NT_SUCCESS(status) && !Take(&text, "D:P"))
    {
        status = STATUS_INVALID_PARAMETER;
    }
    while (NT_SUCCESS(status) && text.Left != 0)
    {
        const WDMSEC_SID *sid = NULL;
        ACCESS_MASK mask = 0;

        if (!Take(&text, "(A;;") || !TakeAccess(&text, &mask) || !Take(&text, ";;;") ||
            (sid = TakeSid(&text)) == NULL || !Take(&text, ")"))
        {
            return STATUS_INVALID_PARAMETER;
        }
        status = AddAce(Acl, mask, sid);
    }
    return status;
}

static NTSTATUS
SetSecurity(PDEVICE_OBJECT DeviceObject, PACL Acl)
{
    SECURITY_DESCRIPTOR descriptor;
    HANDLE handle;
    NTSTATUS status = RtlCreateSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION);

    if (NT_SUCCESS(status))
    {
        status = RtlSetDaclSecurityDescriptor(&descriptor, TRUE, Acl, FALSE);
    }
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    // P: what an administrator grants on a container above does not flow in.
    descriptor.Control |= SE_DACL_PROTECTED;
    status = ObOpenObjectByPointer(DeviceObject, OBJ_KERNEL_HANDLE, NULL, WRITE_DAC, NULL,
                                   KernelMode, &handle);
    if (NT_SUCCESS(status))
    {
        status = ZwSetSecurityObject(handle, DACL_SECURITY_INFORMATION, &descriptor);
        (void)ZwClose(handle);
    }
    return status;
}

NTSTATUS NTAPI
WdmlibIoCreateDeviceSecure(PDRIVER_OBJECT DriverObject,
                           ULONG DeviceExtensionSize,
                           PUNICODE_STRING DeviceName,
                           DEVICE_TYPE DeviceType,
                           ULONG DeviceCharacteristics,
                           BOOLEAN Exclusive,
                           PCUNICODE_STRING DefaultSDDLString,
                           LPCGUID DeviceClassGuid,
                           PDEVICE_OBJECT *DeviceObject)
{
    // No ACE takes more than 28 bytes, and none is written in less than 11 characters.
    const ULONG size =
        (ULONG)sizeof(ACL) + DefaultSDDLString->Length / (ULONG)sizeof(WCHAR) / 11 * 28 + 28;
    PDEVICE_OBJECT device = NULL;
    PACL acl;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(DeviceClassGuid);
    // A device without a name has no descriptor of its own.
    if (DeviceName == NULL && (DeviceCharacteristics & FILE_AUTOGENERATED_DEVICE_NAME) == 0)
    {
        return STATUS_INVALID_PARAMETER;
    }
    acl = (PACL)ExAllocatePoolWithTag(PagedPool, size, WDMSEC_TAG);
    if (acl == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    status = ParseSddl(DefaultSDDLString, acl, size);
    if (NT_SUCCESS(status))
    {
        status = IoCreateDevice(DriverObject, DeviceExtensionSize, DeviceName, DeviceType,
                                DeviceCharacteristics, Exclusive, &device);
    }
    if (NT_SUCCESS(status))
    {
        status = SetSecurity(device, acl);
        if (NT_SUCCESS(status))
        {
            *DeviceObject = device;
        }
        else
        {
            IoDeleteDevice(device);
        }
    }
    ExFreePoolWithTag(acl, WDMSEC_TAG);
    return status;
}

NTSTATUS NTAPI
WdmlibIoValidateDeviceIoControlAccess(PIRP Irp, ULONG RequiredAccess)
{
    return IoValidateDeviceIoControlAccess(Irp, RequiredAccess);
}

NTSTATUS NTAPI
WdmlibRtlInitUnicodeStringEx(PUNICODE_STRING DestinationString, PCWSTR SourceString)
{
    return RtlInitUnicodeStringEx(DestinationString, SourceString);
}
