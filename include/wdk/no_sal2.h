/* SPDX-License-Identifier: MIT */
/* Takes the SAL 2 names away again; nothing to do, because they expand to nothing. */
