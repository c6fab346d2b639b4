// SPDX-License-Identifier: MIT
// Push locks by the names that the macros hide, run-down protection in the caller's own memory with
// flags, splay links one by one, and what the headers do inline with strings and lists.
// Page: NF:wdm.ExInitializeRundownProtectionCacheAwareEx, NF:ntddk.RtlInsertAsLeftChild
// Page: NF:ntddk.RtlIsLeftChild, NF:ntddk.RtlLeftChild, NF:ntddk.RtlRightChild, NF:ntddk.RtlParent
// Page: NF:ntddk.RtlInsertAsRightChild, NF:ntddk.RtlIsRightChild, NF:ntddk.RtlIsRoot
// Page: NF:wdm.RtlSanitizeUnicodeStringPadding, NF:ntifs.RtlCreateSecurityDescriptorRelative
// Run:
// Expect: ex_push: \d+ passed, 0 failed
// Reject: FAIL
// Reject: LEAK
#include <ntifs.h>

#include "check.h"

static EX_PUSH_LOCK lock;
static volatile LONG order;
static volatile LONG readerAt;
static volatile LONG writerAt;

static KSTART_ROUTINE Reader;
static KSTART_ROUTINE Writer;

static VOID
Reader(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    KeEnterCriticalRegion();
    ExAcquirePushLockSharedEx(&lock, EX_DEFAULT_PUSH_LOCK_FLAGS);
    readerAt = InterlockedIncrement(&order);
    ExReleasePushLockSharedEx(&lock, EX_DEFAULT_PUSH_LOCK_FLAGS);
    KeLeaveCriticalRegion();
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static VOID
Writer(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    KeEnterCriticalRegion();
    ExAcquirePushLockExclusiveEx(&lock, EX_PUSH_LOCK_FLAG_DISABLE_AUTOBOOST);
    writerAt = InterlockedIncrement(&order);
    ExReleasePushLockExclusiveEx(&lock, EX_PUSH_LOCK_FLAG_DISABLE_AUTOBOOST);
    KeLeaveCriticalRegion();
    PsTerminateSystemThread(STATUS_SUCCESS);
}

// Readers share; a writer waits for all of them.
static void
TestPushLock(void)
{
    PVOID reader, writer;

    ExInitializePushLock(&lock);
    KeEnterCriticalRegion();
    ExAcquirePushLockSharedEx(&lock, EX_DEFAULT_PUSH_LOCK_FLAGS);
    reader = StartThread(Reader, NULL);
    Sleep(MILLISECONDS(10));
    EXPECT_EQ(readerAt, 1);
    writer = StartThread(Writer, NULL);
    Sleep(MILLISECONDS(10));
    EXPECT_EQ(writerAt, 0);
    ExReleasePushLockSharedEx(&lock, EX_DEFAULT_PUSH_LOCK_FLAGS);
    KeLeaveCriticalRegion();
    JoinThread(reader);
    JoinThread(writer);
    EXPECT_EQ(writerAt, 2);

    // A writer keeps readers out.
    KeEnterCriticalRegion();
    ExAcquirePushLockExclusiveEx(&lock, EX_DEFAULT_PUSH_LOCK_FLAGS);
    reader = StartThread(Reader, NULL);
    Sleep(MILLISECONDS(10));
    EXPECT_EQ(order, 2);
    ExReleasePushLockExclusiveEx(&lock, EX_DEFAULT_PUSH_LOCK_FLAGS);
    KeLeaveCriticalRegion();
    JoinThread(reader);
    EXPECT_EQ(readerAt, 3);
}

static void
TestRundown(void)
{
    const SIZE_T size = ExSizeOfRundownProtectionCacheAware();
    PEX_RUNDOWN_REF_CACHE_AWARE rundown = ExAllocatePool2(POOL_FLAG_NON_PAGED, size, 'hsuP');

    EXPECT(rundown != NULL && size != 0);
    if (rundown == NULL)
        return;
    ExInitializeRundownProtectionCacheAwareEx(rundown, 0);
    EXPECT(ExAcquireRundownProtectionCacheAware(rundown));
    ExReleaseRundownProtectionCacheAware(rundown);
    ExWaitForRundownProtectionReleaseCacheAware(rundown);
    EXPECT(!ExAcquireRundownProtectionCacheAware(rundown));
    ExFreePool2(rundown, 'hsuP', NULL, 0);
}

// ---- splay links --------------------------------------------------------------------------------

static void
TestSplayLinks(void)
{
    RTL_SPLAY_LINKS root, left, right, below;

    RtlInitializeSplayLinks(&root);
    RtlInitializeSplayLinks(&left);
    RtlInitializeSplayLinks(&right);
    RtlInitializeSplayLinks(&below);
    EXPECT(RtlIsRoot(&root) && RtlIsRoot(&left));
    EXPECT(RtlParent(&left) == &left); // of a node without one: the node itself
    EXPECT(RtlLeftChild(&root) == NULL && RtlRightChild(&root) == NULL);
    RtlInsertAsLeftChild(&root, &left);
    RtlInsertAsRightChild(&root, &right);
    RtlInsertAsRightChild(&left, &below);
    EXPECT(RtlLeftChild(&root) == &left && RtlRightChild(&root) == &right);
    EXPECT(RtlParent(&left) == &root && RtlParent(&right) == &root && RtlParent(&below) == &left);
    EXPECT(RtlIsLeftChild(&left) && !RtlIsRightChild(&left));
    EXPECT(RtlIsRightChild(&right) && !RtlIsLeftChild(&right));
    EXPECT(RtlIsRoot(&root) && !RtlIsRoot(&left) && !RtlIsRoot(&below));
    EXPECT(RtlRealSuccessor(&left) == &below && RtlRealSuccessor(&below) == &root);
    EXPECT(RtlSplay(&below) == &below && RtlIsRoot(&below));
    EXPECT(RtlLeftChild(&below) == &left && RtlRightChild(&below) == &root);
}

// ---- strings, descriptors -----------------------------------------------------------------------

static void
TestStrings(void)
{
    WCHAR buffer[6] = {'a', 'b', 'x', 'x', 'x', 'y'};
    UNICODE_STRING text = {.Length = 4, .MaximumLength = 10, .Buffer = buffer};

    RtlSanitizeUnicodeStringPadding(&text);
    EXPECT(buffer[0] == 'a' && buffer[1] == 'b' && buffer[2] == 0 && buffer[3] == 0);
    EXPECT(buffer[4] == 0 && buffer[5] == 'y');
    EXPECT(text.Length == 4 && text.MaximumLength == 10);
    text.Length = 10;
    buffer[4] = 'z';
    RtlSanitizeUnicodeStringPadding(&text); // nothing to clear
    EXPECT_EQ(buffer[4], 'z');
}

static void
TestDescriptor(void)
{
    SECURITY_DESCRIPTOR_RELATIVE descriptor;
    BOOLEAN present = TRUE, defaulted;
    PSID owner = &descriptor;
    PACL acl;

    RtlFillMemory(&descriptor, sizeof(descriptor), 0xEE);
    EXPECT_EQ(RtlCreateSecurityDescriptorRelative(&descriptor, 2), STATUS_UNKNOWN_REVISION);
    EXPECT_EQ(RtlCreateSecurityDescriptorRelative(&descriptor, SECURITY_DESCRIPTOR_REVISION),
              STATUS_SUCCESS);
    EXPECT(RtlValidRelativeSecurityDescriptor(&descriptor, sizeof(descriptor), 0));
    EXPECT_EQ(descriptor.Control & ~SE_SELF_RELATIVE, 0);
    EXPECT_EQ(RtlGetDaclSecurityDescriptor(&descriptor, &present, &acl, &defaulted),
              STATUS_SUCCESS);
    EXPECT_EQ(present, FALSE);
    EXPECT_EQ(RtlGetOwnerSecurityDescriptor(&descriptor, &owner, &defaulted), STATUS_SUCCESS);
    EXPECT(owner == NULL);
    EXPECT(descriptor.Owner == 0 && descriptor.Group == 0);
    EXPECT(descriptor.Sacl == 0 && descriptor.Dacl == 0);
    EXPECT_EQ(RtlLengthSecurityDescriptor(&descriptor), sizeof(descriptor));
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    TestPushLock();
    TestRundown();
    TestSplayLinks();
    TestStrings();
    TestDescriptor();
    return Finish("ex_push");
}
