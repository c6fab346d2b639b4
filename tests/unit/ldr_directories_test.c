// SPDX-License-Identifier: MIT
// kernel/ldr: imports, exports, relocations, exception directory, load configuration, debug
// directory of a file, each with what may be wrong about it. Version and signature: see also
// fuzz/seeds/pe.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "ldr/pe.h"
#include "tests/kit/pe_builder.h"

static const uint8_t code[32] = {0x31, 0xC0, 0xC3};
static LDR_PE parsed;

static void
begin(struct pe_builder *pe)
{
    pe_begin(pe);
    pe->entry = pe_add(pe, ".text", code, sizeof code, 0, PE_TEXT);
}

static void
expect_error(struct pe_builder *pe, LDR_PE_STATUS status, const char *text)
{
    LDR_PE_STATUS got = LdrPeParse(&parsed, pe->data, pe->size, 0);
    if (got != status || strstr(parsed.ErrorText, text) == NULL)
    {
        fail_msg("status %d, not %d; got: %s; want: %s", got, status, parsed.ErrorText, text);
    }
}

static void
expect_ok(struct pe_builder *pe, uint32_t notes)
{
    pe_checksum(pe);
    if (LdrPeParse(&parsed, pe->data, pe->size, 0) != LdrPeOk)
    {
        fail_msg("%s", parsed.ErrorText);
    }
    assert_int_equal(parsed.Notes, notes);
}

// ---- imports ----

static bool
list_import(void *context, const LDR_PE_IMPORT *import)
{
    char *text = context;
    snprintf(text + strlen(text), 200 - strlen(text), "%s!%s#%u ", import->Module,
             import->Name != NULL ? import->Name : "", import->Ordinal);
    return true;
}

static void
imports_are_listed(void **state)
{
    (void)state;
    static const char *const imports[] = {"ntoskrnl.exe!DbgPrint", "ntoskrnl.exe!#77",
                                          "HAL.dll!HalMakeBeep", NULL};
    struct pe_builder pe;
    uint32_t slots[3];
    char text[200] = "";
    begin(&pe);
    pe_add_imports(&pe, imports, slots);
    pe_finish(&pe);
    expect_ok(&pe, 0);
    assert_int_equal(parsed.ImportCount, 3);
    assert_int_equal(parsed.ImportModuleCount, 2);
    assert_true(LdrPeForEachImport(&parsed, list_import, text));
    assert_string_equal(text, "ntoskrnl.exe!DbgPrint#0 ntoskrnl.exe!#77 HAL.dll!HalMakeBeep#0 ");
    uint32_t directory = pe_offset(&pe, parsed.Directories[1].Address);
    // Without a name table the address table has the names.
    pe_put32(&pe, directory, 0);
    expect_ok(&pe, 0);
    assert_int_equal(parsed.ImportCount, 3);
    pe_put32(&pe, directory + 12, 0x9000000);
    expect_error(&pe, LdrPeImports, "an import has no module name at 0x9000000");
    pe_end(&pe);
}

static void
damaged_imports_are_refused(void **state)
{
    (void)state;
    static const char *const imports[] = {"ntoskrnl.exe!DbgPrint", NULL};
    static const char *const user[] = {"NTDLL.DLL!NtClose", NULL};
    struct pe_builder pe;
    uint32_t slots[1];
    begin(&pe);
    pe_add_imports(&pe, imports, slots);
    pe_finish(&pe);
    expect_ok(&pe, 0);
    uint32_t directory = pe_offset(&pe, parsed.Directories[1].Address);
    uint32_t names = 0;
    memcpy(&names, pe.data + directory, 4);
    pe_put64(&pe, pe_offset(&pe, names), 0x7FFFFFFFFF);
    expect_error(&pe, LdrPeImports, "an import of ntoskrnl.exe has no readable name");
    pe_put64(&pe, pe_offset(&pe, names), 0x8000000000010001);
    expect_error(&pe, LdrPeImports, "a name table entry of ntoskrnl.exe is invalid");
    pe_put64(&pe, pe_offset(&pe, names), 0x8000000000000001);
    expect_ok(&pe, 0);
    pe_put32(&pe, directory + 16, 0x10);
    expect_error(&pe, LdrPeImports, "the import table of ntoskrnl.exe has a slot at 0x10");
    pe_put32(&pe, directory, 0x2FFC);
    expect_error(&pe, LdrPeImports, "the name table of ntoskrnl.exe leaves its section");
    pe_end(&pe);
    begin(&pe);
    pe_add_imports(&pe, user, slots);
    pe_finish(&pe);
    expect_error(&pe, LdrPeUserImports, "it imports from NTDLL.DLL, a user-mode program");
    pe_end(&pe);
}

// ---- exports ----

static void
exports_are_found(void **state)
{
    (void)state;
    static const char *const names[] = {"Alpha", "Beta", "Gamma"};
    static const char *const forwarders[] = {NULL, "other.Delta", NULL};
    static const uint32_t targets[] = {0x1000, 0, 0x1002};
    struct pe_builder pe;
    LDR_PE_EXPORT export;
    char name[32];
    uint32_t rva;
    begin(&pe);
    pe_add_exports(&pe, 3, names, targets, forwarders);
    pe_finish(&pe);
    expect_ok(&pe, 0);
    assert_true(parsed.Exports.Sorted);
    assert_string_equal(parsed.Exports.ModuleName, "test.sys");
    assert_true(LdrPeFindExportByName(&parsed, "Gamma", &export));
    assert_int_equal(export.Rva, 0x1002);
    assert_int_equal(export.Ordinal, 7);
    assert_true(LdrPeFindExportByName(&parsed, "Beta", &export));
    assert_string_equal(export.Forwarder, "other.Delta");
    assert_false(LdrPeFindExportByName(&parsed, "Bet", &export));
    assert_false(LdrPeFindExportByName(&parsed, "Zeta", &export));
    assert_true(LdrPeFindExportByOrdinal(&parsed, 5, &export));
    assert_int_equal(export.Rva, 0x1000);
    assert_false(LdrPeFindExportByOrdinal(&parsed, 8, &export));
    assert_false(LdrPeFindExportByOrdinal(&parsed, 4, &export));
    assert_true(LdrPeNearestExport(&parsed, 0x1001, name, sizeof name, &rva));
    assert_string_equal(name, "Alpha");
    assert_int_equal(rva, 0x1000);
    pe_end(&pe);
}

static void
damaged_exports_are_refused(void **state)
{
    (void)state;
    static const char *const names[] = {"Beta", "Alpha"};
    static const char *const forwarders[] = {NULL, "nodot"};
    static const uint32_t targets[] = {0x1000, 0};
    static const uint32_t plain[] = {0x1000, 0x1002};
    struct pe_builder pe;
    LDR_PE_EXPORT export;
    begin(&pe);
    pe_add_exports(&pe, 2, names, targets, forwarders);
    pe_finish(&pe);
    expect_error(&pe, LdrPeExports, "forwarder nodot names no module");
    pe_end(&pe);
    begin(&pe);
    pe_add_exports(&pe, 2, names, plain, forwarders);
    pe_finish(&pe);
    expect_ok(&pe, 1u << LdrPeNoteExportsUnsorted);
    assert_true(LdrPeFindExportByName(&parsed, "Alpha", &export));
    uint32_t directory = pe_offset(&pe, parsed.Directories[0].Address);
    uint32_t ordinals = pe_offset(&pe, parsed.Exports.Ordinals);
    uint32_t functions = pe_offset(&pe, parsed.Exports.Functions);
    pe_put16(&pe, ordinals, 2);
    expect_error(&pe, LdrPeExports, "export name 0 is damaged");
    pe_put32(&pe, functions + 4, 0x7000000);
    expect_error(&pe, LdrPeExports, "export 6 leads to 0x7000000");
    pe_put32(&pe, directory + 20, 0xFFFFFFFF);
    expect_error(&pe, LdrPeExports, "the export directory claims 4294967295 functions");
    pe_end(&pe);
}

// ---- relocations ----

static bool
sum_sites(void *context, uint32_t rva)
{
    *(uint32_t *)context += rva;
    return true;
}

static void
relocations_are_walked(void **state)
{
    (void)state;
    struct pe_builder pe;
    uint32_t sum = 0;
    begin(&pe);
    uint32_t data = pe_add(&pe, ".data", "", 1, 64, PE_DATA);
    pe_relocate(&pe, data + 8);
    pe_relocate(&pe, data + 24);
    pe_add_relocations(&pe);
    pe_finish(&pe);
    expect_ok(&pe, 0);
    assert_int_equal(parsed.RelocationCount, 2);
    assert_true(LdrPeForEachRelocation(&parsed, sum_sites, &sum));
    assert_int_equal(sum, 2 * data + 32);
    uint32_t block = pe_offset(&pe, parsed.Directories[5].Address);
    pe_put16(&pe, block + 8, 0x3008);
    expect_error(&pe, LdrPeRelocations, "relocation of type 3 at 0x2008, x64 has only DIR64");
    pe_put16(&pe, block + 8, 0xAFFC);
    expect_error(&pe, LdrPeRelocations, "relocation of type 10 at 0x2FFC is outside");
    pe_put32(&pe, block + 4, 0x1000);
    expect_error(&pe, LdrPeRelocations, "the relocation block at 0x3000 is damaged");
    pe_put32(&pe, block + 4, 4);
    expect_error(&pe, LdrPeRelocations, "the relocation block at 0x3000 is damaged");
    pe_end(&pe);
}

// ---- exceptions ----

static uint32_t
add_unwind(struct pe_builder *pe, const void *info, uint32_t size)
{
    static struct pe_blob blob;
    pe_open(pe, &blob);
    pe_push(&blob, info, size);
    blob.size = pe_align(blob.size, 4);
    uint32_t table = blob.rva + blob.size;
    for (unsigned i = 0; i < 2; i++)
    {
        pe_push32(&blob, 0x1000 + i * 16);
        pe_push32(&blob, 0x1008 + i * 16);
        pe_push32(&blob, blob.rva);
    }
    pe_push(&blob, "\0\0\0\0\0\0\0\0\0\0\0", 12); // padding that some linkers count
    pe_close(pe, &blob, ".pdata", PE_RDATA);
    pe_directory(pe, 3, table, 36);
    return table;
}

static void
the_exception_directory_is_checked(void **state)
{
    (void)state;
    struct pe_builder pe;
    LDR_PE_FUNCTION function;
    begin(&pe);
    uint32_t table = add_unwind(&pe, "\x01\x04\x01\x00\x04\x42\x00\x00", 8);
    pe_finish(&pe);
    expect_ok(&pe, 0);
    assert_int_equal(parsed.FunctionCount, 2);
    assert_true(LdrPeFunctionAt(&parsed, 1, &function));
    assert_int_equal(function.Begin, 0x1010);
    assert_false(LdrPeFunctionAt(&parsed, 2, &function));
    uint32_t row = pe_offset(&pe, table);
    pe_put32(&pe, row + 12, 0x1004);
    expect_error(&pe, LdrPeExceptions, "the exception directory is not sorted at entry 1 (0x1004)");
    pe_put32(&pe, row + 4, 0x1000);
    expect_error(&pe, LdrPeExceptions, "exception directory entry 0 is damaged");
    pe_put32(&pe, row + 4, 0x7000000);
    expect_error(&pe, LdrPeExceptions, "exception directory entry 0 is damaged");
    pe_put32(&pe, row + 4, 0x1004);
    pe_put32(&pe, row + 8, 0x2002);
    expect_error(&pe, LdrPeUnwindInfo, "unwind information 0x2002 of the function at 0x1000");
    pe_end(&pe);
}

static void
unwind_information_is_checked(void **state)
{
    (void)state;
    static const struct
    {
        const char *info;
        uint32_t size;
        LDR_PE_STATUS status;
    } cases[] = {
        {"\x01\x04\x02\x00\x04\x01\x10\x00", 8, LdrPeOk},         // large allocation
        {"\x02\x04\x02\x00\x04\x06\x04\x42", 8, LdrPeOk},         // version 2 has epilogue codes
        {"\x01\x04\x01\x00\x04\x06\x00\x00", 8, LdrPeUnwindInfo}, // version 1 has not
        {"\x01\x04\x01\x00\x04\x01\x00\x00", 8, LdrPeUnwindInfo}, // the operand is missing
        {"\x01\x04\x01\x00\x04\x0B\x00\x00", 8, LdrPeUnwindInfo}, // no such operation
        {"\x00\x04\x00\x00", 4, LdrPeUnwindInfo},                 // version 0
        {"\x09\x00\x00\x00\x00\x10\x00\x00", 8, LdrPeOk},         // handler in code
        {"\x09\x00\x00\x00\x00\x20\x00\x00", 8, LdrPeUnwindInfo}, // handler in data
        {"\x21\x00\x00\x00\x00\x10\x00\x00\x08\x10\x00\x00\x04\x20\x00\x00", 16, LdrPeOk},
        {"\x21\x00\x00\x00\x00\x10\x00\x00\x08\x10\x00\x00\x00\x20\x00\x00", 16, LdrPeUnwindInfo},
        {"\x29\x00\x00\x00\x00\x10\x00\x00\x08\x10\x00\x00\x04\x20\x00\x00", 16, LdrPeUnwindInfo},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    {
        struct pe_builder pe;
        begin(&pe);
        add_unwind(&pe, cases[i].info, cases[i].size);
        pe_finish(&pe);
        LDR_PE_STATUS status = LdrPeParse(&parsed, pe.data, pe.size, 0);
        if (status != cases[i].status)
        {
            fail_msg("case %zu: %d %s", i, status, parsed.ErrorText);
        }
        pe_end(&pe);
    }
}

// ---- load configuration, debug directory ----

static void
the_load_configuration_is_read(void **state)
{
    (void)state;
    struct pe_builder pe;
    static struct pe_blob blob;
    begin(&pe);
    uint32_t data = pe_add(&pe, ".data", "", 1, 64, PE_DATA);
    pe_open(&pe, &blob);
    blob.size = 0x94;
    pe_set32(&blob, blob.rva, 0x94);
    pe_set64(&blob, blob.rva + 0x58, PE_BASE + data);
    pe_set64(&blob, blob.rva + 0x70, PE_BASE + data + 8);
    pe_set64(&blob, blob.rva + 0x78, PE_BASE + data + 16);
    pe_set32(&blob, blob.rva + 0x90, 0x500);
    uint32_t config = pe_close(&pe, &blob, ".rdata", PE_RDATA);
    pe_directory(&pe, 10, config, 0x40); // linkers lie about the size of this directory
    pe_finish(&pe);
    expect_ok(&pe, 0);
    assert_int_equal(parsed.LoadConfig.SecurityCookie, data);
    assert_int_equal(parsed.LoadConfig.GuardCheckPointer, data + 8);
    assert_int_equal(parsed.LoadConfig.GuardDispatchPointer, data + 16);
    assert_int_equal(parsed.LoadConfig.GuardFlags, 0x500);
    uint32_t at = pe_offset(&pe, config);
    pe_put32(&pe, at, 0x70); // as linkers before Control Flow Guard wrote it
    expect_ok(&pe, 0);
    assert_int_equal(parsed.LoadConfig.SecurityCookie, data);
    assert_int_equal(parsed.LoadConfig.GuardCheckPointer, 0);
    pe_put64(&pe, at + 0x58, PE_BASE + 0x2FFC);
    expect_error(&pe, LdrPeLoadConfig, "the load configuration field at 0x58 holds 0x140002FFC");
    pe_put32(&pe, at, 0x2000);
    expect_error(&pe, LdrPeLoadConfig, "the load configuration at 0x3000 is cut");
    pe_end(&pe);
}

static void
the_debug_record_is_read(void **state)
{
    (void)state;
    struct pe_builder pe;
    static struct pe_blob blob;
    begin(&pe);
    pe_open(&pe, &blob);
    for (unsigned i = 0; i < 7; i++)
    {
        pe_push32(&blob, i == 3 ? 2 : 0);
    }
    pe_set32(&blob, blob.rva + 20, pe_push(&blob, "RSDS0123456789ABCDEF\x03\0\0\0c:\\x.pdb", 33));
    pe_set32(&blob, blob.rva + 16, 33);
    uint32_t debug = pe_close(&pe, &blob, ".rdata", PE_RDATA);
    pe_directory(&pe, 6, debug, 28);
    pe_finish(&pe);
    expect_ok(&pe, 0);
    assert_true(parsed.Debug.HasPdb);
    assert_memory_equal(parsed.Debug.PdbGuid, "0123456789ABCDEF", 16);
    assert_int_equal(parsed.Debug.PdbAge, 3);
    assert_string_equal(parsed.Debug.PdbPath, "c:\\x.pdb");
    pe_put32(&pe, pe_offset(&pe, debug) + 20, 0x7000000);
    expect_ok(&pe, 1u << LdrPeNoteBadDebug); // no reason to refuse a driver
    pe_end(&pe);
}

static void *
read_seed(const char *name, size_t *size)
{
    char path[400];
    const char *source = getenv("WDM_SOURCE");
    snprintf(path, sizeof path, "%s/fuzz/seeds/pe/%s", source != NULL ? source : ".", name);
    FILE *file = fopen(path, "rb");
    if (file == NULL)
    {
        return NULL;
    }
    void *data = malloc(65536);
    *size = fread(data, 1, 65536, file);
    fclose(file);
    return data;
}

static void
version_and_signer_are_read(void **state)
{
    (void)state;
    size_t size = 0;
    void *data = read_seed("full.bin", &size);
    if (data == NULL)
    {
        skip();
    }
    assert_int_equal(LdrPeParse(&parsed, data, size, LDR_PE_STRICT_CHECKSUM), LdrPeOk);
    assert_true(parsed.Version.IsPresent);
    assert_int_equal(parsed.Version.File[3], 4);
    assert_string_equal(parsed.Version.FileVersion, "1.2.3.4");
    assert_string_equal(parsed.Version.CompanyName, "Seed Company");
    assert_string_equal(parsed.Version.OriginalFilename, "seed.sys");
    assert_string_equal(parsed.Version.LegalCopyright, "\xC2\xA9 nobody");
    assert_true(parsed.Signature.IsPresent);
    assert_string_equal(parsed.Signature.Signer, "Seed Signer");
    assert_string_equal(parsed.Signature.Issuer, "Seed CA");
    assert_true(parsed.Debug.HasPogo && parsed.Debug.IsReproducible);
    assert_int_equal(parsed.Notes, 0);
    free(data);
    data = read_seed("delay-imports.bin", &size);
    assert_int_equal(LdrPeParse(&parsed, data, size, 0), LdrPeOk);
    assert_int_equal(parsed.DelayImportCount, 1);
    assert_int_equal(parsed.Notes, 1u << LdrPeNoteDelayImports);
    free(data);
}

static void
damage_that_windows_ignores_is_noted(void **state)
{
    (void)state;
    size_t size = 0;
    uint8_t *data = read_seed("full.bin", &size);
    if (data == NULL)
    {
        skip();
    }
    assert_int_equal(LdrPeParse(&parsed, data, size, 0), LdrPeOk);
    uint32_t certificate = parsed.Directories[LDR_PE_DIR_SECURITY].Address;
    uint32_t resources = 0;
    for (uint32_t i = 0; i < parsed.SectionCount; i++)
    {
        if (parsed.Sections[i].Address == parsed.Directories[LDR_PE_DIR_RESOURCE].Address)
        {
            resources = parsed.Sections[i].RawOffset;
        }
    }
    // Every byte of the certificate and of the resources may be wrong.
    for (size_t at = resources; at < size; at += at == resources + 511 ? certificate - at : 1)
    {
        data[at] ^= 0xFF;
        assert_int_equal(LdrPeParse(&parsed, data, size, 0), LdrPeOk);
        data[at] ^= 0xFF;
    }
    data[certificate + 8] ^= 0xFF;
    data[resources + 23] ^= 0xFF; // no directory any more
    assert_int_equal(LdrPeParse(&parsed, data, size, 0), LdrPeOk);
    assert_true((parsed.Notes & 1u << LdrPeNoteBadCertificate) != 0);
    assert_true((parsed.Notes & 1u << LdrPeNoteBadResources) != 0);
    free(data);
}

static void
bound_imports_are_looked_at(void **state)
{
    (void)state;
    struct pe_builder pe;
    begin(&pe);
    pe_directory(&pe, LDR_PE_DIR_BOUND_IMPORT, 0x300, 0x40);
    pe_finish(&pe);
    pe_put32(&pe, 0x300, 0x5F000000);
    pe_put16(&pe, 0x304, 0x10);
    memcpy(pe.data + 0x310, "ntoskrnl.exe", 13);
    expect_ok(&pe, 0);
    pe_put16(&pe, 0x304, 0x1000);
    expect_ok(&pe, 1u << LdrPeNoteBadBoundImports);
    pe_end(&pe);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(imports_are_listed),
        cmocka_unit_test(damaged_imports_are_refused),
        cmocka_unit_test(exports_are_found),
        cmocka_unit_test(damaged_exports_are_refused),
        cmocka_unit_test(relocations_are_walked),
        cmocka_unit_test(the_exception_directory_is_checked),
        cmocka_unit_test(unwind_information_is_checked),
        cmocka_unit_test(the_load_configuration_is_read),
        cmocka_unit_test(the_debug_record_is_read),
        cmocka_unit_test(version_and_signer_are_read),
        cmocka_unit_test(damage_that_windows_ignores_is_noted),
        cmocka_unit_test(bound_imports_are_looked_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
