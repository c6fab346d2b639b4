// SPDX-License-Identifier: MIT
// kernel/ldr: where images go, what is in them after loading, binding between drivers, unloading.
// Reference: NF:wdm.DllInitialize, NF:wdm.DllUnload.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <dirent.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "host/host.h"
#include "ldr/ldr.h"
#include "tests/kit/pe_builder.h"

#define BASE 0x200000000000ull

static char report[4096];
static char calls[512];
static char folder[] = "/tmp/ldr_image_test_XXXXXX";

static __attribute__((ms_abi)) ULONG
forty_two(void)
{
    return 42;
}

static KI_EXPORT forty_two_export = {.Function = (const void *)forty_two,
                                     .Name = "FortyTwo",
                                     .Kind = KiExportLeaf,
                                     .MaxIrql = 15};

static void
append(char *text, size_t size, const char *format, ...)
{
    va_list arguments;
    size_t length = strlen(text);
    va_start(arguments, format);
    vsnprintf(text + length, size - length, format, arguments);
    va_end(arguments);
}

static PKI_EXPORT
find_export(const char *module, const char *name)
{
    return KiIsKernelModule(module) && strcmp(name, "FortyTwo") == 0 ? &forty_two_export : NULL;
}

static void
take_report(void *context, const char *line)
{
    (void)context;
    append(report, sizeof report, "%s\n", line);
}

// Runs the routine and notes whose it was.
static NTSTATUS
call_driver(void *context, PVOID routine, PUNICODE_STRING argument)
{
    LDR_ADDRESS_INFO info;
    (void)context;
    assert_true(LdrQueryAddress((ULONG64)routine, &info));
    append(calls, sizeof calls, "%s!%s(", info.Image->Name, info.Symbol);
    for (unsigned i = 0; argument != NULL && i < argument->Length / sizeof(WCHAR); i++)
    {
        append(calls, sizeof calls, "%c", argument->Buffer[i]);
    }
    append(calls, sizeof calls, ") ");
    return ((NTSTATUS(NTAPI *)(PUNICODE_STRING))routine)(argument);
}

static LDR_CONFIG config = {.Seed = 1,
                            .FindExport = find_export,
                            .Report = take_report,
                            .CallDriver = call_driver};

static int
setup(void **state)
{
    (void)state;
    report[0] = calls[0] = 0;
    LdrInitialize(&config);
    return 0;
}

static PLDR_IMAGE
load(const char *name, struct pe_builder *pe, NTSTATUS status)
{
    LDR_FILE file = {.Data = pe->data, .Size = pe->size};
    PLDR_IMAGE image = NULL;
    snprintf(file.Path, sizeof file.Path, "%s/%s", folder, name);
    NTSTATUS got = LdrLoadImage(name, &file, &image);
    if (got != status)
    {
        fail_msg("%s: %x, not %x: %s", name, (unsigned)got, (unsigned)status, report);
    }
    return image;
}

static const char *
protection(const void *address)
{
    static char text[8];
    char line[512];
    FILE *maps = fopen("/proc/self/maps", "r");
    snprintf(text, sizeof text, "none");
    while (fgets(line, sizeof line, maps) != NULL)
    {
        unsigned long start;
        unsigned long end;
        char flags[8];
        if (sscanf(line, "%lx-%lx %7s", &start, &end, flags) == 3 && (uintptr_t)address >= start &&
            (uintptr_t)address < end)
        {
            memcpy(text, flags, 3);
            text[3] = 0;
        }
    }
    fclose(maps);
    return text;
}

static const uint8_t return_zero[] = {0x31, 0xC0, 0xC3};

// .text that calls an import and returns its value plus 1, with data, INIT and PAGE sections.
static void
build(struct pe_builder *pe, const char *import)
{
    const char *imports[] = {import, NULL};
    uint8_t code[] = {0x48, 0x83, 0xEC, 0x28, 0xFF, 0x15, 0,   0, 0, 0, // call [import]
                      0xFF, 0xC0, 0x48, 0x83, 0xC4, 0x28, 0xC3};
    uint32_t slot;
    pe_begin(pe);
    pe_add_imports(pe, imports, &slot);
    uint32_t displacement = slot - (pe->next + 10);
    memcpy(code + 6, &displacement, 4);
    pe->entry = pe_add(pe, ".text", code, sizeof code, 0, PE_TEXT);
    pe_add(pe, "PAGE", return_zero, sizeof return_zero, 0, PE_PAGE);
    uint64_t pointer = PE_BASE + pe->entry;
    uint32_t data = pe_add(pe, ".data", &pointer, sizeof pointer, 0x3000, PE_DATA);
    pe_add(pe, "INIT", return_zero, sizeof return_zero, 0, PE_INIT);
    pe_relocate(pe, data);
    pe_add_relocations(pe);
    pe_finish(pe);
}

static void
an_image_runs_bound_and_relocated(void **state)
{
    (void)state;
    struct pe_builder pe;
    build(&pe, "ntoskrnl.exe!FortyTwo");
    PLDR_IMAGE image = load("a.sys", &pe, STATUS_SUCCESS);
    assert_int_equal((uint64_t)image->Base, BASE);
    assert_int_equal(((ULONG(NTAPI *)(void))image->EntryPoint)(), 43);
    ULONG64 pointer;
    memcpy(&pointer, image->Base + 0x4000, sizeof pointer);
    assert_int_equal(pointer, (ULONG64)image->EntryPoint);
    assert_int_equal(image->Base[0x6FFF], 0);
    assert_string_equal(protection(image->Base), "r--");
    assert_string_equal(protection(image->Base + 0x1000), "rw-");
    assert_string_equal(protection(image->Base + 0x2000), "r-x");
    assert_string_equal(protection(image->Base + 0x3000), "r-x");
    assert_string_equal(protection(image->Base + 0x4000), "rw-");
    assert_string_equal(protection(image->Base + 0x7000), "r-x"); // asked for rwx
    assert_string_equal(protection(image->Base + 0x8000), "r--");
    assert_int_equal(image->Entry.BaseDllName.Length, 5 * sizeof(WCHAR));
    assert_ptr_equal(image->Entry.DllBase, image->Base);
    LdrUnloadImage(image);
    assert_string_equal(protection((void *)BASE), "none");
    assert_string_equal(report, "");
    pe_end(&pe);
}

static void
addresses_are_deterministic(void **state)
{
    (void)state;
    struct pe_builder pe;
    build(&pe, "hal.dll!FortyTwo");
    PLDR_IMAGE first = load("a.sys", &pe, STATUS_SUCCESS);
    PLDR_IMAGE second = load("b.sys", &pe, STATUS_SUCCESS);
    ULONG64 address = (ULONG64)second->Base;
    assert_int_equal(address % 0x10000, 0);
    assert_true(address - BASE >= first->Size + 0x10000);
    LdrUnloadImage(first);
    PLDR_IMAGE third = load("c.sys", &pe, STATUS_SUCCESS);
    assert_int_equal((ULONG64)third->Base, BASE); // the gap is used again
    assert_ptr_equal(LdrFindImage("B.SYS"), second);
    assert_ptr_equal(LdrImageFromAddress(address + 0x10), second);
    assert_null(LdrImageFromAddress(address + second->ExtendedSize));
    assert_null(LdrImageFromAddress(BASE - 1));
    assert_null(LdrFindImage("a.sys"));
    assert_ptr_equal(LdrLoadedModuleList.Flink, &second->Entry.InLoadOrderLinks);
    LdrUnloadImage(second);
    LdrUnloadImage(third);
    assert_ptr_equal(LdrLoadedModuleList.Flink, &LdrLoadedModuleList);
    pe_end(&pe);
}

static void
init_goes_after_driver_entry(void **state)
{
    (void)state;
    struct pe_builder pe;
    LDR_ADDRESS_INFO info;
    build(&pe, "ntoskrnl.exe!FortyTwo");
    PLDR_IMAGE image = load("a.sys", &pe, STATUS_SUCCESS);
    assert_true(LdrQueryAddress(BASE + 0x7001, &info));
    assert_int_equal(info.Kind, LdrAddressCode);
    LdrDiscardInit(image);
    assert_string_equal(protection(image->Base + 0x7000), "---");
    assert_string_equal(protection(image->Base + 0x8000), "---"); // .reloc
    assert_true(LdrQueryAddress(BASE + 0x7001, &info));
    assert_int_equal(info.Kind, LdrAddressDiscarded);
    assert_string_equal(info.SectionName, "INIT");
    assert_ptr_equal(info.Image, image);
    assert_int_equal(info.Rva, 0x7001);
    assert_true(LdrQueryAddress(BASE + 0x3000, &info));
    assert_int_equal(info.Kind, LdrAddressPagedCode);
    assert_true(LdrQueryAddress(BASE + 0x4000, &info));
    assert_int_equal(info.Kind, LdrAddressData);
    assert_true(LdrQueryAddress(BASE, &info));
    assert_int_equal(info.Kind, LdrAddressHeader);
    assert_false(LdrQueryAddress(BASE - 1, &info));
    assert_false(LdrHandleSectionFault(BASE + 0x7000, TRUE, FALSE, 0));
    LdrUnloadImage(image);
    pe_end(&pe);
}

static void
writable_code_is_one_at_a_time(void **state)
{
    (void)state;
    struct pe_builder pe;
    pe_begin(&pe);
    pe.entry = pe_add(&pe, ".packed", return_zero, sizeof return_zero, 0x2000, 0xE0000060);
    pe_finish(&pe);
    PLDR_IMAGE image = load("packed.sys", &pe, STATUS_SUCCESS);
    assert_string_equal(protection(image->Base + 0x1000), "r-x");
    assert_true(LdrHandleSectionFault(BASE + 0x2010, TRUE, FALSE, BASE + 0x1000));
    assert_string_equal(protection(image->Base + 0x2000), "rw-");
    assert_string_equal(protection(image->Base + 0x1000), "r-x");
    assert_true(LdrHandleSectionFault(BASE + 0x2010, FALSE, TRUE, BASE + 0x2010));
    assert_string_equal(protection(image->Base + 0x2000), "r-x");
    assert_false(LdrHandleSectionFault(BASE + 0x10, TRUE, FALSE, BASE + 0x1000));
    assert_false(LdrHandleSectionFault(BASE + 0x2010, FALSE, FALSE, BASE + 0x1000));
    unsigned rounds = 0;
    while (LdrHandleSectionFault(BASE + 0x1000, rounds % 2 == 0, rounds % 2 == 1, BASE + 0x1000))
    {
        rounds++;
        assert_true(rounds < 100); // an instruction that writes its own page cannot be served
    }
    LdrUnloadImage(image);
    pe_end(&pe);
}

static BOOLEAN
note_paged(PVOID start, SIZE_T size, int flags, PVOID context)
{
    (void)context;
    append(report, sizeof report, "%llx+%lx:%d ", (ULONG64)start - BASE, size, flags);
    return TRUE;
}

static void
paged_sections_are_known(void **state)
{
    (void)state;
    struct pe_builder pe;
    build(&pe, "ntoskrnl.exe!FortyTwo");
    PLDR_IMAGE image = load("a.sys", &pe, STATUS_SUCCESS);
    LdrForEachPagedSection(image, note_paged, NULL);
    assert_string_equal(report, "3000+1000:5 ");
    LdrUnloadImage(image);
    pe_end(&pe);
}

static void
every_missing_import_is_reported(void **state)
{
    (void)state;
    static const char *const imports[] = {"ntoskrnl.exe!FortyTwo", "ntoskrnl.exe!NoSuchThing",
                                          "ntoskrnl.exe!#12", "nowhere.sys!Foo", NULL};
    struct pe_builder pe;
    uint32_t slots[4];
    pe_begin(&pe);
    pe.entry = pe_add(&pe, ".text", return_zero, sizeof return_zero, 0, PE_TEXT);
    pe_add_imports(&pe, imports, slots);
    pe_finish(&pe);
    assert_null(load("a.sys", &pe, STATUS_DRIVER_ENTRYPOINT_NOT_FOUND));
    assert_string_equal(report,
                        "a.sys: missing import ntoskrnl.exe!NoSuchThing\n"
                        "a.sys: missing import ntoskrnl.exe!#12\n"
                        "a.sys: missing import nowhere.sys!Foo (there is no such module)\n");
    assert_null(LdrFindImage("a.sys"));
    assert_string_equal(protection((void *)BASE), "none");
    pe_end(&pe);
}

static void
refusals_are_one_line(void **state)
{
    (void)state;
    struct pe_builder pe;
    build(&pe, "ntoskrnl.exe!FortyTwo");
    pe_put16(&pe, PE_FILE(&pe), 0xAA64);
    load("/some/where/arm.sys", &pe, STATUS_INVALID_IMAGE_FORMAT);
    assert_string_equal(
        report, "arm.sys: not a driver image: machine is ARM64 (0xAA64), OpenWDM runs x64\n");
    pe_put16(&pe, PE_FILE(&pe), 0x8664);
    report[0] = 0;
    PLDR_IMAGE image = load("a.sys", &pe, STATUS_SUCCESS);
    load("A.sys", &pe, STATUS_IMAGE_ALREADY_LOADED);
    assert_string_equal(report, "a.sys: already loaded\n");
    LdrUnloadImage(image);
    pe_end(&pe);
}

// ---- load configuration ----

static void
build_guarded(struct pe_builder *pe)
{
    static struct pe_blob blob;
    pe_begin(pe);
    pe->entry = pe_add(pe, ".text", return_zero, sizeof return_zero, 0, PE_TEXT);
    uint64_t data[4] = {0x2B992DDFA232, 0, 0, 0};
    uint32_t at = pe_add(pe, ".data", data, sizeof data, 0, PE_DATA);
    pe_open(pe, &blob);
    blob.size = 0x94;
    pe_set32(&blob, blob.rva, 0x94);
    pe_set64(&blob, blob.rva + 0x58, PE_BASE + at);
    pe_set64(&blob, blob.rva + 0x70, PE_BASE + at + 8);
    pe_set64(&blob, blob.rva + 0x78, PE_BASE + at + 16);
    uint32_t config_rva = pe_close(pe, &blob, ".rdata", PE_RDATA);
    pe_directory(pe, 10, config_rva, 0x94);
    pe_finish(pe);
}

static uint64_t
dispatch_call(uint64_t target, uint64_t guard)
{
    uint64_t result;
    __asm__ volatile("subq $64, %%rsp\n\tcall *%2\n\taddq $64, %%rsp"
                     : "=a"(result)
                     : "a"(target), "r"(guard)
                     : "rcx", "rdx", "r8", "r9", "r10", "r11", "memory", "cc");
    return result;
}

static void
cookie_and_guard_pointers_are_set(void **state)
{
    (void)state;
    struct pe_builder pe;
    uint64_t data[3];
    uint64_t again;
    build_guarded(&pe);
    PLDR_IMAGE image = load("guard.sys", &pe, STATUS_SUCCESS);
    memcpy(data, image->Base + 0x2000, sizeof data);
    assert_true(data[0] != 0x2B992DDFA232 && data[0] != 0 && data[0] >> 48 == 0);
    assert_true(data[1] != 0 && data[2] != 0);
    assert_int_equal(dispatch_call((uint64_t)forty_two, data[2]), 42);
    dispatch_call((uint64_t)forty_two, data[1]); // returns without calling
    LdrUnloadImage(image);
    image = load("guard.sys", &pe, STATUS_SUCCESS);
    memcpy(&again, image->Base + 0x2000, sizeof again);
    assert_int_equal(again, data[0]);
    LdrUnloadImage(image);
    image = load("other.sys", &pe, STATUS_SUCCESS);
    memcpy(&again, image->Base + 0x2000, sizeof again);
    assert_int_not_equal(again, data[0]);
    LdrUnloadImage(image);
    pe_end(&pe);
}

// ---- drivers that import from drivers ----

static void
save(struct pe_builder *pe, const char *name)
{
    char path[300];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    fwrite(pe->data, 1, pe->size, file);
    fclose(file);
    pe_end(pe);
}

// helper.sys: DllInitialize returns Status, DllUnload, Get returns 7, Kernel is forwarded to the
// kernel, Loop to itself.
static void
save_helper(ULONG status)
{
    static const char *const names[] = {"DllInitialize", "DllUnload", "Get", "Kernel", "Loop"};
    static const char *const forwarders[] = {NULL, NULL, NULL, "ntoskrnl.FortyTwo", "helper.Loop"};
    uint8_t code[] = {0xB8, 0, 0, 0, 0, 0xC3, 0x31, 0xC0, 0xC3, 0xB8, 7, 0, 0, 0, 0xC3};
    struct pe_builder pe;
    memcpy(code + 1, &status, 4);
    pe_begin(&pe);
    pe_add(&pe, ".text", code, sizeof code, 0, PE_TEXT);
    uint32_t targets[] = {0x1000, 0x1006, 0x1009, 0, 0};
    pe_add_exports(&pe, 5, names, targets, forwarders);
    pe_finish(&pe);
    save(&pe, "helper.sys");
}

static void
export_drivers_come_and_go(void **state)
{
    (void)state;
    struct pe_builder pe;
    save_helper(0);
    build(&pe, "HELPER.SYS!Get");
    PLDR_IMAGE first = load("first.sys", &pe, STATUS_SUCCESS);
    assert_int_equal(((ULONG(NTAPI *)(void))first->EntryPoint)(), 8);
    PLDR_IMAGE second = load("second.sys", &pe, STATUS_SUCCESS);
    PLDR_IMAGE helper = LdrFindImage("helper.sys");
    assert_int_equal(helper->References, 2);
    assert_true(helper->IsDependency);
    assert_ptr_equal(LdrFindExport(helper, "Get"), helper->Base + 0x1009);
    assert_ptr_equal(LdrFindExport(helper, "Kernel"), (void *)forty_two);
    assert_null(LdrFindExport(helper, "Loop"));
    LdrUnloadImage(first);
    assert_string_equal(calls,
                        "HELPER.SYS!DllInitialize("
                        "\\Registry\\Machine\\System\\CurrentControlSet\\Services\\HELPER) ");
    calls[0] = 0;
    LdrUnloadImage(second);
    assert_string_equal(calls, "HELPER.SYS!DllUnload() ");
    assert_null(LdrFindImage("helper.sys"));
    assert_string_equal(report, "");
    pe_end(&pe);
}

static void
forwarders_and_ordinals_bind(void **state)
{
    (void)state;
    struct pe_builder pe;
    save_helper(0);
    build(&pe, "helper.sys!Kernel");
    PLDR_IMAGE image = load("a.sys", &pe, STATUS_SUCCESS);
    assert_int_equal(((ULONG(NTAPI *)(void))image->EntryPoint)(), 43);
    LdrUnloadImage(image);
    pe_end(&pe);
    build(&pe, "helper.sys!#7");
    image = load("a.sys", &pe, STATUS_SUCCESS);
    assert_int_equal(((ULONG(NTAPI *)(void))image->EntryPoint)(), 8);
    LdrUnloadImage(image);
    pe_end(&pe);
    build(&pe, "helper.sys!Loop");
    load("a.sys", &pe, STATUS_DRIVER_ENTRYPOINT_NOT_FOUND);
    assert_string_equal(report, "a.sys: missing import helper.sys!Loop\n");
    assert_null(LdrFindImage("helper.sys"));
    pe_end(&pe);
    build(&pe, "helper.sys!#99");
    load("a.sys", &pe, STATUS_DRIVER_ORDINAL_NOT_FOUND);
    pe_end(&pe);
}

static void
a_failing_dll_initialize_fails_the_importer(void **state)
{
    (void)state;
    struct pe_builder pe;
    save_helper(0xC0000001);
    build(&pe, "helper.sys!Get");
    load("a.sys", &pe, STATUS_UNSUCCESSFUL);
    assert_string_equal(report,
                        "helper.sys: DllInitialize failed with 0xC0000001\n"
                        "a.sys: missing import helper.sys!Get (that module cannot be loaded)\n");
    assert_null(LdrFindImage("helper.sys"));
    pe_end(&pe);
}

static void
drivers_may_import_from_each_other(void **state)
{
    (void)state;
    static const char *const names[] = {"One", "Two"};
    static const uint32_t targets[] = {0x2000, 0x2000};
    const char *imports[2][2] = {{"right.sys!One", NULL}, {"left.sys!One", NULL}};
    for (unsigned i = 0; i < 2; i++)
    {
        struct pe_builder pe;
        uint32_t slot;
        pe_begin(&pe);
        pe_add_imports(&pe, imports[i], &slot);
        pe.entry = pe_add(&pe, ".text", return_zero, sizeof return_zero, 0, PE_TEXT);
        pe_add_exports(&pe, 2, names, targets, names);
        pe_finish(&pe);
        save(&pe, i == 0 ? "left.sys" : "right.sys");
    }
    PLDR_IMAGE left;
    char path[300];
    snprintf(path, sizeof path, "%s/left.sys", folder);
    assert_int_equal(LdrLoadImageFile(path, &left), STATUS_SUCCESS);
    assert_non_null(LdrFindImage("right.sys"));
    LdrUnloadImage(left);
    assert_null(LdrFindImage("right.sys"));
    assert_null(LdrFindImage("left.sys"));
    assert_string_equal(report, "");
}

static uint8_t any_memory[0x1000];
static KI_EXPORT any_export = {.Function = any_memory, .Name = "any", .Kind = KiExportData};

static PKI_EXPORT
find_any(const char *module, const char *name)
{
    (void)module;
    (void)name;
    return &any_export;
}

static void
load_and_unload(const char *path)
{
    static LDR_INFO info;
    LDR_FILE file = {0};
    PLDR_IMAGE image;
    void *data;
    size_t size;
    if (host_file_read(path, &data, &size) != 0)
    {
        fail_msg("%s cannot be read", path);
    }
    file.Data = data;
    file.Size = size;
    LDR_PE_STATUS status = LdrQueryInfo(data, size, &info, NULL, NULL);
    report[0] = 0;
    if (NT_SUCCESS(LdrLoadImage("seed.sys", &file, &image)))
    {
        assert_int_equal(status, LdrPeOk);
        LdrDiscardInit(image);
        LdrUnloadImage(image);
    }
    else
    {
        assert_string_not_equal(report, ""); // every refusal has its line
    }
    assert_null(LdrFindImage("seed.sys"));
    host_file_free(data, size);
}

static void
every_seed_loads_or_is_refused(void **state)
{
    LDR_CONFIG patching = {.SharedDataMapping = any_memory,
                           .WriteCr8Stub = any_memory,
                           .TranslatesFaults = TRUE,
                           .FindExport = find_any,
                           .Report = take_report};
    const char *source = getenv("WDM_SOURCE");
    char path[600];
    (void)state;
    LdrInitialize(&patching);
    snprintf(path, sizeof path, "%s/fuzz/seeds/pe", source != NULL ? source : ".");
    DIR *seeds = opendir(path);
    if (seeds == NULL)
    {
        skip();
    }
    for (struct dirent *entry = readdir(seeds); entry != NULL; entry = readdir(seeds))
    {
        if (entry->d_name[0] != '.')
        {
            snprintf(path, sizeof path, "%s/fuzz/seeds/pe/%s", source != NULL ? source : ".",
                     entry->d_name);
            load_and_unload(path);
        }
    }
    closedir(seeds);
}

static int
make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL;
}

static int
remove_folder(void **state)
{
    static const char *const files[] = {"helper.sys", "left.sys", "right.sys"};
    char path[300];
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
    {
        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        unlink(path);
    }
    return rmdir(folder);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(an_image_runs_bound_and_relocated, setup),
        cmocka_unit_test_setup(addresses_are_deterministic, setup),
        cmocka_unit_test_setup(init_goes_after_driver_entry, setup),
        cmocka_unit_test_setup(writable_code_is_one_at_a_time, setup),
        cmocka_unit_test_setup(paged_sections_are_known, setup),
        cmocka_unit_test_setup(every_missing_import_is_reported, setup),
        cmocka_unit_test_setup(refusals_are_one_line, setup),
        cmocka_unit_test_setup(cookie_and_guard_pointers_are_set, setup),
        cmocka_unit_test_setup(export_drivers_come_and_go, setup),
        cmocka_unit_test_setup(forwarders_and_ordinals_bind, setup),
        cmocka_unit_test_setup(a_failing_dll_initialize_fails_the_importer, setup),
        cmocka_unit_test_setup(drivers_may_import_from_each_other, setup),
        cmocka_unit_test_setup(every_seed_loads_or_is_refused, setup),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
