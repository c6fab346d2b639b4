// SPDX-License-Identifier: MIT
// Owns port and register access. On x64 all of it is inline: port instructions, and volatile
// accesses between barriers for registers. Inside the kernel only ports differ: the hal has its
// own.
#ifndef OPENWDM_WDM_HAL_INLINE_H
#define OPENWDM_WDM_HAL_INLINE_H

#include <openwdm_parts/wdm_ke_inline.h>
#include <openwdm_parts/wdm_resource.h>

#ifdef __cplusplus
extern "C"
{
#endif

#define OPENWDM_REGISTER_ACCESS(Type, Name)                                                   \
    FORCEINLINE Type READ_REGISTER_##Name(_In_ _Notliteral_ volatile Type *Register)          \
    {                                                                                         \
        _ReadWriteBarrier();                                                                  \
        return *Register;                                                                     \
    }                                                                                         \
    FORCEINLINE Type READ_REGISTER_NOFENCE_##Name(_In_ _Notliteral_ volatile Type *Register)  \
    {                                                                                         \
        return *Register;                                                                     \
    }                                                                                         \
    FORCEINLINE VOID READ_REGISTER_BUFFER_##Name(_In_ _Notliteral_ volatile Type *Register,   \
                                                 _Out_writes_all_(Count) Type *Buffer,        \
                                                 _In_ ULONG Count)                            \
    {                                                                                         \
        _ReadWriteBarrier();                                                                  \
        for (ULONG i = 0; i < Count; i++)                                                     \
        {                                                                                     \
            Buffer[i] = Register[i];                                                          \
        }                                                                                     \
    }                                                                                         \
    FORCEINLINE VOID WRITE_REGISTER_##Name(_In_ _Notliteral_ volatile Type *Register,         \
                                           _In_ Type Value)                                   \
    {                                                                                         \
        *Register = Value;                                                                    \
        __faststorefence();                                                                   \
    }                                                                                         \
    FORCEINLINE VOID WRITE_REGISTER_NOFENCE_##Name(_In_ _Notliteral_ volatile Type *Register, \
                                                   _In_ Type Value)                           \
    {                                                                                         \
        *Register = Value;                                                                    \
    }                                                                                         \
    FORCEINLINE VOID WRITE_REGISTER_BUFFER_##Name(_In_ _Notliteral_ volatile Type *Register,  \
                                                  _In_reads_(Count) Type *Buffer,             \
                                                  _In_ ULONG Count)                           \
    {                                                                                         \
        for (ULONG i = 0; i < Count; i++)                                                     \
        {                                                                                     \
            Register[i] = Buffer[i];                                                          \
        }                                                                                     \
        __faststorefence();                                                                   \
    }

    OPENWDM_REGISTER_ACCESS(UCHAR, UCHAR)
    OPENWDM_REGISTER_ACCESS(USHORT, USHORT)
    OPENWDM_REGISTER_ACCESS(ULONG, ULONG)
    OPENWDM_REGISTER_ACCESS(ULONG64, ULONG64)
#define READ_REGISTER_ULONGLONG  READ_REGISTER_ULONG64
#define WRITE_REGISTER_ULONGLONG WRITE_REGISTER_ULONG64

#if !defined(OPENWDM_KERNEL)

#define OPENWDM_PORT_ACCESS(Type, Name, In, Out, InString, OutString)                           \
    FORCEINLINE Type READ_PORT_##Name(_In_ _Notliteral_ Type *Port)                             \
    {                                                                                           \
        return (Type)In((USHORT)(ULONG_PTR)Port);                                               \
    }                                                                                           \
    FORCEINLINE VOID WRITE_PORT_##Name(_In_ _Notliteral_ Type *Port, _In_ Type Value)           \
    {                                                                                           \
        Out((USHORT)(ULONG_PTR)Port, Value);                                                    \
    }                                                                                           \
    FORCEINLINE VOID READ_PORT_BUFFER_##Name(                                                   \
        _In_ _Notliteral_ Type *Port, _Out_writes_all_(Count) Type *Buffer, _In_ ULONG Count)   \
    {                                                                                           \
        InString((USHORT)(ULONG_PTR)Port, Buffer, Count);                                       \
    }                                                                                           \
    FORCEINLINE VOID WRITE_PORT_BUFFER_##Name(_In_ _Notliteral_ Type *Port,                     \
                                              _In_reads_(Count) Type *Buffer, _In_ ULONG Count) \
    {                                                                                           \
        OutString((USHORT)(ULONG_PTR)Port, Buffer, Count);                                      \
    }

    OPENWDM_PORT_ACCESS(UCHAR, UCHAR, __inbyte, __outbyte, __inbytestring, __outbytestring)
    OPENWDM_PORT_ACCESS(USHORT, USHORT, __inword, __outword, __inwordstring, __outwordstring)
    OPENWDM_PORT_ACCESS(ULONG, ULONG, __indword, __outdword, __indwordstring, __outdwordstring)

#endif

#ifdef __cplusplus
}
#endif

#endif
