// SPDX-License-Identifier: MIT
//
// bench/peers/crossbeam_map/lib.rs - the calls of crossbeam-skiplist, for map.c.
use crossbeam_skiplist::SkipMap;
use std::ffi::c_void;

type Map = SkipMap<u64, u64>;

#[no_mangle]
pub extern "C" fn bench_crossbeam_map_new() -> *mut Map {
    Box::into_raw(Box::new(Map::new()))
}

#[no_mangle]
pub unsafe extern "C" fn bench_crossbeam_map_free(map: *mut Map) {
    drop(Box::from_raw(map));
}

// No two puts have the same value, so whose it is that is there says who put it.
#[no_mangle]
pub unsafe extern "C" fn bench_crossbeam_map_put(map: *const Map, k: u64, v: u64) -> bool {
    *(*map).get_or_insert(k, v).value() == v
}

#[no_mangle]
pub unsafe extern "C" fn bench_crossbeam_map_remove(map: *const Map, k: u64, v: *mut u64) -> bool {
    (*map).remove(&k).map(|e| *v = *e.value()).is_some()
}

#[no_mangle]
pub unsafe extern "C" fn bench_crossbeam_map_get(map: *const Map, k: u64, v: *mut u64) -> bool {
    (*map).get(&k).map(|e| *v = *e.value()).is_some()
}

#[no_mangle]
pub unsafe extern "C" fn bench_crossbeam_map_range(
    map: *const Map,
    k: u64,
    step: unsafe extern "C" fn(*mut c_void, u64, u64) -> bool,
    walk: *mut c_void,
) {
    for e in (*map).range(k..) {
        if !step(walk, *e.key(), *e.value()) {
            break;
        }
    }
}
