// SPDX-License-Identifier: MIT
// Import, delay import and bound import directories. Pure and total, see pe.h.

#include "pep.h"

typedef struct _IMPORT_WALK
{
    const LDR_PE *Pe;
    LDR_PE *Fail; // set while parsing: where the reason of a refusal goes
    LDR_PE_IMPORT_CALLBACK Callback;
    void *Context;
    uint32_t ModuleCount;
    uint32_t ImportCount;
    LDR_PE_STATUS Kind;
    char Module[LDR_PE_MAX_MODULE_NAME];
    char Name[LDR_PE_MAX_NAME];
} IMPORT_WALK;

static bool
LdrpImportError(IMPORT_WALK *Walk, const char *Format, const char *Name, uint32_t Value)
{
    if (Walk->Fail != NULL)
    {
        LdrpPeFail(Walk->Fail, Walk->Kind, Format, Name, Value);
    }
    return false;
}

// One entry of the name table and its slot in the address table.
static bool
LdrpWalkThunk(IMPORT_WALK *Walk, uint64_t Thunk, uint32_t SlotRva)
{
    LDR_PE_IMPORT import = {.Module = Walk->Module, .SlotRva = SlotRva};
    uint64_t slot;
    import.IsDelayed = Walk->Kind == LdrPeDelayImports;
    if (LdrPeSectionOf(Walk->Pe, SlotRva) == NULL ||
        !LdrPeRead(Walk->Pe, SlotRva, &slot, sizeof slot))
    {
        return LdrpImportError(Walk, "the import table of %s has a slot at %x", Walk->Module,
                               SlotRva);
    }
    if (++Walk->ImportCount > LDR_PE_MAX_IMPORTS)
    {
        return LdrpImportError(Walk, "it imports more than 32768 names%s", "", 0);
    }
    if ((Thunk >> 63) != 0)
    {
        import.Ordinal = (uint32_t)(Thunk & 0xFFFF);
        if ((Thunk & 0x7FFFFFFFFFFF0000u) != 0)
        {
            return LdrpImportError(Walk, "a name table entry of %s is invalid", Walk->Module, 0);
        }
        return Walk->Callback(Walk->Context, &import);
    }
    uint16_t hint = 0;
    if (Thunk > INT32_MAX || !LdrPeRead(Walk->Pe, (uint32_t)Thunk, &hint, sizeof hint) ||
        !LdrPeReadName(Walk->Pe, (uint32_t)Thunk + 2, Walk->Name, sizeof Walk->Name))
    {
        return LdrpImportError(Walk, "an import of %s has no readable name, entry %x", Walk->Module,
                               (uint32_t)Thunk);
    }
    import.Name = Walk->Name;
    import.Hint = hint;
    return Walk->Callback(Walk->Context, &import);
}

static bool
LdrpWalkModule(IMPORT_WALK *Walk, uint32_t NameRva, uint32_t NameTable, uint32_t AddressTable)
{
    if (++Walk->ModuleCount > LDR_PE_MAX_IMPORT_MODULES)
    {
        return LdrpImportError(Walk, "it imports from more than 256 modules%s", "", 0);
    }
    if (!LdrPeReadName(Walk->Pe, NameRva, Walk->Module, sizeof Walk->Module))
    {
        return LdrpImportError(Walk, "an import has no module name%s at %x", "", NameRva);
    }
    for (uint32_t index = 0;; index++)
    {
        uint64_t thunk = 0;
        uint32_t offset = index * 8;
        if (offset > UINT32_MAX - NameTable || offset > UINT32_MAX - AddressTable ||
            !LdrPeRead(Walk->Pe, NameTable + offset, &thunk, sizeof thunk))
        {
            return LdrpImportError(Walk, "the name table of %s leaves its section", Walk->Module,
                                   0);
        }
        if (thunk == 0)
        {
            return true;
        }
        if (!LdrpWalkThunk(Walk, thunk, AddressTable + offset))
        {
            return false;
        }
    }
}

static bool
LdrpWalkImports(IMPORT_WALK *Walk)
{
    uint32_t rva = Walk->Pe->Directories[LDR_PE_DIR_IMPORT].Address;
    if (rva == 0)
    {
        return true;
    }
    Walk->Kind = LdrPeImports;
    for (;; rva += (uint32_t)sizeof(PE_IMPORT_DESCRIPTOR))
    {
        PE_IMPORT_DESCRIPTOR descriptor;
        if (!LdrPeRead(Walk->Pe, rva, &descriptor, sizeof descriptor))
        {
            return LdrpImportError(Walk, "the import directory%s leaves its section at %x", "",
                                   rva);
        }
        if (descriptor.Name == 0 || descriptor.FirstThunk == 0)
        {
            return true;
        }
        // Borland's linkers write no name table; the address table then holds the names.
        uint32_t names = descriptor.OriginalFirstThunk != 0 ? descriptor.OriginalFirstThunk
                                                            : descriptor.FirstThunk;
        if (!LdrpWalkModule(Walk, descriptor.Name, names, descriptor.FirstThunk))
        {
            return false;
        }
    }
}

static bool
LdrpWalkDelayImports(IMPORT_WALK *Walk)
{
    uint32_t rva = Walk->Pe->Directories[LDR_PE_DIR_DELAY_IMPORT].Address;
    if (rva == 0)
    {
        return true;
    }
    Walk->Kind = LdrPeDelayImports;
    for (;; rva += (uint32_t)sizeof(PE_DELAY_DESCRIPTOR))
    {
        PE_DELAY_DESCRIPTOR descriptor;
        if (!LdrPeRead(Walk->Pe, rva, &descriptor, sizeof descriptor))
        {
            return LdrpImportError(Walk, "the delay imports%s leave their section at %x", "", rva);
        }
        if (descriptor.Name == 0)
        {
            return true;
        }
        if ((descriptor.Attributes & 1) == 0)
        {
            return LdrpImportError(Walk, "a delay import%s is not relative, at %x", "", rva);
        }
        if (!LdrpWalkModule(Walk, descriptor.Name, descriptor.NameTable, descriptor.AddressTable))
        {
            return false;
        }
    }
}

bool
LdrPeForEachImport(const LDR_PE *Pe, LDR_PE_IMPORT_CALLBACK Callback, void *Context)
{
    IMPORT_WALK walk = {.Pe = Pe, .Callback = Callback, .Context = Context};
    return LdrpWalkImports(&walk) && LdrpWalkDelayImports(&walk);
}

// Modules of user mode: a native image that needs one of them (smss.exe, autochk.exe) is a
// program of the native subsystem, not a driver.
static bool
LdrpIsUserModule(const char *Module)
{
    static const char *const names[] = {"ntdll.dll",   "kernel32.dll", "kernelbase.dll",
                                        "user32.dll",  "advapi32.dll", "msvcrt.dll",
                                        "ucrtbase.dll"};
    for (size_t index = 0; index < sizeof names / sizeof names[0]; index++)
    {
        if (LdrpEqualNoCase(Module, names[index]))
        {
            return true;
        }
    }
    return false;
}

static bool
LdrpCountImport(void *Context, const LDR_PE_IMPORT *Import)
{
    LDR_PE *pe = Context;
    if (LdrpIsUserModule(Import->Module))
    {
        LdrpPeFail(pe, LdrPeUserImports,
                   "it imports from %s, a user-mode program of the native subsystem",
                   Import->Module);
        return false;
    }
    if (Import->IsDelayed)
    {
        pe->DelayImportCount++;
        LdrpPeNote(pe, LdrPeNoteDelayImports);
    }
    pe->ImportCount++;
    return true;
}

// Bound imports save Windows a lookup when the bound module has not changed; ours always has.
static void
LdrpCheckBoundImports(LDR_PE *Pe)
{
    const LDR_PE_DIRECTORY *directory = &Pe->Directories[LDR_PE_DIR_BOUND_IMPORT];
    uint32_t forwarders = 0;
    if (directory->Address == 0)
    {
        return;
    }
    for (uint32_t offset = 0; offset + 8 <= directory->Size; offset += 8)
    {
        struct
        {
            uint32_t TimeDateStamp;
            uint16_t OffsetModuleName;
            uint16_t NumberOfModuleForwarderRefs;
        } entry;
        char name[LDR_PE_MAX_MODULE_NAME];
        if (!LdrPeRead(Pe, directory->Address + offset, &entry, sizeof entry))
        {
            break;
        }
        if (entry.TimeDateStamp == 0 && entry.OffsetModuleName == 0)
        {
            return;
        }
        if (entry.OffsetModuleName >= directory->Size ||
            !LdrPeReadName(Pe, directory->Address + entry.OffsetModuleName, name, sizeof name))
        {
            break;
        }
        forwarders = forwarders != 0 ? forwarders - 1 : entry.NumberOfModuleForwarderRefs;
    }
    LdrpPeNote(Pe, LdrPeNoteBadBoundImports);
}

LDR_PE_STATUS
LdrpPeParseImports(LDR_PE *Pe)
{
    IMPORT_WALK walk = {.Pe = Pe, .Fail = Pe, .Callback = LdrpCountImport, .Context = Pe};
    if (LdrpWalkImports(&walk) && LdrpWalkDelayImports(&walk))
    {
        Pe->ImportModuleCount = walk.ModuleCount;
        LdrpCheckBoundImports(Pe);
    }
    return Pe->Status;
}
