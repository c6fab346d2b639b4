// SPDX-License-Identifier: MIT
// ldr: driver images in memory. What other folders may use.
//
// Owns: the region of driver images (HOST_REGION_IMAGE), the list of loaded images, the patches in
// their code. One host thread runs everything, so there is no lock. Loading and unloading run at
// PASSIVE_LEVEL; look-ups at any IRQL, also from the fault handler.

#ifndef OPENWDM_KERNEL_LDR_LDR_H
#define OPENWDM_KERNEL_LDR_LDR_H

#include <wdm.h>

#include "ke/gate.h"
#include "ldr/pe.h"

#define LDR_MAX_IMAGES       512
#define LDR_MAX_DEPENDENCIES 64
#define LDR_MAX_DEPTH        8 // of dependencies and of forwarders

typedef struct _LDR_IMAGE *PLDR_IMAGE;

// ---- configuration -----------------------------------------------------------------------------

typedef struct _LDR_FILE
{
    const void *Data;
    SIZE_T Size;
    char Path[260]; // host path, for messages and debuggers
    void *Private;  // of the owner of OpenFile
} LDR_FILE;

// What the loader needs of others. Members may be NULL or 0; then what their comment says.
typedef struct _LDR_CONFIG
{
    void *Context; // handed to the routines below

    // Security cookies follow from it and the image's name. Same seed, same cookies.
    ULONG64 Seed;

    // A readable copy of KUSER_SHARED_DATA at an address drivers can use. NULL: immediates that
    // name 0xFFFFF78000000000 stay as they are and trap.
    const void *SharedDataMapping;

    // Called by patched `mov cr8, reg` with the new IRQL in AL. It preserves all registers but RAX
    // and RFLAGS, all of the xmm state, may be entered with any alignment of RSP, and returns with
    // `ret`. NULL: such instructions stay and trap.
    const void *WriteCr8Stub;

    // The fault handler translates RIP with LdrUnpatchAddress and LdrRepatchAddress. Without that
    // promise no instruction that can fault is moved into a trampoline.
    BOOLEAN TranslatesFaults;

    // Replaces KiFindExport (tests, fuzzing).
    PKI_EXPORT (*FindExport)(const char *Module, const char *Name);

    // Finds the file of ModuleName, which Importer needs, after the importer's own folder was
    // tried.
    BOOLEAN (*OpenFile)(void *Context, const char *ModuleName, PLDR_IMAGE Importer, LDR_FILE *File);
    void (*CloseFile)(void *Context, LDR_FILE *File);

    // Calls DllInitialize (Argument: registry path) or DllUnload (NULL) of an export driver as
    // driver code is called. NULL: directly.
    NTSTATUS (*CallDriver)(void *Context, PVOID Routine, PUNICODE_STRING Argument);

    // One line, without newline, for the user: why an image was refused, each missing import.
    void (*Report)(void *Context, const char *Line);

    // An image is bound and in the list, its entry point has not run / is about to go. The place to
    // register pageable sections (LdrForEachPagedSection).
    void (*Loaded)(void *Context, PLDR_IMAGE Image);
    void (*Unloading)(void *Context, PLDR_IMAGE Image);
} LDR_CONFIG;

// Forgets all images (they must be unloaded) and takes a new configuration.
void LdrInitialize(const LDR_CONFIG *Config);

// ---- images ------------------------------------------------------------------------------------

typedef enum _LDR_ADDRESS_KIND
{
    LdrAddressHeader,
    LdrAddressCode,
    LdrAddressData,
    LdrAddressPagedCode,
    LdrAddressPagedData,
    LdrAddressDiscarded, // INIT and the like after DriverEntry, debug sections always
    LdrAddressTrampoline // code that the patcher moved; Original says where it was
} LDR_ADDRESS_KIND;

typedef struct _LDR_SECTION
{
    char Name[9];
    UCHAR Protection; // HOST_PROT_* once the image is bound
    BOOLEAN IsPaged;
    BOOLEAN IsInit; // goes away after DriverEntry
    BOOLEAN IsDiscarded;
    BOOLEAN IsExcluded;     // the unwinder knows that it is gone
    BOOLEAN IsWritableCode; // asks for both; LdrHandleSectionFault gives one at a time
    ULONG Rva;
    ULONG Size; // whole pages
    ULONG Characteristics;
} LDR_SECTION;

typedef struct _LDR_PATCH_COUNTS
{
    ULONG Cr8Reads;
    ULONG Cr8Writes;
    ULONG Cr8Trapping; // sites left alone
    ULONG SharedData;
    ULONG Trampolines;
} LDR_PATCH_COUNTS;

// What DRIVER_OBJECT.DriverSection points at: the documented part of LDR_DATA_TABLE_ENTRY
// (winternl.h) with the names that debuggers use for the reserved fields.
typedef struct _LDR_MODULE_ENTRY
{
    LIST_ENTRY InLoadOrderLinks;
    LIST_ENTRY InMemoryOrderLinks;
    PVOID Reserved2[2];
    PVOID DllBase;
    PVOID EntryPoint;
    ULONG SizeOfImage;
    UNICODE_STRING FullDllName;
    UNICODE_STRING BaseDllName;
    ULONG Flags;
    USHORT LoadCount;
    USHORT TlsIndex;
    PVOID Reserved5[2];
    ULONG CheckSum;
    ULONG Reserved6;
    ULONG TimeDateStamp;
} LDR_MODULE_ENTRY;

C_ASSERT(FIELD_OFFSET(LDR_MODULE_ENTRY, DllBase) == 0x30);
C_ASSERT(FIELD_OFFSET(LDR_MODULE_ENTRY, FullDllName) == 0x48);

typedef struct _LDR_IMAGE
{
    LDR_MODULE_ENTRY Entry;
    PUCHAR Base;
    ULONG Size;         // SizeOfImage
    ULONG ExtendedSize; // with the trampolines behind it; the function table covers that range
    ULONG References;   // loads and importers
    ULONG Sequence;     // order of loading since LdrInitialize
    PVOID EntryPoint;   // NULL: export driver without one
    char Name[64];      // "foo.sys", as given
    char Path[260];
    WCHAR BaseName[64];
    WCHAR FullName[128];  // \SystemRoot\System32\drivers\foo.sys
    BOOLEAN IsDependency; // loaded for an importer: DllInitialize has run
    BOOLEAN IsLoading;
    BOOLEAN InitDiscarded;
    BOOLEAN IsPagedEntirely; // MmPageEntireDriver
    ULONG SectionCount;
    LDR_SECTION Sections[LDR_PE_MAX_SECTIONS];
    ULONG DependencyCount;
    PLDR_IMAGE Dependencies[LDR_MAX_DEPENDENCIES];
    ULONG MissingImports;
    LDR_PATCH_COUNTS Patches;
    LDR_PE Pe; // the mapped view: versions, debug record, signer, exports
    struct _LDR_PATCH_TABLE *PatchTable;
    ULONG64 LastFlipRip; // LdrHandleSectionFault
    ULONG LastFlipCount;
} LDR_IMAGE;

// Loads the image of File under Name: maps, relocates, binds (loading what it imports from),
// patches and protects it. Does not call its entry point. A second load of the same name is refused
// with STATUS_IMAGE_ALREADY_LOADED, unless the first was a dependency: then the image is
// referenced. On failure every reason has gone to Report and nothing is left behind. IRQL
// PASSIVE_LEVEL.
NTSTATUS
LdrLoadImage(const char *Name, const LDR_FILE *File, PLDR_IMAGE *Image);

// As LdrLoadImage for a host file.
NTSTATUS
LdrLoadImageFile(const char *Path, PLDR_IMAGE *Image);

// Drops one reference. With the last one DllUnload is called (dependencies only), the memory goes
// and the images it imported from are dereferenced.
void LdrUnloadImage(PLDR_IMAGE Image);

// After DriverEntry: sections marked discardable or named INIT become inaccessible.
void LdrDiscardInit(PLDR_IMAGE Image);

PLDR_IMAGE
LdrFindImage(const char *Name);

// In order of loading, until FALSE; returns FALSE then.
BOOLEAN
LdrForEachImage(BOOLEAN (*Routine)(PLDR_IMAGE Image, PVOID Context), PVOID Context);

// Head of LDR_MODULE_ENTRY.InLoadOrderLinks (PsLoadedModuleList).
extern LIST_ENTRY LdrLoadedModuleList;

// Address of an export of Image, forwarders followed; NULL when there is none.
PVOID
LdrFindExport(PLDR_IMAGE Image, const char *Name);

// ---- addresses ---------------------------------------------------------------------------------

typedef struct _LDR_ADDRESS_INFO
{
    PLDR_IMAGE Image;
    LDR_ADDRESS_KIND Kind;
    ULONG Rva;
    const char *SectionName; // "" for headers and trampolines
    ULONG64 Original;        // the address itself, or where a trampoline's instruction came from
    char Symbol[128];        // nearest export at or below, empty when there is none
    ULONG SymbolOffset;
} LDR_ADDRESS_INFO;

// FALSE, Info untouched, when Address is in no image.
BOOLEAN
LdrQueryAddress(ULONG64 Address, LDR_ADDRESS_INFO *Info);

// The image that contains Address or its trampolines; NULL when none does. Logarithmic.
PLDR_IMAGE
LdrImageFromAddress(ULONG64 Address);

// Fits KiIsDriverAddress: code and data of images and trampolines.
BOOLEAN
LdrIsDriverAddress(ULONG64 Address);

// Calls Routine for each PAGE section that is still there, with its protection, until FALSE.
BOOLEAN
LdrForEachPagedSection(PLDR_IMAGE Image,
                       BOOLEAN (*Routine)(PVOID Start, SIZE_T Size, int Protection, PVOID Context),
                       PVOID Context);

// A fault in a section that asks to be writable and executable: makes the page one of the two as
// the access needs. TRUE: retry the instruction. Packed drivers live on it.
BOOLEAN
LdrHandleSectionFault(ULONG64 Address, BOOLEAN IsWrite, BOOLEAN IsExecute, ULONG64 Rip);

// RIP of a fault as the driver's own tables (unwind data, scope tables) know it: the original
// address of an instruction that runs in a trampoline; other addresses are returned unchanged.
ULONG64
LdrUnpatchAddress(ULONG64 Rip);

// The inverse, for resuming: an address inside patched-over code leads to the trampoline. The first
// byte of a patch is a jump and stays as it is.
ULONG64
LdrRepatchAddress(ULONG64 Rip);

// ---- wdm info ----------------------------------------------------------------------------------

typedef enum _LDR_IMPORT_STATE
{
    LdrImportImplemented,
    LdrImportStub,    // binds; calling it stops the machine
    LdrImportMissing, // the module is ours, the name is unknown
    LdrImportOther    // of another driver
} LDR_IMPORT_STATE;

typedef struct _LDR_INSTRUCTION_COUNTS
{
    ULONG PortIo; // in, out, ins, outs
    ULONG Msr;    // rdmsr, wrmsr, rdpmc
    ULONG Cr8Read;
    ULONG Cr8Write;
    ULONG ControlRegister; // other mov to or from cr
    ULONG DebugRegister;
    ULONG InterruptFlag; // cli, sti
    ULONG Halt;
    ULONG Cache;             // invd, wbinvd, invlpg, invpcid
    ULONG DescriptorTable;   // lgdt, sgdt, ltr, ...
    ULONG SoftwareInterrupt; // int n, except int3
    ULONG Virtualization;
    ULONG OtherPrivileged;
    ULONG SharedData;   // references to KUSER_SHARED_DATA
    ULONG Instructions; // decoded at all
} LDR_INSTRUCTION_COUNTS;

typedef struct _LDR_INFO
{
    LDR_PE Pe; // headers, version, signer, PDB, notes; valid also when Status is not LdrPeOk
    ULONG Implemented;
    ULONG Stubs;
    ULONG Missing;
    ULONG Others;
    LDR_INSTRUCTION_COUNTS Instructions;
} LDR_INFO;

typedef void (*LDR_INFO_IMPORT)(void *Context, const LDR_PE_IMPORT *Import, LDR_IMPORT_STATE State);

// Describes a file without mapping or running anything of it; reports each import to Routine (may
// be NULL). Works without LdrInitialize. Returns Info->Pe.Status.
LDR_PE_STATUS
LdrQueryInfo(const void *Data, SIZE_T Size, LDR_INFO *Info, LDR_INFO_IMPORT Routine, void *Context);

#endif
