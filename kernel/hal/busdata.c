// SPDX-License-Identifier: MIT
// Exports of hal.dll that reach buses directly: PCI configuration space by slot, port access,
// address translation. Contract: NF:ntddk.HalGetBusDataByOffset and its relatives. IRQL: any for
// ports.
#include "hal/hal.h"

#include "hw/core/machine.h"
#include "hw/core/pci.h"
#include "rtl/ddi.h"

#define CONFIG_SPACE_SIZE 256u

static BOOLEAN
FunctionPresent(ULONG Bus, PCI_SLOT_NUMBER Slot)
{
    return hw_pci_config_read(HalMachine(), Bus, Slot.u.bits.DeviceNumber,
                              Slot.u.bits.FunctionNumber, 0, 2) != 0xffff;
}

// Contract: NF:ntddk.HalGetBusDataByOffset. 0: the bus does not exist; 2: the slot is empty and the
// vendor ID reads as PCI_INVALID_VENDORID.
DDI ULONG
HalGetBusDataByOffset(BUS_DATA_TYPE BusDataType,
                      ULONG BusNumber,
                      ULONG SlotNumber,
                      PVOID Buffer,
                      ULONG Offset,
                      ULONG Length)
{
    PCI_SLOT_NUMBER slot;
    ULONG done;

    if (BusDataType != PCIConfiguration || BusNumber != 0 || Offset >= CONFIG_SPACE_SIZE)
        return 0;
    slot.u.AsULONG = SlotNumber;
    if (!FunctionPresent(BusNumber, slot))
    {
        if (Offset != 0 || Length < 2)
            return 0;
        *(PUSHORT)Buffer = PCI_INVALID_VENDORID;
        return 2;
    }
    for (done = 0; done < Length && Offset + done < CONFIG_SPACE_SIZE; done++)
        ((PUCHAR)Buffer)[done] =
            (UCHAR)hw_pci_config_read(HalMachine(), BusNumber, slot.u.bits.DeviceNumber,
                                      slot.u.bits.FunctionNumber, Offset + done, 1);
    return done;
}

DDI ULONG
HalGetBusData(BUS_DATA_TYPE BusDataType,
              ULONG BusNumber,
              ULONG SlotNumber,
              PVOID Buffer,
              ULONG Length)
{
    return HalGetBusDataByOffset(BusDataType, BusNumber, SlotNumber, Buffer, 0, Length);
}

// Naturally aligned pieces, as large as possible: some registers react to whole writes only.
static ULONG
PieceSize(ULONG Offset, ULONG Left)
{
    if (Offset % 4 == 0 && Left >= 4)
        return 4;
    return Offset % 2 == 0 && Left >= 2 ? 2 : 1;
}

// Contract: NF:ntddk.HalSetBusDataByOffset.
DDI ULONG
HalSetBusDataByOffset(BUS_DATA_TYPE BusDataType,
                      ULONG BusNumber,
                      ULONG SlotNumber,
                      PVOID Buffer,
                      ULONG Offset,
                      ULONG Length)
{
    PCI_SLOT_NUMBER slot;
    ULONG done = 0;

    if (BusDataType != PCIConfiguration || BusNumber != 0 || Offset >= CONFIG_SPACE_SIZE)
        return 0;
    slot.u.AsULONG = SlotNumber;
    if (!FunctionPresent(BusNumber, slot))
        return 0;
    if (Length > CONFIG_SPACE_SIZE - Offset)
        Length = CONFIG_SPACE_SIZE - Offset;
    while (done < Length)
    {
        ULONG size = PieceSize(Offset + done, Length - done);
        ULONG value = 0;
        RtlCopyMemory(&value, (const UCHAR *)Buffer + done, size);
        hw_pci_config_write(HalMachine(), BusNumber, slot.u.bits.DeviceNumber,
                            slot.u.bits.FunctionNumber, Offset + done, value, size);
        done += size;
    }
    return done;
}

DDI ULONG
HalSetBusData(BUS_DATA_TYPE BusDataType,
              ULONG BusNumber,
              ULONG SlotNumber,
              PVOID Buffer,
              ULONG Length)
{
    return HalSetBusDataByOffset(BusDataType, BusNumber, SlotNumber, Buffer, 0, Length);
}

// Contract: NF:ntddk.HalTranslateBusAddress. A PC's bus addresses are its system addresses.
DDI BOOLEAN
HalTranslateBusAddress(INTERFACE_TYPE InterfaceType,
                       ULONG BusNumber,
                       PHYSICAL_ADDRESS BusAddress,
                       PULONG AddressSpace,
                       PPHYSICAL_ADDRESS TranslatedAddress)
{
    UNREFERENCED_PARAMETER(InterfaceType);
    UNREFERENCED_PARAMETER(BusNumber);
    if (*AddressSpace > 1 || (*AddressSpace == 1 && BusAddress.QuadPart > 0xffff))
        return FALSE;
    *TranslatedAddress = BusAddress;
    return TRUE;
}
