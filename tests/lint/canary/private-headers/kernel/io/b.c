// SPDX-License-Identifier: MIT
#include "iop.h"
