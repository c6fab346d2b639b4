# SPDX-License-Identifier: MIT
# The host side: one object library per layer of ddi/layers.txt, libwdm made of all of them, the
# command `wdm`. A layer whose folder has no file yet is left out.

find_package(PkgConfig REQUIRED)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson)
find_library(ZYDIS_LIBRARY Zydis REQUIRED)
find_library(ZYCORE_LIBRARY Zycore)
find_library(READLINE_LIBRARY readline)
if(EXISTS /usr/bin/python3 AND NOT Python3_EXECUTABLE)
    set(Python3_EXECUTABLE /usr/bin/python3)
endif()
find_package(Python3 3.9 REQUIRED COMPONENTS Interpreter)

# Where the compiler keeps its own freestanding headers: the only system headers of the kernel.
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
    execute_process(COMMAND ${CMAKE_C_COMPILER} -print-file-name=include
                    OUTPUT_VARIABLE WDM_COMPILER_INCLUDE OUTPUT_STRIP_TRAILING_WHITESPACE)
else()
    execute_process(COMMAND ${CMAKE_C_COMPILER} -print-resource-dir
                    OUTPUT_VARIABLE resourceDir OUTPUT_STRIP_TRAILING_WHITESPACE)
    set(WDM_COMPILER_INCLUDE ${resourceDir}/include)
endif()

set(CMAKE_C_FLAGS_RELEASE "-O2 -g")
set(CMAKE_C_FLAGS_DEBUG "-O0 -g -fno-omit-frame-pointer")
set(CMAKE_ASM_FLAGS_RELEASE "-g")
set(CMAKE_ASM_FLAGS_DEBUG "-g")
if(OPENWDM_SANITIZE)
    set(CMAKE_C_FLAGS_DEBUG "-O1 -g -fno-omit-frame-pointer")
endif()

# ---- flags, as interface libraries ----

add_library(wdm_warnings INTERFACE)
target_compile_options(wdm_warnings INTERFACE
    -Wall -Wextra -Wmissing-prototypes -Wstrict-prototypes -Wundef -Wshadow
    -Wno-multichar # pool tags
    $<$<BOOL:${OPENWDM_WERROR}>:-Werror>)

add_library(wdm_sanitize INTERFACE)
if(OPENWDM_SANITIZE)
    target_compile_options(wdm_sanitize INTERFACE
        -fsanitize=address,undefined -fno-sanitize-recover=all)
    # clang: calls into drivers have no type to check in front of the function, and its fake stacks
    # do not follow a switch of fibers.
    if(CMAKE_C_COMPILER_ID MATCHES "Clang")
        target_compile_options(wdm_sanitize INTERFACE $<$<COMPILE_LANGUAGE:C>:-fno-sanitize=function
            -fsanitize-address-use-after-return=never>)
    endif()
    target_link_options(wdm_sanitize INTERFACE -fsanitize=address,undefined)
endif()
if(OPENWDM_FUZZ)
    target_compile_options(wdm_sanitize INTERFACE -fsanitize=fuzzer-no-link)
endif()

# Host code: Linux is visible.
add_library(wdm_host_flags INTERFACE)
target_link_libraries(wdm_host_flags INTERFACE wdm_warnings wdm_sanitize)
target_compile_options(wdm_host_flags INTERFACE $<$<COMPILE_LANGUAGE:C>:-std=gnu17>
    -fno-strict-aliasing)
target_compile_definitions(wdm_host_flags INTERFACE _GNU_SOURCE
    OPENWDM_VERSION="${PROJECT_VERSION}")
target_include_directories(wdm_host_flags INTERFACE
    ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/include)

# Kernel code: no system header can be found, so no Linux call can be declared. The root is there
# for "host/..." and "hw/core/...", which themselves use freestanding headers only.
add_library(wdm_kernel_flags INTERFACE)
target_link_libraries(wdm_kernel_flags INTERFACE wdm_warnings wdm_sanitize)
target_compile_options(wdm_kernel_flags INTERFACE
    $<$<COMPILE_LANGUAGE:C>:-std=gnu17>
    -ffreestanding -fshort-wchar -fno-strict-aliasing -fno-stack-protector
    -nostdinc "SHELL:-isystem ${WDM_COMPILER_INCLUDE}")
target_compile_definitions(wdm_kernel_flags INTERFACE OPENWDM_KERNEL=1)
target_include_directories(wdm_kernel_flags INTERFACE
    ${PROJECT_SOURCE_DIR}/include/wdk ${PROJECT_SOURCE_DIR}/include/wdk/crt
    ${PROJECT_SOURCE_DIR}/kernel ${PROJECT_SOURCE_DIR})

# ---- layers ----

set(WDM_LAYER_TARGETS)

# wdm_layer(name flags folder [folder ...]): an object library of all .c and .S of the folders.
function(wdm_layer name flags)
    set(sources)
    foreach(folder IN LISTS ARGN)
        file(GLOB found CONFIGURE_DEPENDS
             ${PROJECT_SOURCE_DIR}/${folder}/*.c ${PROJECT_SOURCE_DIR}/${folder}/*.S)
        list(APPEND sources ${found})
    endforeach()
    list(APPEND sources ${WDM_GENERATED_${name}})
    if(NOT sources)
        return()
    endif()
    add_library(${name} OBJECT ${sources})
    target_link_libraries(${name} PRIVATE ${flags})
    # A generated header must exist before anything that could include it is compiled.
    if(TARGET wdm_generated AND name STREQUAL "runtime")
        add_dependencies(${name} wdm_generated)
    endif()
    set(WDM_LAYER_TARGETS ${WDM_LAYER_TARGETS} ${name} PARENT_SCOPE)
endfunction()

include(OpenWDMGenerate)

wdm_layer(host wdm_host_flags host)
wdm_layer(hw_core wdm_host_flags hw/core)
wdm_layer(hw wdm_host_flags hw)
set(WDM_KERNEL_FOLDERS rtl ke mm ex hal ob se ps tm cm ldr io pnp po wmi vf init)
foreach(folder IN LISTS WDM_KERNEL_FOLDERS)
    wdm_layer(kernel_${folder} wdm_kernel_flags kernel/${folder})
endforeach()
# The export tables and gates of the whole DDI table stand above every folder.
wdm_layer(kernel_gates wdm_kernel_flags)
# The runtime stands between both worlds: Linux is visible, and the kernel's headers are too.
add_library(wdm_runtime_flags INTERFACE)
target_link_libraries(wdm_runtime_flags INTERFACE wdm_host_flags)
target_compile_options(wdm_runtime_flags INTERFACE -fshort-wchar
    "SHELL:-idirafter ${PROJECT_SOURCE_DIR}/include/wdk"
    "SHELL:-idirafter ${PROJECT_SOURCE_DIR}/include/wdk/crt"
    "SHELL:-idirafter ${PROJECT_SOURCE_DIR}/kernel")
target_compile_definitions(wdm_runtime_flags INTERFACE OPENWDM_KERNEL=1)
target_include_directories(wdm_runtime_flags INTERFACE ${WDM_GENERATED_DIR})
wdm_layer(runtime wdm_runtime_flags runtime)

# ---- libwdm and wdm ----

if(WDM_LAYER_TARGETS)
    set(objects)
    foreach(layer IN LISTS WDM_LAYER_TARGETS)
        list(APPEND objects $<TARGET_OBJECTS:${layer}>)
    endforeach()
    add_library(libwdm STATIC ${objects})
    set_target_properties(libwdm PROPERTIES OUTPUT_NAME wdm LINKER_LANGUAGE C)
    target_link_libraries(libwdm PUBLIC PkgConfig::JANSSON ${ZYDIS_LIBRARY})
    if(ZYCORE_LIBRARY)
        target_link_libraries(libwdm PUBLIC ${ZYCORE_LIBRARY})
    endif()
    target_link_libraries(libwdm INTERFACE wdm_sanitize m)
    target_include_directories(libwdm INTERFACE
        $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
        $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
endif()

file(GLOB cliSources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/cli/*.c)
if(cliSources AND TARGET libwdm AND NOT OPENWDM_FUZZ)
    add_executable(wdm ${cliSources})
    target_link_libraries(wdm PRIVATE wdm_host_flags libwdm)
    if(READLINE_LIBRARY)
        target_link_libraries(wdm PRIVATE ${READLINE_LIBRARY})
        target_compile_definitions(wdm PRIVATE OPENWDM_READLINE=1)
    endif()
endif()
