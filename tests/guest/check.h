// SPDX-License-Identifier: MIT
// What every self-checking guest driver shares: counting what holds and what does not.
#ifndef GUEST_CHECK_H
#define GUEST_CHECK_H

static ULONG passed;
static ULONG failed;

#define EXPECT(Condition)                                         \
    do                                                            \
    {                                                             \
        if (Condition)                                            \
            passed++;                                             \
        else                                                      \
        {                                                         \
            failed++;                                             \
            DbgPrint("FAIL line %d: %s\n", __LINE__, #Condition); \
        }                                                         \
    } while (0)

#define EXPECT_EQ(Left, Right)                                                                     \
    do                                                                                             \
    {                                                                                              \
        LONGLONG left_ = (LONGLONG)(Left), right_ = (LONGLONG)(Right);                             \
        if (left_ == right_)                                                                       \
            passed++;                                                                              \
        else                                                                                       \
        {                                                                                          \
            failed++;                                                                              \
            DbgPrint("FAIL line %d: %s is %llx, expected %llx\n", __LINE__, #Left, left_, right_); \
        }                                                                                          \
    } while (0)

// Keeps the compiler from seeing through the tests.
#if defined(_MSC_VER) || defined(__clang__)
#define NOINLINE __declspec(noinline)
#else
#define NOINLINE __attribute__((noinline))
#endif

// Status of an expression that raises, STATUS_SUCCESS if it does not.
#define RAISED(Statement)                    \
    do                                       \
    {                                        \
        raised = STATUS_SUCCESS;             \
        __try                                \
        {                                    \
            Statement;                       \
        }                                    \
        __except (EXCEPTION_EXECUTE_HANDLER) \
        {                                    \
            raised = GetExceptionCode();     \
        }                                    \
    } while (0)

#define MILLISECONDS(Count) (-10000LL * (Count))

static inline NTSTATUS
WaitFor(PVOID Object, LONGLONG Timeout)
{
    LARGE_INTEGER due;

    due.QuadPart = Timeout;
    return KeWaitForSingleObject(Object, Executive, KernelMode, FALSE, &due);
}

static inline void
Sleep(LONGLONG Time)
{
    LARGE_INTEGER due;

    due.QuadPart = Time;
    (void)KeDelayExecutionThread(KernelMode, FALSE, &due);
}

// Starts Routine and gives a reference to its thread object, NULL when that failed.
static inline PVOID
StartThread(PKSTART_ROUTINE Routine, PVOID Context)
{
    HANDLE handle;
    PVOID thread = NULL;

    if (!NT_SUCCESS(
            PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, Routine, Context)))
        return NULL;
    (void)ObReferenceObjectByHandle(handle, SYNCHRONIZE, *PsThreadType, KernelMode, &thread, NULL);
    ZwClose(handle);
    return thread;
}

static inline void
JoinThread(PVOID Thread)
{
    if (Thread != NULL)
    {
        (void)KeWaitForSingleObject(Thread, Executive, KernelMode, FALSE, NULL);
        ObDereferenceObject(Thread);
    }
}

static inline NTSTATUS
Finish(const char *Name)
{
    DbgPrint("%s: %lu passed, %lu failed\n", Name, passed, failed);
    return failed == 0 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

#endif
