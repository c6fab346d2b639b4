// SPDX-License-Identifier: MIT
#include "host/host.h"
