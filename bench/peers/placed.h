/* SPDX-License-Identifier: MIT
 *
 * bench/peers/placed.h - a C++ queue made inside the struct queue of its adapter, so that reaching it costs what it
 * costs ours.
 */
#ifndef LOFT_BENCH_PEERS_PLACED_H
#define LOFT_BENCH_PEERS_PLACED_H

#include <new>
#include <utility>

template <class T>
struct placed {
    alignas(T) unsigned char room[sizeof(T)];

    template <class... Args>
    void
    make(Args &&... args)
    {
        ::new (static_cast<void *>(room)) T(std::forward<Args>(args)...);
    }

    T *operator->() { return std::launder(reinterpret_cast<T *>(room)); }
    T &operator*() { return *std::launder(reinterpret_cast<T *>(room)); }
    void drop() { (**this).~T(); }
};

#endif
