// SPDX-License-Identifier: MIT
// The header of file systems. So far: everything of ntddk.h, and the routines and types that other
// kernel drivers take from here as well.
#ifndef _NTIFS_
#define _NTIFS_
#define _NTIFS_INCLUDED_

#include <ntddk.h>
#include <openwdm_parts/ntifs_types.h>
#include <openwdm_parts/ntifs_security.h>
#include <openwdm_parts/ntifs_api.h>
#include <openwdm_parts/ntifs_rtl_api.h>
#include <openwdm_parts/ntifs_rtl_compress.h>
#include <openwdm_parts/ntifs_se_api.h>
#include <openwdm_parts/ntifs_rtl_shortname.h>

#endif
