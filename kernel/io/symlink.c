/* SPDX-License-Identifier: MIT */
/* Symbolic links to devices. The object manager owns them. IRQL: PASSIVE_LEVEL. */
#include "iop.h"

/* NF:wdm.IoCreateSymbolicLink */
DDI NTSTATUS NTAPI
IoCreateSymbolicLink(_In_ PUNICODE_STRING SymbolicLinkName, _In_ PUNICODE_STRING DeviceName)
{
    NTSTATUS status = ObCreateLink(SymbolicLinkName, DeviceName);
    if (KI_TRACING())
    {
        KiTrace("IoCreateSymbolicLink", "kernel/io/symlink.c", "%wZ -> %wZ status %08x",
                SymbolicLinkName, DeviceName, status);
    }
    return status;
}

/* NF:wdm.IoCreateUnprotectedSymbolicLink: differs by a security descriptor that lets everyone
 * change the link. */
DDI NTSTATUS NTAPI
IoCreateUnprotectedSymbolicLink(_In_ PUNICODE_STRING SymbolicLinkName,
                                _In_ PUNICODE_STRING DeviceName)
{
    return ObCreateLink(SymbolicLinkName, DeviceName);
}

/* NF:wdm.IoDeleteSymbolicLink */
DDI NTSTATUS NTAPI
IoDeleteSymbolicLink(_In_ PUNICODE_STRING SymbolicLinkName)
{
    return ObDeleteLink(SymbolicLinkName);
}
