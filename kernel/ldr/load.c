// SPDX-License-Identifier: MIT
// Loading and unloading: files, dependencies, export drivers.
//
// Owns: the configuration and the life of each LDR_IMAGE. IRQL PASSIVE_LEVEL; DllInitialize and
// DllUnload of drivers run from here (NF:wdm.DllInitialize, NF:wdm.DllUnload).

#include "ldrp.h"

#include "rtl/unwind.h"

LDR_CONFIG LdrpConfig;

static NTSTATUS LdrpLoad(const char *Name, const LDR_FILE *File, ULONG Depth, PLDR_IMAGE *Image);

void
LdrInitialize(const LDR_CONFIG *Config)
{
    LdrpConfig = *Config;
}

void
LdrpReport(const char *Format, ...)
{
    char line[400];
    if (LdrpConfig.Report == NULL)
    {
        return;
    }
    __builtin_va_list arguments;
    __builtin_va_start(arguments, Format);
    LdrpFormatV(line, sizeof line, Format, arguments);
    __builtin_va_end(arguments);
    LdrpConfig.Report(LdrpConfig.Context, line);
}

// ---- names -------------------------------------------------------------------------------------

static void
LdrpSetString(UNICODE_STRING *String, WCHAR *Buffer, SIZE_T BufferCount, const char *Text)
{
    SIZE_T length = 0;
    for (; Text[length] != 0 && length + 1 < BufferCount; length++)
    {
        Buffer[length] = (UCHAR)Text[length];
    }
    Buffer[length] = 0;
    String->Buffer = Buffer;
    String->Length = (USHORT)(length * sizeof(WCHAR));
    String->MaximumLength = (USHORT)((length + 1) * sizeof(WCHAR));
}

static const char *
LdrpBaseName(const char *Path)
{
    const char *base = Path;
    for (; *Path != 0; Path++)
    {
        base = *Path == '/' || *Path == '\\' ? Path + 1 : base;
    }
    return base;
}

static void
LdrpDescribeModule(PLDR_IMAGE Image, const char *Name, const char *Path)
{
    char full[128];
    LDR_MODULE_ENTRY *entry = &Image->Entry;
    LdrpCopyText(Image->Name, sizeof Image->Name, LdrpBaseName(Name));
    LdrpCopyText(Image->Path, sizeof Image->Path, Path);
    LdrpFormat(full, sizeof full, "\\SystemRoot\\System32\\drivers\\%s", Image->Name);
    LdrpSetString(&entry->BaseDllName, Image->BaseName, sizeof Image->BaseName / sizeof(WCHAR),
                  Image->Name);
    LdrpSetString(&entry->FullDllName, Image->FullName, sizeof Image->FullName / sizeof(WCHAR),
                  full);
    entry->DllBase = Image->Base;
    entry->EntryPoint = Image->EntryPoint;
    entry->SizeOfImage = Image->Size;
    entry->LoadCount = 1;
    entry->CheckSum = Image->Pe.CheckSum;
    entry->TimeDateStamp = Image->Pe.TimeDateStamp;
}

// ---- export drivers ----------------------------------------------------------------------------

static NTSTATUS
LdrpCallDriver(PVOID Routine, PUNICODE_STRING Argument)
{
    typedef NTSTATUS(NTAPI * DRIVER_ROUTINE)(PUNICODE_STRING);
    return LdrpConfig.CallDriver != NULL
               ? LdrpConfig.CallDriver(LdrpConfig.Context, Routine, Argument)
               : ((DRIVER_ROUTINE)Routine)(Argument);
}

// The registry path that an export driver gets names its service key, as that of DriverEntry does.
static NTSTATUS
LdrpCallDllInitialize(PLDR_IMAGE Image)
{
    PVOID routine = LdrFindExport(Image, "DllInitialize");
    char service[64];
    char path[160];
    WCHAR buffer[160];
    UNICODE_STRING registryPath;
    if (routine == NULL)
    {
        return STATUS_SUCCESS;
    }
    LdrpCopyText(service, sizeof service, Image->Name);
    SIZE_T length = LdrpLength(service, sizeof service);
    if (length > 4 && service[length - 4] == '.')
    {
        service[length - 4] = 0;
    }
    LdrpFormat(path, sizeof path, "\\Registry\\Machine\\System\\CurrentControlSet\\Services\\%s",
               service);
    LdrpSetString(&registryPath, buffer, sizeof buffer / sizeof buffer[0], path);
    NTSTATUS status = LdrpCallDriver(routine, &registryPath);
    if (!NT_SUCCESS(status))
    {
        LdrpReport("%s: DllInitialize failed with %x", Image->Name, (uint32_t)status);
    }
    return status;
}

// ---- dependencies ------------------------------------------------------------------------------

static BOOLEAN
LdrpReadFile(const char *Path, LDR_FILE *File)
{
    void *data;
    size_t size;
    if (host_file_read(Path, &data, &size) != 0)
    {
        return FALSE;
    }
    File->Data = data;
    File->Size = size;
    File->Private = NULL;
    LdrpCopyText(File->Path, sizeof File->Path, Path);
    return TRUE;
}

// Beside the importer under its own and under the lower-case name: drivers are linked with either.
static BOOLEAN
LdrpOpenBeside(const char *ModuleName, PLDR_IMAGE Importer, LDR_FILE *File)
{
    char path[sizeof Importer->Path + LDR_PE_MAX_MODULE_NAME];
    if (Importer->Path[0] == 0)
    {
        return FALSE;
    }
    LdrpCopyText(path, sizeof path, Importer->Path);
    SIZE_T folder = (SIZE_T)(LdrpBaseName(path) - path);
    LdrpCopyText(path + folder, sizeof path - folder, ModuleName);
    if (LdrpReadFile(path, File))
    {
        return TRUE;
    }
    for (char *at = path + folder; *at != 0; at++)
    {
        *at = *at >= 'A' && *at <= 'Z' ? (char)(*at + 32) : *at;
    }
    return LdrpReadFile(path, File);
}

static BOOLEAN
LdrpAddDependency(PLDR_IMAGE Importer, PLDR_IMAGE Provider)
{
    for (ULONG index = 0; index < Importer->DependencyCount; index++)
    {
        if (Importer->Dependencies[index] == Provider)
        {
            return TRUE;
        }
    }
    if (Importer->DependencyCount == LDR_MAX_DEPENDENCIES)
    {
        return FALSE;
    }
    // Two drivers that import from each other would keep each other alive for ever; the one that is
    // still being loaded is an ancestor and lives long enough without a reference.
    if (!Provider->IsLoading)
    {
        Importer->Dependencies[Importer->DependencyCount++] = Provider;
        Provider->References++;
        Provider->Entry.LoadCount = (USHORT)Provider->References;
    }
    return TRUE;
}

PLDR_IMAGE
LdrpLoadDependency(const char *ModuleName, PLDR_IMAGE Importer, ULONG Depth, NTSTATUS *Status)
{
    LDR_FILE file = {0};
    PLDR_IMAGE provider = LdrFindImage(ModuleName);
    *Status = STATUS_SUCCESS;
    if (provider != NULL)
    {
        return LdrpAddDependency(Importer, provider) ? provider : NULL;
    }
    BOOLEAN isBeside = FALSE;
    if (Depth >= LDR_MAX_DEPTH || LdrpBaseName(ModuleName) != ModuleName ||
        (!(isBeside = LdrpOpenBeside(ModuleName, Importer, &file)) &&
         (LdrpConfig.OpenFile == NULL ||
          !LdrpConfig.OpenFile(LdrpConfig.Context, ModuleName, Importer, &file))))
    {
        return NULL;
    }
    *Status = LdrpLoad(ModuleName, &file, Depth, &provider);
    if (isBeside)
    {
        host_file_free((void *)file.Data, file.Size);
    }
    else if (LdrpConfig.CloseFile != NULL)
    {
        LdrpConfig.CloseFile(LdrpConfig.Context, &file);
    }
    if (!NT_SUCCESS(*Status))
    {
        return NULL;
    }
    provider->IsDependency = TRUE;
    *Status = LdrpCallDllInitialize(provider);
    if (!NT_SUCCESS(*Status) || !LdrpAddDependency(Importer, provider))
    {
        provider->IsDependency = FALSE; // DllUnload is not called after a failed DllInitialize
        LdrUnloadImage(provider);
        return NULL;
    }
    // The load's own reference becomes the importer's.
    provider->References--;
    return provider;
}

// ---- load, unload ------------------------------------------------------------------------------

static NTSTATUS
LdrpStatusOf(LDR_PE_STATUS Status)
{
    switch (Status)
    {
    case LdrPeNoDosSignature:
    case LdrPeTooSmall:
        return STATUS_INVALID_IMAGE_NOT_MZ;
    case LdrPeCheckSum:
        return STATUS_IMAGE_CHECKSUM_MISMATCH;
    case LdrPeFixedBase:
        return STATUS_CONFLICTING_ADDRESSES;
    default:
        // STATUS_IMAGE_MACHINE_TYPE_MISMATCH would be a success by its severity.
        return STATUS_INVALID_IMAGE_FORMAT;
    }
}

static BOOLEAN
LdrpRegisterFunctions(PLDR_IMAGE Image)
{
    const RUNTIME_FUNCTION *table = NULL;
    ULONG count = 0;
    if (!LdrpPatchedFunctionTable(Image, &table, &count) && Image->Pe.FunctionCount != 0)
    {
        table = (const RUNTIME_FUNCTION *)(Image->Base +
                                           Image->Pe.Directories[LDR_PE_DIR_EXCEPTION].Address);
        count = Image->Pe.FunctionCount;
    }
    return RtlInsertFunctionTable((ULONG64)Image->Base, Image->ExtendedSize, table, count);
}

static void
LdrpDestroy(PLDR_IMAGE Image)
{
    for (ULONG index = 0; index < Image->DependencyCount; index++)
    {
        LdrUnloadImage(Image->Dependencies[index]);
    }
    LdrpUnmapImage(Image);
}

// Everything between a mapped image and one that can run.
static NTSTATUS
LdrpFinish(PLDR_IMAGE Image, const LDR_PE *Pe, ULONG Depth)
{
    NTSTATUS status = LdrpBindImports(Image, Pe, Depth);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    LdrpApplyLoadConfig(Image);
    LdrpPatchImage(Image, Pe);
    if (!LdrpProtectImage(Image) || !LdrpRegisterFunctions(Image))
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    LdrpExcludeDiscarded(Image);
    return STATUS_SUCCESS;
}

static NTSTATUS
LdrpLoadParsed(const char *Name,
               const LDR_FILE *File,
               const LDR_PE *Pe,
               ULONG Depth,
               PLDR_IMAGE *Image)
{
    PLDR_IMAGE image = LdrpMapImage(Pe, LdrpPatchRoom(Pe));
    if (image == NULL)
    {
        LdrpReport("%s: no address space for %x bytes", LdrpBaseName(Name), Pe->SizeOfImage);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    LdrpDescribeModule(image, Name, File->Path);
    image->References = 1;
    image->IsLoading = TRUE;
    NTSTATUS status = LdrpFinish(image, Pe, Depth);
    image->IsLoading = FALSE;
    if (!NT_SUCCESS(status))
    {
        LdrpDestroy(image);
        return status;
    }
    if (LdrpConfig.Loaded != NULL)
    {
        LdrpConfig.Loaded(LdrpConfig.Context, image);
    }
    *Image = image;
    return STATUS_SUCCESS;
}

static NTSTATUS
LdrpLoad(const char *Name, const LDR_FILE *File, ULONG Depth, PLDR_IMAGE *Image)
{
    char line[400];
    // Not on the stack, which is that of a kernel thread and shared by a chain of dependencies.
    LDR_PE *pe = host_map(LdrpPages(sizeof *pe), HOST_PROT_RW);
    if (pe == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    NTSTATUS status;
    if (LdrPeParse(pe, File->Data, File->Size, 0) == LdrPeOk)
    {
        status = LdrpLoadParsed(Name, File, pe, Depth, Image);
    }
    else
    {
        LdrpReport("%s", LdrPeFormatError(pe, LdrpBaseName(Name), line, sizeof line));
        status = LdrpStatusOf(pe->Status);
    }
    host_unmap(pe, LdrpPages(sizeof *pe));
    return status;
}

NTSTATUS
LdrLoadImage(const char *Name, const LDR_FILE *File, PLDR_IMAGE *Image)
{
    PLDR_IMAGE loaded = LdrFindImage(LdrpBaseName(Name));
    if (loaded == NULL)
    {
        return LdrpLoad(Name, File, 0, Image);
    }
    if (!loaded->IsDependency)
    {
        LdrpReport("%s: already loaded", loaded->Name);
        return STATUS_IMAGE_ALREADY_LOADED;
    }
    loaded->References++;
    *Image = loaded;
    return STATUS_SUCCESS;
}

NTSTATUS
LdrLoadImageFile(const char *Path, PLDR_IMAGE *Image)
{
    LDR_FILE file = {0};
    if (!LdrpReadFile(Path, &file))
    {
        LdrpReport("%s: cannot be read", Path);
        return STATUS_OBJECT_NAME_NOT_FOUND;
    }
    NTSTATUS status = LdrLoadImage(LdrpBaseName(Path), &file, Image);
    host_file_free((void *)file.Data, file.Size);
    return status;
}

void
LdrUnloadImage(PLDR_IMAGE Image)
{
    if (--Image->References != 0)
    {
        Image->Entry.LoadCount = (USHORT)Image->References;
        return;
    }
    PVOID routine = Image->IsDependency ? LdrFindExport(Image, "DllUnload") : NULL;
    if (routine != NULL)
    {
        LdrpCallDriver(routine, NULL);
    }
    if (LdrpConfig.Unloading != NULL)
    {
        LdrpConfig.Unloading(LdrpConfig.Context, Image);
    }
    RtlRemoveFunctionTable((ULONG64)Image->Base);
    LdrpDestroy(Image);
}
