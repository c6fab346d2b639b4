// SPDX-License-Identifier: MIT
size_t b(void);
