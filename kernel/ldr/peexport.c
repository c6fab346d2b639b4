// SPDX-License-Identifier: MIT
// Export directory: names, ordinals, forwarders. Pure and total, see pe.h.

#include "pep.h"

enum
{
    MAX_EXPORTS = 65536,
};

static bool
LdrpReadExportName(const LDR_PE *Pe, uint32_t Index, char *Name, uint32_t NameSize)
{
    uint32_t rva;
    return LdrPeRead(Pe, Pe->Exports.Names + Index * 4, &rva, sizeof rva) &&
           LdrPeReadName(Pe, rva, Name, NameSize);
}

static bool
LdrpIsForwarder(const LDR_PE *Pe, uint32_t Rva)
{
    const LDR_PE_DIRECTORY *directory = &Pe->Directories[LDR_PE_DIR_EXPORT];
    return Rva - directory->Address < directory->Size;
}

// Reads entry Index of the address table. False when it is unused or damaged.
static bool
LdrpReadExport(const LDR_PE *Pe, uint32_t Index, LDR_PE_EXPORT *Export)
{
    uint32_t rva;
    if (Index >= Pe->Exports.FunctionCount ||
        !LdrPeRead(Pe, Pe->Exports.Functions + Index * 4, &rva, sizeof rva) || rva == 0)
    {
        return false;
    }
    Export->Ordinal = Pe->Exports.OrdinalBase + Index;
    Export->Forwarder[0] = 0;
    Export->Rva = 0;
    if (LdrpIsForwarder(Pe, rva))
    {
        return LdrPeReadName(Pe, rva, Export->Forwarder, sizeof Export->Forwarder);
    }
    Export->Rva = rva;
    return rva < Pe->SizeOfImage;
}

static bool
LdrpReadNamedExport(const LDR_PE *Pe, uint32_t NameIndex, LDR_PE_EXPORT *Export)
{
    uint16_t index;
    return LdrPeRead(Pe, Pe->Exports.Ordinals + NameIndex * 2, &index, sizeof index) &&
           LdrpReadExport(Pe, index, Export);
}

static int
LdrpCompare(const char *Left, const char *Right)
{
    while (*Left != 0 && *Left == *Right)
    {
        Left++;
        Right++;
    }
    return (int)(unsigned char)*Left - (int)(unsigned char)*Right;
}

bool
LdrPeFindExportByName(const LDR_PE *Pe, const char *Name, LDR_PE_EXPORT *Export)
{
    char name[LDR_PE_MAX_NAME];
    uint32_t low = 0;
    uint32_t high = Pe->Exports.NameCount;
    while (Pe->Exports.Sorted && low < high)
    {
        uint32_t middle = low + (high - low) / 2;
        if (!LdrpReadExportName(Pe, middle, name, sizeof name))
        {
            return false;
        }
        int order = LdrpCompare(Name, name);
        if (order == 0)
        {
            return LdrpReadNamedExport(Pe, middle, Export);
        }
        low = order > 0 ? middle + 1 : low;
        high = order < 0 ? middle : high;
    }
    for (uint32_t index = 0; !Pe->Exports.Sorted && index < Pe->Exports.NameCount; index++)
    {
        if (LdrpReadExportName(Pe, index, name, sizeof name) && LdrpCompare(Name, name) == 0)
        {
            return LdrpReadNamedExport(Pe, index, Export);
        }
    }
    return false;
}

bool
LdrPeFindExportByOrdinal(const LDR_PE *Pe, uint32_t Ordinal, LDR_PE_EXPORT *Export)
{
    return Ordinal >= Pe->Exports.OrdinalBase &&
           LdrpReadExport(Pe, Ordinal - Pe->Exports.OrdinalBase, Export);
}

bool
LdrPeForEachExport(const LDR_PE *Pe, LDR_PE_EXPORT_CALLBACK Callback, void *Context)
{
    char name[LDR_PE_MAX_NAME];
    LDR_PE_EXPORT export;
    for (uint32_t index = 0; index < Pe->Exports.NameCount; index++)
    {
        if (LdrpReadExportName(Pe, index, name, sizeof name) &&
            LdrpReadNamedExport(Pe, index, &export) && !Callback(Context, name, export.Rva))
        {
            return false;
        }
    }
    return true;
}

bool
LdrPeNearestExport(const LDR_PE *Pe, uint32_t Rva, char *Name, uint32_t NameSize, uint32_t *NameRva)
{
    char name[LDR_PE_MAX_NAME];
    uint32_t best = 0;
    for (uint32_t index = 0; index < Pe->Exports.NameCount; index++)
    {
        LDR_PE_EXPORT export;
        if (LdrpReadNamedExport(Pe, index, &export) && export.Rva > best && export.Rva <= Rva &&
            LdrpReadExportName(Pe, index, name, sizeof name))
        {
            best = export.Rva;
            LdrpCopyText(Name, NameSize, name);
        }
    }
    *NameRva = best;
    return best != 0;
}

static LDR_PE_STATUS
LdrpCheckExportAddresses(LDR_PE *Pe)
{
    for (uint32_t index = 0; index < Pe->Exports.FunctionCount; index++)
    {
        LDR_PE_EXPORT export;
        uint32_t rva = 0;
        if (!LdrPeRead(Pe, Pe->Exports.Functions + index * 4, &rva, sizeof rva) ||
            (rva != 0 && !LdrpReadExport(Pe, index, &export)))
        {
            return LdrpPeFail(Pe, LdrPeExports,
                              "export %u leads to %x, which is no address and no forwarder",
                              Pe->Exports.OrdinalBase + index, rva);
        }
        bool hasDot = false;
        for (const char *at = export.Forwarder; rva != 0 && *at != 0; at++)
        {
            hasDot = hasDot || *at == '.';
        }
        if (rva != 0 && export.Forwarder[0] != 0 && !hasDot)
        {
            return LdrpPeFail(Pe, LdrPeExports, "forwarder %s names no module", export.Forwarder);
        }
    }
    return LdrPeOk;
}

static LDR_PE_STATUS
LdrpCheckExportNames(LDR_PE *Pe)
{
    char previous[LDR_PE_MAX_NAME] = "";
    char name[LDR_PE_MAX_NAME];
    Pe->Exports.Sorted = true;
    for (uint32_t index = 0; index < Pe->Exports.NameCount; index++)
    {
        uint16_t ordinal = 0;
        if (!LdrpReadExportName(Pe, index, name, sizeof name) ||
            !LdrPeRead(Pe, Pe->Exports.Ordinals + index * 2, &ordinal, sizeof ordinal) ||
            ordinal >= Pe->Exports.FunctionCount)
        {
            return LdrpPeFail(Pe, LdrPeExports, "export name %u is damaged", index);
        }
        if (LdrpCompare(previous, name) > 0)
        {
            Pe->Exports.Sorted = false;
            LdrpPeNote(Pe, LdrPeNoteExportsUnsorted);
        }
        LdrpCopyText(previous, sizeof previous, name);
    }
    return LdrPeOk;
}

LDR_PE_STATUS
LdrpPeParseExports(LDR_PE *Pe)
{
    const LDR_PE_DIRECTORY *directory = &Pe->Directories[LDR_PE_DIR_EXPORT];
    PE_EXPORT_DIRECTORY header;
    if (directory->Address == 0)
    {
        return LdrPeOk;
    }
    if (directory->Size < sizeof header ||
        !LdrPeRead(Pe, directory->Address, &header, sizeof header))
    {
        return LdrpPeFail(Pe, LdrPeExports, "the export directory at %x is cut",
                          directory->Address);
    }
    if (header.NumberOfFunctions > MAX_EXPORTS || header.NumberOfNames > MAX_EXPORTS ||
        header.AddressOfFunctions > Pe->SizeOfImage || header.AddressOfNames > Pe->SizeOfImage ||
        header.AddressOfNameOrdinals > Pe->SizeOfImage)
    {
        return LdrpPeFail(Pe, LdrPeExports, "the export directory claims %u functions and %u names",
                          header.NumberOfFunctions, header.NumberOfNames);
    }
    Pe->Exports = (LDR_PE_EXPORTS){
        .OrdinalBase = header.Base,
        .FunctionCount = header.NumberOfFunctions,
        .NameCount = header.NumberOfNames,
        .Functions = header.AddressOfFunctions,
        .Names = header.AddressOfNames,
        .Ordinals = header.AddressOfNameOrdinals,
    };
    if (header.Name != 0 &&
        !LdrPeReadName(Pe, header.Name, Pe->Exports.ModuleName, LDR_PE_MAX_MODULE_NAME))
    {
        return LdrpPeFail(Pe, LdrPeExports, "the export directory has no readable module name");
    }
    LDR_PE_STATUS status = LdrpCheckExportAddresses(Pe);
    return status == LdrPeOk ? LdrpCheckExportNames(Pe) : status;
}
