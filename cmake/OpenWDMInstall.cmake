# SPDX-License-Identifier: MIT
# What make install puts where:
#   bin/wdm  lib/libwdm.a  include/openwdm/*.h  include/openwdm/wdk/**  lib/openwdm/*.lib
#   lib/cmake/OpenWDM/  lib/pkgconfig/openwdm.pc  share/openwdm/run-driver-test.py  man, docs

set(WDM_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/OpenWDM)
set(WDM_WDK_DIR ${CMAKE_INSTALL_INCLUDEDIR}/openwdm/wdk)

if(TARGET libwdm)
    install(TARGETS libwdm ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
endif()
if(TARGET wdm)
    install(TARGETS wdm RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/openwdm/
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/openwdm OPTIONAL FILES_MATCHING PATTERN "*.h")
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/wdk/
        DESTINATION ${WDM_WDK_DIR} OPTIONAL FILES_MATCHING PATTERN "*.h")
if(WDM_IMPORT_LIBS)
    install(FILES ${WDM_IMPORT_LIBS} ${WDM_MINGW_LIBS} DESTINATION ${CMAKE_INSTALL_LIBDIR}/openwdm)
endif()
install(PROGRAMS ${PROJECT_SOURCE_DIR}/tools/run-driver-test.py
        DESTINATION ${CMAKE_INSTALL_DATADIR}/openwdm)
file(GLOB manPages CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/man/*.1)
install(FILES ${manPages} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

# ---- pkg-config and the CMake package ----

# Relative, so that an installation can be moved.
file(RELATIVE_PATH WDM_PC_PREFIX /p/${CMAKE_INSTALL_LIBDIR}/pkgconfig /p)
configure_file(${PROJECT_SOURCE_DIR}/cmake/openwdm.pc.in ${PROJECT_BINARY_DIR}/openwdm.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/openwdm.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

include(CMakePackageConfigHelpers)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/OpenWDMConfig.cmake.in
    ${PROJECT_BINARY_DIR}/OpenWDMConfig.cmake
    INSTALL_DESTINATION ${WDM_PACKAGE_DIR}
    PATH_VARS CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_LIBDIR CMAKE_INSTALL_BINDIR
              CMAKE_INSTALL_DATADIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/OpenWDMConfigVersion.cmake
    COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/OpenWDMConfig.cmake
              ${PROJECT_BINARY_DIR}/OpenWDMConfigVersion.cmake
              ${PROJECT_SOURCE_DIR}/cmake/OpenWDMDriver.cmake
        DESTINATION ${WDM_PACKAGE_DIR})
