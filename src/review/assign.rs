//! Who judges which case.

use super::panel::Panel;
use crate::random::Stream;
use crate::report::RankingRecord;

/// Who judges what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// For each expert the positions of their cases, in the order they read them.
    pub of: Vec<Vec<usize>>,
    /// Positions of cases that fewer experts may judge than were asked for.
    pub short: Vec<usize>,
}

/// Gives each case to `per_case` experts, or to all who may judge it.
///
/// Loads differ by as little as recusals leave, and every two experts share about as many cases as any other two, so
/// that their severity can be told apart from that of their cases. Each reads by category, within it in an order of
/// their own, so that no case is always the last. The same seed, panel and cases give the same assignment.
#[must_use]
pub fn assign(panel: &Panel, cases: &[&RankingRecord], per_case: Option<usize>, seed: u64) -> Assignment {
    let n = panel.experts.len();
    let mut of = vec![Vec::new(); n];
    let mut shared = vec![vec![0usize; n]; n];
    let mut short = Vec::new();
    for at in shuffled(cases, seed) {
        let mut free: Vec<usize> = (0..n).filter(|&e| panel.experts[e].may_judge(cases[at])).collect();
        let wanted = per_case.unwrap_or(free.len());
        if free.len() < wanted || free.is_empty() {
            short.push(at);
        }
        let mut chosen: Vec<usize> = Vec::new();
        while chosen.len() < wanted && !free.is_empty() {
            let draw = |e: usize| Stream::new(seed, &format!("{}\u{1f}{}", cases[at].id, panel.experts[e].name)).bits();
            let met = |e: usize| chosen.iter().map(|&other| shared[e][other]).sum::<usize>();
            let next = (0..free.len()).min_by_key(|&i| (of[free[i]].len(), met(free[i]), draw(free[i])));
            chosen.push(free.swap_remove(next.expect("somebody is free")));
        }
        for &e in &chosen {
            of[e].push(at);
            chosen.iter().filter(|&&other| other != e).for_each(|&other| shared[e][other] += 1);
        }
    }
    if per_case.is_some() {
        level(panel, cases, &mut of);
    }
    for (expert, own) in panel.experts.iter().zip(&mut of) {
        let key = |&at: &usize| {
            let case = cases[at];
            let draw = Stream::new(seed, &format!("{}\u{1f}{}", expert.name, case.id)).bits();
            (position(cases, &case.category), draw, case.id.clone())
        };
        own.sort_by_cached_key(key);
    }
    short.sort_unstable();
    Assignment { of, short }
}

/// The cases in a random order, so that what is given last is not always the same category.
fn shuffled(cases: &[&RankingRecord], seed: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..cases.len()).collect();
    order.sort_by_cached_key(|&at| (Stream::new(seed, cases[at].id.as_str()).bits(), cases[at].id.clone()));
    order
}

/// Where recusals left loads uneven: moves cases from who has most to who has fewest, as long as that helps.
fn level(panel: &Panel, cases: &[&RankingRecord], of: &mut [Vec<usize>]) {
    let by_load = |of: &[Vec<usize>]| {
        let mut order: Vec<usize> = (0..of.len()).collect();
        order.sort_by_key(|&e| (of[e].len(), e));
        order
    };
    let step = |of: &mut [Vec<usize>]| {
        let order = by_load(of);
        for &from in order.iter().rev() {
            for &to in &order {
                if of[from].len() <= of[to].len() + 1 {
                    break;
                }
                let fits = |&&at: &&usize| panel.experts[to].may_judge(cases[at]) && !of[to].contains(&at);
                if let Some(&at) = of[from].iter().find(fits) {
                    of[from].retain(|&own| own != at);
                    of[to].push(at);
                    return true;
                }
            }
        }
        false
    };
    // Each step makes two loads more equal, so it ends.
    while step(of) {}
}

/// Where a category first stands: the ranking is in the programme's order.
fn position(cases: &[&RankingRecord], category: &str) -> usize {
    cases.iter().position(|case| case.category == category).unwrap_or(cases.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::programme::Language;
    use crate::review::panel::Expert;
    use crate::review::tests::case;

    fn cases(n: usize) -> Vec<RankingRecord> {
        (0..n).map(|i| case(&format!("c{i:03}"), if i % 3 == 0 { "hotline" } else { "data" })).collect()
    }

    #[test]
    fn every_case_gets_its_experts_and_loads_and_pairs_are_even() {
        let cases = cases(60);
        let cases: Vec<&RankingRecord> = cases.iter().collect();
        let panel = Panel::numbered(6, Language::Zh);
        let assignment = assign(&panel, &cases, Some(3), 7);
        for at in 0..cases.len() {
            assert_eq!(assignment.of.iter().filter(|own| own.contains(&at)).count(), 3);
        }
        assert!(assignment.of.iter().all(|own| own.len() == 30), "{:?}", assignment.of);
        for a in 0..6 {
            for b in 0..a {
                let both = assignment.of[a].iter().filter(|at| assignment.of[b].contains(at)).count();
                // 60 cases with 3 pairs each over 15 pairs of experts.
                assert!((8..=16).contains(&both), "{a} and {b} share {both}");
            }
        }
        assert_eq!(assignment, assign(&panel, &cases, Some(3), 7));
        assert_ne!(assignment, assign(&panel, &cases, Some(3), 8));
        assert!(assignment.short.is_empty());
    }

    #[test]
    fn all_judge_all_but_where_they_may_not_and_what_is_short_is_told() {
        let cases = cases(4);
        let cases: Vec<&RankingRecord> = cases.iter().collect();
        let mut panel = Panel::numbered(2, Language::Zh);
        panel.experts[0].recuse = vec!["c001".to_owned()];
        let all = assign(&panel, &cases, None, 1);
        assert_eq!((all.of[0].len(), all.of[1].len()), (3, 4));
        assert!(all.short.is_empty());
        assert_eq!(assign(&panel, &cases, Some(2), 1).short, [1]);
        panel.experts[1].recuse = vec!["c001".to_owned()];
        assert_eq!(assign(&panel, &cases, None, 1).short, [1], "nobody may judge it");
    }

    #[test]
    fn loads_stay_even_where_one_may_judge_little() {
        let cases = cases(30);
        let cases: Vec<&RankingRecord> = cases.iter().collect();
        let mut panel = Panel::numbered(4, Language::Zh);
        panel.experts[2] = Expert { categories: vec!["hotline".to_owned()], ..panel.experts[2].clone() };
        let assignment = assign(&panel, &cases, Some(2), 3);
        assert!(assignment.of[2].len() <= 10 && assignment.short.is_empty());
        let others = [0, 1, 3].map(|e| assignment.of[e].len());
        assert!(others.iter().max().unwrap() - others.iter().min().unwrap() <= 1, "{others:?}");
    }
}
