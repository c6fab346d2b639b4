// SPDX-License-Identifier: MIT
ULONG a;
