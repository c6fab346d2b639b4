// SPDX-License-Identifier: MIT
#include <pthread.h>
