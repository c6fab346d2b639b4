# SPDX-License-Identifier: MIT
# What guests need besides their source (cmake/OpenWDMInTree.cmake).

set(WDM_OPTIONS_ldr_library LIBS guest_ldr_library_base)
set(WDM_OPTIONS_ldr_importer LIBS guest_ldr_library)
set(WDM_OPTIONS_bad_export_leak LIBS guest_bad_export_library)
set(WDM_OPTIONS_bad_export_thread LIBS guest_bad_export_library)
set(WDM_OPTIONS_ldr_refused LIBS guest_ldr_library_refuses)

# Import libraries of drivers that the machine does not have: a later version of ldr_library.sys,
# and one that is nowhere. Their images lie where nothing looks for them.
wdm_add_driver(guest_ldr_nowhere ${PROJECT_SOURCE_DIR}/tests/guest/ldr_library_base.c
    OUTPUT_NAME ldr_nowhere OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests/guest/elsewhere
    EXPORTS ${PROJECT_SOURCE_DIR}/tests/guest/parts/ldr_nowhere.def)
wdm_add_driver(guest_ldr_library_newer ${PROJECT_SOURCE_DIR}/tests/guest/ldr_library.c
    OUTPUT_NAME ldr_library OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests/guest/elsewhere
    EXPORTS ${PROJECT_SOURCE_DIR}/tests/guest/parts/ldr_library_newer.def
    DEFINES LIBRARY_NEWER LIBS guest_ldr_nowhere)
set(WDM_OPTIONS_ldr_missing_export LIBS guest_ldr_library_newer)
set(WDM_OPTIONS_ldr_missing_driver LIBS guest_ldr_nowhere)

# Frames of mingw gcc: a driver of it, and one of clang with an object of it.
if(OPENWDM_MINGW)
    set(WDM_OPTIONS_seh_gcc COMPILER mingw)
    set(object ${PROJECT_BINARY_DIR}/guest_frames.o)
    set(source ${PROJECT_SOURCE_DIR}/tests/guest/parts/gcc/frames.c)
    add_custom_command(OUTPUT ${object}
        COMMAND ${OPENWDM_MINGW} -std=gnu17 -O2 -Wall -Wextra -Werror -mno-stack-arg-probe
                -c ${source} -o ${object}
        DEPENDS ${source} ${PROJECT_SOURCE_DIR}/tests/guest/parts/gcc/frames.h
        COMMENT "Driver guest_seh_mixed: frames.c (gcc)"
        VERBATIM)
    set(WDM_OPTIONS_seh_mixed LIBS ${object})
endif()

# Drivers whose callbacks the kernel takes only from images that are linked so.
foreach(name ob_filter ps_notify ps_refuse)
    set(WDM_OPTIONS_${name} INTEGRITYCHECK)
endforeach()
