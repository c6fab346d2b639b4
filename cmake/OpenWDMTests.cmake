# SPDX-License-Identifier: MIT
# What is a test, by place and name; a new file needs no line here:
#   tests/unit/<layer>_<topic>_test.c   cmocka program, one process each -> unit.<layer>_<topic>
#                                       (<layer> a kernel folder: sees kernel/ and include/wdk;
#                                       otherwise host code)
#   tests/<folder>/<name>_test.c        cmocka program of an embedder: include/openwdm and libwdm
#   tests/<folder>/<name>.sh, *_test.py run with the variables below; exit status 77 = skipped
#   tests/guest/<name>.c                a driver; its "// Run:" and "// Expect:" lines are its test
#                                       (see tests/kit/run_guest.py)
#   tests/<folder>/tests.cmake          anything else, e.g. wdm_add_driver_test calls
# Scripts get WDM (the command), WDM_BUILD, WDM_SOURCE, WDM_DRIVERS, WDM_GUESTS, PYTHON.

find_library(CMOCKA_LIBRARY cmocka)

set(WDM_TEST_ENVIRONMENT
    WDM=${PROJECT_BINARY_DIR}/wdm
    WDM_BUILD=${PROJECT_BINARY_DIR}
    WDM_SOURCE=${PROJECT_SOURCE_DIR}
    WDM_DRIVERS=${PROJECT_BINARY_DIR}/drivers
    WDM_GUESTS=${PROJECT_BINARY_DIR}/tests/guest
    PYTHON=${Python3_EXECUTABLE}
    UBSAN_OPTIONS=print_stacktrace=1)

# Kernel unit tests see cmocka and libc first, then the SDK headers and the kernel.
add_library(wdm_kernel_test_flags INTERFACE)
target_link_libraries(wdm_kernel_test_flags INTERFACE wdm_warnings wdm_sanitize)
target_compile_options(wdm_kernel_test_flags INTERFACE -std=gnu17 -fshort-wchar
    -fno-strict-aliasing
    "SHELL:-idirafter ${PROJECT_SOURCE_DIR}/include/wdk"
    "SHELL:-idirafter ${PROJECT_SOURCE_DIR}/include/wdk/crt")
target_compile_definitions(wdm_kernel_test_flags INTERFACE OPENWDM_KERNEL=1 _GNU_SOURCE)
target_include_directories(wdm_kernel_test_flags INTERFACE
    ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/kernel ${PROJECT_SOURCE_DIR}/include)

function(wdm_register_test name timeout)
    add_test(NAME ${name} COMMAND ${ARGN})
    set_tests_properties(${name} PROPERTIES TIMEOUT ${timeout} SKIP_RETURN_CODE 77
        ENVIRONMENT "${WDM_TEST_ENVIRONMENT}")
endfunction()

# wdm_test_program(name source flags)
function(wdm_test_program name source flags)
    string(REPLACE "." "_" target ${name})
    add_executable(${target} ${source})
    target_link_libraries(${target} PRIVATE ${flags} libwdm ${CMOCKA_LIBRARY})
    set_target_properties(${target} PROPERTIES
        RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests/programs)
    wdm_register_test(${name} 120 ${target})
endfunction()

function(wdm_tests_of_folder folder)
    set(here ${PROJECT_SOURCE_DIR}/tests/${folder})
    file(GLOB programs CONFIGURE_DEPENDS ${here}/*_test.c)
    file(GLOB shells CONFIGURE_DEPENDS ${here}/*.sh)
    file(GLOB pythons CONFIGURE_DEPENDS ${here}/*_test.py)
    if(TARGET libwdm AND CMOCKA_LIBRARY AND NOT folder STREQUAL "guest")
        foreach(source IN LISTS programs)
            get_filename_component(base ${source} NAME_WE)
            string(REGEX REPLACE "_test$" "" base ${base})
            string(REGEX REPLACE "_.*" "" layer ${base})
            set(flags wdm_host_flags)
            if(folder STREQUAL "unit" AND layer IN_LIST WDM_KERNEL_FOLDERS)
                set(flags wdm_kernel_test_flags)
            endif()
            wdm_test_program(${folder}.${base} ${source} ${flags})
        endforeach()
    endif()
    foreach(script IN LISTS shells)
        get_filename_component(base ${script} NAME_WE)
        wdm_register_test(${folder}.${base} 300 sh ${script})
    endforeach()
    foreach(script IN LISTS pythons)
        get_filename_component(base ${script} NAME_WE)
        string(REGEX REPLACE "_test$" "" base ${base})
        wdm_register_test(${folder}.${base} 300 ${Python3_EXECUTABLE} ${script})
    endforeach()
    include(${here}/tests.cmake OPTIONAL)
endfunction()

# A guest with a Run: tag is a test by itself; tags may come later, so each source is watched.
function(wdm_tests_of_guests)
    file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/guest/*.c
         ${PROJECT_SOURCE_DIR}/tests/guest/*.cpp
         ${PROJECT_SOURCE_DIR}/tests/guest/*/*.c)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${sources})
    foreach(source IN LISTS sources)
        file(STRINGS ${source} tags REGEX "^// *Run:")
        if(tags)
            get_filename_component(base ${source} NAME_WE)
            wdm_register_test(guest.${base} 120 ${Python3_EXECUTABLE}
                ${PROJECT_SOURCE_DIR}/tests/kit/run_guest.py ${source})
        endif()
    endforeach()
endfunction()

if(BUILD_TESTING)
    file(GLOB testFolders CONFIGURE_DEPENDS LIST_DIRECTORIES TRUE RELATIVE
         ${PROJECT_SOURCE_DIR}/tests ${PROJECT_SOURCE_DIR}/tests/*)
    foreach(folder IN LISTS testFolders)
        if(IS_DIRECTORY ${PROJECT_SOURCE_DIR}/tests/${folder} AND NOT folder STREQUAL "kit")
            wdm_tests_of_folder(${folder})
        endif()
    endforeach()
    wdm_tests_of_guests()
endif()

if(OPENWDM_FUZZ)
    # fuzz/<name>.c -> build/<preset>/fuzz/<name>, started by tools/run-fuzz.
    file(GLOB harnesses CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/fuzz/*.c)
    foreach(source IN LISTS harnesses)
        get_filename_component(base ${source} NAME_WE)
        add_executable(fuzz_${base} ${source})
        target_link_libraries(fuzz_${base} PRIVATE wdm_runtime_flags libwdm)
        target_link_options(fuzz_${base} PRIVATE -fsanitize=fuzzer)
        set_target_properties(fuzz_${base} PROPERTIES OUTPUT_NAME ${base}
            RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/fuzz)
    endforeach()
endif()

# bench/<name>.c -> build/<preset>/bench/<name>; tools/run-bench runs them all.
file(GLOB benchmarks CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/bench/*.c)
if(TARGET libwdm AND NOT OPENWDM_FUZZ)
    foreach(source IN LISTS benchmarks)
        get_filename_component(base ${source} NAME_WE)
        add_executable(bench_${base} ${source})
        target_link_libraries(bench_${base} PRIVATE wdm_runtime_flags libwdm)
        set_target_properties(bench_${base} PROPERTIES OUTPUT_NAME ${base}
            RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bench)
    endforeach()
endif()
