/* SPDX-License-Identifier: MIT */
/*
 * Routines that se exports and that wdm.h does not declare: those of ntddk.h and ntifs.h, and those
 * that no public header has and drivers declare themselves.
 */
#ifndef SE_EXPORTS_H
#define SE_EXPORTS_H

#include "ntddk.h"

NTKERNELAPI BOOLEAN NTAPI SeSinglePrivilegeCheck(LUID PrivilegeValue, KPROCESSOR_MODE PreviousMode);

#endif
