// SPDX-License-Identifier: MIT
#include "io/iop.h"
#include "io/io.h"
