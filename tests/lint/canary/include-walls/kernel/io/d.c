// SPDX-License-Identifier: MIT
#include <pthread.h>
#include "host/host.h"
