// SPDX-License-Identifier: MIT
// Owns the macros with which older headers declare interfaces of C and C++.
#ifndef _BASETYPS_H_
#define _BASETYPS_H_

#include <ntdef.h>
#include <guiddef.h>

#if !defined(STDMETHODCALLTYPE)
#define STDMETHODCALLTYPE NTAPI
#endif
#define STDMETHODIMP        HRESULT STDMETHODCALLTYPE
#define STDMETHODIMP_(type) type STDMETHODCALLTYPE
#define STDAPI              EXTERN_C HRESULT STDMETHODCALLTYPE
#define STDAPI_(type)       EXTERN_C type STDMETHODCALLTYPE

#if defined(__cplusplus)
#define interface struct
#define PURE      = 0
#define THIS_
#define THIS                                 void
#define STDMETHOD(method)                    virtual HRESULT STDMETHODCALLTYPE method
#define STDMETHOD_(type, method)             virtual type STDMETHODCALLTYPE method
#define DECLARE_INTERFACE(iface)             interface iface
#define DECLARE_INTERFACE_(iface, baseiface) interface iface : public baseiface
#else
#define interface struct
#define PURE
#define THIS_                    INTERFACE *This,
#define THIS                     INTERFACE *This
#define STDMETHOD(method)        HRESULT(STDMETHODCALLTYPE *method)
#define STDMETHOD_(type, method) type(STDMETHODCALLTYPE *method)
#define DECLARE_INTERFACE(iface)            \
    typedef interface iface                 \
    {                                       \
        struct iface##Vtbl *lpVtbl;         \
    }                                       \
    iface;                                  \
    typedef struct iface##Vtbl iface##Vtbl; \
    struct iface##Vtbl
#define DECLARE_INTERFACE_(iface, baseiface) DECLARE_INTERFACE(iface)
#endif

#endif
