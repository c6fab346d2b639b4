// SPDX-License-Identifier: MIT
// A break without a debugger is an exception; a prompt gets no answer; status values as Win32
// errors; headers of the driver's own image; registers in memory, all widths and their buffers.
// Page: NF:wdm.DbgBreakPoint, NF:wdm.DbgBreakPointWithStatus, NF:ntddk.DbgPrompt
// Page: NF:ntifs.RtlNtStatusToDosError, NF:wdm.READ_REGISTER_UCHAR, NF:wdm.WRITE_REGISTER_UCHAR
// Page: NF:wdm.READ_REGISTER_USHORT, NF:wdm.WRITE_REGISTER_USHORT
// Page: NF:wdm.READ_REGISTER_ULONG, NF:wdm.WRITE_REGISTER_ULONG
// Page: NF:wdm.READ_REGISTER_ULONG64, NF:wdm.WRITE_REGISTER_ULONG64
// Page: NF:wdm.READ_REGISTER_BUFFER_UCHAR, NF:wdm.WRITE_REGISTER_BUFFER_UCHAR
// Page: NF:wdm.READ_REGISTER_BUFFER_USHORT, NF:wdm.WRITE_REGISTER_BUFFER_USHORT
// Page: NF:wdm.READ_REGISTER_BUFFER_ULONG, NF:wdm.WRITE_REGISTER_BUFFER_ULONG
// Page: NF:wdm.READ_REGISTER_BUFFER_ULONG64, NF:wdm.WRITE_REGISTER_BUFFER_ULONG64
// Run:
// Expect: what now\?
// Expect: rtl_misc: \d+ passed, 0 failed
// Reject: FAIL
#include <ntifs.h>
#include <string.h>

#include "check.h"

NTSYSAPI PVOID NTAPI RtlImageNtHeader(PVOID Base);
NTSYSAPI PVOID NTAPI
RtlImageDirectoryEntryToData(PVOID Base, BOOLEAN MappedAsImage, USHORT DirectoryEntry, PULONG Size);

static void
TestBreaks(void)
{
    NTSTATUS raised;
    CHAR answer[4] = "abc";

    RAISED(DbgBreakPoint());
    EXPECT_EQ(raised, STATUS_BREAKPOINT);
    RAISED(DbgBreakPointWithStatus(5));
    EXPECT_EQ(raised, STATUS_BREAKPOINT);
    EXPECT_EQ(DbgPrompt("what now?\n", answer, sizeof(answer)), 0);
    EXPECT(memcmp(answer, "abc", 4) == 0);
}

static void
TestErrors(void)
{
    EXPECT_EQ(RtlNtStatusToDosError(STATUS_SUCCESS), 0);
    EXPECT_EQ(RtlNtStatusToDosError(STATUS_ACCESS_DENIED), 5);
    EXPECT_EQ(RtlNtStatusToDosError(STATUS_INVALID_PARAMETER), 87);
    EXPECT_EQ(RtlNtStatusToDosError(STATUS_INVALID_DEVICE_REQUEST), 1);
    EXPECT_EQ(RtlNtStatusToDosError(STATUS_BUFFER_TOO_SMALL), 122);
    EXPECT_EQ(RtlNtStatusToDosError(STATUS_BUFFER_OVERFLOW), 234);
    EXPECT_EQ(RtlNtStatusToDosErrorNoTeb(STATUS_OBJECT_NAME_NOT_FOUND), 2);
    EXPECT_EQ(RtlNtStatusToDosErrorNoTeb(STATUS_CANCELLED), 995);
    EXPECT_EQ(RtlNtStatusToDosErrorNoTeb(STATUS_DEVICE_NOT_CONNECTED), 1167);
    EXPECT_EQ(RtlNtStatusToDosError((NTSTATUS)0xC0FFFFFF), 317); // ERROR_MR_MID_NOT_FOUND
}

static void
TestImage(PDRIVER_OBJECT DriverObject)
{
    const PUCHAR base = (PUCHAR)DriverObject->DriverStart;
    const PUCHAR header = (PUCHAR)RtlImageNtHeader(base);
    UCHAR nothing[64] = {0};
    ULONG size = 0;

    EXPECT(header != NULL && memcmp(header, "PE\0", 4) == 0);
    EXPECT(RtlImageNtHeader(nothing) == NULL);
    EXPECT(RtlImageNtHeader(NULL) == NULL);
    if (header != NULL)
    {
        const ULONG imports = *(PULONG)(header + 24 + 112 + 8); // entry 1 of the directory

        EXPECT(RtlImageDirectoryEntryToData(base, TRUE, 1, &size) == base + imports);
        EXPECT_EQ(size, *(PULONG)(header + 24 + 112 + 12));
    }
    // Certificates are entry 4: this image is not signed. No image has an entry 200.
    EXPECT(RtlImageDirectoryEntryToData(base, TRUE, 4, &size) == NULL);
    EXPECT(RtlImageDirectoryEntryToData(base, TRUE, 200, &size) == NULL);
}

static void
TestRegisters(void)
{
    volatile ULONG64 registers[4] = {0};
    ULONG64 buffer[2] = {0x1122334455667788ull, 0x99AABBCCDDEEFF00ull};
    ULONG64 back[2] = {0};

    WRITE_REGISTER_UCHAR((volatile UCHAR *)registers, 0xAB);
    EXPECT_EQ(READ_REGISTER_UCHAR((volatile UCHAR *)registers), 0xAB);
    WRITE_REGISTER_USHORT((volatile USHORT *)registers, 0xABCD);
    EXPECT_EQ(READ_REGISTER_USHORT((volatile USHORT *)registers), 0xABCD);
    WRITE_REGISTER_ULONG((volatile ULONG *)registers, 0xABCD1234);
    EXPECT_EQ(READ_REGISTER_ULONG((volatile ULONG *)registers), 0xABCD1234);
    WRITE_REGISTER_ULONG64(registers, 0xABCD123456789ull);
    EXPECT(READ_REGISTER_ULONG64(registers) == 0xABCD123456789ull);
    EXPECT(registers[1] == 0);
    // A buffer goes to consecutive registers.
    WRITE_REGISTER_BUFFER_UCHAR((volatile UCHAR *)registers, (PUCHAR)buffer, 3);
    EXPECT(registers[0] == 0xABCD123667788ull);
    READ_REGISTER_BUFFER_UCHAR((volatile UCHAR *)registers, (PUCHAR)back, 2);
    EXPECT(back[0] == 0x7788);
    WRITE_REGISTER_BUFFER_USHORT((volatile USHORT *)registers, (PUSHORT)buffer, 4);
    EXPECT(registers[0] == buffer[0]);
    READ_REGISTER_BUFFER_USHORT((volatile USHORT *)registers, (PUSHORT)back, 4);
    EXPECT(back[0] == buffer[0] && back[1] == 0);
    WRITE_REGISTER_BUFFER_ULONG((volatile ULONG *)registers, (PULONG)buffer, 3);
    EXPECT(registers[1] == 0xDDEEFF00);
    READ_REGISTER_BUFFER_ULONG((volatile ULONG *)registers, (PULONG)back, 3);
    EXPECT(back[1] == 0xDDEEFF00);
    WRITE_REGISTER_BUFFER_ULONG64(registers + 2, buffer, 2);
    READ_REGISTER_BUFFER_ULONG64(registers + 2, back, 2);
    EXPECT(back[0] == buffer[0] && back[1] == buffer[1]);
    EXPECT(registers[3] == buffer[1]);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    TestBreaks();
    TestErrors();
    TestImage(DriverObject);
    TestRegisters();
    return Finish("rtl_misc");
}
