// SPDX-License-Identifier: MIT
// Page: kernel/real.md Options: --cpus 4 Run:
int d;
