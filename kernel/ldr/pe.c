// SPDX-License-Identifier: MIT
// PE32+ headers and section table: what makes a file a driver image at all.
//
// Pure and total, see pe.h. The order of the checks is the order of usefulness of the message:
// "this is an ARM64 program" before "a field is out of range".

#include "pep.h"

#define DOS_SIGNATURE  0x5A4D
#define NT_SIGNATURE   0x00004550
#define MACHINE_AMD64  0x8664
#define MAGIC_PE32PLUS 0x020B
#define PAGE           0x1000u

LDR_PE_STATUS
LdrpPeFail(LDR_PE *Pe, LDR_PE_STATUS Status, const char *Format, ...)
{
    if (Pe->Status == LdrPeOk)
    {
        __builtin_va_list arguments;
        __builtin_va_start(arguments, Format);
        LdrpFormatV(Pe->ErrorText, sizeof Pe->ErrorText, Format, arguments);
        __builtin_va_end(arguments);
        Pe->Status = Status;
    }
    return Status;
}

bool
LdrpPeReadFile(const LDR_PE *Pe, uint32_t Offset, void *Buffer, uint32_t Size)
{
    if (Offset > Pe->Size || Size > Pe->Size - Offset)
    {
        return false;
    }
    __builtin_memcpy(Buffer, Pe->Data + Offset, Size);
    return true;
}

const LDR_PE_SECTION *
LdrPeSectionOf(const LDR_PE *Pe, uint32_t Rva)
{
    for (uint32_t index = 0; index < Pe->SectionCount; index++)
    {
        const LDR_PE_SECTION *section = &Pe->Sections[index];
        if (Rva >= section->Address && Rva - section->Address < section->MappedSize)
        {
            return section;
        }
    }
    return NULL;
}

static bool
LdrpPeReadMapped(const LDR_PE *Pe, uint32_t Rva, void *Buffer, uint32_t Size)
{
    for (uint32_t index = 0; index < Pe->SectionCount; index++)
    {
        const LDR_PE_SECTION *section = &Pe->Sections[index];
        if (section->IsHidden && Rva < section->Address + section->MappedSize &&
            section->Address < (uint64_t)Rva + Size)
        {
            return false;
        }
    }
    return LdrpPeReadFile(Pe, Rva, Buffer, Size);
}

bool
LdrPeRead(const LDR_PE *Pe, uint32_t Rva, void *Buffer, uint32_t Size)
{
    if (Pe->IsMapped)
    {
        return LdrpPeReadMapped(Pe, Rva, Buffer, Size);
    }
    if (Rva < Pe->SizeOfHeaders)
    {
        return Size <= Pe->SizeOfHeaders - Rva && LdrpPeReadFile(Pe, Rva, Buffer, Size);
    }
    const LDR_PE_SECTION *section = LdrPeSectionOf(Pe, Rva);
    if (section == NULL || Size > section->MappedSize - (Rva - section->Address))
    {
        return false;
    }
    uint32_t offset = Rva - section->Address;
    uint32_t present = offset < section->RawSize ? section->RawSize - offset : 0;
    present = present < Size ? present : Size;
    __builtin_memcpy(Buffer, Pe->Data + section->RawOffset + (present != 0 ? offset : 0), present);
    __builtin_memset((uint8_t *)Buffer + present, 0, Size - present);
    return true;
}

bool
LdrPeReadName(const LDR_PE *Pe, uint32_t Rva, char *Buffer, uint32_t BufferSize)
{
    for (uint32_t length = 0; length < BufferSize; length++)
    {
        if (Rva > UINT32_MAX - length || !LdrPeRead(Pe, Rva + length, &Buffer[length], 1))
        {
            break;
        }
        if (Buffer[length] == 0)
        {
            return length != 0;
        }
        if (Buffer[length] <= 0x20 || Buffer[length] >= 0x7F)
        {
            break;
        }
    }
    Buffer[0] = 0;
    return false;
}

static LDR_PE_STATUS
LdrpPeParseDos(LDR_PE *Pe)
{
    uint16_t signature = 0;
    uint32_t ntSignature = 0;
    if (Pe->Size < 64)
    {
        return LdrpPeFail(Pe, LdrPeTooSmall, "%u bytes are too few for a PE image", Pe->Size);
    }
    LdrpPeReadFile(Pe, 0, &signature, sizeof signature);
    if (signature != DOS_SIGNATURE)
    {
        const char *hint = "";
        if (Pe->Data[0] == 0x7F && Pe->Data[1] == 'E' && Pe->Data[2] == 'L' && Pe->Data[3] == 'F')
        {
            hint = ", it is an ELF file";
        }
        return LdrpPeFail(Pe, LdrPeNoDosSignature, "it does not begin with MZ%s", hint);
    }
    LdrpPeReadFile(Pe, 0x3C, &Pe->NtOffset, sizeof Pe->NtOffset);
    if ((Pe->NtOffset & 3) != 0 ||
        !LdrpPeReadFile(Pe, Pe->NtOffset, &ntSignature, sizeof ntSignature))
    {
        return LdrpPeFail(Pe, LdrPeHeaderOffset, "e_lfanew %x does not lead to a header",
                          Pe->NtOffset);
    }
    if (ntSignature != NT_SIGNATURE)
    {
        uint16_t old = (uint16_t)ntSignature;
        const char *hint = old == 0x454E   ? ", it is a 16-bit NE program"
                           : old == 0x454C ? ", it is a VxD (LE)"
                                           : "";
        return LdrpPeFail(Pe, LdrPeNoNtSignature, "there is no PE signature at %x%s", Pe->NtOffset,
                          hint);
    }
    return LdrPeOk;
}

static LDR_PE_STATUS
LdrpPeParseFileHeader(LDR_PE *Pe, PE_FILE_HEADER *Header)
{
    if (!LdrpPeReadFile(Pe, Pe->NtOffset + 4, Header, sizeof *Header))
    {
        return LdrpPeFail(Pe, LdrPeHeaderOffset, "the file ends inside the file header");
    }
    Pe->Machine = Header->Machine;
    Pe->TimeDateStamp = Header->TimeDateStamp;
    Pe->Characteristics = Header->Characteristics;
    if (Header->Machine != MACHINE_AMD64)
    {
        return LdrpPeFail(Pe, LdrPeMachine, "machine is %s (%x), OpenWDM runs x64",
                          LdrPeMachineName(Header->Machine), (uint32_t)Header->Machine);
    }
    if ((Header->Characteristics & LDR_PE_FILE_EXECUTABLE) == 0)
    {
        return LdrpPeFail(Pe, LdrPeNotExecutable,
                          "it is not marked executable, the linker reported errors");
    }
    if (Header->SizeOfOptionalHeader < sizeof(PE_OPTIONAL_HEADER))
    {
        return LdrpPeFail(Pe, LdrPeOptionalHeaderSize,
                          "SizeOfOptionalHeader is %u, a PE32+ header has at least 112 bytes",
                          (uint32_t)Header->SizeOfOptionalHeader);
    }
    return LdrPeOk;
}

static LDR_PE_STATUS
LdrpPeCheckKind(LDR_PE *Pe, const PE_OPTIONAL_HEADER *Header)
{
    if (Header->Magic != MAGIC_PE32PLUS)
    {
        return LdrpPeFail(Pe, LdrPeMagic, "optional header magic is %x, a 64-bit image has 0x20B",
                          (uint32_t)Header->Magic);
    }
    if (Header->Subsystem != 1)
    {
        bool isUser = Header->Subsystem == 2 || Header->Subsystem == 3;
        return LdrpPeFail(Pe, LdrPeSubsystem, "subsystem is %s (%u)%s, drivers are native (1)",
                          LdrPeSubsystemName(Header->Subsystem), (uint32_t)Header->Subsystem,
                          isUser ? ", a user-mode program" : "");
    }
    return LdrPeOk;
}

static LDR_PE_STATUS
LdrpPeCheckSizes(LDR_PE *Pe, const PE_OPTIONAL_HEADER *Header)
{
    uint32_t sectionAlignment = Header->SectionAlignment;
    uint32_t fileAlignment = Header->FileAlignment;
    if (!LdrpIsPowerOfTwo(sectionAlignment) || !LdrpIsPowerOfTwo(fileAlignment) ||
        fileAlignment > sectionAlignment || fileAlignment > 0x10000 || sectionAlignment > 0x1000000)
    {
        return LdrpPeFail(Pe, LdrPeAlignment,
                          "SectionAlignment %x and FileAlignment %x do not fit together",
                          sectionAlignment, fileAlignment);
    }
    if (sectionAlignment < PAGE)
    {
        return LdrpPeFail(
            Pe, LdrPeLowAlignment,
            "SectionAlignment %x is below a page, its code and data cannot be protected",
            sectionAlignment);
    }
    if (fileAlignment < 0x200)
    {
        return LdrpPeFail(Pe, LdrPeAlignment, "FileAlignment %x is below 0x200", fileAlignment);
    }
    if ((Header->ImageBase & 0xFFFF) != 0)
    {
        return LdrpPeFail(Pe, LdrPeImageBase, "ImageBase %l is not a multiple of 64 KiB",
                          Header->ImageBase);
    }
    if (Header->SizeOfImage == 0 || Header->SizeOfImage > LDR_PE_MAX_SIZE)
    {
        return LdrpPeFail(Pe, LdrPeImageSize, "SizeOfImage is %x", Header->SizeOfImage);
    }
    if (Header->SizeOfHeaders > Pe->Size || Header->SizeOfHeaders > Header->SizeOfImage)
    {
        return LdrpPeFail(Pe, LdrPeHeaderSize, "SizeOfHeaders %x exceeds the file or the image",
                          Header->SizeOfHeaders);
    }
    return LdrPeOk;
}

static void
LdrpPeCopyFields(LDR_PE *Pe, const PE_OPTIONAL_HEADER *Header)
{
    Pe->DllCharacteristics = Header->DllCharacteristics;
    Pe->Subsystem = Header->Subsystem;
    Pe->SubsystemVersion[0] = Header->MajorSubsystemVersion;
    Pe->SubsystemVersion[1] = Header->MinorSubsystemVersion;
    Pe->SystemVersion[0] = Header->MajorOperatingSystemVersion;
    Pe->SystemVersion[1] = Header->MinorOperatingSystemVersion;
    Pe->LinkerVersion[0] = Header->MajorLinkerVersion;
    Pe->LinkerVersion[1] = Header->MinorLinkerVersion;
    Pe->EntryPoint = Header->AddressOfEntryPoint;
    Pe->SectionAlignment = Header->SectionAlignment;
    Pe->FileAlignment = Header->FileAlignment;
    Pe->SizeOfImage = LdrpAlignUp(Header->SizeOfImage, PAGE);
    Pe->SizeOfHeaders = Header->SizeOfHeaders;
    Pe->CheckSum = Header->CheckSum;
    Pe->ImageBase = Header->ImageBase;
    Pe->StackReserve = Header->SizeOfStackReserve;
}

static LDR_PE_STATUS
LdrpPeParseOptionalHeader(LDR_PE *Pe, const PE_FILE_HEADER *File)
{
    PE_OPTIONAL_HEADER header;
    uint32_t offset = Pe->NtOffset + 4 + (uint32_t)sizeof(PE_FILE_HEADER);
    if (!LdrpPeReadFile(Pe, offset, &header, sizeof header))
    {
        return LdrpPeFail(Pe, LdrPeHeaderOffset, "the file ends inside the optional header");
    }
    LDR_PE_STATUS status = LdrpPeCheckKind(Pe, &header);
    if (status == LdrPeOk)
    {
        status = LdrpPeCheckSizes(Pe, &header);
    }
    if (status != LdrPeOk)
    {
        return status;
    }
    LdrpPeCopyFields(Pe, &header);
    uint32_t count = header.NumberOfRvaAndSizes;
    if (count > LDR_PE_DIRECTORIES)
    {
        // Windows ignores what lies beyond the sixteenth, so a driver that says 17 still loads.
        LdrpPeNote(Pe, LdrPeNoteManyDirectories);
        count = LDR_PE_DIRECTORIES;
    }
    if (File->SizeOfOptionalHeader - sizeof header < count * sizeof(LDR_PE_DIRECTORY) ||
        !LdrpPeReadFile(Pe, offset + (uint32_t)sizeof header, Pe->Directories,
                        count * (uint32_t)sizeof(LDR_PE_DIRECTORY)))
    {
        return LdrpPeFail(Pe, LdrPeOptionalHeaderSize,
                          "SizeOfOptionalHeader %u has no room for %u data directories",
                          (uint32_t)File->SizeOfOptionalHeader, count);
    }
    return LdrPeOk;
}

// Validates one section against the previous one's end. The PE format page demands ascending and
// adjacent sections, each at a multiple of SectionAlignment; Windows refuses anything else.
static LDR_PE_STATUS
LdrpPeAddSection(LDR_PE *Pe, const PE_SECTION_HEADER *Header, uint32_t Expected)
{
    LDR_PE_SECTION *section = &Pe->Sections[Pe->SectionCount];
    __builtin_memcpy(section->Name, Header->Name, 8);
    section->Address = Header->VirtualAddress;
    section->Size = Header->VirtualSize != 0 ? Header->VirtualSize : Header->SizeOfRawData;
    section->Characteristics = Header->Characteristics;
    const char *name = section->Name;
    if (section->Size == 0)
    {
        return LdrpPeFail(Pe, LdrPeSectionEmpty, "section %s has no size", name);
    }
    if (section->Address != Expected)
    {
        return LdrpPeFail(Pe, LdrPeSectionAddress,
                          "section %s is at %x, the next free address is %x", name,
                          section->Address, Expected);
    }
    if (section->Size > Pe->SizeOfImage || section->Address > Pe->SizeOfImage - section->Size)
    {
        return LdrpPeFail(Pe, LdrPeSectionRange, "section %s ends at %l, SizeOfImage is %x", name,
                          (uint64_t)section->Address + section->Size, Pe->SizeOfImage);
    }
    section->MappedSize = LdrpAlignUp(section->Size, Pe->SectionAlignment);
    if (section->MappedSize > Pe->SizeOfImage - section->Address)
    {
        section->MappedSize = Pe->SizeOfImage - section->Address;
    }
    if (Header->SizeOfRawData != 0)
    {
        uint32_t raw = Header->PointerToRawData;
        if (raw % Pe->FileAlignment != 0 || raw > Pe->Size ||
            Header->SizeOfRawData > Pe->Size - raw)
        {
            return LdrpPeFail(Pe, LdrPeSectionRaw,
                              "section %s has data at %x+%x, the file has %x bytes in blocks of %x",
                              name, raw, Header->SizeOfRawData, Pe->Size, Pe->FileAlignment);
        }
        section->RawOffset = raw;
        section->RawSize = Header->SizeOfRawData < section->MappedSize ? Header->SizeOfRawData
                                                                       : section->MappedSize;
    }
    Pe->SectionCount++;
    return LdrPeOk;
}

static void
LdrpPeNoteSection(LDR_PE *Pe, const LDR_PE_SECTION *Section)
{
    uint32_t both = LDR_PE_SCN_EXECUTE | LDR_PE_SCN_WRITE;
    // INIT of every Microsoft linker up to 2012 is writable and executable: not worth a word.
    if ((Section->Characteristics & both) == both &&
        (Section->Characteristics & LDR_PE_SCN_DISCARDABLE) == 0)
    {
        LdrpPeNote(Pe, LdrPeNoteWritableCode);
    }
    if ((Section->Characteristics & LDR_PE_SCN_SHARED) != 0)
    {
        LdrpPeNote(Pe, LdrPeNoteSharedSection);
    }
}

static LDR_PE_STATUS
LdrpPeCheckRawOverlap(LDR_PE *Pe)
{
    for (uint32_t index = 0; index < Pe->SectionCount; index++)
    {
        const LDR_PE_SECTION *section = &Pe->Sections[index];
        if (section->RawSize == 0)
        {
            continue;
        }
        if (section->RawOffset < Pe->SizeOfHeaders)
        {
            return LdrpPeFail(Pe, LdrPeSectionRawOverlap,
                              "the data of section %s overlaps the headers", section->Name);
        }
        for (uint32_t other = 0; other < index; other++)
        {
            const LDR_PE_SECTION *earlier = &Pe->Sections[other];
            if (section->RawOffset < earlier->RawOffset + earlier->RawSize &&
                earlier->RawOffset < section->RawOffset + section->RawSize)
            {
                return LdrpPeFail(Pe, LdrPeSectionRawOverlap,
                                  "the data of sections %s and %s overlap in the file",
                                  earlier->Name, section->Name);
            }
        }
    }
    return LdrPeOk;
}

static LDR_PE_STATUS
LdrpPeParseSections(LDR_PE *Pe, const PE_FILE_HEADER *File)
{
    uint32_t offset =
        Pe->NtOffset + 4 + (uint32_t)sizeof(PE_FILE_HEADER) + File->SizeOfOptionalHeader;
    uint32_t count = File->NumberOfSections;
    if (count == 0 || count > LDR_PE_MAX_SECTIONS)
    {
        return LdrpPeFail(Pe, LdrPeSectionCount, "it has %u sections, 1 to 96 are possible", count);
    }
    uint32_t tableEnd = offset + count * (uint32_t)sizeof(PE_SECTION_HEADER);
    if (tableEnd > Pe->SizeOfHeaders)
    {
        return LdrpPeFail(Pe, LdrPeSectionTable,
                          "the section table ends at %x, SizeOfHeaders is %x", tableEnd,
                          Pe->SizeOfHeaders);
    }
    uint32_t expected = LdrpAlignUp(Pe->SizeOfHeaders, Pe->SectionAlignment);
    for (uint32_t index = 0; index < count; index++)
    {
        PE_SECTION_HEADER header = {0};
        LdrpPeReadFile(Pe, offset + index * (uint32_t)sizeof header, &header, sizeof header);
        LDR_PE_STATUS status = LdrpPeAddSection(Pe, &header, expected);
        if (status != LdrPeOk)
        {
            return status;
        }
        const LDR_PE_SECTION *section = &Pe->Sections[index];
        expected = LdrpAlignUp(section->Address + section->Size, Pe->SectionAlignment);
        LdrpPeNoteSection(Pe, section);
    }
    return LdrpPeCheckRawOverlap(Pe);
}

static LDR_PE_STATUS
LdrpPeParseHeaders(LDR_PE *Pe)
{
    PE_FILE_HEADER file;
    LDR_PE_STATUS status = LdrpPeParseDos(Pe);
    status = status == LdrPeOk ? LdrpPeParseFileHeader(Pe, &file) : status;
    status = status == LdrPeOk ? LdrpPeParseOptionalHeader(Pe, &file) : status;
    status = status == LdrPeOk ? LdrpPeParseSections(Pe, &file) : status;
    status = status == LdrPeOk ? LdrpPeCheckDirectories(Pe) : status;
    return status == LdrPeOk ? LdrpPeCheckEntryPoint(Pe) : status;
}

LDR_PE_STATUS
LdrPeParse(LDR_PE *Pe, const void *Data, size_t Size, uint32_t Flags)
{
    __builtin_memset(Pe, 0, sizeof *Pe);
    if (Size > LDR_PE_MAX_SIZE)
    {
        return LdrpPeFail(Pe, LdrPeTooLarge, "it has more than 256 MiB");
    }
    Pe->Data = Data;
    Pe->Size = (uint32_t)Size;
    LDR_PE_STATUS status = LdrpPeParseHeaders(Pe);
    status = status == LdrPeOk ? LdrpPeParseImports(Pe) : status;
    status = status == LdrPeOk ? LdrpPeParseExports(Pe) : status;
    status = status == LdrPeOk ? LdrpPeParseRelocations(Pe) : status;
    status = status == LdrPeOk ? LdrpPeParseExceptions(Pe) : status;
    status = status == LdrPeOk ? LdrpPeParseLoadConfig(Pe) : status;
    status = status == LdrPeOk ? LdrpPeCheckCheckSum(Pe, Flags) : status;
    if (status == LdrPeOk)
    {
        LdrpPeParseDebug(Pe);
        LdrpPeParseVersion(Pe);
        LdrpPeParseSignature(Pe);
    }
    return status;
}

void
LdrPeRebase(LDR_PE *Pe, const void *Base)
{
    Pe->Data = Base;
    Pe->Size = Pe->SizeOfImage;
    Pe->IsMapped = true;
}
