# SPDX-License-Identifier: MIT
wdm_register_test(layout.check 120
    ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/tests/layout/check.py)
