/* SPDX-License-Identifier: MIT */
/* The name drivers use for compiler intrinsics. */
#ifndef WDK_INTRIN_WRAPPER_H
#define WDK_INTRIN_WRAPPER_H
#if defined(_WIN32) && !defined(_MSC_VER)
#include <x86intrin.h>
#endif
#include "wdk_intrin.h"
#endif
