// SPDX-License-Identifier: MIT
// The interrupt controller as Windows programs it: each line has a vector, whose upper half is the
// IRQL, and is masked until an ISR is connected. A level-triggered line is delivered to one
// processor at a time and again as long as it is asserted; of a latched one each edge counts, and
// edges of a masked line are lost. Any processor of the affinity may accept an interrupt: the first
// one that reaches a safe point at a low enough IRQL does. No lock; hw calls on the signal stack.
#include "hal/halp.h"

#include "hw/core/machine.h"
#include "ke/interrupt.h"
#include "rtl/ddi.h"

#define VECTORS      256u
#define NO_LINE      0xffffu
#define CASCADE_LINE 2u
#define ACPI_LINE    9u // where the ISA bus has its line 2

typedef struct _HALP_VECTOR
{
    USHORT Line;
    BOOLEAN Enabled;
    BOOLEAN Edge;      // latched: a request that has not been accepted
    BOOLEAN InService; // level-triggered: accepted, its chain of ISRs has not returned
    UCHAR Mode;        // KINTERRUPT_MODE
    KAFFINITY Affinity;
} HALP_VECTOR;

static HALP_VECTOR vectors[VECTORS];
static ULONG highestEnabled;

// In the order of the controllers' priorities: timer, keyboard, clock, ..., printer; then the lines
// of the PCI slots. Line 2 is the cascade and belongs to nobody.
static const UCHAR lineVectors[] = {0xb0, 0xb1, 0x00, 0x70, 0x71, 0x50, 0x51, 0x52,
                                    0xa0, 0xa1, 0x90, 0x91, 0x92, 0x93, 0x80, 0x81,
                                    0x60, 0x61, 0x62, 0x63, 0x40, 0x41, 0x42, 0x43};

static KIRQL
IrqlOf(ULONG Vector)
{
    return (KIRQL)(Vector >> 4);
}

static BOOLEAN
IsAsserted(ULONG Vector)
{
    return hw_irq_level(HalMachine(), vectors[Vector].Line);
}

static BOOLEAN
IsPending(ULONG Vector)
{
    const HALP_VECTOR *vector = &vectors[Vector];

    if (!vector->Enabled)
        return FALSE;
    if (vector->Mode == Latched)
        return vector->Edge;
    return !vector->InService && IsAsserted(Vector);
}

static void
Request(ULONG Vector)
{
    for (ULONG i = 0; i < KiProcessorCount; i++)
    {
        if (vectors[Vector].Affinity & (KAFFINITY)1 << i)
            KiRequestInterrupt(i, IrqlOf(Vector));
    }
    KiRequestSafePoint();
}

void
HalpLineChanged(void *Context, unsigned Line, bool Level)
{
    ULONG number = Line < RTL_NUMBER_OF(lineVectors) ? lineVectors[Line] : 0;
    HALP_VECTOR *vector = &vectors[number];

    UNREFERENCED_PARAMETER(Context);
    if (number == 0)
        return;
    if (!Level)
        KiLineFell(number);
    if (!Level || !vector->Enabled)
        return;
    if (vector->Mode == Latched)
        vector->Edge = TRUE;
    if (IsPending(number))
        Request(number);
}

// The most important vector for Processor, 0 when nothing is pending.
static ULONG
HighestPending(const KI_PROCESSOR *Processor)
{
    for (ULONG i = highestEnabled; i != 0; i--)
    {
        if ((vectors[i].Affinity & (KAFFINITY)1 << Processor->Number) && IsPending(i))
            return i;
    }
    return 0;
}

static BOOLEAN
DeliverInterrupts(PKI_PROCESSOR Processor, KIRQL Irql)
{
    ULONG number = HighestPending(Processor);
    HALP_VECTOR *vector = &vectors[number];
    BOOLEAN delivered = FALSE;

    if (IrqlOf(number) > Irql)
    {
        if (vector->Mode == Latched)
            vector->Edge = FALSE;
        else
            vector->InService = TRUE;
        KiServiceVector(number);
        vector->InService = FALSE;
        if (IsPending(number))
            Request(number);
        delivered = TRUE;
    }
    // Others came and went while the ISR ran.
    Processor->InterruptIrql = IrqlOf(HighestPending(Processor));
    return delivered;
}

static BOOLEAN
IsVector(ULONG Vector)
{
    return Vector < VECTORS && vectors[Vector].Line != NO_LINE;
}

static void
ProgramVector(ULONG Vector, BOOLEAN Enabled, KINTERRUPT_MODE Mode, KAFFINITY Affinity)
{
    HALP_VECTOR *vector = &vectors[Vector];

    if (!vector->Enabled)
        vector->Edge = FALSE;
    vector->Enabled = Enabled;
    vector->Mode = (UCHAR)Mode;
    vector->Affinity = Affinity;
    if (Enabled && highestEnabled < Vector)
        highestEnabled = Vector;
    if (IsPending(Vector))
        Request(Vector);
}

void
HalpInitInterrupts(void)
{
    for (ULONG i = 0; i < VECTORS; i++)
        vectors[i].Line = NO_LINE;
    for (ULONG i = 0; i < RTL_NUMBER_OF(lineVectors); i++)
    {
        if (lineVectors[i] != 0)
            vectors[lineVectors[i]].Line = (USHORT)i;
    }
    KiPlatform.DeliverInterrupts = DeliverInterrupts;
    KiPlatform.IsVector = IsVector;
    KiPlatform.ProgramVector = ProgramVector;
    KiPlatform.IsAsserted = IsAsserted;
}

// Exported without a reference page: what a driver did before resources were assigned to it. The
// line of an ISA device is its level, that of a PCI device its InterruptLine; vector and level of
// the bus are the same on a PC. 0, and an empty affinity, when there is no such line.
DDI ULONG
HalGetInterruptVector(INTERFACE_TYPE InterfaceType,
                      ULONG BusNumber,
                      ULONG BusInterruptLevel,
                      ULONG BusInterruptVector,
                      PKIRQL Irql,
                      PKAFFINITY Affinity)
{
    BOOLEAN isIsa = InterfaceType == Isa || InterfaceType == Eisa;
    ULONG line = BusInterruptLevel;
    ULONG lines = isIsa ? HW_IRQ_PCI_FIRST : RTL_NUMBER_OF(lineVectors);

    UNREFERENCED_PARAMETER(BusInterruptVector);
    *Irql = PASSIVE_LEVEL;
    *Affinity = 0;
    if (BusNumber != 0 || (!isIsa && InterfaceType != PCIBus && InterfaceType != Internal))
        return 0;
    if (isIsa && line == CASCADE_LINE)
        line = ACPI_LINE;
    if (line >= lines || lineVectors[line] == 0)
        return 0;
    *Irql = IrqlOf(lineVectors[line]);
    *Affinity = KeQueryActiveProcessors();
    return lineVectors[line];
}
