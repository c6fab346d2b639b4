// SPDX-License-Identifier: MIT
#include "kernel/ke/ke.h"
