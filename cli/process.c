/* SPDX-License-Identifier: MIT */
/* process: client processes, and who they are. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

bool
cli_client_kind(const char *text, wdm_client *client)
{
    static const char *const names[] = {"admin", "user", "low"};

    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
    {
        if (strcmp(text, names[i]) == 0)
        {
            *client = (wdm_client)i;
            return true;
        }
    }
    return false;
}

static int
start(int count, char **words)
{
    wdm_client client = WDM_CLIENT_ADMIN;
    uint32_t pid;
    wdm_status status;

    if (count == 4 && !cli_client_kind(words[3], &client))
        return cli_usage("process: '%s' is not admin, user or low", words[3]);
    status = wdm_process_start(cli.machine, words[2], client, &pid);
    if (status != WDM_OK)
        return cli_result(status, "process");
    printf("process %u\n", (unsigned)pid);
    return CLI_OK;
}

/* Handles of the process are closed by its end. */
static void
forget_handles(uint32_t pid)
{
    for (int i = 0; i < CLI_MAX_HANDLES; i++)
    {
        if (cli.handles[i].used && cli.handles[i].process == pid)
            cli_forget_handle(i);
    }
}

int
cli_command_process(int count, char **words)
{
    uint64_t number = 0;

    if ((count == 3 || count == 4) && strcmp(words[1], "start") == 0)
        return start(count, words);
    if (count == 3 && strcmp(words[1], "use") == 0 && cli_number(words[2], &number))
        return cli_result(wdm_process_use(cli.machine, (uint32_t)number), "process");
    if ((count == 2 || count == 3) && strcmp(words[1], "exit") == 0 &&
        (count == 2 || cli_number(words[2], &number)))
    {
        uint32_t pid = wdm_process_current(cli.machine);
        wdm_status status = wdm_process_exit(cli.machine, (uint32_t)number);

        if (status == WDM_OK)
            forget_handles(pid);
        return cli_result(status, "process");
    }
    return cli_usage("process: start NAME [admin|user|low] | use PID | exit [STATUS]");
}
