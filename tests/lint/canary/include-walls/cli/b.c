// SPDX-License-Identifier: MIT
#include "kernel/io/io.h"
#include <stdio.h>
