//! Threads that take whole jobs.

use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

/// A fixed number of threads, each a rayon pool of its own: a library that would share one product among a pool's
/// threads then keeps it on one.
pub struct Workers {
    pools: Vec<ThreadPool>,
}

impl Workers {
    /// `threads` of them, or one for each core.
    ///
    /// # Errors
    /// When the system gives no more threads.
    pub fn new(threads: Option<usize>) -> Result<Self, ThreadPoolBuildError> {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        let count = threads.filter(|&threads| threads > 0).unwrap_or_else(cores);
        let pool = |_| ThreadPoolBuilder::new().num_threads(1).build();
        Ok(Self { pools: (0..count).map(pool).collect::<Result<_, _>>()? })
    }

    /// How many.
    pub fn count(&self) -> usize {
        self.pools.len()
    }

    /// Both results; side by side where there is more than one thread.
    pub fn join<A: Send, B>(&self, first: impl FnOnce() -> A + Send, second: impl FnOnce() -> B) -> (A, B) {
        if self.count() == 1 {
            return (first(), second());
        }
        std::thread::scope(|scope| {
            let first = scope.spawn(first);
            let second = second();
            (first.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), second)
        })
    }

    /// `work(state, index)` for every index below `count`, in order of index. Each thread makes one state and takes the
    /// next index when it is done with one.
    pub fn map<S, T: Send>(
        &self,
        count: usize,
        state: impl Fn() -> S + Sync,
        work: impl Fn(&mut S, usize) -> T + Sync,
    ) -> Vec<T> {
        let next = AtomicUsize::new(0);
        let take = || {
            let (mut state, mut done) = (state(), Vec::new());
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                if index >= count {
                    return done;
                }
                done.push((index, work(&mut state, index)));
            }
        };
        let used = &self.pools[..self.count().min(count)];
        let mut done: Vec<(usize, T)> = match used {
            [only] => only.install(take),
            _ => std::thread::scope(|scope| {
                let threads: Vec<_> = used.iter().map(|pool| scope.spawn(|| pool.install(take))).collect();
                let join = |thread: std::thread::ScopedJoinHandle<'_, _>| {
                    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
                };
                threads.into_iter().flat_map(join).collect()
            }),
        };
        done.sort_by_key(|(index, _)| *index);
        done.into_iter().map(|(_, result)| result).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_keep_the_order_of_their_index() {
        for threads in [1, 2, 5] {
            let workers = Workers::new(Some(threads)).unwrap();
            for count in [0, 1, 3, 100] {
                let squares = workers.map(count, rayon::current_num_threads, |pool, index| (*pool, index * index));
                assert_eq!(squares, (0..count).map(|index| (1, index * index)).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn both_results_come_back() {
        for threads in [1, 2] {
            assert_eq!(Workers::new(Some(threads)).unwrap().join(|| 1, || "b"), (1, "b"));
        }
    }

    #[test]
    #[should_panic(expected = "job 2")]
    fn a_panic_reaches_the_caller() {
        Workers::new(Some(2)).unwrap().map(3, || (), |(), index| assert_ne!(index, 2, "job {index}"));
    }
}
