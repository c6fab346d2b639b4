/* SPDX-License-Identifier: MIT */
/* Takes the SAL 1 names away again; nothing includes it together with headers that need that. */
