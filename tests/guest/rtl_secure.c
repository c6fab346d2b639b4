// SPDX-License-Identifier: MIT
// wdmsec.lib: a device gets the descriptor its SDDL string describes, strings outside of the subset
// are refused before a device exists, and so is a device without a name.
// Page: kernel/sddl-for-device-objects.md, NF:wdmsec.WdmlibIoCreateDeviceSecure
// Page: NF:wdmsec.WdmlibRtlInitUnicodeStringEx
// Run:
// Expect: rtl_secure: \d+ passed, 0 failed
// Reject: FAIL
#include <ntifs.h>

#include <wdmsec.h>

#include "check.h"

static PDRIVER_OBJECT self;

// {D5E6A1C8-52A3-4F0B-9C3B-0A4A6B1B2C3D}
static const GUID classGuid = {0xD5E6A1C8,
                               0x52A3,
                               0x4F0B,
                               {0x9C, 0x3B, 0x0A, 0x4A, 0x6B, 0x1B, 0x2C, 0x3D}};

static NTSTATUS
Create(const WCHAR *Name, PCUNICODE_STRING Sddl, PDEVICE_OBJECT *Device)
{
    UNICODE_STRING name;

    RtlInitUnicodeString(&name, Name);
    *Device = NULL;
    return IoCreateDeviceSecure(self, 16, &name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN,
                                FALSE, Sddl, &classGuid, Device);
}

static NOINLINE void
CheckAce(PACL Acl, ULONG Index, ULONG FirstAuthority, ULONG LastAuthority)
{
    PACCESS_ALLOWED_ACE ace = NULL;
    PSID sid;

    EXPECT_EQ(RtlGetAce(Acl, Index, (PVOID *)&ace), STATUS_SUCCESS);
    if (ace == NULL)
    {
        return;
    }
    sid = &ace->SidStart;
    EXPECT_EQ(ace->Header.AceType, ACCESS_ALLOWED_ACE_TYPE);
    EXPECT(ace->Mask != 0);
    EXPECT(RtlValidSid(sid));
    EXPECT_EQ(*RtlSubAuthoritySid(sid, 0), FirstAuthority);
    EXPECT_EQ(*RtlSubAuthoritySid(sid, *RtlSubAuthorityCountSid(sid) - 1u), LastAuthority);
}

static PACL
DaclOf(PDEVICE_OBJECT Device, PSECURITY_DESCRIPTOR *Descriptor, PBOOLEAN Allocated)
{
    PACL acl = NULL;
    BOOLEAN present = FALSE;
    BOOLEAN defaulted = FALSE;

    *Descriptor = NULL;
    EXPECT_EQ(ObGetObjectSecurity(Device, Descriptor, Allocated), STATUS_SUCCESS);
    EXPECT(*Descriptor != NULL);
    if (*Descriptor != NULL)
    {
        EXPECT_EQ(RtlGetDaclSecurityDescriptor(*Descriptor, &present, &acl, &defaulted),
                  STATUS_SUCCESS);
        EXPECT(present);
    }
    return acl;
}

static void
TestDescriptors(void)
{
    PSECURITY_DESCRIPTOR descriptor;
    PDEVICE_OBJECT device;
    BOOLEAN allocated;
    PACL acl;

    EXPECT_EQ(Create(L"\\Device\\RtlSecure1", &SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_R_RES_R, &device),
              STATUS_SUCCESS);
    if (device != NULL)
    {
        acl = DaclOf(device, &descriptor, &allocated);
        EXPECT(acl != NULL && acl->AceCount == 4);
        if (acl != NULL && acl->AceCount == 4)
        {
            CheckAce(acl, 0, 18, 18);
            CheckAce(acl, 1, 32, 544);
            CheckAce(acl, 2, 0, 0);
            CheckAce(acl, 3, 12, 12);
        }
        ObReleaseObjectSecurity(descriptor, allocated);
        IoDeleteDevice(device);
    }
    // Nobody but the kernel: a discretionary list without entries, not one that is missing.
    EXPECT_EQ(Create(L"\\Device\\RtlSecure2", &SDDL_DEVOBJ_KERNEL_ONLY, &device), STATUS_SUCCESS);
    if (device != NULL)
    {
        acl = DaclOf(device, &descriptor, &allocated);
        EXPECT(acl != NULL && acl->AceCount == 0);
        ObReleaseObjectSecurity(descriptor, allocated);
        IoDeleteDevice(device);
    }
}

static void
TestAccess(void)
{
    static const UNICODE_STRING bits = RTL_CONSTANT_STRING(L"D:P(A;;0x120089;;;BA)(A;;RCWO;;;LS)");
    PSECURITY_DESCRIPTOR descriptor;
    PDEVICE_OBJECT device;
    BOOLEAN allocated;
    PACCESS_ALLOWED_ACE ace = NULL;
    PACL acl;

    EXPECT_EQ(Create(L"\\Device\\RtlSecure3", &bits, &device), STATUS_SUCCESS);
    if (device == NULL)
    {
        return;
    }
    acl = DaclOf(device, &descriptor, &allocated);
    EXPECT(acl != NULL && acl->AceCount == 2);
    if (acl != NULL && acl->AceCount == 2)
    {
        CheckAce(acl, 0, 32, 544);
        CheckAce(acl, 1, 19, 19);
        EXPECT_EQ(RtlGetAce(acl, 0, (PVOID *)&ace), STATUS_SUCCESS);
        EXPECT_EQ(ace->Mask, 0x120089);
        EXPECT_EQ(RtlGetAce(acl, 1, (PVOID *)&ace), STATUS_SUCCESS);
        EXPECT_EQ(ace->Mask, READ_CONTROL | WRITE_OWNER);
    }
    ObReleaseObjectSecurity(descriptor, allocated);
    IoDeleteDevice(device);
}

static void
TestRefused(void)
{
    static const UNICODE_STRING bad[] = {
        RTL_CONSTANT_STRING(L"O:SY"),
            RTL_CONSTANT_STRING(L"D:P(D;;GA;;;SY)"),
                RTL_CONSTANT_STRING(L"D:P(A;;ZZ;;;SY)"),
                                    RTL_CONSTANT_STRING(L"D:P(A;;GA;;;QQ)"),
                                                        RTL_CONSTANT_STRING(L"D:P(A;;GA;;;SY"),
                                    };
    PDEVICE_OBJECT device;
    UNICODE_STRING text;

    for (ULONG i = 0; i < RTL_NUMBER_OF(bad); i++)
    {
        EXPECT(!NT_SUCCESS(Create(L"\\Device\\RtlSecure4", &bad[i], &device)));
        EXPECT(device == NULL);
    }
    EXPECT(!NT_SUCCESS(IoCreateDeviceSecure(self, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE,
                                            &SDDL_DEVOBJ_SYS_ALL, NULL, &device)));
    EXPECT_EQ(WdmlibRtlInitUnicodeStringEx(&text, L"abc"), STATUS_SUCCESS);
    EXPECT(text.Length == 6 && text.MaximumLength == 8);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    self = DriverObject;
    TestDescriptors();
    TestAccess();
    TestRefused();
    return Finish("rtl_secure");
}
