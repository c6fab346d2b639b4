/* SPDX-License-Identifier: MIT */
/* The command line: what its files share. Sees only include/openwdm. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "openwdm/openwdm.h"

/* Exit statuses, documented in --help and wdm(1). */
enum cli_exit
{
    CLI_OK = 0,
    CLI_USAGE = 1,     /* bad usage or input */
    CLI_FAILED = 2,    /* a driver or command failed: DriverEntry, assertion, expect */
    CLI_BUGCHECK = 3,  /* the machine stopped */
    CLI_VIOLATION = 4, /* the run ended but a check was violated, for example a leak */
    CLI_TIMEOUT = 124
};

/* ---- the tables behind --help and the man page (help.c) ----------------------------------------
 */

struct cli_option
{
    const char *name;     /* "--cpus" */
    const char *argument; /* "N" or NULL */
    const char *help;
};

struct cli_program
{
    const char *name;
    const char *usage;
    const char *help;
    int (*run)(int argc, char **argv);
    const struct cli_option *options; /* ended by a NULL name; may be NULL */
};

extern const struct cli_program cli_programs[];
extern const struct cli_option cli_run_options[];

void cli_help(FILE *file);
void cli_help_program(FILE *file, const struct cli_program *program);
void cli_man(FILE *file);
/* "wdm: ", in a script "FILE:LINE:COLUMN: ", and the text: one line on standard error. Returns
 * CLI_USAGE. */
int cli_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same, returns CLI_FAILED. */
int cli_failed(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* process.c: "admin", "user" or "low". */
bool cli_client_kind(const char *text, wdm_client *client);
int cli_command_process(int count, char **words);
/* requests.c: the handle is gone already. */
void cli_forget_handle(int index);

/* ---- a run: options, machine, handles (run.c, session.c) ---------------------------------------
 */

#define CLI_MAX_HANDLES  64
#define CLI_MAX_REQUESTS 256
#define CLI_MAX_DRIVERS  64

struct cli_handle
{
    char name[64]; /* "H" of `open NAME as H`, or the number */
    char device[256];
    wdm_handle handle;
    uint32_t process; /* whose it is */
    bool used;
};

struct cli_pending
{
    wdm_request *request;
    unsigned number;
    unsigned handle; /* index */
};

/* What a run of a fault sweep tells the process that started it. */
struct cli_fault_run
{
    bool injected;
    bool bugcheck;
    bool ended;
    int status;        /* of the run, once it has ended */
    char fault[700];   /* which call failed */
    char report[1000]; /* first report, in one line */
};

struct cli_session
{
    wdm_options options;
    const char *service; /* of --service, for the next driver */
    struct
    {
        const char *path;
        const char *service; /* NULL: the file's name */
    } drivers[CLI_MAX_DRIVERS];
    unsigned driver_count;
    const char *report_path;
    const char *trace_path;
    FILE *trace;
    FILE *report;
    bool tracing;
    bool sweep;     /* --fault-sweep */
    bool sweep_all; /* all runs are listed */
    bool injected;  /* the call of --fault has been made to fail */
    struct cli_fault_run *fault_run;
    bool timeout_given;
    bool unload_at_end;
    bool interactive;
    unsigned timeout_s;
    wdm_machine *machine;
    char services[CLI_MAX_DRIVERS][100]; /* loaded by us, in order */
    unsigned service_count;
    struct cli_handle handles[CLI_MAX_HANDLES];
    int current; /* index of the handle commands use, or -1 */
    unsigned next_handle;
    struct cli_pending pending[CLI_MAX_REQUESTS];
    unsigned pending_count;
    unsigned next_request;
    /* of the last request, for assert */
    uint32_t last_status;
    size_t last_information;
    unsigned char *last_output;
    size_t last_output_size;
    /* command that is executed or checked; where is NULL outside of scripts */
    const char *where;
    unsigned line, column;
    int exit_status;        /* worst so far */
    unsigned message_count; /* lines of the machine itself, such as why an image was refused */
};

extern struct cli_session cli;

/* Parses options and drivers of `wdm run` and `wdm shell` into `cli` (options.c); false after an
 * error message. Arguments of -c and -f are handed to `script`. */
bool
cli_parse_options(int argc, char **argv, bool (*script)(const char *option, const char *argument));

/* Boots with the options of `cli`. Returns CLI_OK or an exit status. */
int cli_boot(void);

/* --fault-sweep (sweep.c): `run` executes the whole run and returns its exit status. */
int cli_sweep(int (*run)(void));

/* Unloads, reports, shuts down; returns the exit status of the whole run. */
int cli_finish(void);

/* Remembers the worst: bug check before failure before violation. */
void cli_note(int exit_status);

/* ---- commands (script.c, commands.c, requests.c, assert.c) ------------------------------------
 */

#define CLI_MAX_WORDS 32

struct cli_command
{
    const char *name;
    const char *usage;
    const char *help;
    int (*run)(int count, char **words); /* returns an exit status */
};

extern const struct cli_command cli_commands[];

/* Executes commands separated by ';' or newlines; stops at the first that fails.
 * Returns CLI_OK or an exit status. `where` names the source for messages, NULL for none. */
int cli_execute(const char *text, const char *where);

/* True if `text` parses: words, quotes and names of commands. Prints what is wrong. */
bool cli_check_script(const char *text, const char *where);

int cli_load(const char *path, const char *service);

/* The drivers of the command line, in order. Returns CLI_OK or an exit status. */
int cli_load_drivers(void);

/* Turns a wdm_status into output and an exit status. */
int cli_result(wdm_status status, const char *what);

int cli_command_open(int count, char **words);
int cli_command_close(int count, char **words);
int cli_command_read(int count, char **words);
int cli_command_write(int count, char **words);
int cli_command_ioctl(int count, char **words);
int cli_command_cancel(int count, char **words);
int cli_command_assert(int count, char **words);

/* Says which pending requests have completed since. */
void cli_poll_requests(void);
void cli_close_all(void);

/* ---- values (value.c)
 * ---------------------------------------------------------------------------- */

/* Bytes of hex, "text" or @file; malloc'd. False after an error message. */
bool cli_data(const char *text, unsigned char **data, size_t *size);

/* 50, 50ms, 2s, 100us, 10ns -> nanoseconds; plain numbers are milliseconds. */
bool cli_time(const char *text, uint64_t *ns);

/* Decimal or 0x hexadecimal. */
bool cli_number(const char *text, uint64_t *value);

/* Bytes as "05 00 02 01". */
void cli_print_hex(const unsigned char *data, size_t size);

#endif
