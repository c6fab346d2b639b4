// SPDX-License-Identifier: MIT
// Proves nothing by name.
int b;
// Run:
