// SPDX-License-Identifier: MIT
// Binding: every slot of the import tables gets its address, from the kernel's export table or from
// another loaded image. Missing names are collected, not found one load at a time.
// IRQL PASSIVE_LEVEL; may load other images.

#include "ldrp.h"

typedef struct _LDRP_BIND
{
    PLDR_IMAGE Image;
    const LDR_PE *Pe;
    ULONG Depth;
    NTSTATUS Status;
    // The module that Module names, looked up once and not for each of its names.
    char Module[LDR_PE_MAX_MODULE_NAME];
    BOOLEAN IsKernel;
    BOOLEAN IsBroken; // the module is there but cannot be loaded
    PLDR_IMAGE Provider;
} LDRP_BIND;

static PKI_EXPORT
LdrpFindKernelExport(const char *Module, const char *Name)
{
    return LdrpConfig.FindExport != NULL ? LdrpConfig.FindExport(Module, Name)
                                         : KiFindExport(Module, Name);
}

static PVOID LdrpExportOf(PLDR_IMAGE Image, const char *Name, ULONG Ordinal, ULONG Depth);

// Splits "MODULE.Name" at the last dot before the name. Module names in forwarders have no
// extension.
static BOOLEAN
LdrpSplitForwarder(const char *Forwarder, char *Module, SIZE_T ModuleSize, const char **Name)
{
    SIZE_T dot = 0;
    SIZE_T length = LdrpLength(Forwarder, LDR_PE_MAX_NAME);
    for (SIZE_T index = 0; index < length; index++)
    {
        dot = Forwarder[index] == '.' ? index : dot;
    }
    if (dot == 0 || dot + 5 > ModuleSize || dot + 1 == length)
    {
        return FALSE;
    }
    __builtin_memcpy(Module, Forwarder, dot);
    Module[dot] = 0;
    *Name = Forwarder + dot + 1;
    return TRUE;
}

static ULONG
LdrpParseOrdinal(const char *Text)
{
    ULONG value = 0;
    for (Text++; *Text >= '0' && *Text <= '9' && value < 65536; Text++)
    {
        value = value * 10 + (ULONG)(*Text - '0');
    }
    return *Text == 0 ? value : 0;
}

static PVOID
LdrpFollowForwarder(PLDR_IMAGE Image, const char *Forwarder, ULONG Depth)
{
    static const char *const extensions[] = {".exe", ".sys", ".dll", ""};
    char module[LDR_PE_MAX_MODULE_NAME];
    const char *name;
    if (Depth >= LDR_MAX_DEPTH || !LdrpSplitForwarder(Forwarder, module, sizeof module, &name))
    {
        return NULL;
    }
    SIZE_T length = LdrpLength(module, sizeof module);
    for (ULONG index = 0; index < sizeof extensions / sizeof extensions[0]; index++)
    {
        LdrpCopyText(module + length, sizeof module - length, extensions[index]);
        PKI_EXPORT export = name[0] != '#' ? LdrpFindKernelExport(module, name) : NULL;
        if (export != NULL)
        {
            return (PVOID)KiExportAddress(export);
        }
        // A driver may forward to itself; any other target is kept loaded by the one that forwards.
        PLDR_IMAGE provider = LdrFindImage(module) == Image ? Image : NULL;
        if (provider == NULL && !KiIsKernelModule(module) && extensions[index][0] == '.')
        {
            NTSTATUS status;
            provider = LdrpLoadDependency(module, Image, Depth + 1, &status);
        }
        if (provider != NULL)
        {
            return LdrpExportOf(provider, name[0] == '#' ? NULL : name, LdrpParseOrdinal(name),
                                Depth + 1);
        }
    }
    return NULL;
}

static PVOID
LdrpExportOf(PLDR_IMAGE Image, const char *Name, ULONG Ordinal, ULONG Depth)
{
    LDR_PE_EXPORT export;
    BOOLEAN isFound = Name != NULL ? LdrPeFindExportByName(&Image->Pe, Name, &export)
                                   : LdrPeFindExportByOrdinal(&Image->Pe, Ordinal, &export);
    if (!isFound)
    {
        return NULL;
    }
    return export.Forwarder[0] != 0 ? LdrpFollowForwarder(Image, export.Forwarder, Depth)
                                    : Image->Base + export.Rva;
}

PVOID
LdrFindExport(PLDR_IMAGE Image, const char *Name)
{
    return LdrpExportOf(Image, Name, 0, 0);
}

static void
LdrpSelectModule(LDRP_BIND *Bind, const char *Module)
{
    if (Bind->Module[0] != 0 && LdrpEqual(Bind->Module, Module))
    {
        return;
    }
    LdrpCopyText(Bind->Module, sizeof Bind->Module, Module);
    Bind->IsKernel = KiIsKernelModule(Module);
    Bind->Provider = NULL;
    if (!Bind->IsKernel)
    {
        NTSTATUS status = STATUS_SUCCESS;
        Bind->Provider = LdrpLoadDependency(Module, Bind->Image, Bind->Depth + 1, &status);
        Bind->IsBroken = !NT_SUCCESS(status);
        if (!NT_SUCCESS(status) && NT_SUCCESS(Bind->Status))
        {
            Bind->Status = status;
        }
    }
}

static void
LdrpReportMissing(LDRP_BIND *Bind, const LDR_PE_IMPORT *Import)
{
    char ordinal[16];
    const char *name = Import->Name;
    if (name == NULL)
    {
        LdrpFormat(ordinal, sizeof ordinal, "#%u", Import->Ordinal);
        name = ordinal;
    }
    BOOLEAN hasModule = Bind->IsKernel || Bind->Provider != NULL;
    LdrpReport("%s: missing import %s!%s%s", Bind->Image->Name, Import->Module, name,
               hasModule        ? ""
               : Bind->IsBroken ? " (that module cannot be loaded)"
                                : " (there is no such module)");
    Bind->Image->MissingImports++;
    // The status of a dependency that failed says more than "not found".
    if (NT_SUCCESS(Bind->Status))
    {
        Bind->Status = !hasModule             ? STATUS_OBJECT_NAME_NOT_FOUND
                       : Import->Name != NULL ? STATUS_DRIVER_ENTRYPOINT_NOT_FOUND
                                              : STATUS_DRIVER_ORDINAL_NOT_FOUND;
    }
}

static bool
LdrpBindOne(void *Context, const LDR_PE_IMPORT *Import)
{
    LDRP_BIND *bind = Context;
    PVOID address = NULL;
    // A module named only by delayed imports is not worth loading: the driver decides when it is.
    if (Import->IsDelayed && !KiIsKernelModule(Import->Module) &&
        LdrFindImage(Import->Module) == NULL)
    {
        return true;
    }
    LdrpSelectModule(bind, Import->Module);
    if (bind->IsKernel && Import->Name != NULL)
    {
        PKI_EXPORT export = LdrpFindKernelExport(Import->Module, Import->Name);
        address = export != NULL ? (PVOID)KiExportAddress(export) : NULL;
    }
    else if (bind->Provider != NULL)
    {
        address = LdrpExportOf(bind->Provider, Import->Name, Import->Ordinal, bind->Depth);
    }
    if (address != NULL)
    {
        __builtin_memcpy(bind->Image->Base + Import->SlotRva, &address, sizeof address);
    }
    else if (!Import->IsDelayed)
    {
        LdrpReportMissing(bind, Import);
    }
    return true;
}

NTSTATUS
LdrpBindImports(PLDR_IMAGE Image, const LDR_PE *Pe, ULONG Depth)
{
    LDRP_BIND bind = {.Image = Image, .Pe = Pe, .Depth = Depth, .Status = STATUS_SUCCESS};
    LdrPeForEachImport(Pe, LdrpBindOne, &bind);
    return bind.Status;
}
