# SPDX-License-Identifier: MIT
# What tools/ddigen.py makes of ddi/*.ddi, below build/<preset>/generated: the export tables and
# gates (part of libwdm), the table behind `wdm ddi`, .def files, and import libraries of drivers.

set(WDM_GENERATED_DIR ${PROJECT_BINARY_DIR}/generated)
set(WDM_IMPORT_LIBS)
set(WDM_MINGW_LIBS)
set(WDM_GENERATED_kernel_gates)
set(WDM_GENERATED_runtime)

file(GLOB WDM_DDI_TABLES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/ddi/*.ddi)
set(WDM_DDIGEN ${PROJECT_SOURCE_DIR}/tools/ddigen.py)

if(WDM_DDI_TABLES AND EXISTS ${WDM_DDIGEN})
    file(MAKE_DIRECTORY ${WDM_GENERATED_DIR})
    set(sources)
    foreach(file exports.c gates.S ddi_table.c ddi_table.h)
        list(APPEND sources ${WDM_GENERATED_DIR}/${file})
    endforeach()
    foreach(table IN LISTS WDM_DDI_TABLES)
        get_filename_component(module ${table} NAME_WE)
        list(APPEND defs ${WDM_GENERATED_DIR}/${module}.def)
        list(APPEND WDM_IMPORT_LIBS ${WDM_GENERATED_DIR}/lib/${module}.lib)
        list(APPEND WDM_MINGW_LIBS ${WDM_GENERATED_DIR}/lib/lib${module}.a)
    endforeach()
    set(inputs ${WDM_DDI_TABLES} ${WDM_DDIGEN} ${PROJECT_SOURCE_DIR}/tools/ddi_table.py)
    if(EXISTS ${PROJECT_SOURCE_DIR}/docs/spec/ddi.tsv)
        list(APPEND inputs ${PROJECT_SOURCE_DIR}/docs/spec/ddi.tsv)
    endif()

    add_custom_command(OUTPUT ${sources} ${defs}
        COMMAND ${Python3_EXECUTABLE} ${WDM_DDIGEN} --out ${WDM_GENERATED_DIR}
        DEPENDS ${inputs}
        COMMENT "Gates and export tables from ddi/"
        VERBATIM)
    # Names decide what is in an import library, kinds do not: it depends on the .def files only.
    add_custom_command(OUTPUT ${WDM_IMPORT_LIBS} BYPRODUCTS ${WDM_MINGW_LIBS}
        COMMAND ${Python3_EXECUTABLE} ${WDM_DDIGEN} --libs ${WDM_GENERATED_DIR}/lib
        DEPENDS ${defs}
        COMMENT "Import libraries from ddi/"
        VERBATIM)
    add_custom_target(wdm_generated DEPENDS ${sources} ${defs})
    add_custom_target(wdm_import_libs ALL DEPENDS ${WDM_IMPORT_LIBS})

    # Nothing in the table is implemented before the kernel has files.
    file(GLOB gateCommon CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/kernel/ke/gate.S)
    if(gateCommon)
        set(WDM_GENERATED_kernel_gates
            ${WDM_GENERATED_DIR}/exports.c ${WDM_GENERATED_DIR}/gates.S)
    endif()
    file(GLOB runtimeSources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/runtime/*.c)
    if(runtimeSources)
        set(names ${WDM_GENERATED_DIR}/status_names.c)
        add_custom_command(OUTPUT ${names}
            COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/tools/status-names.py
                ${PROJECT_SOURCE_DIR}/include/wdk/ntstatus.h ${names}
            DEPENDS ${PROJECT_SOURCE_DIR}/include/wdk/ntstatus.h
                ${PROJECT_SOURCE_DIR}/tools/status-names.py
            COMMENT "Names of status values"
            VERBATIM)
        set(returns ${WDM_GENERATED_DIR}/returns.c)
        file(GLOB_RECURSE sdkHeaders CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/include/wdk/*.h)
        add_custom_command(OUTPUT ${returns}
            COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/tools/return-types.py
                ${returns} ${sdkHeaders}
            DEPENDS ${sdkHeaders} ${PROJECT_SOURCE_DIR}/tools/return-types.py
            COMMENT "What DDIs return"
            VERBATIM)
        set(WDM_GENERATED_runtime ${WDM_GENERATED_DIR}/ddi_table.c ${names} ${returns})
    endif()
endif()
