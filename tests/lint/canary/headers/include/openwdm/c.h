// SPDX-License-Identifier: MIT
#include <stddef.h>
size_t b(void);
