/* SPDX-License-Identifier: MIT */
/* Warnings of Microsoft's compiler are no concern of the compilers used here. */
