// SPDX-License-Identifier: MIT
//
// bench/peers/crossbeam/lib.rs - crossbeam-epoch in the loops of bench/smr/loops.h, which are written again here so that
// the compiler sees both; smr.c has the rest. And the calls of crossbeam-queue, for queue.c.
use crossbeam_epoch::{Collector, LocalHandle};
use crossbeam_queue::{ArrayQueue, SegQueue};
use std::ffi::c_void;
use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering::*};

// As large as a node of the others.
#[repr(C)]
struct Item {
    unused: [usize; 2],
    value: u64,
}

#[repr(C)]
pub struct Job {
    words: *const u8,
    stride: usize,
    count: usize,
    stop: *const AtomicI32,
    work: unsafe extern "C" fn(*mut c_void),
    work_of: *mut c_void,
}

impl Job {
    unsafe fn word(&self, k: usize) -> &AtomicUsize {
        &*(self.words.add(k % self.count * self.stride) as *const AtomicUsize)
    }
}

#[no_mangle]
pub extern "C" fn bench_crossbeam_new() -> *mut Collector {
    Box::into_raw(Box::new(Collector::new()))
}

#[no_mangle]
pub unsafe extern "C" fn bench_crossbeam_free(collector: *mut Collector) {
    drop(Box::from_raw(collector));
}

#[no_mangle]
pub unsafe extern "C" fn bench_crossbeam_join(collector: *const Collector) -> *mut LocalHandle {
    Box::into_raw(Box::new((*collector).register()))
}

#[no_mangle]
pub unsafe extern "C" fn bench_crossbeam_leave(me: *mut LocalHandle) {
    (*me).pin().flush();
    drop(Box::from_raw(me));
}

// The roles of bench/smr/cells.h in their order. Gives the number of sections, pointers or nodes.
#[no_mangle]
pub unsafe extern "C" fn bench_crossbeam_work(me: *const LocalHandle, role: i32, job: *const Job, sum: *mut u64) -> u64 {
    let me = &*me;
    let job = &*job;
    let mut total = 0;
    let mut n = 0;
    loop {
        match role {
            0 => {
                for _ in 0..64 {
                    drop(me.pin());
                    total += 1;
                }
            }
            1 => {
                for k in 0..64 {
                    let _section = me.pin();
                    total += (*(job.word(k).load(Acquire) as *const Item)).value;
                }
            }
            2 => {
                for _ in 0..64 / job.count {
                    let _section = me.pin();
                    for k in 0..job.count {
                        total += (*(job.word(k).load(Acquire) as *const Item)).value;
                    }
                }
            }
            3 => {
                for k in 0..64 {
                    let section = me.pin();
                    total += (*(job.word(k).load(Acquire) as *const Item)).value;
                    drop(section);
                    (job.work)(job.work_of);
                }
            }
            _ => {
                for k in 0..64 {
                    let fresh = Box::into_raw(Box::new(Item { unused: [0; 2], value: 1 }));
                    let section = me.pin();
                    let old = job.word(k).swap(fresh as usize, AcqRel) as *mut Item;
                    total += (*old).value;
                    section.defer_unchecked(move || drop(Box::from_raw(old)));
                }
            }
        }
        n += 64;
        if (*job.stop).load(Relaxed) != 0 {
            break;
        }
    }
    *sum = total;
    n
}

#[no_mangle]
pub extern "C" fn bench_crossbeam_seg_new(_capacity: usize) -> *mut SegQueue<u64> {
    Box::into_raw(Box::new(SegQueue::new()))
}

#[no_mangle]
pub unsafe extern "C" fn bench_crossbeam_seg_free(queue: *mut SegQueue<u64>) {
    drop(Box::from_raw(queue));
}

#[no_mangle]
pub unsafe extern "C" fn bench_crossbeam_seg_push(queue: *const SegQueue<u64>, v: u64) -> bool {
    (*queue).push(v);
    true
}

#[no_mangle]
pub unsafe extern "C" fn bench_crossbeam_seg_pop(queue: *const SegQueue<u64>, v: *mut u64) -> bool {
    (*queue).pop().map(|got| *v = got).is_some()
}

#[no_mangle]
pub extern "C" fn bench_crossbeam_array_new(capacity: usize) -> *mut ArrayQueue<u64> {
    Box::into_raw(Box::new(ArrayQueue::new(capacity)))
}

#[no_mangle]
pub unsafe extern "C" fn bench_crossbeam_array_free(queue: *mut ArrayQueue<u64>) {
    drop(Box::from_raw(queue));
}

#[no_mangle]
pub unsafe extern "C" fn bench_crossbeam_array_push(queue: *const ArrayQueue<u64>, v: u64) -> bool {
    (*queue).push(v).is_ok()
}

#[no_mangle]
pub unsafe extern "C" fn bench_crossbeam_array_pop(queue: *const ArrayQueue<u64>, v: *mut u64) -> bool {
    (*queue).pop().map(|got| *v = got).is_some()
}
