/* SPDX-License-Identifier: MIT */
/* The name under which some sources include driverspecs.h. */
#ifndef _KERNELSPECS_H_
#define _KERNELSPECS_H_
#include "driverspecs.h"
#endif
