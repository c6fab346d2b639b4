/* SPDX-License-Identifier: MIT */
/* Private to runtime: what the files about the registry share. */
#ifndef RUNTIME_REGISTRY_H
#define RUNTIME_REGISTRY_H

#include "runtime/runtime.h"

#include <strings.h>

#endif
