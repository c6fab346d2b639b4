// SPDX-License-Identifier: MIT
// PE32+ images as bytes: parsing and validation of a file that nobody trusts.
//
// Owns: nothing. Every function here is pure and total: any byte sequence gives an answer or a
// refusal, never a fault. No lock, any IRQL, no allocation, no other header of the project, so the
// same code serves the loader, `wdm info` and the fuzzer.
// Reference: the PE Format page of the Win32 documentation.

#ifndef OPENWDM_KERNEL_LDR_PE_H
#define OPENWDM_KERNEL_LDR_PE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum
{
    LDR_PE_MAX_SECTIONS = 96, // the documented limit of the Windows loader
    LDR_PE_MAX_IMPORTS = 32768,
    LDR_PE_MAX_IMPORT_MODULES = 256,
    LDR_PE_MAX_NAME = 512,
    LDR_PE_MAX_MODULE_NAME = 64,
    LDR_PE_MAX_SIZE = 256 << 20,
    LDR_PE_DIRECTORIES = 16,
    LDR_PE_ERROR_TEXT = 240,
};

// Why an image is refused. The first group says "this is something else", the second "this is
// broken"; LdrPeFormatError words them accordingly.
typedef enum _LDR_PE_STATUS
{
    LdrPeOk = 0,

    LdrPeTooSmall,
    LdrPeTooLarge,
    LdrPeNoDosSignature,
    LdrPeNoNtSignature,
    LdrPeMachine,
    LdrPeMagic,
    LdrPeNotExecutable,
    LdrPeSubsystem,
    LdrPeManaged,
    LdrPeUserImports,
    LdrPeLowAlignment,
    LdrPeFixedBase,
    LdrPeLastOfOtherKind = LdrPeFixedBase,

    LdrPeHeaderOffset,
    LdrPeOptionalHeaderSize,
    LdrPeAlignment,
    LdrPeImageBase,
    LdrPeImageSize,
    LdrPeHeaderSize,
    LdrPeSectionCount,
    LdrPeSectionTable,
    LdrPeSectionAddress,
    LdrPeSectionRange,
    LdrPeSectionEmpty,
    LdrPeSectionRaw,
    LdrPeSectionRawOverlap,
    LdrPeEntryPoint,
    LdrPeDirectory,
    LdrPeImports,
    LdrPeDelayImports,
    LdrPeExports,
    LdrPeRelocations,
    LdrPeExceptions,
    LdrPeUnwindInfo,
    LdrPeLoadConfig,
    LdrPeCheckSum,
    LdrPeStatusCount
} LDR_PE_STATUS;

// Facts worth a line in `wdm info` that do not stop an image from loading.
typedef enum _LDR_PE_NOTE
{
    LdrPeNoteCheckSum,
    LdrPeNoteNoCheckSum,
    LdrPeNoteTls,
    LdrPeNoteWritableCode,
    LdrPeNoteManyDirectories,
    LdrPeNoteReservedDirectory,
    LdrPeNoteUnwindVersion,
    LdrPeNoteExportsUnsorted,
    LdrPeNoteBadDebug,
    LdrPeNoteBadResources,
    LdrPeNoteBadCertificate,
    LdrPeNoteBadBoundImports,
    LdrPeNoteSharedSection,
    LdrPeNoteDelayImports,
    LdrPeNoteCount
} LDR_PE_NOTE;

enum
{
    LDR_PE_STRICT_CHECKSUM = 1, // a wrong checksum refuses the image
};

enum
{
    LDR_PE_DIR_EXPORT = 0,
    LDR_PE_DIR_IMPORT = 1,
    LDR_PE_DIR_RESOURCE = 2,
    LDR_PE_DIR_EXCEPTION = 3,
    LDR_PE_DIR_SECURITY = 4, // a file offset, not an RVA
    LDR_PE_DIR_BASERELOC = 5,
    LDR_PE_DIR_DEBUG = 6,
    LDR_PE_DIR_ARCHITECTURE = 7,
    LDR_PE_DIR_GLOBALPTR = 8,
    LDR_PE_DIR_TLS = 9,
    LDR_PE_DIR_LOAD_CONFIG = 10,
    LDR_PE_DIR_BOUND_IMPORT = 11,
    LDR_PE_DIR_IAT = 12,
    LDR_PE_DIR_DELAY_IMPORT = 13,
    LDR_PE_DIR_COM_DESCRIPTOR = 14,
    LDR_PE_DIR_RESERVED = 15,
};

enum
{
    LDR_PE_SCN_CODE = 0x00000020,
    LDR_PE_SCN_INITIALIZED = 0x00000040,
    LDR_PE_SCN_UNINITIALIZED = 0x00000080,
    LDR_PE_SCN_DISCARDABLE = 0x02000000,
    LDR_PE_SCN_NOT_CACHED = 0x04000000,
    LDR_PE_SCN_NOT_PAGED = 0x08000000,
    LDR_PE_SCN_SHARED = 0x10000000,
    LDR_PE_SCN_EXECUTE = 0x20000000,
    LDR_PE_SCN_READ = 0x40000000,
};
#define LDR_PE_SCN_WRITE 0x80000000u

enum
{
    LDR_PE_FILE_RELOCS_STRIPPED = 0x0001,
    LDR_PE_FILE_EXECUTABLE = 0x0002,
    LDR_PE_FILE_DLL = 0x2000,
    LDR_PE_DLL_HIGH_ENTROPY = 0x0020,
    LDR_PE_DLL_DYNAMIC_BASE = 0x0040,
    LDR_PE_DLL_FORCE_INTEGRITY = 0x0080,
    LDR_PE_DLL_NX_COMPAT = 0x0100,
    LDR_PE_DLL_WDM_DRIVER = 0x2000,
    LDR_PE_DLL_GUARD_CF = 0x4000,
};

typedef struct _LDR_PE_DIRECTORY
{
    uint32_t Address; // 0 when the directory is absent
    uint32_t Size;
} LDR_PE_DIRECTORY;

typedef struct _LDR_PE_SECTION
{
    char Name[9];
    uint32_t Address;    // RVA
    uint32_t Size;       // bytes that the section declares
    uint32_t MappedSize; // Size rounded up to the section alignment
    uint32_t RawOffset;
    uint32_t RawSize; // bytes of the file that belong to the mapped range
    uint32_t Characteristics;
    bool IsHidden; // of a mapped image: not readable any more
} LDR_PE_SECTION;

typedef struct _LDR_PE_EXPORTS
{
    uint32_t OrdinalBase;
    uint32_t FunctionCount;
    uint32_t NameCount;
    uint32_t Functions; // RVAs of the three tables
    uint32_t Names;
    uint32_t Ordinals;
    bool Sorted;
    char ModuleName[LDR_PE_MAX_MODULE_NAME];
} LDR_PE_EXPORTS;

typedef struct _LDR_PE_LOAD_CONFIG
{
    uint32_t Size; // 0: the image has none
    uint32_t GuardFlags;
    uint32_t SecurityCookie; // RVAs of the fields' targets, 0 when absent
    uint32_t GuardCheckPointer;
    uint32_t GuardDispatchPointer;
    uint32_t GuardFunctionTable;
    uint64_t GuardFunctionCount;
} LDR_PE_LOAD_CONFIG;

typedef struct _LDR_PE_DEBUG
{
    bool HasPdb;
    bool HasPogo;
    bool IsReproducible;
    uint8_t PdbGuid[16];
    uint32_t PdbAge;
    uint32_t EntryCount;
    char PdbPath[260];
} LDR_PE_DEBUG;

typedef struct _LDR_PE_VERSION
{
    bool IsPresent;
    uint16_t File[4];
    uint16_t Product[4];
    char FileVersion[64];
    char ProductVersion[64];
    char CompanyName[128];
    char ProductName[128];
    char FileDescription[128];
    char OriginalFilename[128];
    char LegalCopyright[160];
} LDR_PE_VERSION;

typedef struct _LDR_PE_SIGNATURE
{
    bool IsPresent;
    uint32_t CertificateCount; // X.509 certificates inside the first PKCS#7 blob
    char Signer[128];          // common name; empty when it could not be read. Never verified.
    char Issuer[128];
} LDR_PE_SIGNATURE;

typedef struct _LDR_PE
{
    const uint8_t *Data;
    uint32_t Size;
    bool IsMapped; // Data is a mapped image: RVA equals offset
    uint16_t Machine;
    uint16_t Characteristics;
    uint16_t DllCharacteristics;
    uint16_t Subsystem;
    uint16_t SubsystemVersion[2];
    uint16_t SystemVersion[2];
    uint8_t LinkerVersion[2];
    uint32_t TimeDateStamp;
    uint32_t NtOffset;
    uint32_t EntryPoint;
    uint32_t SectionAlignment;
    uint32_t FileAlignment;
    uint32_t SizeOfImage;
    uint32_t SizeOfHeaders;
    uint32_t CheckSum;
    uint32_t ComputedCheckSum;
    uint64_t ImageBase;
    uint64_t StackReserve;
    LDR_PE_DIRECTORY Directories[LDR_PE_DIRECTORIES];
    uint32_t SectionCount;
    LDR_PE_SECTION Sections[LDR_PE_MAX_SECTIONS];

    uint32_t ImportModuleCount;
    uint32_t ImportCount;
    uint32_t DelayImportCount;
    uint32_t RelocationCount;
    uint32_t FunctionCount; // .pdata entries without the trailing zero ones
    LDR_PE_EXPORTS Exports;
    LDR_PE_LOAD_CONFIG LoadConfig;
    LDR_PE_DEBUG Debug;
    LDR_PE_VERSION Version;
    LDR_PE_SIGNATURE Signature;

    uint32_t Notes; // bit per LDR_PE_NOTE
    LDR_PE_STATUS Status;
    char ErrorText[LDR_PE_ERROR_TEXT];
} LDR_PE;

typedef struct _LDR_PE_IMPORT
{
    const char *Module;
    const char *Name; // NULL: by ordinal
    uint32_t Ordinal;
    uint32_t Hint;
    uint32_t SlotRva; // where the address goes
    bool IsDelayed;
} LDR_PE_IMPORT;

typedef struct _LDR_PE_EXPORT
{
    uint32_t Rva; // 0 when Forwarder is set
    uint32_t Ordinal;
    char Forwarder[LDR_PE_MAX_NAME]; // "MODULE.Name" or "MODULE.#12", empty when none
} LDR_PE_EXPORT;

typedef struct _LDR_PE_FUNCTION
{
    uint32_t Begin;
    uint32_t End;
    uint32_t UnwindInfo;
} LDR_PE_FUNCTION;

// Callbacks return false to stop the walk; the walk then returns false too.
typedef bool (*LDR_PE_IMPORT_CALLBACK)(void *Context, const LDR_PE_IMPORT *Import);
typedef bool (*LDR_PE_RELOCATION_CALLBACK)(void *Context, uint32_t Rva);
typedef bool (*LDR_PE_EXPORT_CALLBACK)(void *Context, const char *Name, uint32_t Rva);

// Parses and validates the file Data[0..Size). Pe is written in every case; Data must stay alive
// as long as Pe is used. Flags: LDR_PE_STRICT_*.
LDR_PE_STATUS
LdrPeParse(LDR_PE *Pe, const void *Data, size_t Size, uint32_t Flags);

// Turns Pe, parsed from a file, into the view of the image mapped at Base.
void LdrPeRebase(LDR_PE *Pe, const void *Base);

// "foo.sys: not a driver image: machine is ARM64 (0xAA64), OpenWDM runs x64"; returns Buffer.
const char *
LdrPeFormatError(const LDR_PE *Pe, const char *FileName, char *Buffer, size_t BufferSize);

const char *LdrPeNoteText(LDR_PE_NOTE Note);

// Name of an IMAGE_FILE_MACHINE_* / IMAGE_SUBSYSTEM_* value; "unknown" when it has none.
const char *LdrPeMachineName(uint16_t Machine);

const char *LdrPeSubsystemName(uint16_t Subsystem);

// Copies Size bytes at Rva; bytes that the file does not have are zero. False when the range is
// not inside the headers or one section.
bool LdrPeRead(const LDR_PE *Pe, uint32_t Rva, void *Buffer, uint32_t Size);

// Copies a zero-terminated printable string. False when it is unterminated, empty, too long for
// the buffer, or holds bytes that no linker writes.
bool LdrPeReadName(const LDR_PE *Pe, uint32_t Rva, char *Buffer, uint32_t BufferSize);

// The section that maps Rva, or NULL (headers, gaps, outside).
const LDR_PE_SECTION *LdrPeSectionOf(const LDR_PE *Pe, uint32_t Rva);

// Walks imports in file order, delayed ones last. False when a callback stopped it or (which
// cannot happen after a successful LdrPeParse) the tables are damaged.
bool LdrPeForEachImport(const LDR_PE *Pe, LDR_PE_IMPORT_CALLBACK Callback, void *Context);

// Walks the DIR64 relocations in file order.
bool LdrPeForEachRelocation(const LDR_PE *Pe, LDR_PE_RELOCATION_CALLBACK Callback, void *Context);

bool LdrPeForEachExport(const LDR_PE *Pe, LDR_PE_EXPORT_CALLBACK Callback, void *Context);

bool LdrPeFindExportByName(const LDR_PE *Pe, const char *Name, LDR_PE_EXPORT *Export);

bool LdrPeFindExportByOrdinal(const LDR_PE *Pe, uint32_t Ordinal, LDR_PE_EXPORT *Export);

// The named export at or below Rva, for symbolizing; false when there is none.
bool LdrPeNearestExport(const LDR_PE *Pe,
                        uint32_t Rva,
                        char *Name,
                        uint32_t NameSize,
                        uint32_t *NameRva);

bool LdrPeFunctionAt(const LDR_PE *Pe, uint32_t Index, LDR_PE_FUNCTION *Function);

#endif
