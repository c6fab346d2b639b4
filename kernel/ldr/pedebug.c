// SPDX-License-Identifier: MIT
// Debug directory and version resource: what a report prints about a driver. Damage here is a
// note, because Windows loads such drivers too. Pure and total, see pe.h.

#include "pep.h"

// ---- debug directory ----

enum
{
    DEBUG_TYPE_CODEVIEW = 2,
    DEBUG_TYPE_POGO = 13,
    DEBUG_TYPE_REPRO = 16,
    MAX_DEBUG_ENTRIES = 64,
};

#define CODEVIEW_RSDS 0x53445352u

static bool
LdrpReadDebugBytes(const LDR_PE *Pe,
                   const PE_DEBUG_ENTRY *Entry,
                   uint32_t Offset,
                   void *Buffer,
                   uint32_t Size)
{
    if (Offset > Entry->SizeOfData || Size > Entry->SizeOfData - Offset)
    {
        return false;
    }
    if (Entry->AddressOfRawData != 0)
    {
        return Entry->AddressOfRawData < Pe->SizeOfImage &&
               LdrPeRead(Pe, Entry->AddressOfRawData + Offset, Buffer, Size);
    }
    return Entry->PointerToRawData < Pe->Size &&
           LdrpPeReadFile(Pe, Entry->PointerToRawData + Offset, Buffer, Size);
}

static bool
LdrpParseCodeView(LDR_PE *Pe, const PE_DEBUG_ENTRY *Entry)
{
    uint32_t signature = 0;
    LDR_PE_DEBUG *debug = &Pe->Debug;
    if (!LdrpReadDebugBytes(Pe, Entry, 0, &signature, sizeof signature))
    {
        return false;
    }
    if (signature != CODEVIEW_RSDS)
    {
        // Records of compilers before 2002 (NB10 and older) carry nothing that a PDB reader takes.
        return true;
    }
    if (!LdrpReadDebugBytes(Pe, Entry, 4, debug->PdbGuid, sizeof debug->PdbGuid) ||
        !LdrpReadDebugBytes(Pe, Entry, 20, &debug->PdbAge, sizeof debug->PdbAge))
    {
        return false;
    }
    uint32_t length = 0;
    while (length + 1 < sizeof debug->PdbPath &&
           LdrpReadDebugBytes(Pe, Entry, 24 + length, &debug->PdbPath[length], 1) &&
           debug->PdbPath[length] != 0)
    {
        length++;
    }
    debug->PdbPath[length] = 0;
    debug->HasPdb = true;
    return true;
}

void
LdrpPeParseDebug(LDR_PE *Pe)
{
    const LDR_PE_DIRECTORY *directory = &Pe->Directories[LDR_PE_DIR_DEBUG];
    uint32_t count = directory->Size / (uint32_t)sizeof(PE_DEBUG_ENTRY);
    if (count > MAX_DEBUG_ENTRIES)
    {
        LdrpPeNote(Pe, LdrPeNoteBadDebug);
        return;
    }
    for (uint32_t index = 0; index < count; index++)
    {
        PE_DEBUG_ENTRY entry;
        if (!LdrPeRead(Pe, directory->Address + index * (uint32_t)sizeof entry, &entry,
                       sizeof entry))
        {
            LdrpPeNote(Pe, LdrPeNoteBadDebug);
            return;
        }
        Pe->Debug.EntryCount++;
        Pe->Debug.HasPogo = Pe->Debug.HasPogo || entry.Type == DEBUG_TYPE_POGO;
        Pe->Debug.IsReproducible = Pe->Debug.IsReproducible || entry.Type == DEBUG_TYPE_REPRO;
        if (entry.Type == DEBUG_TYPE_CODEVIEW && !Pe->Debug.HasPdb &&
            !LdrpParseCodeView(Pe, &entry))
        {
            LdrpPeNote(Pe, LdrPeNoteBadDebug);
        }
    }
}

// ---- resources ----

enum
{
    RT_VERSION = 16,
    RESOURCE_IS_DIRECTORY = INT32_MIN,
};

// Finds the entry of the resource directory at Offset: the one with the numeric Id, or the first
// when Id is 0. Returns its value, 0 when there is none.
static uint32_t
LdrpFindResource(LDR_PE *Pe, uint32_t Offset, uint32_t Id)
{
    const LDR_PE_DIRECTORY *directory = &Pe->Directories[LDR_PE_DIR_RESOURCE];
    uint16_t counts[2];
    if (Offset > directory->Size ||
        !LdrPeRead(Pe, directory->Address + Offset + 12, counts, sizeof counts))
    {
        LdrpPeNote(Pe, LdrPeNoteBadResources);
        return 0;
    }
    uint32_t count = (uint32_t)counts[0] + counts[1];
    for (uint32_t index = 0; index < count && index < 4096; index++)
    {
        uint32_t entry[2];
        if (!LdrPeRead(Pe, directory->Address + Offset + 16 + index * 8, entry, sizeof entry))
        {
            LdrpPeNote(Pe, LdrPeNoteBadResources);
            return 0;
        }
        if (Id == 0 || entry[0] == Id)
        {
            return entry[1];
        }
    }
    return 0;
}

// A block of the version resource: length, value length, type, key, value, children.
typedef struct _VERSION_BLOCK
{
    uint32_t Key;
    uint32_t Value;
    uint32_t ValueLength; // as stored: words for text, bytes for binary
    uint32_t End;
} VERSION_BLOCK;

static uint32_t
LdrpReadWord(const LDR_PE *Pe, uint32_t Rva)
{
    uint16_t word = 0;
    LdrPeRead(Pe, Rva, &word, sizeof word);
    return word;
}

// Reads the block at Rva, which must end at or before Limit. Base is the start of the resource,
// to which the 32-bit padding is relative.
static bool
LdrpReadVersionBlock(const LDR_PE *Pe,
                     uint32_t Base,
                     uint32_t Rva,
                     uint32_t Limit,
                     VERSION_BLOCK *Block)
{
    if (Limit < Rva || Limit - Rva < 8)
    {
        return false;
    }
    uint32_t length = LdrpReadWord(Pe, Rva);
    Block->ValueLength = LdrpReadWord(Pe, Rva + 2);
    Block->Key = Rva + 6;
    Block->End = Rva + length;
    if (length < 8 || Block->End > Limit)
    {
        return false;
    }
    uint32_t at = Block->Key;
    while (at + 2 <= Block->End && LdrpReadWord(Pe, at) != 0)
    {
        at += 2;
    }
    Block->Value = Base + LdrpAlignUp(at + 2 - Base, 4);
    return Block->Value <= LdrpAlignUp(Block->End - Base, 4) + Base;
}

static bool
LdrpIsKey(const LDR_PE *Pe, const VERSION_BLOCK *Block, const char *Key)
{
    uint32_t at = Block->Key;
    for (; *Key != 0; Key++, at += 2)
    {
        if (at + 2 > Block->End || LdrpReadWord(Pe, at) != (uint8_t)*Key)
        {
            return false;
        }
    }
    return LdrpReadWord(Pe, at) == 0;
}

static size_t
LdrpPutUtf8(char *Buffer, size_t Room, uint32_t Character)
{
    if (Character < 0x80 && Room >= 1)
    {
        Buffer[0] = Character < 0x20 || Character == 0x7F ? ' ' : (char)Character;
        return 1;
    }
    if (Character >= 0x80 && Character < 0x800 && Room >= 2)
    {
        Buffer[0] = (char)(0xC0 | Character >> 6);
        Buffer[1] = (char)(0x80 | (Character & 0x3F));
        return 2;
    }
    if (Character >= 0x800 && Room >= 3)
    {
        // Half of a surrogate pair: nothing here needs characters beyond the first plane.
        Character = Character >= 0xD800 && Character < 0xE000 ? 0xFFFD : Character;
        Buffer[0] = (char)(0xE0 | Character >> 12);
        Buffer[1] = (char)(0x80 | (Character >> 6 & 0x3F));
        Buffer[2] = (char)(0x80 | (Character & 0x3F));
        return 3;
    }
    return 0;
}

static void
LdrpCopyVersionText(const LDR_PE *Pe, const VERSION_BLOCK *Block, char *Buffer, size_t BufferSize)
{
    size_t length = 0;
    for (uint32_t at = Block->Value; at + 2 <= Block->End; at += 2)
    {
        uint32_t character = LdrpReadWord(Pe, at);
        size_t written =
            character != 0 ? LdrpPutUtf8(Buffer + length, BufferSize - 1 - length, character) : 0;
        if (written == 0)
        {
            break;
        }
        length += written;
    }
    while (length != 0 && Buffer[length - 1] == ' ')
    {
        length--;
    }
    Buffer[length] = 0;
}

static void
LdrpTakeVersionString(LDR_PE *Pe, const VERSION_BLOCK *Block)
{
    LDR_PE_VERSION *version = &Pe->Version;
    const struct
    {
        const char *Key;
        char *Buffer;
        size_t Size;
    } fields[] = {
        {"FileVersion", version->FileVersion, sizeof version->FileVersion},
        {"ProductVersion", version->ProductVersion, sizeof version->ProductVersion},
        {"CompanyName", version->CompanyName, sizeof version->CompanyName},
        {"ProductName", version->ProductName, sizeof version->ProductName},
        {"FileDescription", version->FileDescription, sizeof version->FileDescription},
        {"OriginalFilename", version->OriginalFilename, sizeof version->OriginalFilename},
        {"LegalCopyright", version->LegalCopyright, sizeof version->LegalCopyright},
    };
    for (size_t index = 0; index < sizeof fields / sizeof fields[0]; index++)
    {
        if (fields[index].Buffer[0] == 0 && LdrpIsKey(Pe, Block, fields[index].Key))
        {
            LdrpCopyVersionText(Pe, Block, fields[index].Buffer, fields[index].Size);
        }
    }
}

// Visits the children of a block from Start on; Depth 0 is StringFileInfo, 1 the table of one
// language, 2 its strings. The nesting is fixed by the format, so is the recursion.
static void
LdrpWalkVersion(LDR_PE *Pe, uint32_t Base, uint32_t Start, uint32_t End, uint32_t Depth)
{
    VERSION_BLOCK block;
    for (uint32_t at = Start; at < End && LdrpReadVersionBlock(Pe, Base, at, End, &block);)
    {
        if (Depth == 2)
        {
            LdrpTakeVersionString(Pe, &block);
        }
        else if (Depth == 1 || LdrpIsKey(Pe, &block, "StringFileInfo"))
        {
            LdrpWalkVersion(Pe, Base, block.Value, block.End, Depth + 1);
        }
        at = Base + LdrpAlignUp(block.End - Base, 4);
    }
}

static void
LdrpParseFixedVersion(LDR_PE *Pe, const VERSION_BLOCK *Root)
{
    uint32_t fixed[6];
    if (Root->ValueLength < 52 || !LdrPeRead(Pe, Root->Value, fixed, sizeof fixed) ||
        fixed[0] != 0xFEEF04BDu)
    {
        return;
    }
    for (uint32_t index = 0; index < 2; index++)
    {
        Pe->Version.File[index * 2] = (uint16_t)(fixed[2 + index] >> 16);
        Pe->Version.File[index * 2 + 1] = (uint16_t)fixed[2 + index];
        Pe->Version.Product[index * 2] = (uint16_t)(fixed[4 + index] >> 16);
        Pe->Version.Product[index * 2 + 1] = (uint16_t)fixed[4 + index];
    }
}

void
LdrpPeParseVersion(LDR_PE *Pe)
{
    const LDR_PE_DIRECTORY *directory = &Pe->Directories[LDR_PE_DIR_RESOURCE];
    uint32_t value = 0;
    uint32_t data[2];
    VERSION_BLOCK root;
    if (directory->Address == 0)
    {
        return;
    }
    for (uint32_t level = 0; level < 3; level++)
    {
        uint32_t isDirectory = (uint32_t)RESOURCE_IS_DIRECTORY;
        value = LdrpFindResource(Pe, value & ~isDirectory, level == 0 ? RT_VERSION : 0);
        if (value == 0)
        {
            return; // no version resource, or a damaged tree that is noted
        }
        if (((value & isDirectory) != 0) != (level < 2))
        {
            LdrpPeNote(Pe, LdrPeNoteBadResources);
            return;
        }
    }
    if (value > directory->Size || !LdrPeRead(Pe, directory->Address + value, data, sizeof data) ||
        data[0] >= Pe->SizeOfImage || data[1] > Pe->SizeOfImage - data[0] ||
        !LdrpReadVersionBlock(Pe, data[0], data[0], data[0] + data[1], &root) ||
        !LdrpIsKey(Pe, &root, "VS_VERSION_INFO"))
    {
        LdrpPeNote(Pe, LdrPeNoteBadResources);
        return;
    }
    Pe->Version.IsPresent = true;
    LdrpParseFixedVersion(Pe, &root);
    uint32_t children = data[0] + LdrpAlignUp(root.Value + root.ValueLength - data[0], 4);
    LdrpWalkVersion(Pe, data[0], children, root.End, 0);
}
