// SPDX-License-Identifier: MIT
int a; // FIXME later
