# SPDX-License-Identifier: MIT
# The drivers of the project itself, built with the same wdm_add_driver that users get:
#   drivers/<name>.c or drivers/<name>/*.c          -> build/<preset>/drivers/<name>.sys
#   tests/guest/<name>.c or tests/guest/<name>/*.c  -> build/<preset>/tests/guest/<name>.sys
# Beside <name>.c: <name>.def makes it an export driver, <name>.rc is its version resource.
# Anything else a driver needs stands in drivers/options.cmake or tests/guest/options.cmake, as
#   set(WDM_OPTIONS_<name> COMPILER mingw LIBS drv_other)
# Targets are drv_<name> and guest_<name>.

set(OPENWDM_WDK_INCLUDE_DIR ${PROJECT_SOURCE_DIR}/include/wdk)
set(OPENWDM_IMPORT_LIBS ${WDM_IMPORT_LIBS})
set(OPENWDM_TOOL_DIR ${PROJECT_SOURCE_DIR}/tools)
set(OPENWDM_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
set(OPENWDM_WDM ${PROJECT_BINARY_DIR}/wdm)
set(OPENWDM_DRIVER_FLAGS -Wall -Wextra -Wundef -Wshadow -Wno-unknown-pragmas)
if(OPENWDM_WERROR)
    list(APPEND OPENWDM_DRIVER_FLAGS -Werror)
endif()

# sdk/<name>.c becomes a static library of drivers, for both compilers, beside the import libraries.
# Drivers are linked with all of them: what a driver does not use is not in it.
function(wdm_sdk_library name)
    set(folder ${WDM_GENERATED_DIR}/lib)
    file(MAKE_DIRECTORY ${folder})
    _wdm_compile_sources(objects sdk_${name} clang none "" ${PROJECT_SOURCE_DIR}/sdk/${name}.c)
    add_custom_command(OUTPUT ${folder}/${name}.lib
        COMMAND ${OPENWDM_LLD_LINK} /lib /nologo /out:${folder}/${name}.lib ${objects}
        DEPENDS ${objects} VERBATIM)
    set(files ${folder}/${name}.lib)
    if(OPENWDM_MINGW)
        _wdm_compile_sources(objects sdk_${name}_mingw mingw none ""
                             ${PROJECT_SOURCE_DIR}/sdk/${name}.c)
        add_custom_command(OUTPUT ${folder}/lib${name}.a
            COMMAND ${OPENWDM_LLD_LINK} /lib /nologo /out:${folder}/lib${name}.a ${objects}
            DEPENDS ${objects} VERBATIM)
        list(APPEND files ${folder}/lib${name}.a)
        set(WDM_MINGW_LIBS ${WDM_MINGW_LIBS} ${folder}/lib${name}.a PARENT_SCOPE)
    endif()
    add_custom_target(sdk_${name} ALL DEPENDS ${files})
    set(WDM_IMPORT_LIBS ${WDM_IMPORT_LIBS} ${folder}/${name}.lib PARENT_SCOPE)
    set(OPENWDM_IMPORT_LIBS ${OPENWDM_IMPORT_LIBS} ${folder}/${name}.lib PARENT_SCOPE)
endfunction()

# wdm_in_tree_driver(prefix folder name source...)
function(wdm_in_tree_driver prefix folder name)
    set(options ${WDM_OPTIONS_${name}})
    set(here ${PROJECT_SOURCE_DIR}/${folder})
    foreach(pair "def;EXPORTS" "rc;RESOURCE")
        list(GET pair 0 suffix)
        list(GET pair 1 option)
        if(EXISTS ${here}/${name}.${suffix} AND NOT option IN_LIST options)
            list(APPEND options ${option} ${here}/${name}.${suffix})
        endif()
    endforeach()
    wdm_add_driver(${prefix}_${name} ${ARGN} OUTPUT_NAME ${name}
                   OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/${folder} ${options})
endfunction()

# wdm_in_tree_folder(prefix folder)
function(wdm_in_tree_folder prefix folder)
    file(GLOB singles CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*.c
         ${PROJECT_SOURCE_DIR}/${folder}/*.cpp)
    file(GLOB subfolders CONFIGURE_DEPENDS LIST_DIRECTORIES TRUE ${PROJECT_SOURCE_DIR}/${folder}/*)
    # Export drivers first: others name them in LIBS.
    set(names)
    foreach(source IN LISTS singles)
        get_filename_component(name ${source} NAME_WE)
        if(EXISTS ${PROJECT_SOURCE_DIR}/${folder}/${name}.def)
            list(PREPEND names ${name})
        else()
            list(APPEND names ${name})
        endif()
    endforeach()
    foreach(name IN LISTS names)
        file(GLOB source ${PROJECT_SOURCE_DIR}/${folder}/${name}.c
             ${PROJECT_SOURCE_DIR}/${folder}/${name}.cpp)
        wdm_in_tree_driver(${prefix} ${folder} ${name} ${source})
    endforeach()
    foreach(subfolder IN LISTS subfolders)
        if(IS_DIRECTORY ${subfolder})
            file(GLOB sources CONFIGURE_DEPENDS ${subfolder}/*.c)
            get_filename_component(name ${subfolder} NAME)
            if(sources)
                wdm_in_tree_driver(${prefix} ${folder} ${name} ${sources})
            endif()
        endif()
    endforeach()
endfunction()

if(OPENWDM_CLANG AND OPENWDM_LLD_LINK AND WDM_IMPORT_LIBS)
    wdm_sdk_library(wdmsec)
    include(${PROJECT_SOURCE_DIR}/drivers/options.cmake OPTIONAL)
    wdm_in_tree_folder(drv drivers)
    include(${PROJECT_SOURCE_DIR}/tests/guest/options.cmake OPTIONAL)
    wdm_in_tree_folder(guest tests/guest)
else()
    message(STATUS "no drivers: clang-19, lld-19 or the DDI table is missing")
endif()

# build/drivers and build/wdm are those of the release preset, so that commands in the
# documentation work from the top folder.
if(PROJECT_BINARY_DIR STREQUAL "${PROJECT_SOURCE_DIR}/build/release")
    file(CREATE_LINK release/drivers ${PROJECT_SOURCE_DIR}/build/drivers SYMBOLIC)
    file(CREATE_LINK release/wdm ${PROJECT_SOURCE_DIR}/build/wdm SYMBOLIC)
endif()
