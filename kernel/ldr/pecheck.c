// SPDX-License-Identifier: MIT
// Entry point, data directories and checksum of a PE32+ image. Pure and total, see pe.h.

#include "pep.h"

LDR_PE_STATUS
LdrpPeCheckEntryPoint(LDR_PE *Pe)
{
    if (Pe->EntryPoint == 0)
    {
        // A driver without code of its own can still serve others through its exports.
        return Pe->Directories[LDR_PE_DIR_EXPORT].Address != 0
                   ? LdrPeOk
                   : LdrpPeFail(Pe, LdrPeEntryPoint, "it has neither an entry point nor exports");
    }
    const LDR_PE_SECTION *section = LdrPeSectionOf(Pe, Pe->EntryPoint);
    if (section == NULL || (section->Characteristics & LDR_PE_SCN_EXECUTE) == 0 ||
        Pe->EntryPoint - section->Address >= section->RawSize)
    {
        return LdrpPeFail(Pe, LdrPeEntryPoint,
                          "entry point %x is not in the code of an executable section",
                          Pe->EntryPoint);
    }
    return LdrPeOk;
}

LDR_PE_STATUS
LdrpPeCheckDirectories(LDR_PE *Pe)
{
    static const char *const names[LDR_PE_DIRECTORIES] = {
        "export",         "import",       "resource",    "exception",
        "certificate",    "relocation",   "debug",       "architecture",
        "global pointer", "TLS",          "load config", "bound import",
        "import address", "delay import", "CLR",         "reserved"};
    for (uint32_t index = 0; index < LDR_PE_DIRECTORIES; index++)
    {
        LDR_PE_DIRECTORY *directory = &Pe->Directories[index];
        if (directory->Address == 0 || directory->Size == 0)
        {
            // Linkers leave one half of the pair in empty directories.
            *directory = (LDR_PE_DIRECTORY){0, 0};
            continue;
        }
        uint32_t limit = index == LDR_PE_DIR_SECURITY ? Pe->Size : Pe->SizeOfImage;
        if (directory->Size > limit || directory->Address > limit - directory->Size)
        {
            return LdrpPeFail(Pe, LdrPeDirectory,
                              "%s directory %x+%x is outside the %s of %x bytes", names[index],
                              directory->Address, directory->Size,
                              index == LDR_PE_DIR_SECURITY ? "file" : "image", limit);
        }
        if (index == LDR_PE_DIR_ARCHITECTURE || index == LDR_PE_DIR_GLOBALPTR ||
            index == LDR_PE_DIR_RESERVED)
        {
            LdrpPeNote(Pe, LdrPeNoteReservedDirectory);
        }
    }
    if (Pe->Directories[LDR_PE_DIR_COM_DESCRIPTOR].Address != 0)
    {
        return LdrpPeFail(Pe, LdrPeManaged, "it is a .NET assembly");
    }
    if (Pe->Directories[LDR_PE_DIR_TLS].Address != 0)
    {
        LdrpPeNote(Pe, LdrPeNoteTls);
    }
    return LdrPeOk;
}

// The sum of the 16-bit words with end-around carry, without the field itself, plus the length:
// what IMAGEHLP's CheckSumMappedFile documents as the value of the CheckSum field.
static uint32_t
LdrpPeComputeCheckSum(const LDR_PE *Pe)
{
    uint64_t sum = 0;
    uint32_t field = Pe->NtOffset + 4 + (uint32_t)sizeof(PE_FILE_HEADER) +
                     (uint32_t)offsetof(PE_OPTIONAL_HEADER, CheckSum);
    for (uint32_t offset = 0; offset + 1 < Pe->Size; offset += 2)
    {
        uint16_t word;
        __builtin_memcpy(&word, Pe->Data + offset, sizeof word);
        sum += offset == field || offset == field + 2 ? 0u : word;
    }
    if ((Pe->Size & 1) != 0)
    {
        sum += Pe->Data[Pe->Size - 1];
    }
    while (sum > 0xFFFF)
    {
        sum = (sum & 0xFFFF) + (sum >> 16);
    }
    return (uint32_t)sum + Pe->Size;
}

LDR_PE_STATUS
LdrpPeCheckCheckSum(LDR_PE *Pe, uint32_t Flags)
{
    Pe->ComputedCheckSum = LdrpPeComputeCheckSum(Pe);
    if (Pe->CheckSum == Pe->ComputedCheckSum)
    {
        return LdrPeOk;
    }
    if ((Flags & LDR_PE_STRICT_CHECKSUM) != 0)
    {
        return LdrpPeFail(Pe, LdrPeCheckSum, "checksum is %x, the file sums to %x", Pe->CheckSum,
                          Pe->ComputedCheckSum);
    }
    LdrpPeNote(Pe, Pe->CheckSum == 0 ? LdrPeNoteNoCheckSum : LdrPeNoteCheckSum);
    return LdrPeOk;
}
