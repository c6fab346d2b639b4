// SPDX-License-Identifier: MIT
// kernel/ldr/pe.c: each rule about headers and sections, with an image that breaks just that rule.
// Reference: the PE Format page of the Win32 documentation.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ldr/pe.h"
#include "tests/kit/pe_builder.h"

static const uint8_t code[] = {0x31, 0xC0, 0xC3};

static void
build(struct pe_builder *pe)
{
    pe_begin(pe);
    pe->entry = pe_add(pe, ".text", code, sizeof code, 0, PE_TEXT);
    pe_add(pe, ".data", "data", 4, 0x2345, PE_DATA);
    pe_finish(pe);
}

static void
expect(struct pe_builder *image, LDR_PE_STATUS status, const char *text)
{
    static LDR_PE pe;
    char line[400];
    LDR_PE_STATUS got = LdrPeParse(&pe, image->data, image->size, 0);
    LdrPeFormatError(&pe, "x.sys", line, sizeof line);
    if (got != status || strcmp(line, text) != 0)
    {
        fail_msg("status %d, not %d\n got: %s\nwant: %s", got, status, line, text);
    }
}

// One 16 or 32 bit field set to a value, and what must be said of it.
struct damage
{
    uint32_t offset;
    uint32_t size;
    uint32_t value;
    LDR_PE_STATUS status;
    const char *line;
};

#define FILE_HEADER     (PE_LFANEW + 4)
#define OPTIONAL_HEADER (PE_LFANEW + 24)
#define DIRECTORIES     (OPTIONAL_HEADER + 112)
#define SECTIONS        (OPTIONAL_HEADER + 240)

static const struct damage damages[] = {
    {0, 2, 0x4D5B, LdrPeNoDosSignature, "x.sys: not a driver image: it does not begin with MZ"},
    {0, 4, 0x464C457F, LdrPeNoDosSignature,
     "x.sys: not a driver image: it does not begin with MZ, it is an ELF file"},
    {0x3C, 4, 0xFFFFFFF0, LdrPeHeaderOffset,
     "x.sys: damaged image: e_lfanew 0xFFFFFFF0 does not lead to a header"},
    {0x3C, 4, 0x82, LdrPeHeaderOffset,
     "x.sys: damaged image: e_lfanew 0x82 does not lead to a header"},
    {PE_LFANEW, 4, 0x00004551, LdrPeNoNtSignature,
     "x.sys: not a driver image: there is no PE signature at 0x80"},
    {PE_LFANEW, 4, 0x0000454E, LdrPeNoNtSignature,
     "x.sys: not a driver image: there is no PE signature at 0x80, it is a 16-bit NE program"},
    {FILE_HEADER, 2, 0x014C, LdrPeMachine,
     "x.sys: not a driver image: machine is x86 (0x14C), OpenWDM runs x64"},
    {FILE_HEADER, 2, 0xAA64, LdrPeMachine,
     "x.sys: not a driver image: machine is ARM64 (0xAA64), OpenWDM runs x64"},
    {FILE_HEADER, 2, 0x01C4, LdrPeMachine,
     "x.sys: not a driver image: machine is ARM (0x1C4), OpenWDM runs x64"},
    {FILE_HEADER, 2, 0x0200, LdrPeMachine,
     "x.sys: not a driver image: machine is IA64 (0x200), OpenWDM runs x64"},
    {FILE_HEADER, 2, 0x7777, LdrPeMachine,
     "x.sys: not a driver image: machine is unknown (0x7777), OpenWDM runs x64"},
    {FILE_HEADER + 18, 2, 0x0020, LdrPeNotExecutable,
     "x.sys: not a driver image: it is not marked executable, the linker reported errors"},
    {FILE_HEADER + 18, 2, 0x0023, LdrPeFixedBase,
     "x.sys: not a driver image: its relocations were stripped, it runs at 0x140000000 only"},
    {FILE_HEADER + 16, 2, 96, LdrPeOptionalHeaderSize,
     "x.sys: damaged image: SizeOfOptionalHeader is 96, a PE32+ header has at least 112 bytes"},
    {FILE_HEADER + 16, 2, 120, LdrPeOptionalHeaderSize,
     "x.sys: damaged image: SizeOfOptionalHeader 120 has no room for 16 data directories"},
    {FILE_HEADER + 2, 2, 0, LdrPeSectionCount,
     "x.sys: damaged image: it has 0 sections, 1 to 96 are possible"},
    {FILE_HEADER + 2, 2, 97, LdrPeSectionCount,
     "x.sys: damaged image: it has 97 sections, 1 to 96 are possible"},
    {FILE_HEADER + 2, 2, 90, LdrPeSectionTable,
     "x.sys: damaged image: the section table ends at 0xF98, SizeOfHeaders is 0x400"},
    {OPTIONAL_HEADER, 2, 0x10B, LdrPeMagic,
     "x.sys: not a driver image: optional header magic is 0x10B, a 64-bit image has 0x20B"},
    {OPTIONAL_HEADER + 68, 2, 2, LdrPeSubsystem,
     "x.sys: not a driver image: subsystem is Windows GUI (2), a user-mode program, "
     "drivers are native (1)"},
    {OPTIONAL_HEADER + 68, 2, 11, LdrPeSubsystem,
     "x.sys: not a driver image: subsystem is EFI boot service driver (11), "
     "drivers are native (1)"},
    {OPTIONAL_HEADER + 32, 4, 0x1001, LdrPeAlignment,
     "x.sys: damaged image: SectionAlignment 0x1001 and FileAlignment 0x200 do not fit together"},
    {OPTIONAL_HEADER + 36, 4, 0, LdrPeAlignment,
     "x.sys: damaged image: SectionAlignment 0x1000 and FileAlignment 0x0 do not fit together"},
    {OPTIONAL_HEADER + 36, 4, 0x100, LdrPeAlignment,
     "x.sys: damaged image: FileAlignment 0x100 is below 0x200"},
    {OPTIONAL_HEADER + 32, 4, 0x800, LdrPeLowAlignment,
     "x.sys: not a driver image: SectionAlignment 0x800 is below a page, its code and data cannot "
     "be protected"},
    {OPTIONAL_HEADER + 24, 4, 0x40001000, LdrPeImageBase,
     "x.sys: damaged image: ImageBase 0x140001000 is not a multiple of 64 KiB"},
    {OPTIONAL_HEADER + 56, 4, 0, LdrPeImageSize, "x.sys: damaged image: SizeOfImage is 0x0"},
    {OPTIONAL_HEADER + 56, 4, 0x7FFFFFFF, LdrPeImageSize,
     "x.sys: damaged image: SizeOfImage is 0x7FFFFFFF"},
    {OPTIONAL_HEADER + 56, 4, 0x3000, LdrPeSectionRange,
     "x.sys: damaged image: section .data ends at 0x4345, SizeOfImage is 0x3000"},
    {OPTIONAL_HEADER + 60, 4, 0x8000, LdrPeHeaderSize,
     "x.sys: damaged image: SizeOfHeaders 0x8000 exceeds the file or the image"},
    {OPTIONAL_HEADER + 60, 4, 0x100, LdrPeSectionTable,
     "x.sys: damaged image: the section table ends at 0x1D8, SizeOfHeaders is 0x100"},
    {OPTIONAL_HEADER + 60, 4, 0x500, LdrPeSectionRawOverlap,
     "x.sys: damaged image: the data of section .text overlaps the headers"},
    {OPTIONAL_HEADER + 16, 4, 0, LdrPeEntryPoint,
     "x.sys: damaged image: it has neither an entry point nor exports"},
    {OPTIONAL_HEADER + 16, 4, 0x2000, LdrPeEntryPoint,
     "x.sys: damaged image: entry point 0x2000 is not in the code of an executable section"},
    {OPTIONAL_HEADER + 16, 4, 0x1800, LdrPeEntryPoint,
     "x.sys: damaged image: entry point 0x1800 is not in the code of an executable section"},
    {OPTIONAL_HEADER + 16, 4, 0x80, LdrPeEntryPoint,
     "x.sys: damaged image: entry point 0x80 is not in the code of an executable section"},
    {SECTIONS + 12, 4, 0x1010, LdrPeSectionAddress,
     "x.sys: damaged image: section .text is at 0x1010, the next free address is 0x1000"},
    {SECTIONS + 40 + 12, 4, 0x1000, LdrPeSectionAddress,
     "x.sys: damaged image: section .data is at 0x1000, the next free address is 0x2000"},
    {SECTIONS + 40 + 12, 4, 0x3000, LdrPeSectionAddress,
     "x.sys: damaged image: section .data is at 0x3000, the next free address is 0x2000"},
    {SECTIONS + 40 + 8, 4, 0xFFFFF000, LdrPeSectionRange,
     "x.sys: damaged image: section .data ends at 0x100001000, SizeOfImage is 0x5000"},
    {SECTIONS + 40 + 20, 4, 0x400, LdrPeSectionRawOverlap,
     "x.sys: damaged image: the data of sections .text and .data overlap in the file"},
    {SECTIONS + 40 + 20, 4, 0x610, LdrPeSectionRaw,
     "x.sys: damaged image: section .data has data at 0x610+0x200, the file has 0x800 bytes in "
     "blocks of 0x200"},
    {SECTIONS + 40 + 16, 4, 0x400, LdrPeSectionRaw,
     "x.sys: damaged image: section .data has data at 0x600+0x400, the file has 0x800 bytes in "
     "blocks of 0x200"},
    {SECTIONS + 40 + 20, 4, 0xFFFFFE00, LdrPeSectionRaw,
     "x.sys: damaged image: section .data has data at 0xFFFFFE00+0x200, the file has 0x800 bytes "
     "in blocks of 0x200"},
};

static void
each_damage_has_its_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++)
    {
        struct pe_builder pe;
        build(&pe);
        memcpy(pe.data + damages[i].offset, &damages[i].value, damages[i].size);
        expect(&pe, damages[i].status, damages[i].line);
        pe_end(&pe);
    }
}

static void
a_good_image_is_described(void **state)
{
    (void)state;
    struct pe_builder pe;
    LDR_PE parsed;
    build(&pe);
    assert_int_equal(LdrPeParse(&parsed, pe.data, pe.size, LDR_PE_STRICT_CHECKSUM), LdrPeOk);
    assert_int_equal(parsed.Machine, 0x8664);
    assert_int_equal(parsed.EntryPoint, 0x1000);
    assert_int_equal(parsed.SizeOfImage, 0x5000);
    assert_int_equal(parsed.SectionCount, 2);
    assert_string_equal(parsed.Sections[1].Name, ".data");
    assert_int_equal(parsed.Sections[1].MappedSize, 0x3000);
    assert_int_equal(parsed.Sections[1].RawSize, 0x200);
    assert_int_equal(parsed.CheckSum, parsed.ComputedCheckSum);
    assert_int_equal(parsed.Notes, 0);
    char bytes[6] = "xxxxx";
    assert_true(LdrPeRead(&parsed, 0x2002, bytes, 4));
    assert_memory_equal(bytes, "ta\0\0", 4);
    assert_true(LdrPeRead(&parsed, 0x21FF, bytes, 4));  // across the end of the file's bytes
    assert_false(LdrPeRead(&parsed, 0x1FFE, bytes, 4)); // across two sections
    assert_false(LdrPeRead(&parsed, 0x3FF, bytes, 4));  // out of the headers
    assert_false(LdrPeRead(&parsed, 0x4FFE, bytes, 4));
    assert_false(LdrPeRead(&parsed, 0xFFFFFFFE, bytes, 4));
    pe_end(&pe);
}

static void
every_prefix_is_refused_or_parsed(void **state)
{
    (void)state;
    struct pe_builder pe;
    LDR_PE parsed;
    build(&pe);
    for (size_t size = 0; size < pe.size; size++)
    {
        uint8_t *copy = malloc(size + 1);
        memcpy(copy, pe.data, size);
        assert_int_not_equal(LdrPeParse(&parsed, copy, size, 0), LdrPeOk);
        assert_int_not_equal(parsed.ErrorText[0], 0);
        free(copy);
    }
    pe_end(&pe);
}

static void
sections_may_not_be_empty(void **state)
{
    (void)state;
    struct pe_builder pe;
    build(&pe);
    pe_put32(&pe, SECTIONS + 40 + 8, 0);
    pe_put32(&pe, SECTIONS + 40 + 16, 0);
    expect(&pe, LdrPeSectionEmpty, "x.sys: damaged image: section .data has no size");
    pe_end(&pe);
}

static void
the_checksum_is_compared(void **state)
{
    (void)state;
    struct pe_builder pe;
    LDR_PE parsed;
    build(&pe);
    pe_put32(&pe, OPTIONAL_HEADER + 64, 1);
    assert_int_equal(LdrPeParse(&parsed, pe.data, pe.size, 0), LdrPeOk);
    assert_int_equal(parsed.Notes, 1u << LdrPeNoteCheckSum);
    assert_int_equal(LdrPeParse(&parsed, pe.data, pe.size, LDR_PE_STRICT_CHECKSUM), LdrPeCheckSum);
    pe_put32(&pe, OPTIONAL_HEADER + 64, 0);
    assert_int_equal(LdrPeParse(&parsed, pe.data, pe.size, 0), LdrPeOk);
    assert_int_equal(parsed.Notes, 1u << LdrPeNoteNoCheckSum);
    pe_end(&pe);
}

static void
directories_lie_in_the_image(void **state)
{
    (void)state;
    struct pe_builder pe;
    LDR_PE parsed;
    build(&pe);
    pe_put32(&pe, DIRECTORIES + 8, 0x4FF0);
    pe_put32(&pe, DIRECTORIES + 12, 0x20);
    expect(
        &pe, LdrPeDirectory,
        "x.sys: damaged image: import directory 0x4FF0+0x20 is outside the image of 0x5000 bytes");
    pe_put32(&pe, DIRECTORIES + 8, 0);
    pe_put32(&pe, DIRECTORIES + 4 * 8, 0x7FF);
    pe_put32(&pe, DIRECTORIES + 4 * 8 + 4, 2);
    expect(&pe, LdrPeDirectory,
           "x.sys: damaged image: certificate directory 0x7FF+0x2 is outside the file of 0x800 "
           "bytes");
    pe_put32(&pe, DIRECTORIES + 4 * 8, 0);
    pe_put32(&pe, DIRECTORIES + 14 * 8, 0x2000);
    pe_put32(&pe, DIRECTORIES + 14 * 8 + 4, 72);
    expect(&pe, LdrPeManaged, "x.sys: not a driver image: it is a .NET assembly");
    pe_put32(&pe, DIRECTORIES + 14 * 8, 0);
    pe_put32(&pe, DIRECTORIES + 9 * 8, 0x2000);
    pe_put32(&pe, DIRECTORIES + 9 * 8 + 4, 40);
    pe_checksum(&pe);
    assert_int_equal(LdrPeParse(&parsed, pe.data, pe.size, 0), LdrPeOk);
    assert_int_equal(parsed.Notes, 1u << LdrPeNoteTls);
    pe_put32(&pe, OPTIONAL_HEADER + 108, 17); // Windows takes 16 of them
    pe_checksum(&pe);
    assert_int_equal(LdrPeParse(&parsed, pe.data, pe.size, 0), LdrPeOk);
    assert_int_equal(parsed.Notes, 1u << LdrPeNoteTls | 1u << LdrPeNoteManyDirectories);
    pe_end(&pe);
}

static void
writable_code_is_noted_outside_init(void **state)
{
    (void)state;
    struct pe_builder pe;
    LDR_PE parsed;
    pe_begin(&pe);
    pe.entry = pe_add(&pe, "INIT", code, sizeof code, 0, PE_INIT);
    pe_finish(&pe);
    assert_int_equal(LdrPeParse(&parsed, pe.data, pe.size, 0), LdrPeOk);
    assert_int_equal(parsed.Notes, 0);
    pe_end(&pe);
    pe_begin(&pe);
    pe.entry = pe_add(&pe, ".packed", code, sizeof code, 0, 0xE0000060);
    pe_finish(&pe);
    assert_int_equal(LdrPeParse(&parsed, pe.data, pe.size, 0), LdrPeOk);
    assert_int_equal(parsed.Notes, 1u << LdrPeNoteWritableCode);
    pe_end(&pe);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_damage_has_its_line),
        cmocka_unit_test(a_good_image_is_described),
        cmocka_unit_test(every_prefix_is_refused_or_parsed),
        cmocka_unit_test(sections_may_not_be_empty),
        cmocka_unit_test(the_checksum_is_compared),
        cmocka_unit_test(directories_lie_in_the_image),
        cmocka_unit_test(writable_code_is_noted_outside_init),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
