// SPDX-License-Identifier: MIT
// Connects the loader with those it may not see: ke (whose code is this address, patched
// instructions), mm (pageable sections) and the user (why an image was refused).
#include "init/init.h"

#include "ldr/ldr.h"
#include "mm/mm.h"
#include "vf/vf.h"

static void (*message)(const char *Line);

static void
Report(void *Context, const char *Line)
{
    UNREFERENCED_PARAMETER(Context);
    if (message != NULL)
        message(Line);
}

static BOOLEAN
RegisterSection(PVOID Start, SIZE_T Size, int Protection, PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    // Without the registration the section is merely not checked.
    (void)MmRegisterPageableRange(Start, Size, Protection);
    return TRUE;
}

static BOOLEAN
UnregisterSection(PVOID Start, SIZE_T Size, int Protection, PVOID Context)
{
    UNREFERENCED_PARAMETER(Size);
    UNREFERENCED_PARAMETER(Protection);
    UNREFERENCED_PARAMETER(Context);
    MmUnregisterPageableRange(Start);
    return TRUE;
}

static void
Loaded(void *Context, PLDR_IMAGE Image)
{
    UNREFERENCED_PARAMETER(Context);
    (void)LdrForEachPagedSection(Image, RegisterSection, NULL);
}

static void
Unloading(void *Context, PLDR_IMAGE Image)
{
    UNREFERENCED_PARAMETER(Context);
    VfImageUnloading(Image);
    MmResetDriverPaging(Image->Base);
    (void)LdrForEachPagedSection(Image, UnregisterSection, NULL);
}

typedef NTSTATUS(NTAPI *DLL_INITIALIZE)(PUNICODE_STRING RegistryPath);
typedef NTSTATUS(NTAPI *DLL_UNLOAD)(VOID);

// DllInitialize and DllUnload of an export driver: an exception in them is nobody's but theirs.
// Contract: kernel/creating-export-drivers.md.
static NTSTATUS
CallDriver(void *Context, PVOID Routine, PUNICODE_STRING Argument)
{
    KI_BARRIER barrier;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(Context);
    KiEnterBarrier(&barrier);
    status = Argument != NULL ? ((DLL_INITIALIZE)Routine)(Argument) : ((DLL_UNLOAD)Routine)();
    KiLeaveBarrier(&barrier);
    return status;
}

void
InitLoader(const INIT_PARAMETERS *Parameters)
{
    LDR_CONFIG config = {.Seed = Parameters->Start.Seed,
                         .SharedDataMapping = KiUserSharedDataMapping,
                         .WriteCr8Stub = KiWriteCr8Stub,
                         .TranslatesFaults = TRUE,
                         .CallDriver = CallDriver,
                         .Report = Report,
                         .Loaded = Loaded,
                         .Unloading = Unloading};

    message = Parameters->Message;
    LdrInitialize(&config);
    KiIsDriverAddress = LdrIsDriverAddress;
    KiUnpatchAddress = LdrUnpatchAddress;
    KiRepatchAddress = LdrRepatchAddress;
    KiSectionFault = LdrHandleSectionFault;
}
