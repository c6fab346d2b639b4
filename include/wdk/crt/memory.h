/* SPDX-License-Identifier: MIT */
/* An older name of string.h. */
#include <string.h>
