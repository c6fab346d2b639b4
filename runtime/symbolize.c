/* SPDX-License-Identifier: MIT */
/*
 * Names for addresses of drivers: llvm-symbolizer is started once per report and asked over a pipe.
 * It reads DWARF in the image and a PDB beside it. Without it, or without symbols, exports remain.
 * Never through a shell: paths of drivers are other people's text.
 */
#include "runtime/reportp.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct pipes
{
    int to[2];
    int from[2];
};

static void
close_all(struct pipes *pipes)
{
    for (int i = 0; i < 2; i++)
    {
        if (pipes->to[i] >= 0)
            close(pipes->to[i]);
        if (pipes->from[i] >= 0)
            close(pipes->from[i]);
    }
}

static pid_t
start(const char *program, struct pipes *pipes)
{
    char *arguments[] = {(char *)program,
                         "--relative-address",
                         "--output-style=JSON",
                         "--no-debuginfod",
                         "--functions=linkage",
                         "--demangle",
                         NULL};
    /* The host's locale and debuginfod servers must not change a report. */
    char *environment[] = {"PATH=/usr/bin:/bin", "LC_ALL=C", NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    pid_t pid = -1;

    sigemptyset(&none);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawn_file_actions_adddup2(&actions, pipes->to[0], 0);
    posix_spawn_file_actions_adddup2(&actions, pipes->from[1], 1);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    if (posix_spawnp(&pid, program, &actions, &attributes, arguments, environment) != 0)
        pid = -1;
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return pid;
}

static bool
write_all(int descriptor, const char *text, size_t length)
{
    while (length > 0)
    {
        ssize_t written = write(descriptor, text, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        text += written;
        length -= (size_t)written;
    }
    return true;
}

#define ANSWER_LIMIT (1u << 20)
#define PATIENCE_MS  20000

static char *
read_all(int descriptor)
{
    size_t length = 0, capacity = 65536;
    char *text = malloc(capacity + 1);

    while (text != NULL && length < ANSWER_LIMIT)
    {
        struct pollfd ready = {descriptor, POLLIN, 0};
        ssize_t got;

        if (length == capacity)
        {
            char *larger = realloc(text, capacity * 2 + 1);
            if (larger == NULL)
                break;
            text = larger;
            capacity *= 2;
        }
        got = poll(&ready, 1, PATIENCE_MS);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        got = read(descriptor, text + length, capacity - length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        length += (size_t)got;
    }
    if (text != NULL)
        text[length] = 0;
    return text;
}

/* The answer to all of `questions`, malloc'ed, or NULL. They fit into the pipe's buffer, so that
 * writing all before reading cannot block for ever. */
static char *
ask(const char *questions)
{
    static const char *const programs[] = {"llvm-symbolizer-19", "llvm-symbolizer", NULL};
    struct pipes pipes = {{-1, -1}, {-1, -1}};
    struct sigaction ignore, saved;
    pid_t pid = -1;
    char *answer = NULL;

    if (pipe2(pipes.to, O_CLOEXEC) != 0 || pipe2(pipes.from, O_CLOEXEC) != 0)
    {
        close_all(&pipes);
        return NULL;
    }
    for (int i = 0; programs[i] != NULL && pid < 0; i++)
        pid = start(programs[i], &pipes);
    close(pipes.to[0]);
    close(pipes.from[1]);
    pipes.to[0] = pipes.from[1] = -1;
    memset(&ignore, 0, sizeof(ignore));
    ignore.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &ignore, &saved);
    if (pid > 0 && write_all(pipes.to[1], questions, strlen(questions)))
    {
        close(pipes.to[1]);
        pipes.to[1] = -1;
        answer = read_all(pipes.from[0]);
    }
    close_all(&pipes);
    sigaction(SIGPIPE, &saved, NULL);
    while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    return answer;
}

static const char *
base_name(const char *path)
{
    const char *name = path;

    for (; *path != 0; path++)
    {
        if (*path == '/' || *path == '\\')
            name = path + 1;
    }
    return name;
}

static bool
starts_at(const struct wdm_frame *frame, const json_t *symbol)
{
    const char *start = json_string_value(json_object_get(symbol, "StartAddress"));
    uint64_t from = start != NULL ? strtoull(start, NULL, 16) : 0;

    return from != 0 &&
           (from == frame->code.Rva || from == frame->code.PreferredBase + frame->code.Rva);
}

/* One answer: {"Address":..., "Symbol":[{"FunctionName":..., "FileName":..., "Line":...}, ...]}.
 * With inlined calls the innermost comes first, and it is where the code stands. The first
 * instruction of a function may be of such a call, too, but means the function. */
static void
take_answer(struct wdm_frame *frame, const char *line, size_t length)
{
    json_t *root = json_loadb(line, length, 0, NULL);
    const json_t *symbols = json_object_get(root, "Symbol");
    const json_t *outermost = json_array_get(symbols, json_array_size(symbols) - 1);
    bool is_start = json_array_size(symbols) > 1 && starts_at(frame, outermost);
    const json_t *symbol = is_start ? outermost : json_array_get(symbols, 0);
    const char *function = json_string_value(json_object_get(symbol, "FunctionName"));
    const char *file = json_string_value(json_object_get(symbol, "FileName"));
    const char *start = json_string_value(json_object_get(symbol, "StartAddress"));

    if (function != NULL && function[0] != 0)
    {
        snprintf(frame->function, sizeof(frame->function), "%s", function);
        frame->has_offset = false;
    }
    if (function != NULL && start != NULL && start[0] != 0)
    {
        uint64_t from = strtoull(start, NULL, 16);
        if (from >= frame->code.PreferredBase)
            from -= frame->code.PreferredBase;
        if (from <= frame->code.Rva)
        {
            frame->offset = (unsigned)(frame->code.Rva - from);
            frame->has_offset = true;
        }
    }
    if (file != NULL && file[0] != 0)
    {
        snprintf(frame->file, sizeof(frame->file), "%s", base_name(file));
        frame->line =
            (unsigned)json_integer_value(json_object_get(symbol, is_start ? "StartLine" : "Line"));
    }
    json_decref(root);
}

/* The answers come in the order of the questions, one line each. */
static void
take_answers(struct wdm_frame *frames, size_t count, const char *answer)
{
    for (size_t i = 0; i < count && answer != NULL && *answer != 0; i++)
    {
        const char *end;
        if (!frames[i].known)
            continue;
        end = strchr(answer, '\n');
        if (end == NULL)
            end = answer + strlen(answer);
        take_answer(&frames[i], answer, (size_t)(end - answer));
        answer = *end != 0 ? end + 1 : end;
    }
}

static void
identify(struct wdm_frame *frame, uint64_t address, bool exact)
{
    memset(frame, 0, sizeof(*frame));
    frame->address = address;
    /* A return address may be the first byte of the next function or line. */
    if (!VfQueryCode(exact ? address : address - 1, &frame->code))
        return;
    frame->known = strpbrk(frame->code.Path, "\"\n") == NULL;
    frame->query = frame->code.Rva;
    if (!exact)
    {
        frame->code.Rva++;
        frame->code.SymbolOffset++;
    }
    if (frame->code.Symbol[0] != 0)
    {
        snprintf(frame->function, sizeof(frame->function), "%s", frame->code.Symbol);
        frame->offset = frame->code.SymbolOffset;
        frame->has_offset = true;
    }
}

void
wdm_symbolize(PVOID const *addresses, size_t count, const bool *exact, struct wdm_frame *frames)
{
    size_t capacity = count * 320 + 1, length = 0;
    char *questions = malloc(capacity);
    char *answer;

    for (size_t i = 0; i < count; i++)
    {
        identify(&frames[i], (uint64_t)addresses[i], exact[i]);
        if (questions == NULL || !frames[i].known)
            continue;
        length += (size_t)snprintf(questions + length, capacity - length, "\"%s\" 0x%llx\n",
                                   frames[i].code.Path, (unsigned long long)frames[i].query);
    }
    if (length > 0)
    {
        answer = ask(questions);
        take_answers(frames, count, answer);
        free(answer);
    }
    free(questions);
}

char *
wdm_frame_text(const struct wdm_frame *frame, char *buffer, size_t size)
{
    int length;

    if (frame->code.Name[0] == 0)
    {
        snprintf(buffer, size, "0x%016llx", (unsigned long long)frame->address);
        return buffer;
    }
    if (frame->function[0] == 0)
        length = snprintf(buffer, size, "%s+0x%x", frame->code.Name, (unsigned)frame->code.Rva);
    else if (frame->has_offset)
        length =
            snprintf(buffer, size, "%s!%s+0x%x", frame->code.Name, frame->function, frame->offset);
    else
        length = snprintf(buffer, size, "%s!%s", frame->code.Name, frame->function);
    if (frame->file[0] != 0 && length > 0 && (size_t)length < size)
        length +=
            snprintf(buffer + length, size - (size_t)length, " (%s:%u)", frame->file, frame->line);
    if (frame->code.Unloaded && length > 0 && (size_t)length < size)
        snprintf(buffer + length, size - (size_t)length, " (unloaded)");
    return buffer;
}
