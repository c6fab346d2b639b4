/* SPDX-License-Identifier: MIT */
/* Present because sources name it; everything is in sal.h, specstrings.h and driverspecs.h. */
#include "specstrings.h"
