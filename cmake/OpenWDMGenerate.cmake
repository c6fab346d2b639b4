# SPDX-License-Identifier: MIT
# What tools/ddigen.py makes of ddi/*.ddi: export array, gates, .def files, docs/ddi.md.

set(WDM_GENERATED_DIR ${PROJECT_BINARY_DIR}/generated)
file(GLOB WDM_DDI_TABLES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/ddi/*.ddi)
