# SPDX-License-Identifier: MIT
# Builds and tests Windows drivers on Linux. Used inside the project and, installed, by
# find_package(OpenWDM). Needs clang-19 with lld-19 (or mingw-w64 gcc for COMPILER mingw).
#
#   wdm_add_driver(name source... [COMPILER clang|mingw] [ENTRY symbol] [EXPORTS file.def]
#                  [RESOURCE file.rc] [LIBS|LIBRARIES library...]
#                  [DEFINES NAME=VALUE...] [OPTIONS flag...]
#                  [INCLUDES folder...] [DEBUG dwarf|codeview|none] [OUTPUT_NAME name]
#                  [OUTPUT_DIRECTORY folder] [NO_CHECKSUM] [INTEGRITYCHECK])
#       Builds name.sys (target `name`). EXPORTS makes an export driver with an import library;
#       LIBS takes other driver targets, import libraries by file, or names of our own.
#   wdm_add_driver_test(name DRIVER target... COMMANDS line... [OPTIONS option...]
#                       [EXPECT_STATUS number] [EXPECT_OUTPUT regex...] [REJECT_OUTPUT regex...]
#                       [TIMEOUT seconds])
#       Adds a CTest test that runs the driver with `wdm run`.
#
# Set by whoever includes this file: OPENWDM_WDK_INCLUDE_DIR, OPENWDM_IMPORT_LIBS (files),
# OPENWDM_WDM (command), OPENWDM_TOOL_DIR (run-driver-test.py), and optionally
# OPENWDM_DRIVER_FLAGS (flags for every source) and OPENWDM_COMPILER_LAUNCHER (ccache).

find_program(OPENWDM_CLANG NAMES clang-19 DOC "compiler of drivers")
find_program(OPENWDM_LLD_LINK NAMES lld-link-19 DOC "linker of drivers")
find_program(OPENWDM_LLVM_RC NAMES llvm-rc-19 DOC "resource compiler of drivers")
find_program(OPENWDM_MINGW NAMES x86_64-w64-mingw32-gcc DOC "second compiler of drivers")
find_program(OPENWDM_WINDRES NAMES x86_64-w64-mingw32-windres DOC "its resource compiler")
find_program(OPENWDM_PYTHON NAMES python3 PATHS /usr/bin NO_DEFAULT_PATH)
find_program(OPENWDM_PYTHON NAMES python3)

define_property(TARGET PROPERTY OPENWDM_SYS BRIEF_DOCS "the .sys file of a driver target")
define_property(TARGET PROPERTY OPENWDM_LIB BRIEF_DOCS "import library of an export driver")

# Sources of drivers spell header names in any case, as Windows allows: clang gets an overlay that
# ignores case, mingw gets links with the usual spellings.
function(_wdm_any_case out)
    set(work ${CMAKE_BINARY_DIR}/openwdm-wdk)
    set(${out} ${work} PARENT_SCOPE)
    get_property(done GLOBAL PROPERTY OPENWDM_ANY_CASE_DONE)
    if(done)
        return()
    endif()
    set_property(GLOBAL PROPERTY OPENWDM_ANY_CASE_DONE TRUE)
    file(GLOB headers CONFIGURE_DEPENDS RELATIVE ${OPENWDM_WDK_INCLUDE_DIR}
         ${OPENWDM_WDK_INCLUDE_DIR}/*.h)
    set(entries "")
    file(MAKE_DIRECTORY ${work}/links)
    foreach(header IN LISTS headers)
        set(real ${OPENWDM_WDK_INCLUDE_DIR}/${header})
        string(APPEND entries "${comma}\n  {\"type\":\"file\",\"name\":\"${header}\","
               "\"external-contents\":\"${real}\"}")
        set(comma ",")
        get_filename_component(stem ${header} NAME_WE)
        string(TOUPPER ${stem} upper)
        string(SUBSTRING ${upper} 0 1 first)
        string(SUBSTRING ${stem} 1 -1 rest)
        foreach(spelling ${first}${rest}.h ${upper}.h ${upper}.H)
            if(NOT spelling STREQUAL header)
                file(CREATE_LINK ${real} ${work}/links/${spelling} SYMBOLIC)
            endif()
        endforeach()
    endforeach()
    file(CONFIGURE OUTPUT ${work}/overlay.yaml @ONLY CONTENT
"{\"version\":0,\"case-sensitive\":\"false\",\"roots\":[{\"type\":\"directory\",
 \"name\":\"${OPENWDM_WDK_INCLUDE_DIR}\",\"contents\":[${entries}]}]}\n")
endfunction()

# The compile command of one source, up to but without -o. -ffreestanding alone would leave out the
# unwind data of functions that raise nothing themselves, which x64 needs for each that has a frame.
function(_wdm_compile_command out compiler debug)
    _wdm_any_case(anyCase)
    set(common -O2 -ffreestanding -fno-strict-aliasing
        -D_AMD64_=1 -DAMD64=1 -D_WIN64=1 -DWINNT=1 -D_KERNEL_MODE=1 ${OPENWDM_DRIVER_FLAGS})
    if(compiler STREQUAL "mingw")
        set(command ${OPENWDM_COMPILER_LAUNCHER} ${OPENWDM_MINGW} ${common} -fshort-wchar
            -fno-stack-protector -fno-ident -isystem ${OPENWDM_WDK_INCLUDE_DIR}
            -isystem ${OPENWDM_WDK_INCLUDE_DIR}/crt -isystem ${anyCase}/links)
    else()
        set(command ${OPENWDM_COMPILER_LAUNCHER} ${OPENWDM_CLANG} --target=x86_64-pc-windows-msvc
            -fms-extensions -fasync-exceptions -fasynchronous-unwind-tables -nostdlibinc ${common}
            -ivfsoverlay ${anyCase}/overlay.yaml -isystem ${OPENWDM_WDK_INCLUDE_DIR}
            -isystem ${OPENWDM_WDK_INCLUDE_DIR}/crt)
    endif()
    if(debug STREQUAL "dwarf")
        list(APPEND command -g -gdwarf)
    elseif(debug STREQUAL "codeview")
        list(APPEND command -g -gcodeview)
    endif()
    set(${out} ${command} PARENT_SCOPE)
endfunction()

# One custom command per source; out receives the object files.
function(_wdm_compile_sources out name compiler debug extra)
    _wdm_compile_command(compile ${compiler} ${debug})
    set(work ${CMAKE_CURRENT_BINARY_DIR}/${name}.dir)
    file(MAKE_DIRECTORY ${work})
    set(objects)
    foreach(source IN LISTS ARGN)
        get_filename_component(full ${source} ABSOLUTE)
        get_filename_component(base ${source} NAME)
        set(object ${work}/${base}.obj)
        get_filename_component(folder ${full} DIRECTORY)
        # C++ has neither exceptions nor run-time types in the kernel, and no lock for statics.
        # Destructors are no reason for a frame handler, which the kernel does not export; the
        # price is that __try in C++ sees the exceptions of calls only.
        set(language -std=gnu17)
        if(base MATCHES "\\.(cpp|cc|cxx)$")
            set(language -x c++ -std=c++17 -fno-exceptions -fno-rtti -fno-threadsafe-statics)
            if(NOT compiler STREQUAL "mingw")
                list(APPEND language -fno-async-exceptions)
            endif()
        endif()
        add_custom_command(OUTPUT ${object}
            COMMAND ${compile} ${language} ${extra} -I${folder} -MD -MF ${object}.d -MT ${object}
                    -c ${full} -o ${object}
            DEPENDS ${full}
            DEPFILE ${object}.d
            COMMENT "Driver ${name}: ${base}"
            VERBATIM)
        list(APPEND objects ${object})
    endforeach()
    set(${out} ${objects} PARENT_SCOPE)
endfunction()

function(_wdm_compile_resource out name compiler resource)
    get_filename_component(full ${resource} ABSOLUTE)
    set(work ${CMAKE_CURRENT_BINARY_DIR}/${name}.dir)
    if(compiler STREQUAL "mingw")
        set(object ${work}/resource.o)
        set(command ${OPENWDM_WINDRES} -I ${OPENWDM_WDK_INCLUDE_DIR} ${full} -o ${object})
    else()
        set(object ${work}/resource.res)
        set(command ${OPENWDM_LLVM_RC} /I ${OPENWDM_WDK_INCLUDE_DIR} /FO ${object} ${full})
    endif()
    add_custom_command(OUTPUT ${object} COMMAND ${command} DEPENDS ${full} VERBATIM)
    set(${out} ${object} PARENT_SCOPE)
endfunction()

# Turns LIBS into files: a driver target, a file, or the name of one of OPENWDM_IMPORT_LIBS.
function(_wdm_resolve_libs out outTargets)
    set(files ${OPENWDM_IMPORT_LIBS})
    set(targets)
    foreach(library IN LISTS ARGN)
        if(TARGET ${library})
            get_target_property(file ${library} OPENWDM_LIB)
            if(NOT file)
                message(FATAL_ERROR "wdm_add_driver: ${library} exports nothing (no EXPORTS)")
            endif()
            list(APPEND files ${file})
            list(APPEND targets ${library})
        elseif(IS_ABSOLUTE ${library} OR EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${library})
            get_filename_component(file ${library} ABSOLUTE)
            list(APPEND files ${file})
        elseif(NOT "${OPENWDM_IMPORT_LIBS}" MATCHES "/${library}\\.lib")
            message(FATAL_ERROR "wdm_add_driver: library ${library} is unknown")
        endif()
    endforeach()
    set(${out} ${files} PARENT_SCOPE)
    set(${outTargets} ${targets} PARENT_SCOPE)
endfunction()

function(_wdm_link_command out compiler sys entry debug implib def checksum)
    if(compiler STREQUAL "mingw")
        set(command ${OPENWDM_MINGW} -nostdlib -shared -Wl,--subsystem,native
            -Wl,--entry,${entry} -Wl,--image-base,0x140000000 -Wl,--dynamicbase
            -Wl,--no-insert-timestamp -o ${sys})
        if(def)
            list(APPEND command -Wl,--out-implib,${implib} ${def})
        else()
            list(APPEND command -Wl,--exclude-all-symbols)
        endif()
    else()
        # Pages named INIT go away after DriverEntry: the linker must mark them discardable.
        set(command ${OPENWDM_LLD_LINK} /nologo /driver /subsystem:native /entry:${entry}
            /nodefaultlib /Brepro /section:INIT,ERD /out:${sys})
        if(debug STREQUAL "dwarf")
            list(APPEND command /debug:dwarf)
        elseif(debug STREQUAL "codeview")
            list(APPEND command /debug)
        endif()
        if(checksum)
            list(APPEND command /release)
        endif()
        if(def)
            list(APPEND command /def:${def} /implib:${implib})
        endif()
    endif()
    set(${out} ${command} PARENT_SCOPE)
endfunction()

function(wdm_add_driver name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "NO_CHECKSUM;INTEGRITYCHECK"
        "COMPILER;ENTRY;EXPORTS;RESOURCE;DEBUG;OUTPUT_NAME;OUTPUT_DIRECTORY"
        "LIBS;LIBRARIES;DEFINES;OPTIONS;INCLUDES")
    foreach(pair "COMPILER;clang" "ENTRY;DriverEntry" "DEBUG;dwarf" "OUTPUT_NAME;${name}"
            "OUTPUT_DIRECTORY;${CMAKE_CURRENT_BINARY_DIR}")
        list(GET pair 0 key)
        list(GET pair 1 value)
        if(NOT arg_${key})
            set(arg_${key} ${value})
        endif()
    endforeach()
    set(sources ${arg_UNPARSED_ARGUMENTS})
    if(NOT sources)
        message(FATAL_ERROR "wdm_add_driver(${name}): no sources")
    endif()
    if(arg_COMPILER STREQUAL "mingw" AND NOT OPENWDM_MINGW)
        message(FATAL_ERROR "wdm_add_driver(${name}): x86_64-w64-mingw32-gcc is not installed")
    elseif(NOT arg_COMPILER STREQUAL "mingw" AND NOT (OPENWDM_CLANG AND OPENWDM_LLD_LINK))
        message(FATAL_ERROR "wdm_add_driver(${name}): clang-19 or lld-link-19 is not installed")
    endif()

    set(extra ${arg_OPTIONS})
    list(TRANSFORM arg_DEFINES PREPEND -D)
    foreach(folder IN LISTS arg_INCLUDES)
        get_filename_component(full ${folder} ABSOLUTE)
        list(APPEND extra -I${full})
    endforeach()
    list(APPEND extra ${arg_DEFINES})
    _wdm_compile_sources(objects ${name} ${arg_COMPILER} ${arg_DEBUG} "${extra}" ${sources})
    if(arg_RESOURCE)
        _wdm_compile_resource(resource ${name} ${arg_COMPILER} ${arg_RESOURCE})
        list(APPEND objects ${resource})
    endif()

    set(sys ${arg_OUTPUT_DIRECTORY}/${arg_OUTPUT_NAME}.sys)
    set(implib)
    set(def)
    if(arg_EXPORTS)
        get_filename_component(def ${arg_EXPORTS} ABSOLUTE)
        set(implib ${arg_OUTPUT_DIRECTORY}/${arg_OUTPUT_NAME}.lib)
    endif()
    set(checksum TRUE)
    if(arg_NO_CHECKSUM)
        set(checksum FALSE)
    endif()
    file(MAKE_DIRECTORY ${arg_OUTPUT_DIRECTORY})
    _wdm_resolve_libs(libs libTargets ${arg_LIBS} ${arg_LIBRARIES})
    if(arg_COMPILER STREQUAL "mingw")
        # GNU ld lays out the import tables of lld's libraries wrongly: a slot stays unbound.
        list(REMOVE_ITEM libs ${OPENWDM_IMPORT_LIBS})
        foreach(library IN LISTS OPENWDM_IMPORT_LIBS)
            string(REGEX REPLACE "/([^/]+)\\.lib$" "/lib\\1.a" library ${library})
            list(APPEND libs ${library})
        endforeach()
    endif()
    _wdm_link_command(link ${arg_COMPILER} ${sys} ${arg_ENTRY} ${arg_DEBUG} "${implib}" "${def}"
                      ${checksum})
    if(arg_INTEGRITYCHECK AND NOT arg_COMPILER STREQUAL "mingw")
        list(APPEND link /integritycheck)
    endif()
    set(last)
    if(arg_COMPILER STREQUAL "mingw")
        set(last -lgcc)
    endif()
    add_custom_command(OUTPUT ${sys} BYPRODUCTS ${implib}
        COMMAND ${link} ${objects} ${libs} ${last}
        DEPENDS ${objects} ${libs} ${def} ${libTargets}
        COMMENT "Driver ${arg_OUTPUT_NAME}.sys"
        VERBATIM)
    add_custom_target(${name} ALL DEPENDS ${sys})
    set_target_properties(${name} PROPERTIES OPENWDM_SYS ${sys})
    if(implib)
        set_target_properties(${name} PROPERTIES OPENWDM_LIB ${implib})
    endif()
endfunction()

function(wdm_add_driver_test name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "EXPECT_STATUS;TIMEOUT"
        "DRIVER;COMMANDS;OPTIONS;EXPECT_OUTPUT;REJECT_OUTPUT")
    if(NOT arg_DRIVER)
        message(FATAL_ERROR "wdm_add_driver_test(${name}): DRIVER is missing")
    endif()
    if("${arg_EXPECT_STATUS}" STREQUAL "")
        set(arg_EXPECT_STATUS 0)
    endif()
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 60)
    endif()
    set(images)
    foreach(driver IN LISTS arg_DRIVER)
        if(TARGET ${driver})
            get_target_property(file ${driver} OPENWDM_SYS)
        else()
            get_filename_component(file ${driver} ABSOLUTE BASE_DIR ${CMAKE_CURRENT_BINARY_DIR})
        endif()
        list(APPEND images ${file})
    endforeach()
    # A script file carries the commands, so that no shell and no list ever splits them.
    set(script ${CMAKE_CURRENT_BINARY_DIR}/${name}.wdm)
    string(REPLACE "\\;" ";" lines "${arg_COMMANDS}")
    string(REPLACE ";" "\n" lines "${lines}")
    file(GENERATE OUTPUT ${script} CONTENT "${lines}\n")
    set(expectations)
    foreach(regex IN LISTS arg_EXPECT_OUTPUT)
        string(REPLACE ";" "\\;" regex "${regex}")
        list(APPEND expectations "--expect=${regex}")
    endforeach()
    foreach(regex IN LISTS arg_REJECT_OUTPUT)
        string(REPLACE ";" "\\;" regex "${regex}")
        list(APPEND expectations "--reject=${regex}")
    endforeach()
    add_test(NAME ${name}
        COMMAND ${OPENWDM_PYTHON} ${OPENWDM_TOOL_DIR}/run-driver-test.py
                --status ${arg_EXPECT_STATUS} ${expectations} --
                ${OPENWDM_WDM} run ${arg_OPTIONS} ${images} -f ${script})
    set_tests_properties(${name} PROPERTIES TIMEOUT ${arg_TIMEOUT})
endfunction()
