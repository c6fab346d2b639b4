// SPDX-License-Identifier: MIT
#include "io/iop.h"
