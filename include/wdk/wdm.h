// SPDX-License-Identifier: MIT
// The header of the Windows Driver Model. The declarations live in openwdm_parts, one file per
// manager; only this file decides their order.
#ifndef _WDMDDK_
#define _WDMDDK_
#define _WDM_INCLUDED_

#include <openwdm_parts/wdm_base.h>
#include <openwdm_parts/wdm_security.h>
#include <openwdm_parts/wdm_context.h>
#include <openwdm_parts/wdm_rtl_types.h>
#include <openwdm_parts/wdm_ke_types.h>
#include <openwdm_parts/wdm_shared_data.h>
#include <openwdm_parts/wdm_ex_types.h>
#include <openwdm_parts/wdm_mm_types.h>
#include <openwdm_parts/wdm_po_types.h>
#include <openwdm_parts/wdm_io_types.h>
#include <openwdm_parts/wdm_file_info.h>
#include <openwdm_parts/wdm_irp.h>
#include <openwdm_parts/wdm_resource.h>
#include <openwdm_parts/wdm_dma.h>
#include <openwdm_parts/wdm_pci.h>
#include <openwdm_parts/wdm_pnp_types.h>
#include <openwdm_parts/wdm_pnp_interface.h>
#include <openwdm_parts/wdm_cm_types.h>
#include <openwdm_parts/wdm_ob_types.h>
#include <openwdm_parts/wdm_po_fx.h>
#include <openwdm_parts/wdm_etw_types.h>
#include <openwdm_parts/wdm_tm_types.h>
#include <openwdm_parts/wdm_data.h>
#include <openwdm_parts/wdm_interlocked.h>
#include <openwdm_parts/wdm_ke_api.h>
#include <openwdm_parts/wdm_rtl_api.h>
#include <openwdm_parts/wdm_ex_api.h>
#include <openwdm_parts/wdm_mm_api.h>
#include <openwdm_parts/wdm_io_api.h>
#include <openwdm_parts/wdm_ps_api.h>
#include <openwdm_parts/wdm_zw_api.h>
#include <openwdm_parts/wdm_tm_api.h>
#include <openwdm_parts/wdm_rtl_inline.h>
#include <openwdm_parts/wdm_ke_inline.h>
#include <openwdm_parts/wdm_mm_inline.h>
#include <openwdm_parts/wdm_ex_inline.h>
#include <openwdm_parts/wdm_io_inline.h>
#include <openwdm_parts/wdm_hal_inline.h>

#endif
