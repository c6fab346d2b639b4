/* SPDX-License-Identifier: MIT */
/*
 * tm: the kernel transaction manager (KTM). What other folders may use: its start. Everything else
 * is a DDI (Zw and Tm routines of wdm.h).
 */
#ifndef TM_TM_H
#define TM_TM_H

#include "ntddk.h"

/* Needs ob; creates the object types. */
NTSTATUS
TmInitTypes(void);

#endif
