// SPDX-License-Identifier: MIT
// Page: kernel/no-such.md, NF:wdm.IoCallDriver
int a;
