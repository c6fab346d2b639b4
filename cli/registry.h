/* SPDX-License-Identifier: MIT */
/* The `reg` command and --registry. */
#ifndef CLI_REGISTRY_H
#define CLI_REGISTRY_H

#include <stdbool.h>
#include <strings.h>

/* Remembers a .reg file for cli_import_registry(); false after an error message. */
bool cli_add_registry(const char *path);

/* Imports the files of --registry into the booted machine. Returns CLI_OK or an exit status. */
int cli_import_registry(void);

int cli_command_reg(int count, char **words);

#endif
