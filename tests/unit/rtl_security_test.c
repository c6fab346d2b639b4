// SPDX-License-Identifier: MIT
// kernel/rtl/sid.c, acl.c, sd.c: security identifiers, access control lists and descriptors.
#include "rtl_kit.h"

#include <ntddk.h>

#include "rtl/exports.h"

static SID_IDENTIFIER_AUTHORITY NtAuthority = {{0, 0, 0, 0, 0, 5}};

// S-1-5-32-544
static ULONG Administrators[8];
// S-1-5-18
static ULONG LocalSystem[8];

static int
SecuritySetup(void **State)
{
    assert_int_equal(RtlInitializeSid(Administrators, &NtAuthority, 2), STATUS_SUCCESS);
    *RtlSubAuthoritySid(Administrators, 0) = 32;
    *RtlSubAuthoritySid(Administrators, 1) = 544;
    assert_int_equal(RtlInitializeSidEx(LocalSystem, &NtAuthority, 1, 18), STATUS_SUCCESS);
    return KitSetup(State);
}

// Page: NF:ntifs.RtlInitializeSid
// Page: NF:ntifs.RtlLengthSid
// Page: NF:ntifs.RtlValidSid
// Page: NF:ntifs.RtlEqualSid
// Page: NF:ntifs.RtlCopySid
static void
sids(void **state)
{
    ULONG copy[8];

    (void)state;
    assert_int_equal(RtlLengthSid(Administrators), 16);
    assert_int_equal(RtlLengthRequiredSid(2), 16);
    assert_int_equal(*RtlSubAuthorityCountSid(LocalSystem), 1);
    assert_memory_equal(RtlIdentifierAuthoritySid(LocalSystem), &NtAuthority, 6);
    assert_true(RtlValidSid(Administrators));
    assert_false(RtlValidSid(NULL));
    assert_false(RtlEqualSid(Administrators, LocalSystem));
    assert_int_equal(RtlCopySid(15, copy, Administrators), STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(RtlCopySid(16, copy, Administrators), STATUS_SUCCESS);
    assert_true(RtlEqualSid(copy, Administrators));
    copy[3] += 1;
    assert_false(RtlEqualSid(copy, Administrators));
    ((PUCHAR)copy)[1] = 16; // too many subauthorities
    assert_false(RtlValidSid(copy));
    ((PUCHAR)copy)[0] = 2;
    assert_false(RtlValidSid(copy));
    assert_int_equal(RtlInitializeSid(copy, &NtAuthority, 16), STATUS_INVALID_PARAMETER);
}

// Page: NF:ntifs.RtlConvertSidToUnicodeString
static void
sid_as_text(void **state)
{
    SID_IDENTIFIER_AUTHORITY large = {{0x12, 0, 0, 0, 0, 1}};
    ULONG sid[8];
    WCHAR buffer[13];
    UNICODE_STRING string = {0, sizeof(buffer), buffer};

    (void)state;
    assert_int_equal(RtlConvertSidToUnicodeString(&string, Administrators, FALSE), STATUS_SUCCESS);
    assert_true(KitIs(&string, L"S-1-5-32-544"));
    string.MaximumLength -= 2;
    assert_int_equal(RtlConvertSidToUnicodeString(&string, Administrators, FALSE),
                     STATUS_BUFFER_OVERFLOW);
    RtlInitializeSid(sid, &large, 0);
    assert_int_equal(RtlConvertSidToUnicodeString(&string, sid, TRUE), STATUS_SUCCESS);
    assert_true(KitIs(&string, L"S-1-0x120000000001"));
    RtlFreeUnicodeString(&string);
    sid[0] = 0;
    assert_int_equal(RtlConvertSidToUnicodeString(&string, sid, TRUE), STATUS_INVALID_SID);
}

// Page: NF:ntifs.RtlCreateAcl
// Page: NF:ntifs.RtlAddAccessAllowedAce
// Page: NF:ntifs.RtlAddAccessAllowedAceEx
// Page: NF:ntifs.RtlGetAce
// Page: NF:ntifs.RtlDeleteAce
static void
acls(void **state)
{
    ULONG buffer[16];
    PACL acl = (PACL)buffer;
    PVOID ace;
    ULONG bad[8] = {0};

    (void)state;
    assert_int_equal(RtlCreateAcl(acl, 7, ACL_REVISION), STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(RtlCreateAcl(acl, 64, 1), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlCreateAcl(acl, 0x10000, ACL_REVISION), STATUS_INVALID_PARAMETER);
    // Room for one ACE with the first SID (24 bytes) and one with the second (20 bytes).
    assert_int_equal(RtlCreateAcl(acl, 8 + 24 + 20, ACL_REVISION), STATUS_SUCCESS);
    assert_int_equal(RtlAddAccessAllowedAce(acl, ACL_REVISION, 1, bad), STATUS_INVALID_SID);
    assert_int_equal(RtlAddAccessAllowedAce(acl, 9, 1, LocalSystem), STATUS_REVISION_MISMATCH);
    assert_int_equal(RtlAddAccessAllowedAceEx(acl, ACL_REVISION, 0x80, 1, LocalSystem),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlAddAccessAllowedAce(acl, ACL_REVISION, 0x1F, Administrators),
                     STATUS_SUCCESS);
    assert_int_equal(RtlAddAccessAllowedAceEx(acl, ACL_REVISION, 3, 0x2F, LocalSystem),
                     STATUS_SUCCESS);
    assert_int_equal(RtlAddAccessAllowedAce(acl, ACL_REVISION, 1, LocalSystem),
                     STATUS_ALLOTTED_SPACE_EXCEEDED);
    assert_int_equal(acl->AceCount, 2);
    assert_int_equal(RtlGetAce(acl, 1, &ace), STATUS_SUCCESS);
    assert_memory_equal(ace, "\x00\x03\x14\x00\x2F\x00\x00\x00", 8);
    assert_true(RtlEqualSid((PUCHAR)ace + 8, LocalSystem));
    assert_int_equal(RtlGetAce(acl, 2, &ace), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlDeleteAce(acl, 0), STATUS_SUCCESS);
    assert_int_equal(RtlGetAce(acl, 0, &ace), STATUS_SUCCESS);
    assert_true(RtlEqualSid((PUCHAR)ace + 8, LocalSystem));
    assert_int_equal(RtlDeleteAce(acl, 1), STATUS_INVALID_PARAMETER);
    // An ACE whose size leads out of the list.
    ((PUSHORT)ace)[1] = 0x100;
    assert_int_equal(RtlAddAccessAllowedAce(acl, ACL_REVISION, 1, LocalSystem), STATUS_INVALID_ACL);
    assert_int_equal(RtlGetAce(acl, 0, &ace), STATUS_INVALID_PARAMETER);
}

// Page: NF:ntifs.RtlAddAce
static void
add_ready_made_aces(void **state)
{
    ULONG buffer[24];
    ULONG second[24];
    PACL acl = (PACL)buffer;
    PACL source = (PACL)second;
    PVOID ace;

    (void)state;
    RtlCreateAcl(source, sizeof(second), ACL_REVISION);
    RtlAddAccessAllowedAce(source, ACL_REVISION, 1, LocalSystem);
    RtlAddAccessAllowedAce(source, ACL_REVISION, 2, LocalSystem);
    RtlGetAce(source, 0, &ace);
    RtlCreateAcl(acl, 8 + 24 + 40, ACL_REVISION);
    RtlAddAccessAllowedAce(acl, ACL_REVISION, 0x1F, Administrators);
    assert_int_equal(RtlAddAce(acl, ACL_REVISION, 0, ace, 40), STATUS_SUCCESS);
    assert_int_equal(acl->AceCount, 3);
    assert_int_equal(RtlGetAce(acl, 2, &ace), STATUS_SUCCESS);
    assert_true(RtlEqualSid((PUCHAR)ace + 8, Administrators));
    RtlGetAce(source, 0, &ace);
    assert_int_equal(RtlAddAce(acl, ACL_REVISION, MAXULONG, ace, 20), STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(RtlAddAce(acl, ACL_REVISION, 0, ace, 30), STATUS_INVALID_PARAMETER);
}

// Page: NF:wdm.RtlCreateSecurityDescriptor
// Page: NF:wdm.RtlSetDaclSecurityDescriptor
// Page: NF:wdm.RtlLengthSecurityDescriptor
// Page: NF:wdm.RtlValidSecurityDescriptor
// Page: NF:ntifs.RtlGetDaclSecurityDescriptor
static void
descriptors(void **state)
{
    SECURITY_DESCRIPTOR descriptor;
    ULONG buffer[16];
    PACL acl = (PACL)buffer;
    PACL found = (PACL)1;
    BOOLEAN present = 2;
    BOOLEAN defaulted = 2;
    PSID owner;

    (void)state;
    assert_int_equal(RtlCreateSecurityDescriptor(&descriptor, 2), STATUS_UNKNOWN_REVISION);
    assert_int_equal(RtlCreateSecurityDescriptor(&descriptor, 1), STATUS_SUCCESS);
    assert_int_equal(RtlLengthSecurityDescriptor(&descriptor), sizeof(descriptor));
    assert_true(RtlValidSecurityDescriptor(&descriptor));
    assert_int_equal(RtlGetDaclSecurityDescriptor(&descriptor, &present, &found, &defaulted),
                     STATUS_SUCCESS);
    assert_false(present);
    assert_ptr_equal(found, (PACL)1); // not touched
    RtlCreateAcl(acl, 8 + 24, ACL_REVISION);
    RtlAddAccessAllowedAce(acl, ACL_REVISION, 0x1F, Administrators);
    assert_int_equal(RtlSetDaclSecurityDescriptor(&descriptor, TRUE, acl, FALSE), STATUS_SUCCESS);
    assert_int_equal(RtlSetOwnerSecurityDescriptor(&descriptor, Administrators, TRUE),
                     STATUS_SUCCESS);
    assert_int_equal(RtlLengthSecurityDescriptor(&descriptor), sizeof(descriptor) + 32 + 16);
    RtlGetDaclSecurityDescriptor(&descriptor, &present, &found, &defaulted);
    assert_true(present);
    assert_false(defaulted);
    assert_ptr_equal(found, acl);
    RtlGetOwnerSecurityDescriptor(&descriptor, &owner, &defaulted);
    assert_ptr_equal(owner, Administrators);
    assert_true(defaulted);
    // A NULL DACL is present and empty of restrictions.
    RtlSetDaclSecurityDescriptor(&descriptor, TRUE, NULL, FALSE);
    RtlGetDaclSecurityDescriptor(&descriptor, &present, &found, &defaulted);
    assert_true(present);
    assert_null(found);
    acl->AclRevision = 77;
    RtlSetDaclSecurityDescriptor(&descriptor, TRUE, acl, FALSE);
    assert_false(RtlValidSecurityDescriptor(&descriptor));
    descriptor.Revision = 3;
    assert_int_equal(RtlSetDaclSecurityDescriptor(&descriptor, TRUE, NULL, FALSE),
                     STATUS_UNKNOWN_REVISION);
    descriptor.Revision = 1;
    descriptor.Control |= SE_SELF_RELATIVE;
    assert_int_equal(RtlSetDaclSecurityDescriptor(&descriptor, TRUE, NULL, FALSE),
                     STATUS_INVALID_SECURITY_DESCR);
}

// Page: NF:ntifs.RtlAbsoluteToSelfRelativeSD
// Page: NF:ntifs.RtlSelfRelativeToAbsoluteSD
// Page: NF:wdm.RtlValidRelativeSecurityDescriptor
static void
both_formats(void **state)
{
    SECURITY_DESCRIPTOR descriptor;
    SECURITY_DESCRIPTOR absolute;
    ULONG buffer[16];
    ULONG relative[64];
    ULONG dacl[16];
    ULONG owner[16];
    PACL acl = (PACL)buffer;
    ULONG length = 0;
    ULONG sizes[5] = {sizeof(absolute), 0, 0, 0, 0};

    (void)state;
    RtlCreateAcl(acl, 8 + 24, ACL_REVISION);
    RtlAddAccessAllowedAce(acl, ACL_REVISION, 0x1F, Administrators);
    RtlCreateSecurityDescriptor(&descriptor, 1);
    RtlSetDaclSecurityDescriptor(&descriptor, TRUE, acl, FALSE);
    RtlSetOwnerSecurityDescriptor(&descriptor, Administrators, FALSE);
    assert_int_equal(RtlAbsoluteToSelfRelativeSD(&descriptor, NULL, &length),
                     STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(length, 20 + 32 + 16);
    assert_int_equal(RtlAbsoluteToSelfRelativeSD(&descriptor, relative, &length), STATUS_SUCCESS);
    assert_int_equal(RtlLengthSecurityDescriptor(relative), length);
    assert_true(RtlValidSecurityDescriptor(relative));
    assert_true(RtlValidRelativeSecurityDescriptor(relative, length, OWNER_SECURITY_INFORMATION));
    assert_false(RtlValidRelativeSecurityDescriptor(relative, length, GROUP_SECURITY_INFORMATION));
    assert_false(RtlValidRelativeSecurityDescriptor(relative, length, SACL_SECURITY_INFORMATION));
    assert_false(RtlValidRelativeSecurityDescriptor(relative, length - 1, 0));
    assert_int_equal(RtlAbsoluteToSelfRelativeSD(relative, relative, &length),
                     STATUS_BAD_DESCRIPTOR_FORMAT);
    assert_int_equal(RtlSelfRelativeToAbsoluteSD(relative, &absolute, &sizes[0], (PACL)dacl,
                                                 &sizes[1], NULL, &sizes[2], owner, &sizes[3], NULL,
                                                 &sizes[4]),
                     STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(sizes[1], 32);
    assert_int_equal(sizes[2], 0);
    assert_int_equal(sizes[3], 16);
    assert_int_equal(RtlSelfRelativeToAbsoluteSD(relative, &absolute, &sizes[0], (PACL)dacl,
                                                 &sizes[1], NULL, &sizes[2], owner, &sizes[3], NULL,
                                                 &sizes[4]),
                     STATUS_SUCCESS);
    assert_memory_equal(dacl, acl, 32);
    assert_true(RtlEqualSid(absolute.Owner, Administrators));
    assert_null(absolute.Group);
    assert_int_equal(RtlSelfRelativeToAbsoluteSD(&absolute, &absolute, &sizes[0], NULL, &sizes[1],
                                                 NULL, &sizes[2], NULL, &sizes[3], NULL, &sizes[4]),
                     STATUS_BAD_DESCRIPTOR_FORMAT);
}

// A self-relative descriptor from outside: whatever it contains, the check stays within it.
static void
damaged_descriptors(void **state)
{
    ULONG seed = 3;
    ULONG accepted = 0;

    (void)state;
    for (ULONG round = 0; round < 50000; round++)
    {
        UCHAR *bytes;
        ULONG length;

        seed = seed * 1664525u + 1013904223u;
        length = 20 + (seed >> 8) % 44;
        bytes = malloc(length); // exact, for the sanitizer
        for (ULONG i = 0; i < length; i++)
        {
            seed = seed * 1664525u + 1013904223u;
            bytes[i] = (UCHAR)((seed >> 16) % 24);
        }
        bytes[0] = 1;
        bytes[3] |= 0x80;
        accepted += RtlValidRelativeSecurityDescriptor(bytes, length, 0);
        free(bytes);
    }
    assert_true(accepted < 50000);
}

// Page: NF:ntddk.RtlMapGenericMask
static void
access_masks(void **state)
{
    GENERIC_MAPPING mapping = {1, 2, 4, 0x1F};
    ACCESS_MASK mask = GENERIC_READ | GENERIC_EXECUTE | 0x100000;

    (void)state;
    RtlMapGenericMask(&mask, &mapping);
    assert_int_equal(mask, 0x100005);
    mask = GENERIC_ALL;
    RtlMapGenericMask(&mask, &mapping);
    assert_int_equal(mask, 0x1F);
    assert_true(RtlAreAllAccessesGranted(7, 5));
    assert_false(RtlAreAllAccessesGranted(5, 7));
    assert_true(RtlAreAnyAccessesGranted(4, 5));
    assert_false(RtlAreAnyAccessesGranted(2, 5));
}

#define SECURITY_TEST(Function) \
    cmocka_unit_test_setup_teardown(Function, SecuritySetup, KitTeardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        SECURITY_TEST(sids),
        SECURITY_TEST(sid_as_text),
        SECURITY_TEST(acls),
        SECURITY_TEST(add_ready_made_aces),
        SECURITY_TEST(descriptors),
        SECURITY_TEST(both_formats),
        SECURITY_TEST(damaged_descriptors),
        SECURITY_TEST(access_masks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
