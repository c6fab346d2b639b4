// SPDX-License-Identifier: MIT
// libFuzzer harness of the PE parser and of the loader (kernel/ldr). Nothing of the input is
// executed: it is parsed, every walk over it is made, and what is accepted is mapped, bound,
// patched and unmapped. Seeds: fuzz/seeds/pe (tools/make-pe-seeds.py). Run it with `make fuzz` or
// tools/run-fuzz pe_fuzz.

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ldr/ldr.h"

int LLVMFuzzerTestOneInput(const uint8_t *Data, size_t Size);

static volatile uint32_t sink;

static bool
TakeImport(void *Context, const LDR_PE_IMPORT *Import)
{
    LDR_PE_EXPORT export;
    const LDR_PE *pe = Context;
    // The image's own exports serve as the module that it imports from.
    if (Import->Name != NULL ? LdrPeFindExportByName(pe, Import->Name, &export)
                             : LdrPeFindExportByOrdinal(pe, Import->Ordinal, &export))
    {
        sink += export.Rva + (uint32_t)strlen(export.Forwarder);
    }
    sink += Import->SlotRva + (uint32_t)strlen(Import->Module);
    return true;
}

static bool
TakeExport(void *Context, const char *Name, uint32_t Rva)
{
    sink += (uint32_t)strlen(Name) + Rva;
    // Quadratic by nature, so only a few times per image.
    uint32_t *budget = Context;
    return (*budget)-- != 0;
}

static bool
TakeRelocation(void *Context, uint32_t Rva)
{
    const LDR_PE *pe = Context;
    uint64_t value;
    if (!LdrPeRead(pe, Rva, &value, sizeof value))
    {
        abort(); // a validated relocation must be readable
    }
    sink += (uint32_t)value;
    return true;
}

static void
WalkImage(const LDR_PE *Pe)
{
    char name[64];
    uint32_t rva = 0;
    uint32_t budget = 1000;
    if (!LdrPeForEachImport(Pe, TakeImport, (void *)Pe) ||
        !LdrPeForEachRelocation(Pe, TakeRelocation, (void *)Pe))
    {
        abort(); // what was validated can be walked
    }
    LdrPeForEachExport(Pe, TakeExport, &budget);
    LdrPeNearestExport(Pe, Pe->EntryPoint, name, sizeof name, &rva);
    for (uint32_t index = 0; index < Pe->FunctionCount; index++)
    {
        LDR_PE_FUNCTION function;
        if (!LdrPeFunctionAt(Pe, index, &function) || function.Begin >= function.End)
        {
            abort();
        }
        sink += function.End + rva;
    }
}

// Every import of a kernel module exists, so that most images bind.
static PKI_EXPORT
FindExport(const char *Module, const char *Name)
{
    static uint32_t variable;
    static KI_EXPORT export = {.Function = &variable, .Name = "x", .Kind = KiExportData};
    sink += (uint32_t)(strlen(Module) + strlen(Name));
    return &export;
}

static void
Report(void *Context, const char *Line)
{
    (void)Context;
    sink += (uint32_t)strlen(Line);
}

static void
QueryAddresses(PLDR_IMAGE Image)
{
    LDR_ADDRESS_INFO info;
    for (ULONG offset = 0; offset < Image->ExtendedSize; offset += Image->ExtendedSize / 64 + 1)
    {
        ULONG64 address = (ULONG64)Image->Base + offset;
        if (!LdrQueryAddress(address, &info) || info.Image != Image)
        {
            abort();
        }
        ULONG64 original = LdrUnpatchAddress(address);
        if (LdrImageFromAddress(original) != Image ||
            LdrImageFromAddress(LdrRepatchAddress(original)) != Image)
        {
            abort();
        }
    }
}

// Loads the image as a driver, up to but without its entry point, and takes it away again.
static void
LoadImage(const uint8_t *Data, size_t Size, uint32_t Variant)
{
    static uint8_t sharedData[4096];
    LDR_CONFIG config = {.Seed = Variant,
                         .SharedDataMapping = (Variant & 1) != 0 ? sharedData : NULL,
                         .WriteCr8Stub = (Variant & 2) != 0 ? sharedData : NULL,
                         .TranslatesFaults = (Variant & 4) != 0,
                         .FindExport = FindExport,
                         .Report = Report};
    LDR_FILE file = {.Data = Data, .Size = Size};
    PLDR_IMAGE image = NULL;
    LdrInitialize(&config);
    if (!NT_SUCCESS(LdrLoadImage("fuzz.sys", &file, &image)))
    {
        if (LdrFindImage("fuzz.sys") != NULL)
        {
            abort(); // a failed load leaves nothing behind
        }
        return;
    }
    QueryAddresses(image);
    LdrDiscardInit(image);
    QueryAddresses(image);
    sink += LdrFindExport(image, "DllInitialize") != NULL;
    LdrUnloadImage(image);
}

int
LLVMFuzzerTestOneInput(const uint8_t *Data, size_t Size)
{
    static LDR_INFO info;
    char line[400];
    // A copy of the exact size lets AddressSanitizer see the first byte too many.
    uint8_t *copy = malloc(Size != 0 ? Size : 1);
    memcpy(copy, Data, Size);
    LDR_PE_STATUS status = LdrQueryInfo(copy, Size, &info, NULL, NULL);
    LdrPeFormatError(&info.Pe, "fuzz.sys", line, sizeof line);
    sink += (uint32_t)strlen(line);
    if (status == LdrPeOk)
    {
        WalkImage(&info.Pe);
        LoadImage(copy, Size, info.Pe.TimeDateStamp);
    }
    else if (info.Pe.ErrorText[0] == 0)
    {
        abort(); // every refusal has its line
    }
    free(copy);
    return 0;
}
