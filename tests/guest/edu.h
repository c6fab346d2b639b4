// SPDX-License-Identifier: MIT
// What guests need of the teaching device in PCI slot 4 (hw/edu.c): its registers and its interrupt
// line, found as drivers did it before there was a PnP manager.
#ifndef EDU_H
#define EDU_H

#include <ntddk.h>

#define EDU_FACTORIAL   0x08
#define EDU_STATUS      0x20
#define EDU_STATUS_IRQ  0x80
#define EDU_CAUSES      0x24
#define EDU_RAISE       0x60
#define EDU_ACKNOWLEDGE 0x64

typedef struct _EDU
{
    PUCHAR Registers;
    ULONG Vector;
    KIRQL Irql;
    KAFFINITY Affinity;
} EDU, *PEDU;

static inline ULONG
EduRead(const EDU *Edu, ULONG Register)
{
    return READ_REGISTER_ULONG((volatile ULONG *)(Edu->Registers + Register));
}

static inline void
EduWrite(const EDU *Edu, ULONG Register, ULONG Value)
{
    WRITE_REGISTER_ULONG((volatile ULONG *)(Edu->Registers + Register), Value);
}

// Obsolete and undocumented today, but what there is without assigned resources.
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wdeprecated-declarations"
#endif

static inline BOOLEAN
EduOpen(PEDU Edu)
{
    PCI_COMMON_CONFIG config;
    PCI_SLOT_NUMBER slot;
    PHYSICAL_ADDRESS address;

    slot.u.AsULONG = 0;
    slot.u.bits.DeviceNumber = 4;
    if (HalGetBusDataByOffset(PCIConfiguration, 0, slot.u.AsULONG, &config, 0, 64) != 64)
        return FALSE;
    if (config.VendorID != 0x1234 || config.DeviceID != 0x11e8)
        return FALSE;
    address.QuadPart = config.u.type0.BaseAddresses[0] & ~15u;
    Edu->Registers = MmMapIoSpace(address, 0x1000, MmNonCached);
    Edu->Vector = HalGetInterruptVector(PCIBus, 0, config.u.type0.InterruptLine,
                                        config.u.type0.InterruptLine, &Edu->Irql, &Edu->Affinity);
    return Edu->Registers != NULL && Edu->Vector != 0;
}

static inline void
EduClose(PEDU Edu)
{
    EduWrite(Edu, EDU_STATUS, 0);
    EduWrite(Edu, EDU_ACKNOWLEDGE, ~0u);
    MmUnmapIoSpace(Edu->Registers, 0x1000);
}

static inline NTSTATUS
EduConnect(const EDU *Edu, PKSERVICE_ROUTINE Routine, PVOID Context, PKINTERRUPT *Interrupt)
{
    return IoConnectInterrupt(Interrupt, Routine, Context, NULL, Edu->Vector, Edu->Irql, Edu->Irql,
                              LevelSensitive, TRUE, Edu->Affinity, FALSE);
}

#endif
