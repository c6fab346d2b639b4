// SPDX-License-Identifier: MIT
// `wdm info`: what can be said of a driver before anything of it runs. Owns nothing; maps nothing.

#include "ldrp.h"

typedef struct _LDRP_INFO_WALK
{
    LDR_INFO *Info;
    LDR_INFO_IMPORT Routine;
    void *Context;
} LDRP_INFO_WALK;

static LDR_IMPORT_STATE
LdrpImportState(LDR_INFO *Info, const LDR_PE_IMPORT *Import)
{
    if (!KiIsKernelModule(Import->Module))
    {
        Info->Others++;
        return LdrImportOther;
    }
    PKI_EXPORT export = Import->Name != NULL ? KiFindExport(Import->Module, Import->Name) : NULL;
    if (export == NULL)
    {
        Info->Missing++;
        return LdrImportMissing;
    }
    if (export->Kind == KiExportStub)
    {
        Info->Stubs++;
        return LdrImportStub;
    }
    Info->Implemented++;
    return LdrImportImplemented;
}

static bool
LdrpInfoImport(void *Context, const LDR_PE_IMPORT *Import)
{
    LDRP_INFO_WALK *walk = Context;
    LDR_IMPORT_STATE state = LdrpImportState(walk->Info, Import);
    if (walk->Routine != NULL)
    {
        walk->Routine(walk->Context, Import, state);
    }
    return true;
}

LDR_PE_STATUS
LdrQueryInfo(const void *Data, SIZE_T Size, LDR_INFO *Info, LDR_INFO_IMPORT Routine, void *Context)
{
    LDRP_SWEEP sweep;
    LDRP_INFO_WALK walk = {Info, Routine, Context};
    __builtin_memset(Info, 0, sizeof *Info);
    if (LdrPeParse(&Info->Pe, Data, Size, 0) == LdrPeOk)
    {
        LdrPeForEachImport(&Info->Pe, LdrpInfoImport, &walk);
        if (LdrpSweep(&sweep, &Info->Pe, &Info->Instructions))
        {
            LdrpFreeSweep(&sweep);
        }
    }
    return Info->Pe.Status;
}
