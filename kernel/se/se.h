/* SPDX-License-Identifier: MIT */
/*
 * se: access checks. The machine has one kind of caller, a local administrator's process with all
 * privileges enabled; security descriptors are stored and evaluated against that token.
 */
#ifndef SE_SE_H
#define SE_SE_H

#include "ntddk.h"

#include "ob/ob.h"

NTSTATUS
SeInitSystem(void);

/* Access that AccessMode gets to an object with Descriptor (NULL: everything). Generic rights in
 * Desired are mapped first; MAXIMUM_ALLOWED is resolved. */
NTSTATUS
SeGrantAccess(_In_opt_ PSECURITY_DESCRIPTOR Descriptor,
              _In_ ACCESS_MASK Desired,
              _In_ const GENERIC_MAPPING *Mapping,
              _In_ ULONG ValidMask,
              _In_ KPROCESSOR_MODE AccessMode,
              _Out_ PACCESS_MASK Granted);

#endif
