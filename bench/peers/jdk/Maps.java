// SPDX-License-Identifier: MIT
//
// bench/peers/jdk/Maps.java - java.util.concurrent.ConcurrentSkipListMap in the workloads of bench/map/harness.h, which
// are written again here: a call from C into the virtual machine for each operation would be most of what is measured.
// Keys and values are boxed, as the class has them. Threads are not pinned. Prints a line that map.c reads.
//
//     java Maps KIND READS ZIPF THREADS RANGE MS
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

public class Maps {
    static final ConcurrentSkipListMap<Long, Long> map = new ConcurrentSkipListMap<>();
    static volatile int phase;
    static long range;
    static int reads;
    static String kind;

    static final class Worker extends Thread {
        final int id;
        final int[] draw;
        final CountDownLatch gate;
        long keys, count, alien, ops, refused, begin;
        final long[] hist = new long[1 << 12];           // 32 steps per doubling, of nanoseconds
        long samples, most;

        Worker(int id, int[] draw, CountDownLatch gate) {
            this.id = id;
            this.draw = draw;
            this.gate = gate;
        }

        @Override
        public void run() {
            gate.countDown();
            final boolean walks = kind.equals("range"), inserts = kind.equals("insert");
            long x = (id + 1) * 0x9e3779b97f4a7c15L, n = 0, begun = 0, missed = 0, before = 0;
            int seen = 0;
            for (;;) {
                final int now = phase;
                if (now != seen) {
                    seen = now;
                    if (now == 2)
                        break;
                    begun = n;
                    before = missed;
                    samples = most = 0;
                    java.util.Arrays.fill(hist, 0);
                }
                x = next(x);
                final long k = draw != null ? draw[(int) (n % draw.length)] : below(x);
                final boolean sampled = n % 64 == 0;
                final long t0 = sampled ? System.nanoTime() : 0;
                n++;
                if ((x & 127) < reads) {
                    if (walks) {
                        long from = k, left = 100;
                        for (var e : map.tailMap(k).entrySet()) {
                            if (e.getKey() < from || (e.getValue() & 0xffffffffL) != e.getKey())
                                alien++;
                            from = e.getKey() + 1;
                            if (--left == 0)
                                break;
                        }
                    } else {
                        final Long v = map.get(k);
                        if (v != null && (v & 0xffffffffL) != k)
                            alien++;
                    }
                } else if (inserts || (x >> 7 & 1) != 0) {
                    if (map.putIfAbsent(k, (n * 64 + id) << 32 | k) == null) {
                        keys += k;
                        count++;
                    } else {
                        missed++;
                    }
                } else {
                    final Long v = map.remove(k);
                    if (v != null) {
                        keys -= k;
                        count--;
                        if ((v & 0xffffffffL) != k)
                            alien++;
                    } else {
                        missed++;
                    }
                }
                if (sampled) {
                    final long t = System.nanoTime() - t0;
                    hist[index(t)]++;
                    samples++;
                    most = Math.max(most, t);
                }
            }
            ops = n - begun;
            refused = missed - before;
        }
    }

    static long next(long x) {
        x ^= x << 13;
        x ^= x >>> 7;
        return x ^ x << 17;
    }

    static long below(long x) {
        return (x >>> 32) * range >>> 32;
    }

    static int index(long v) {
        int shift = 0;
        while (v >> shift >= 64)
            shift++;
        return shift == 0 && v < 32 ? (int) v : (int) (32 * (shift + 1) + (v >> shift) - 32);
    }

    static double value(int i) {
        return i < 32 ? i : (double) ((long) (i % 32 + 32) << (i / 32 - 1));
    }

    static int[] zipf(int id) {
        double zeta = 0;
        for (long i = 1; i <= range; i++)
            zeta += Math.pow(i, -0.99);
        final double two = 1 + Math.pow(0.5, 0.99);
        final double eta = (1 - Math.pow(2.0 / range, 0.01)) / (1 - two / zeta);
        final int[] draw = new int[1 << 18];
        long x = (id + 1) * 0x9e3779b97f4a7c15L;
        for (int i = 0; i < draw.length; i++) {
            x = next(x);
            final double u = (x >>> 11) / 9007199254740992.0;
            final long rank = u * zeta < 1 ? 0 : u * zeta < two ? 1 : (long) (range * Math.pow(eta * u - eta + 1, 100));
            draw[i] = (int) (Math.min(rank, range - 1) * 2654435761L % range);
        }
        return draw;
    }

    static long used() {
        System.gc();
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    static double percentile(long[] hist, double part, long samples) {
        long sum = 0;
        for (int i = 0; i < hist.length; i++) {
            sum += hist[i];
            if (hist[i] > 0 && sum >= samples * part)
                return value(i);
        }
        return 0;
    }

    public static void main(String[] a) throws Exception {
        kind = a[0];
        reads = Integer.parseInt(a[1]);
        range = Long.parseLong(a[4]);
        final int threads = Integer.parseInt(a[3]);
        final long ms = Long.parseLong(a[5]);
        if (kind.equals("memory")) {
            final long empty = used();
            for (long i = 0; i < range; i++) {
                final long k = i * 2654435761L % range;
                map.put(k, i << 32 | k);
            }
            final long full = Math.max(0, used() - empty);
            System.out.println("filled=" + map.size() + "\tfull_bytes=" + full);
            return;
        }
        long keys = 0, count = 0, n = 0;
        for (long x = 0x9e3779b97f4a7c15L; count < range / 2; n++) {
            x = next(x);
            final long k = below(x);
            if (x % 4 == 0) {
                if (map.remove(k) != null) {
                    keys -= k;
                    count--;
                }
            } else if (map.putIfAbsent(k, n << 32 | k) == null) {
                keys += k;
                count++;
            }
        }
        final CountDownLatch gate = new CountDownLatch(threads);
        final Worker[] w = new Worker[threads];
        for (int i = 0; i < threads; i++)
            w[i] = new Worker(i, a[2].equals("1") ? zipf(i) : null, gate);
        for (Worker each : w)
            each.start();
        gate.await();
        Thread.sleep(ms < 40 ? ms : Math.max(300, ms));                 // until it is compiled
        final long t0 = System.nanoTime();
        phase = 1;
        Thread.sleep(ms);
        phase = 2;
        final double elapsed = System.nanoTime() - t0;
        final long[] hist = new long[1 << 12];
        long ops = 0, refused = 0, least = Long.MAX_VALUE, alien = 0, samples = 0, most = 0;
        for (Worker each : w) {
            each.join();
            keys += each.keys;
            count += each.count;
            alien += each.alien;
            ops += each.ops;
            refused += each.refused;
            least = Math.min(least, each.ops);
            samples += each.samples;
            most = Math.max(most, each.most);
            for (int i = 0; i < hist.length; i++)
                hist[i] += each.hist[i];
        }
        long left = 0;
        for (var e : map.entrySet()) {
            keys -= e.getKey();
            left++;
        }
        System.out.println("right=" + (keys == 0 && count == left && alien == 0 ? 1 : 0)
            + "\trate=" + ops * 1e9 / elapsed + "\tshare=" + (ops == 0 ? 0 : (double) least * threads / ops)
            + "\trefused=" + (ops == 0 ? 0 : (double) refused / ops) + "\tp50=" + percentile(hist, 0.5, samples)
            + "\tp99=" + percentile(hist, 0.99, samples) + "\tp999=" + percentile(hist, 0.999, samples)
            + "\tmax=" + most + "\tsamples=" + samples + "\tlost=" + (count - left) + "\talien=" + alien
            + "\telapsed_ms=" + elapsed / 1e6);
    }
}
