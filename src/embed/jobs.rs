//! Which texts run together.

use std::cmp::Reverse;

/// Tokens a job holds at most, unless one text alone has more: enough for the products to run at full rate, little
/// enough for its buffers to stay in the cache.
const MAX_TOKENS: usize = 384;

/// Below this, more time goes into reading the weights than into using them.
const MIN_TOKENS: usize = 64;

/// Jobs each thread should have, so that none waits long for the last.
const PER_THREAD: usize = 4;

/// Splits texts of these lengths in tokens into jobs, the largest first; a job is the positions of its texts.
pub fn jobs(lengths: &[usize], threads: usize) -> Vec<Vec<usize>> {
    let total: usize = lengths.iter().sum();
    let budget = (total / (threads * PER_THREAD)).clamp(MIN_TOKENS, MAX_TOKENS);
    let mut order: Vec<usize> = (0..lengths.len()).collect();
    order.sort_by_key(|&text| (Reverse(lengths[text]), text));
    let mut jobs: Vec<(usize, Vec<usize>)> = Vec::new();
    for text in order {
        match jobs.last_mut().filter(|(tokens, _)| tokens + lengths[text] <= budget) {
            Some((tokens, job)) => {
                *tokens += lengths[text];
                job.push(text);
            }
            None => jobs.push((lengths[text], vec![text])),
        }
    }
    jobs.sort_by_key(|(tokens, _)| Reverse(*tokens));
    jobs.into_iter().map(|(_, job)| job).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_text_has_one_job_within_the_budget(
            lengths in prop::collection::vec(1_usize..600, 0..200), threads in 1_usize..9
        ) {
            let jobs = jobs(&lengths, threads);
            let tokens = |job: &Vec<usize>| job.iter().map(|&text| lengths[text]).sum::<usize>();
            prop_assert!(jobs.iter().all(|job| job.len() == 1 || tokens(job) <= MAX_TOKENS));
            prop_assert!(jobs.is_sorted_by_key(|job| Reverse(tokens(job))));
            let mut texts = jobs.concat();
            texts.sort();
            prop_assert_eq!(texts, (0..lengths.len()).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_small_batch_is_shared_by_all_threads() {
        assert_eq!(jobs(&[40; 8], 2).len(), 8);
        assert_eq!(jobs(&[40; 900], 2).len(), 100);
    }
}
