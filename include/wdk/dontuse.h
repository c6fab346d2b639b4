/* SPDX-License-Identifier: MIT */
/* Functions drivers should not call are simply not declared in include/wdk/crt. */
