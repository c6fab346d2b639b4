// SPDX-License-Identifier: MIT
// LZNT1: what was compressed comes back, whole and as a fragment; a known stream of the published
// format decompresses; malformed data and short buffers are refused; correlation vectors.
// Page: NF:ntifs.RtlCompressBuffer, NF:ntifs.RtlDecompressBuffer, NF:ntifs.RtlDecompressFragment
// Page: NF:ntifs.RtlGetCompressionWorkSpaceSize
// Page: NF:ntddk.RtlInitializeCorrelationVector, NF:ntddk.RtlIncrementCorrelationVector
// Page: NF:ntddk.RtlExtendCorrelationVector, NF:ntddk.RtlValidateCorrelationVector
// Run:
// Expect: rtl_compress: \d+ passed, 0 failed
// Reject: FAIL
#include <ntifs.h>
#include <string.h>

#include "check.h"

#define SIZE     20000
#define STANDARD (COMPRESSION_FORMAT_LZNT1 | COMPRESSION_ENGINE_STANDARD)
#define MAXIMUM  (COMPRESSION_FORMAT_LZNT1 | COMPRESSION_ENGINE_MAXIMUM)

static UCHAR plain[SIZE];
static UCHAR packed[SIZE + 64];
static UCHAR again[SIZE + 64];

static ULONG seed = 7;

static UCHAR
RandomByte(void)
{
    seed = seed * 1664525u + 1013904223u;
    return (UCHAR)(seed >> 24);
}

static NOINLINE void
RoundTrip(USHORT Format, PVOID WorkSpace, PVOID Fragment, ULONG Length, ULONG *PackedSize)
{
    ULONG size = 0;
    ULONG stored = 0;

    EXPECT_EQ(RtlCompressBuffer(Format, plain, Length, packed, sizeof(packed), 4096, PackedSize,
                                WorkSpace),
              STATUS_SUCCESS);
    size = *PackedSize;
    EXPECT_EQ(
        RtlDecompressBuffer(COMPRESSION_FORMAT_LZNT1, again, sizeof(again), packed, size, &stored),
        STATUS_SUCCESS);
    EXPECT_EQ(stored, Length);
    EXPECT_EQ(memcmp(again, plain, Length), 0);
    for (ULONG offset = 1; offset < Length; offset += 3777)
    {
        const ULONG want = Length - offset < 5000 ? Length - offset : 5000;

        EXPECT_EQ(RtlDecompressFragment(COMPRESSION_FORMAT_LZNT1, again, want, packed, size, offset,
                                        &stored, Fragment),
                  STATUS_SUCCESS);
        EXPECT_EQ(stored, want);
        EXPECT_EQ(memcmp(again, plain + offset, want), 0);
    }
    // One byte less than it takes is too small.
    EXPECT_EQ(RtlCompressBuffer(Format, plain, Length, packed, size - 1, 4096, &stored, WorkSpace),
              STATUS_BUFFER_TOO_SMALL);
}

static void
TestRoundTrips(PVOID WorkSpace, PVOID Fragment)
{
    ULONG standard;
    ULONG maximum;

    for (ULONG i = 0; i < SIZE; i++)
    {
        plain[i] = (UCHAR) "the quick brown fox jumps over the lazy dog "[i % 44 % (i / 300 + 3)];
    }
    RoundTrip(STANDARD, WorkSpace, Fragment, SIZE, &standard);
    RoundTrip(MAXIMUM, WorkSpace, Fragment, SIZE, &maximum);
    EXPECT(standard < SIZE / 4);
    EXPECT(maximum <= standard);
    RoundTrip(STANDARD, WorkSpace, Fragment, 1, &standard);
    RoundTrip(STANDARD, WorkSpace, Fragment, 4096, &standard);
    RoundTrip(STANDARD, WorkSpace, Fragment, 4097, &standard);
    for (ULONG i = 0; i < SIZE; i++)
    {
        plain[i] = RandomByte();
    }
    RoundTrip(STANDARD, WorkSpace, Fragment, SIZE, &standard);
    // Noise grows by the headers of its five chunks only.
    EXPECT_EQ(standard, SIZE + 5 * 2);
}

static void
TestKnown(void)
{
    // A header that promises more than there is, and one whose reference lies 2 back.
    static UCHAR known[] = {0x38, 0xB0, 0x88, 'F', '#', ' ', 'a', 'a', 'n', 'a', 'b', 0, 0};
    static UCHAR abab[] = {0x05, 0xB0, 0x04, 'a', 'b', 0x05, 0x10, 'c', 0, 0};
    static UCHAR raw[] = {0x02, 0x30, 'x', 'y', 'z'};
    static UCHAR beyond[] = {0x03, 0xB0, 0x01, 0x00, 0x00, 'q'};
    ULONG stored = 0;

    EXPECT_EQ(
        RtlDecompressBuffer(COMPRESSION_FORMAT_LZNT1, again, 100, abab, sizeof(abab), &stored),
        STATUS_SUCCESS);
    EXPECT_EQ(stored, 11);
    EXPECT_EQ(memcmp(again,
                     "ababababab"
                     "c",
                     11),
              0);
    EXPECT_EQ(RtlDecompressBuffer(COMPRESSION_FORMAT_LZNT1, again, 5, abab, sizeof(abab), &stored),
              STATUS_SUCCESS);
    EXPECT_EQ(stored, 5);
    EXPECT_EQ(RtlDecompressBufferEx(COMPRESSION_FORMAT_LZNT1, again, 100, raw, sizeof(raw), &stored,
                                    NULL),
              STATUS_SUCCESS);
    EXPECT_EQ(stored, 3);
    EXPECT_EQ(memcmp(again, "xyz", 3), 0);
    EXPECT_EQ(RtlDecompressBufferEx2(COMPRESSION_FORMAT_LZNT1, again, 100, raw, sizeof(raw), 4096,
                                     &stored, NULL),
              STATUS_SUCCESS);
    EXPECT_EQ(stored, 3);
    EXPECT_EQ(RtlDecompressFragmentEx(COMPRESSION_FORMAT_LZNT1, again, 2, raw, sizeof(raw), 1, 4096,
                                      &stored, packed),
              STATUS_SUCCESS);
    EXPECT_EQ(stored, 2);
    EXPECT_EQ(memcmp(again, "yz", 2), 0);
    // A reference to text in front of the chunk, a chunk that is cut off.
    EXPECT_EQ(
        RtlDecompressBuffer(COMPRESSION_FORMAT_LZNT1, again, 100, beyond, sizeof(beyond), &stored),
        STATUS_BAD_COMPRESSION_BUFFER);
    EXPECT_EQ(
        RtlDecompressBuffer(COMPRESSION_FORMAT_LZNT1, again, 100, known, sizeof(known), &stored),
        STATUS_BAD_COMPRESSION_BUFFER);
}

static void
TestRefused(PVOID WorkSpace)
{
    ULONG one;
    ULONG two;

    EXPECT_EQ(RtlGetCompressionWorkSpaceSize(COMPRESSION_FORMAT_LZNT1 | COMPRESSION_ENGINE_HIBER,
                                             &one, &two),
              STATUS_NOT_SUPPORTED);
    EXPECT_EQ(RtlGetCompressionWorkSpaceSize(0x55, &one, &two), STATUS_UNSUPPORTED_COMPRESSION);
    EXPECT_EQ(
        RtlCompressBuffer(COMPRESSION_FORMAT_NONE, plain, 10, packed, 100, 4096, &one, WorkSpace),
        STATUS_INVALID_PARAMETER);
    EXPECT_EQ(RtlCompressBuffer(COMPRESSION_FORMAT_DEFAULT, plain, 10, packed, 100, 4096, &one,
                                WorkSpace),
              STATUS_INVALID_PARAMETER);
    EXPECT_EQ(RtlCompressBuffer(0x77, plain, 10, packed, 100, 4096, &one, WorkSpace),
              STATUS_UNSUPPORTED_COMPRESSION);
    EXPECT_EQ(RtlDecompressBuffer(COMPRESSION_FORMAT_NONE, again, 10, packed, 10, &one),
              STATUS_INVALID_PARAMETER);
    EXPECT_EQ(RtlDecompressBuffer(0x77, again, 10, packed, 10, &one),
              STATUS_UNSUPPORTED_COMPRESSION);
    memset(plain, 0, SIZE);
    EXPECT_EQ(
        RtlCompressBuffer(STANDARD, plain, SIZE, packed, sizeof(packed), 4096, &one, WorkSpace),
        STATUS_BUFFER_ALL_ZEROS);
    EXPECT(one < 100);
}

static void
TestVectors(void)
{
    static const GUID guid = {0x00000000, 0, 0, {0, 0, 0, 0, 0, 0, 0, 0xFF}};
    CORRELATION_VECTOR vector;
    ULONG status;

    EXPECT_EQ((NTSTATUS)RtlInitializeCorrelationVector(
                  &vector, RTL_CORRELATION_VECTOR_VERSION_CURRENT, NULL),
              STATUS_INVALID_PARAMETER);
    EXPECT_EQ(
        (NTSTATUS)RtlInitializeCorrelationVector(&vector, RTL_CORRELATION_VECTOR_VERSION_2, &guid),
        STATUS_SUCCESS);
    EXPECT_EQ(strcmp(vector.Vector, "AAAAAAAAAAAAAAAAAAAA/w.0"), 0);
    EXPECT_EQ((NTSTATUS)RtlValidateCorrelationVector(&vector), STATUS_SUCCESS);
    for (int i = 0; i < 10; i++)
    {
        EXPECT_EQ((NTSTATUS)RtlIncrementCorrelationVector(&vector), STATUS_SUCCESS);
    }
    EXPECT_EQ(strcmp(vector.Vector + 22, ".10"), 0);
    EXPECT_EQ((NTSTATUS)RtlExtendCorrelationVector(&vector), STATUS_SUCCESS);
    EXPECT_EQ(strcmp(vector.Vector + 22, ".10.0"), 0);
    do
    {
        status = RtlExtendCorrelationVector(&vector);
    } while (status == STATUS_SUCCESS);
    EXPECT_EQ((NTSTATUS)status, STATUS_INVALID_PARAMETER);
    EXPECT_EQ((NTSTATUS)RtlValidateCorrelationVector(&vector), STATUS_SUCCESS);
    EXPECT_EQ(strlen(vector.Vector), 127);
    for (int i = 0; i < 9; i++)
    {
        EXPECT_EQ((NTSTATUS)RtlIncrementCorrelationVector(&vector), STATUS_SUCCESS);
    }
    EXPECT_EQ((NTSTATUS)RtlIncrementCorrelationVector(&vector), STATUS_BUFFER_OVERFLOW);
    vector.Vector[3] = '?';
    EXPECT_EQ((NTSTATUS)RtlValidateCorrelationVector(&vector), STATUS_INVALID_PARAMETER);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    ULONG size = 0;
    ULONG fragmentSize = 0;
    PVOID workSpace;
    PVOID fragment;

    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    EXPECT_EQ(RtlGetCompressionWorkSpaceSize(STANDARD, &size, &fragmentSize), STATUS_SUCCESS);
    EXPECT(size != 0 && fragmentSize != 0);
    workSpace = ExAllocatePoolWithTag(PagedPool, size, 'kroW');
    fragment = ExAllocatePoolWithTag(PagedPool, fragmentSize, 'kroW');
    if (workSpace != NULL && fragment != NULL)
    {
        TestRoundTrips(workSpace, fragment);
        TestKnown();
        TestRefused(workSpace);
        ExFreePoolWithTag(workSpace, 'kroW');
        ExFreePoolWithTag(fragment, 'kroW');
    }
    TestVectors();
    return Finish("rtl_compress");
}
