// SPDX-License-Identifier: MIT
// Relocations, exception directory and load configuration. Pure and total, see pe.h.

#include "pep.h"

#define REL_ABSOLUTE 0u
#define REL_DIR64    10u

// ---- relocations ----

// Reads the block header at Offset of the directory; false when it is damaged. A header of zeros
// is padding and ends the walk with *Size = 0.
static bool
LdrpReadBlock(const LDR_PE *Pe, uint32_t Offset, uint32_t *Page, uint32_t *Size)
{
    const LDR_PE_DIRECTORY *directory = &Pe->Directories[LDR_PE_DIR_BASERELOC];
    uint32_t header[2];
    if (!LdrPeRead(Pe, directory->Address + Offset, header, sizeof header))
    {
        return false;
    }
    *Page = header[0];
    *Size = header[1];
    if (header[0] == 0 && header[1] == 0)
    {
        return true;
    }
    return *Size >= sizeof header && (*Size & 1) == 0 && *Size <= directory->Size - Offset &&
           *Page < Pe->SizeOfImage;
}

typedef struct _RELOCATION_WALK
{
    const LDR_PE *Pe;
    LDR_PE *Fail;
    LDR_PE_RELOCATION_CALLBACK Callback;
    void *Context;
    uint32_t Count;
} RELOCATION_WALK;

static bool
LdrpWalkBlock(RELOCATION_WALK *Walk, uint32_t Rva, uint32_t Page, uint32_t EntryCount)
{
    const LDR_PE *pe = Walk->Pe;
    for (uint32_t index = 0; index < EntryCount; index++)
    {
        uint16_t entry;
        uint64_t target;
        if (!LdrPeRead(pe, Rva + index * 2, &entry, sizeof entry))
        {
            return false;
        }
        uint32_t type = entry >> 12;
        uint32_t site = Page + (entry & 0xFFFu);
        if (type == REL_ABSOLUTE)
        {
            continue;
        }
        if (type != REL_DIR64 || !LdrPeRead(pe, site, &target, sizeof target))
        {
            if (Walk->Fail != NULL)
            {
                LdrpPeFail(Walk->Fail, LdrPeRelocations,
                           type != REL_DIR64
                               ? "relocation of type %u at %x, x64 has only DIR64"
                               : "relocation of type %u at %x is outside the sections",
                           type, site);
            }
            return false;
        }
        Walk->Count++;
        if (Walk->Callback != NULL && !Walk->Callback(Walk->Context, site))
        {
            return false;
        }
    }
    return true;
}

static bool
LdrpWalkRelocations(RELOCATION_WALK *Walk)
{
    const LDR_PE_DIRECTORY *directory = &Walk->Pe->Directories[LDR_PE_DIR_BASERELOC];
    for (uint32_t offset = 0; directory->Size - offset >= 8;)
    {
        uint32_t page;
        uint32_t size;
        if (!LdrpReadBlock(Walk->Pe, offset, &page, &size))
        {
            if (Walk->Fail != NULL)
            {
                LdrpPeFail(Walk->Fail, LdrPeRelocations, "the relocation block at %x is damaged",
                           directory->Address + offset);
            }
            return false;
        }
        if (size == 0)
        {
            break;
        }
        if (!LdrpWalkBlock(Walk, directory->Address + offset + 8, page, (size - 8) / 2))
        {
            return false;
        }
        offset += size;
    }
    return true;
}

bool
LdrPeForEachRelocation(const LDR_PE *Pe, LDR_PE_RELOCATION_CALLBACK Callback, void *Context)
{
    RELOCATION_WALK walk = {.Pe = Pe, .Callback = Callback, .Context = Context};
    return LdrpWalkRelocations(&walk);
}

LDR_PE_STATUS
LdrpPeParseRelocations(LDR_PE *Pe)
{
    // Without relocations an image is fine as long as nobody removed them: it has no absolute
    // addresses. The flag says that it had some.
    if ((Pe->Characteristics & LDR_PE_FILE_RELOCS_STRIPPED) != 0)
    {
        return LdrpPeFail(Pe, LdrPeFixedBase, "its relocations were stripped, it runs at %l only",
                          Pe->ImageBase);
    }
    RELOCATION_WALK walk = {.Pe = Pe, .Fail = Pe};
    if (!LdrpWalkRelocations(&walk))
    {
        return LdrpPeFail(Pe, LdrPeRelocations, "the relocations are cut");
    }
    Pe->RelocationCount = walk.Count;
    return LdrPeOk;
}

// ---- exceptions ----

bool
LdrPeFunctionAt(const LDR_PE *Pe, uint32_t Index, LDR_PE_FUNCTION *Function)
{
    return Index < Pe->FunctionCount && LdrPeRead(Pe,
                                                  Pe->Directories[LDR_PE_DIR_EXCEPTION].Address +
                                                      Index * (uint32_t)sizeof *Function,
                                                  Function, sizeof *Function);
}

// Slots an unwind operation takes in UNWIND_INFO; 0 when the code is unknown.
static uint32_t
LdrpUnwindSlots(uint32_t Operation, uint32_t Info, uint32_t Version)
{
    switch (Operation)
    {
    case 0: // UWOP_PUSH_NONVOL
    case 2: // UWOP_ALLOC_SMALL
    case 3: // UWOP_SET_FPREG
        return 1;
    case 1: // UWOP_ALLOC_LARGE
        return Info == 0 ? 2 : Info == 1 ? 3 : 0;
    case 4: // UWOP_SAVE_NONVOL
    case 8: // UWOP_SAVE_XMM128
        return 2;
    case 5: // UWOP_SAVE_NONVOL_FAR
    case 9: // UWOP_SAVE_XMM128_FAR
        return 3;
    case 6: // UWOP_EPILOG
        return Version == 2 ? 1 : 0;
    case 10: // UWOP_PUSH_MACHFRAME
        return Info <= 1 ? 1 : 0;
    default:
        return 0;
    }
}

static bool
LdrpCheckUnwindCodes(const LDR_PE *Pe, uint32_t Rva, uint32_t Count, uint32_t Version)
{
    for (uint32_t index = 0; index < Count;)
    {
        uint8_t code[2];
        if (!LdrPeRead(Pe, Rva + index * 2, code, sizeof code))
        {
            return false;
        }
        uint32_t slots = LdrpUnwindSlots(code[1] & 15, code[1] >> 4, Version);
        if (slots == 0 || slots > Count - index)
        {
            return false;
        }
        index += slots;
    }
    return true;
}

static bool
LdrpIsCode(const LDR_PE *Pe, uint32_t Rva)
{
    const LDR_PE_SECTION *section = LdrPeSectionOf(Pe, Rva);
    return section != NULL && (section->Characteristics & LDR_PE_SCN_EXECUTE) != 0;
}

// Checks one UNWIND_INFO; what follows the codes is a handler or the entry it is chained to.
static bool
LdrpCheckUnwindInfo(LDR_PE *Pe, uint32_t Rva)
{
    struct
    {
        uint8_t VersionFlags;
        uint8_t SizeOfProlog;
        uint8_t CountOfCodes;
        uint8_t Frame;
    } header;
    if ((Rva & 3) != 0 || !LdrPeRead(Pe, Rva, &header, sizeof header))
    {
        return false;
    }
    uint32_t version = header.VersionFlags & 7;
    uint32_t flags = header.VersionFlags >> 3;
    if (version < 1 || version > 2)
    {
        LdrpPeNote(Pe, LdrPeNoteUnwindVersion);
        return version != 0;
    }
    if (!LdrpCheckUnwindCodes(Pe, Rva + 4, header.CountOfCodes, version))
    {
        return false;
    }
    uint32_t rest = Rva + 4 + ((header.CountOfCodes + 1u) & ~1u) * 2;
    if ((flags & 4) != 0)
    {
        LDR_PE_FUNCTION chained;
        return (flags & 3) == 0 && LdrPeRead(Pe, rest, &chained, sizeof chained) &&
               chained.Begin < chained.End && chained.End <= Pe->SizeOfImage &&
               chained.UnwindInfo != Rva;
    }
    uint32_t handler = 0;
    return (flags & 3) == 0 ||
           (LdrPeRead(Pe, rest, &handler, sizeof handler) && LdrpIsCode(Pe, handler));
}

static LDR_PE_STATUS
LdrpCheckFunction(LDR_PE *Pe, uint32_t Index, uint32_t PreviousEnd, LDR_PE_FUNCTION *Function)
{
    if (!LdrPeFunctionAt(Pe, Index, Function) || Function->Begin >= Function->End ||
        Function->End > Pe->SizeOfImage || Function->Begin < Pe->SizeOfHeaders)
    {
        return LdrpPeFail(Pe, LdrPeExceptions, "exception directory entry %u is damaged", Index);
    }
    if (Function->Begin < PreviousEnd)
    {
        return LdrpPeFail(Pe, LdrPeExceptions,
                          "the exception directory is not sorted at entry %u (%x)", Index,
                          Function->Begin);
    }
    // An odd value leads to another entry of the table whose unwind information is shared.
    LDR_PE_FUNCTION shared;
    bool isValid = (Function->UnwindInfo & 1) != 0
                       ? LdrPeRead(Pe, Function->UnwindInfo & ~1u, &shared, sizeof shared)
                       : LdrpCheckUnwindInfo(Pe, Function->UnwindInfo);
    if (!isValid)
    {
        return LdrpPeFail(Pe, LdrPeUnwindInfo,
                          "unwind information %x of the function at %x is damaged",
                          Function->UnwindInfo, Function->Begin);
    }
    return LdrPeOk;
}

LDR_PE_STATUS
LdrpPeParseExceptions(LDR_PE *Pe)
{
    const LDR_PE_DIRECTORY *directory = &Pe->Directories[LDR_PE_DIR_EXCEPTION];
    LDR_PE_FUNCTION function = {0};
    if (directory->Address == 0)
    {
        return LdrPeOk;
    }
    if ((directory->Address & 3) != 0)
    {
        return LdrpPeFail(Pe, LdrPeExceptions, "the exception directory is not aligned");
    }
    // Some linkers count the padding behind the table; those entries are all zero.
    Pe->FunctionCount = directory->Size / (uint32_t)sizeof function;
    while (Pe->FunctionCount != 0 && LdrPeFunctionAt(Pe, Pe->FunctionCount - 1, &function) &&
           function.Begin == 0 && function.End == 0)
    {
        Pe->FunctionCount--;
    }
    uint32_t previousEnd = 0;
    for (uint32_t index = 0; index < Pe->FunctionCount; index++)
    {
        LDR_PE_STATUS status = LdrpCheckFunction(Pe, index, previousEnd, &function);
        if (status != LdrPeOk)
        {
            return status;
        }
        previousEnd = function.End;
    }
    return LdrPeOk;
}

// ---- load configuration ----

// Fields of IMAGE_LOAD_CONFIG_DIRECTORY64 that matter to a driver. Its first field tells how many
// bytes the linker knew of: 0x70 before Control Flow Guard, 0x94 and more with it.
enum
{
    LOAD_CONFIG_COOKIE = 0x58,
    LOAD_CONFIG_GUARD_CHECK = 0x70,
    LOAD_CONFIG_GUARD_DISPATCH = 0x78,
    LOAD_CONFIG_GUARD_TABLE = 0x80,
    LOAD_CONFIG_GUARD_COUNT = 0x88,
    LOAD_CONFIG_GUARD_FLAGS = 0x90,
};

// Reads the pointer field at Offset and turns it into an RVA whose Size bytes lie in a section.
static bool
LdrpReadConfigPointer(LDR_PE *Pe, uint32_t Base, uint32_t Offset, uint32_t Size, uint32_t *Rva)
{
    uint64_t value = 0;
    *Rva = 0;
    if (Offset + 8 > Pe->LoadConfig.Size || !LdrPeRead(Pe, Base + Offset, &value, sizeof value) ||
        value == 0)
    {
        return true;
    }
    uint64_t rva = value - Pe->ImageBase;
    const LDR_PE_SECTION *section = rva <= UINT32_MAX ? LdrPeSectionOf(Pe, (uint32_t)rva) : NULL;
    if (section == NULL || Size > section->MappedSize - ((uint32_t)rva - section->Address))
    {
        LdrpPeFail(Pe, LdrPeLoadConfig,
                   "the load configuration field at %x holds %l, which is not in the image", Offset,
                   value);
        return false;
    }
    *Rva = (uint32_t)rva;
    return true;
}

LDR_PE_STATUS
LdrpPeParseLoadConfig(LDR_PE *Pe)
{
    const LDR_PE_DIRECTORY *directory = &Pe->Directories[LDR_PE_DIR_LOAD_CONFIG];
    LDR_PE_LOAD_CONFIG *config = &Pe->LoadConfig;
    uint32_t base = directory->Address;
    uint8_t probe[1];
    if (base == 0)
    {
        return LdrPeOk;
    }
    if (!LdrPeRead(Pe, base, &config->Size, sizeof config->Size) ||
        (config->Size != 0 && !LdrPeRead(Pe, base + config->Size - 1, probe, 1)) ||
        config->Size > 0x10000)
    {
        return LdrpPeFail(Pe, LdrPeLoadConfig, "the load configuration at %x is cut", base);
    }
    if (!LdrpReadConfigPointer(Pe, base, LOAD_CONFIG_COOKIE, 8, &config->SecurityCookie) ||
        !LdrpReadConfigPointer(Pe, base, LOAD_CONFIG_GUARD_CHECK, 8, &config->GuardCheckPointer) ||
        !LdrpReadConfigPointer(Pe, base, LOAD_CONFIG_GUARD_DISPATCH, 8,
                               &config->GuardDispatchPointer) ||
        !LdrpReadConfigPointer(Pe, base, LOAD_CONFIG_GUARD_TABLE, 1, &config->GuardFunctionTable))
    {
        return Pe->Status;
    }
    if (config->Size >= LOAD_CONFIG_GUARD_FLAGS + 4)
    {
        LdrPeRead(Pe, base + LOAD_CONFIG_GUARD_COUNT, &config->GuardFunctionCount, 8);
        LdrPeRead(Pe, base + LOAD_CONFIG_GUARD_FLAGS, &config->GuardFlags, 4);
    }
    return LdrPeOk;
}
