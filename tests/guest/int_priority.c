// SPDX-License-Identifier: MIT
// Two devices of different DIRQL: a serial port above the teaching device. The more important one
// comes first and interrupts the other's ISR, unless both share a critical section. An ISR also
// waits for `sti`, and time alone makes devices interrupt.
// Page: kernel/always-preemptible-and-always-interruptible.md, kernel/writing-an-isr.md
// Page: kernel/synchronizing-access-to-device-data.md, kernel/managing-hardware-priorities.md
// Page: NF:wdm.IoConnectInterrupt
// Options: --seed 2
// Run:
// Expect: int_priority: \d+ passed, 0 failed
// Reject: FAIL
#include "edu.h"

#include "check.h"

#define ENABLE        ((PUCHAR)(ULONG_PTR)0x3f9)
#define IDENTIFY      ((PUCHAR)(ULONG_PTR)0x3fa)
#define MODEM_CONTROL ((PUCHAR)(ULONG_PTR)0x3fc)
#define ENABLE_TX     0x02
#define OUT2          0x08
#define EDU_PERIOD    0x100
#define CAUSE_NESTED  0x1
#define CAUSE_TIMER   0x200

static KSERVICE_ROUTINE EduIsr;
static KSERVICE_ROUTINE SerialIsr;

static EDU edu;
static PKINTERRUPT eduInterrupt;
static PKINTERRUPT serialInterrupt;
static KSPIN_LOCK shared;
static ULONG vector;
static KIRQL dirql;
static KAFFINITY affinity;
static CHAR order[8];
static ULONG calls;
static KIRQL serialIrql;
static ULONG expirations;

static VOID
Note(CHAR What)
{
    if (calls < sizeof(order))
        order[calls++] = What;
}

static VOID
RaiseSerial(void)
{
    WRITE_PORT_UCHAR(ENABLE, 0);
    WRITE_PORT_UCHAR(ENABLE, ENABLE_TX);
}

static BOOLEAN
EduIsr(PKINTERRUPT Interrupt, PVOID Context)
{
    ULONG causes = EduRead(&edu, EDU_CAUSES);

    UNREFERENCED_PARAMETER(Interrupt);
    UNREFERENCED_PARAMETER(Context);
    if (causes == 0)
        return FALSE;
    EduWrite(&edu, EDU_ACKNOWLEDGE, causes);
    if (causes & CAUSE_TIMER)
    {
        expirations++;
        return TRUE;
    }
    Note('e');
    if (causes & CAUSE_NESTED)
    {
        RaiseSerial();
        KeStallExecutionProcessor(1);
    }
    Note('E');
    return TRUE;
}

static BOOLEAN
SerialIsr(PKINTERRUPT Interrupt, PVOID Context)
{
    UNREFERENCED_PARAMETER(Interrupt);
    UNREFERENCED_PARAMETER(Context);
    if (READ_PORT_UCHAR(IDENTIFY) & 1)
        return FALSE;
    WRITE_PORT_UCHAR(ENABLE, 0);
    serialIrql = KeGetCurrentIrql();
    Note('s');
    EduWrite(&edu, EDU_RAISE, 2); // waits: it is less important
    KeStallExecutionProcessor(1);
    Note('S');
    return TRUE;
}

static BOOLEAN
OrderIs(const CHAR *Expected)
{
    for (ULONG i = 0; i < calls; i++)
    {
        if (Expected[i] != order[i])
            return FALSE;
    }
    return Expected[calls] == 0;
}

static VOID
Connect(PKSPIN_LOCK Lock)
{
    KIRQL synchronize = Lock != NULL ? dirql : edu.Irql;

    calls = 0;
    EXPECT_EQ(IoConnectInterrupt(&eduInterrupt, EduIsr, NULL, Lock, edu.Vector, edu.Irql,
                                 synchronize, LevelSensitive, TRUE, edu.Affinity, FALSE),
              STATUS_SUCCESS);
    EXPECT_EQ(IoConnectInterrupt(&serialInterrupt, SerialIsr, NULL, Lock, vector, dirql, dirql,
                                 Latched, FALSE, affinity, FALSE),
              STATUS_SUCCESS);
}

static VOID
Disconnect(void)
{
    IoDisconnectInterrupt(eduInterrupt);
    IoDisconnectInterrupt(serialInterrupt);
}

static VOID
TestOrder(void)
{
    KIRQL irql;

    KeInitializeSpinLock(&shared);
    Connect(NULL);
    KeRaiseIrql(HIGH_LEVEL, &irql);
    EduWrite(&edu, EDU_RAISE, 4);
    RaiseSerial();
    KeLowerIrql(irql);
    EXPECT(OrderIs("sSeE")); // and causes 4 and 2 of the other together
    EXPECT_EQ(serialIrql, dirql);
    calls = 0;
    EduWrite(&edu, EDU_RAISE, CAUSE_NESTED);
    KeStallExecutionProcessor(1);
    EXPECT(OrderIs("esSEeE")); // interrupted
    Disconnect();
    Connect(&shared);
    EduWrite(&edu, EDU_RAISE, CAUSE_NESTED);
    KeStallExecutionProcessor(1);
    EXPECT(OrderIs("eEsSeE")); // one critical section
    Disconnect();
}

static VOID
TestFlag(void)
{
    Connect(NULL);
    _disable();
    EduWrite(&edu, EDU_RAISE, 4);
    KeStallExecutionProcessor(1);
    EXPECT_EQ(calls, 0);
    _enable();
    EXPECT_EQ(calls, 2);
    Disconnect();
}

static VOID
TestTime(void)
{
    Connect(NULL);
    EduWrite(&edu, EDU_PERIOD, 1000); // microseconds
    Sleep(MILLISECONDS(10) - 5000);
    EduWrite(&edu, EDU_PERIOD, 0);
    EXPECT_EQ(expirations, 10);
    Disconnect();
}

static VOID
Unload(PDRIVER_OBJECT Driver)
{
    UNREFERENCED_PARAMETER(Driver);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    Driver->DriverUnload = Unload;
    EXPECT(EduOpen(&edu));
    vector = HalGetInterruptVector(Isa, 0, 4, 4, &dirql, &affinity);
    EXPECT(dirql > edu.Irql);
    WRITE_PORT_UCHAR(MODEM_CONTROL, OUT2);
    TestOrder();
    TestFlag();
    TestTime();
    WRITE_PORT_UCHAR(MODEM_CONTROL, 0);
    EduClose(&edu);
    return Finish("int_priority");
}
