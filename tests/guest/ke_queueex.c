// SPDX-License-Identifier: MIT
// Several entries of a queue at once, and classes of wide characters as C tests them.
// Page: NF:ntifs.KeInitializeQueue, NF:ntifs.KeInsertQueue
// Run:
// Expect: ke_queueex: \d+ passed, 0 failed
// Reject: FAIL
#include <ntifs.h>
#include <wchar.h>

#include "check.h"

// Exported, and in no header of the kit.
NTKERNELAPI ULONG NTAPI KeRemoveQueueEx(PKQUEUE Queue,
                                        KPROCESSOR_MODE WaitMode,
                                        BOOLEAN Alertable,
                                        PLARGE_INTEGER Timeout,
                                        PLIST_ENTRY *EntryArray,
                                        ULONG Count);

static KQUEUE queue;
static LIST_ENTRY entries[5];
static volatile LONG taken;

static KSTART_ROUTINE Taker;

static VOID
Taker(PVOID Context)
{
    PLIST_ENTRY array[2];

    UNREFERENCED_PARAMETER(Context);
    taken = (LONG)KeRemoveQueueEx(&queue, KernelMode, FALSE, NULL, array, 2);
    EXPECT(array[0] == &entries[0]);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void
TestQueue(void)
{
    PLIST_ENTRY array[4] = {NULL};
    LARGE_INTEGER due = {.QuadPart = 0};
    PVOID thread;

    KeInitializeQueue(&queue, 2);
    EXPECT_EQ(KeRemoveQueueEx(&queue, KernelMode, FALSE, &due, array, 4), STATUS_TIMEOUT);
    for (ULONG i = 0; i < 5; i++)
        EXPECT_EQ(KeInsertQueue(&queue, &entries[i]), i);
    EXPECT_EQ(KeRemoveQueueEx(&queue, KernelMode, FALSE, NULL, array, 3), 3);
    EXPECT(array[0] == &entries[0] && array[1] == &entries[1] && array[2] == &entries[2]);
    EXPECT(array[3] == NULL && entries[1].Flink == NULL);
    EXPECT_EQ(KeReadStateQueue(&queue), 2);
    EXPECT_EQ(KeRemoveQueueEx(&queue, KernelMode, FALSE, &due, array, 4), 2);
    EXPECT(array[0] == &entries[3] && array[1] == &entries[4]);
    EXPECT_EQ(KeReadStateQueue(&queue), 0);
    // Who waits gets what comes, not as much as would fit.
    thread = StartThread(Taker, NULL);
    Sleep(MILLISECONDS(10));
    EXPECT_EQ(taken, 0);
    EXPECT_EQ(KeInsertQueue(&queue, &entries[0]), 0);
    JoinThread(thread);
    EXPECT_EQ(taken, 1);
    EXPECT(KeRundownQueue(&queue) == NULL);
    EXPECT_EQ(KeRemoveQueueEx(&queue, KernelMode, FALSE, NULL, array, 4), STATUS_ABANDONED);
}

#define UPPER 0x1
#define LOWER 0x2
#define DIGIT 0x4
#define SPACE 0x8
#define PUNCT 0x10
#define CNTRL 0x20
#define BLANK 0x40
#define HEX   0x80
#define ALPHA 0x103

static void
TestCharacters(void)
{
    EXPECT(iswalnum(L'a') && iswalnum(L'Z') && iswalnum(L'7') && iswalnum(0xE4));
    EXPECT(!iswalnum(L'_') && !iswalnum(L' ') && !iswalnum(0));
    EXPECT(iswctype(L'A', UPPER) && !iswctype(L'A', LOWER) && iswctype(L'A', HEX));
    EXPECT(iswctype(L'z', LOWER) && iswctype(L'z', ALPHA) && !iswctype(L'z', HEX));
    EXPECT(iswctype(L'9', DIGIT) && iswctype(L'9', HEX) && !iswctype(L'9', ALPHA));
    EXPECT(iswctype(L' ', SPACE) && iswctype(L' ', BLANK) && iswctype(L'\n', SPACE));
    EXPECT(iswctype(L'\n', CNTRL) && !iswctype(L' ', CNTRL) && iswctype(0x7f, CNTRL));
    EXPECT(iswctype(L'!', PUNCT) && iswctype(L'~', PUNCT) && !iswctype(L'a', PUNCT));
    EXPECT(iswctype(0xC4, UPPER) && iswctype(0xE4, LOWER) && !iswctype(0x4E00, UPPER | LOWER));
    EXPECT(iswctype(L'x', DIGIT | ALPHA) && !iswctype(L'-', DIGIT | ALPHA));
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    TestQueue();
    TestCharacters();
    return Finish("ke_queueex");
}
