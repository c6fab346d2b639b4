// SPDX-License-Identifier: MIT
// The header of legacy and monolithic drivers: everything of wdm.h and what only they use.
#ifndef _NTDDK_
#define _NTDDK_
#define _NTDDK_INCLUDED_

#include <wdm.h>
#include <openwdm_parts/ntddk_types.h>
#include <openwdm_parts/ntddk_rtl_api.h>
#include <openwdm_parts/ntddk_rtl_hash.h>
#include <openwdm_parts/ntddk_api.h>
#include <openwdm_parts/ntddk_ps_api.h>

#endif
