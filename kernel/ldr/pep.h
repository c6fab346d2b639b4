// SPDX-License-Identifier: MIT
// Private to the PE parser: on-disk layouts and the pieces that pe*.c share.

#ifndef OPENWDM_KERNEL_LDR_PEP_H
#define OPENWDM_KERNEL_LDR_PEP_H

#include "pe.h"
#include "text.h"

// Layouts of the PE format page, all little endian and naturally aligned. They are filled by
// copying, so the alignment of the file buffer does not matter.
typedef struct _PE_FILE_HEADER
{
    uint16_t Machine;
    uint16_t NumberOfSections;
    uint32_t TimeDateStamp;
    uint32_t PointerToSymbolTable;
    uint32_t NumberOfSymbols;
    uint16_t SizeOfOptionalHeader;
    uint16_t Characteristics;
} PE_FILE_HEADER;

typedef struct _PE_OPTIONAL_HEADER
{
    uint16_t Magic;
    uint8_t MajorLinkerVersion;
    uint8_t MinorLinkerVersion;
    uint32_t SizeOfCode;
    uint32_t SizeOfInitializedData;
    uint32_t SizeOfUninitializedData;
    uint32_t AddressOfEntryPoint;
    uint32_t BaseOfCode;
    uint64_t ImageBase;
    uint32_t SectionAlignment;
    uint32_t FileAlignment;
    uint16_t MajorOperatingSystemVersion;
    uint16_t MinorOperatingSystemVersion;
    uint16_t MajorImageVersion;
    uint16_t MinorImageVersion;
    uint16_t MajorSubsystemVersion;
    uint16_t MinorSubsystemVersion;
    uint32_t Win32VersionValue;
    uint32_t SizeOfImage;
    uint32_t SizeOfHeaders;
    uint32_t CheckSum;
    uint16_t Subsystem;
    uint16_t DllCharacteristics;
    uint64_t SizeOfStackReserve;
    uint64_t SizeOfStackCommit;
    uint64_t SizeOfHeapReserve;
    uint64_t SizeOfHeapCommit;
    uint32_t LoaderFlags;
    uint32_t NumberOfRvaAndSizes;
} PE_OPTIONAL_HEADER;

typedef struct _PE_SECTION_HEADER
{
    char Name[8];
    uint32_t VirtualSize;
    uint32_t VirtualAddress;
    uint32_t SizeOfRawData;
    uint32_t PointerToRawData;
    uint32_t PointerToRelocations;
    uint32_t PointerToLinenumbers;
    uint16_t NumberOfRelocations;
    uint16_t NumberOfLinenumbers;
    uint32_t Characteristics;
} PE_SECTION_HEADER;

typedef struct _PE_IMPORT_DESCRIPTOR
{
    uint32_t OriginalFirstThunk;
    uint32_t TimeDateStamp;
    uint32_t ForwarderChain;
    uint32_t Name;
    uint32_t FirstThunk;
} PE_IMPORT_DESCRIPTOR;

typedef struct _PE_DELAY_DESCRIPTOR
{
    uint32_t Attributes; // bit 0: the fields are RVAs
    uint32_t Name;
    uint32_t ModuleHandle;
    uint32_t AddressTable;
    uint32_t NameTable;
    uint32_t BoundTable;
    uint32_t UnloadTable;
    uint32_t TimeDateStamp;
} PE_DELAY_DESCRIPTOR;

typedef struct _PE_EXPORT_DIRECTORY
{
    uint32_t Characteristics;
    uint32_t TimeDateStamp;
    uint16_t MajorVersion;
    uint16_t MinorVersion;
    uint32_t Name;
    uint32_t Base;
    uint32_t NumberOfFunctions;
    uint32_t NumberOfNames;
    uint32_t AddressOfFunctions;
    uint32_t AddressOfNames;
    uint32_t AddressOfNameOrdinals;
} PE_EXPORT_DIRECTORY;

typedef struct _PE_DEBUG_ENTRY
{
    uint32_t Characteristics;
    uint32_t TimeDateStamp;
    uint16_t MajorVersion;
    uint16_t MinorVersion;
    uint32_t Type;
    uint32_t SizeOfData;
    uint32_t AddressOfRawData;
    uint32_t PointerToRawData;
} PE_DEBUG_ENTRY;

_Static_assert(sizeof(PE_FILE_HEADER) == 20, "PE_FILE_HEADER");
_Static_assert(sizeof(PE_OPTIONAL_HEADER) == 112, "PE_OPTIONAL_HEADER");
_Static_assert(sizeof(PE_SECTION_HEADER) == 40, "PE_SECTION_HEADER");
_Static_assert(sizeof(PE_DEBUG_ENTRY) == 28, "PE_DEBUG_ENTRY");
_Static_assert(sizeof(LDR_PE_FUNCTION) == 12, "LDR_PE_FUNCTION");

static inline uint32_t
LdrpAlignUp(uint32_t Value, uint32_t Alignment)
{
    return (Value + Alignment - 1) & ~(Alignment - 1);
}

static inline bool
LdrpIsPowerOfTwo(uint32_t Value)
{
    return Value != 0 && (Value & (Value - 1)) == 0;
}

// Copies from the file by offset, for what is not addressed by RVA.
bool LdrpPeReadFile(const LDR_PE *Pe, uint32_t Offset, void *Buffer, uint32_t Size);

// Records the reason of a refusal, the first one wins; always returns Status.
LDR_PE_STATUS
LdrpPeFail(LDR_PE *Pe, LDR_PE_STATUS Status, const char *Format, ...);

static inline void
LdrpPeNote(LDR_PE *Pe, LDR_PE_NOTE Note)
{
    Pe->Notes |= 1u << Note;
}

LDR_PE_STATUS
LdrpPeCheckEntryPoint(LDR_PE *Pe);

LDR_PE_STATUS
LdrpPeCheckDirectories(LDR_PE *Pe);

LDR_PE_STATUS
LdrpPeCheckCheckSum(LDR_PE *Pe, uint32_t Flags);

// One per directory; called by LdrPeParse in this order after headers and sections are known good.
LDR_PE_STATUS
LdrpPeParseImports(LDR_PE *Pe);

LDR_PE_STATUS
LdrpPeParseExports(LDR_PE *Pe);

LDR_PE_STATUS
LdrpPeParseRelocations(LDR_PE *Pe);

LDR_PE_STATUS
LdrpPeParseExceptions(LDR_PE *Pe);

LDR_PE_STATUS
LdrpPeParseLoadConfig(LDR_PE *Pe);

void LdrpPeParseDebug(LDR_PE *Pe);

void LdrpPeParseVersion(LDR_PE *Pe);

void LdrpPeParseSignature(LDR_PE *Pe);

#endif
