//! Nominations in, [`DuplicateGroup`]s out: linked, never deleted.

mod facts;
mod figures;
mod names;
mod shingles;

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::clean::comparison_key;
use crate::nomination::Nomination;
pub(crate) use facts::Facts;
use shingles::Shingles;

/// Share of common shingles from which two texts are one case told twice. On the example batch
/// reworded resubmissions have 0.29 and more, the nearest unrelated pair of 226 texts 0.13.
const MIN_RESEMBLANCE: f64 = 0.2;

/// The same, relative to the shorter text: a summary cut out of a longer one.
const MIN_CONTAINMENT: f64 = 0.5;

/// Shorter texts (in letters, digits and Han characters) say too little to be compared by shingles.
const MIN_COMPARABLE_CHARS: usize = 40;

/// A shingle that more texts have is common phrasing; it then pairs only neighbours in the batch,
/// which still chains up a case that was sent in many times.
const MAX_ALL_PAIRS: usize = 8;

/// Fewer shared shingles are not worth a comparison.
const MIN_SHARED: usize = 4;

/// Nominations that tell the same case.
#[derive(Debug, Clone, PartialEq)]
pub struct DuplicateGroup {
    /// Position of the one that stands for the group: the longest text, then the smallest id.
    pub representative: usize,
    /// Positions of the others with their resemblance to a member of the group, 0 to 1, in order.
    pub others: Vec<(usize, f64)>,
}

/// Links exact and near duplicates.
///
/// Texts that share shingles which few others have are compared by their exact Jaccard resemblance
/// and containment (Broder 1997). What is left of a common template, with other figures and names filled in, is no
/// link.
#[must_use]
pub fn dedupe(nominations: &[Nomination]) -> Vec<DuplicateGroup> {
    let keys: Vec<String> = nominations.par_iter().map(|n| comparison_key(&n.text)).collect();
    let shingles: Vec<Shingles> = nominations.par_iter().map(|n| Shingles::of(&n.text)).collect();
    let mut links = exact_links(nominations, &keys);
    links.extend(near_links(nominations, &keys, &shingles));
    groups(nominations, &links)
}

/// Two positions and how much their texts resemble each other.
type Link = (usize, usize, f64);

/// Equal texts; where the text is too short to identify a case, title and unit must be equal too.
fn exact_links(nominations: &[Nomination], keys: &[String]) -> Vec<Link> {
    let mut first: BTreeMap<(&str, String), usize> = BTreeMap::new();
    let mut links = Vec::new();
    for (position, (nomination, key)) in nominations.iter().zip(keys).enumerate() {
        let short = key.chars().count() < MIN_COMPARABLE_CHARS;
        let rest =
            if short { comparison_key(&format!("{}{}", nomination.title, nomination.unit)) } else { String::new() };
        match first.entry((key, rest)) {
            std::collections::btree_map::Entry::Vacant(entry) => _ = entry.insert(position),
            std::collections::btree_map::Entry::Occupied(entry) => links.push((*entry.get(), position, 1.0)),
        }
    }
    links
}

fn near_links(nominations: &[Nomination], keys: &[String], shingles: &[Shingles]) -> Vec<Link> {
    let comparable = (0..keys.len()).filter(|&i| keys[i].chars().count() >= MIN_COMPARABLE_CHARS);
    let mut postings: Vec<(u64, usize)> = comparable.flat_map(|i| shingles[i].iter().map(move |s| (s, i))).collect();
    postings.par_sort_unstable();
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for texts in postings.chunk_by(|a, b| a.0 == b.0) {
        let reach = if texts.len() <= MAX_ALL_PAIRS { texts.len() } else { 1 };
        for (at, &(_, a)) in texts.iter().enumerate() {
            pairs.extend(texts[at + 1..].iter().take(reach).map(|&(_, b)| (a, b)));
        }
    }
    pairs.par_sort_unstable();
    let candidates: Vec<(usize, usize)> =
        pairs.chunk_by(|a, b| a == b).filter(|shared| shared.len() >= MIN_SHARED).map(|shared| shared[0]).collect();
    let link = |&(a, b): &(usize, usize)| {
        let resemblance = resemblance(&shingles[a], &shingles[b])?;
        let contradict = Facts::of(&nominations[a]).contradict(&Facts::of(&nominations[b]));
        (!contradict).then_some((a, b, resemblance))
    };
    candidates.par_iter().filter_map(link).collect()
}

/// Whether two nominations tell the same case, judged as [`dedupe`] does: exactly, or reworded.
#[must_use]
pub fn same_case(one: &Nomination, other: &Nomination) -> bool {
    let keys = [one, other].map(|nomination| comparison_key(&nomination.text));
    let comparable = keys.iter().all(|key| key.chars().count() >= MIN_COMPARABLE_CHARS);
    let resemble = || resemblance(&Shingles::of(&one.text), &Shingles::of(&other.text)).is_some();
    keys[0] == keys[1] || (comparable && resemble() && !Facts::of(one).contradict(&Facts::of(other)))
}

/// Share of common shingles, 0 to 1, where it is enough for one case.
fn resemblance(one: &Shingles, other: &Shingles) -> Option<f64> {
    let common = one.common(other) as f64;
    let resemblance = common / (one.len() as f64 + other.len() as f64 - common);
    let containment = common / one.len().min(other.len()) as f64;
    (resemblance >= MIN_RESEMBLANCE || containment >= MIN_CONTAINMENT).then_some(resemblance)
}

fn groups(nominations: &[Nomination], links: &[Link]) -> Vec<DuplicateGroup> {
    let mut parent: Vec<usize> = (0..nominations.len()).collect();
    let mut strongest = vec![0.0_f64; nominations.len()];
    for &(a, b, resemblance) in links {
        let (a_root, b_root) = (root(&mut parent, a), root(&mut parent, b));
        parent[a_root.max(b_root)] = a_root.min(b_root);
        for member in [a, b] {
            strongest[member] = strongest[member].max(resemblance);
        }
    }
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for position in 0..nominations.len() {
        members.entry(root(&mut parent, position)).or_default().push(position);
    }
    members
        .into_values()
        .filter(|group| group.len() > 1)
        .map(|group| {
            let order = |&i: &usize| (std::cmp::Reverse(nominations[i].text.chars().count()), &nominations[i].id);
            let representative = *group.iter().min_by_key(|i| order(i)).expect("a group has members");
            let others = group.into_iter().filter(|&i| i != representative).map(|i| (i, strongest[i])).collect();
            DuplicateGroup { representative, others }
        })
        .collect()
}

fn root(parent: &mut [usize], mut member: usize) -> usize {
    while parent[member] != member {
        parent[member] = parent[parent[member]];
        member = parent[member];
    }
    member
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clean::clean;
    use crate::nomination::{RawSubmission, Section};
    use proptest::prelude::*;

    const CASE: &str = "县政务服务中心把原来分设在七个部门的窗口合并为综合窗口，群众取一个号就能办完全部手续，平均等候时间由五十分钟减到十二分钟，材料重复提交的情况基本消失，周边三个县先后派人来学习。";
    const OTHER: &str = "市气象局把雷达、雨量站和积水点视频接到同一张图上，强降雨来临前两小时给低洼小区逐户打电话，去年汛期提前转移居民一千余人，没有一人受伤，这套办法已写进全市防汛预案。";

    fn batch(texts: &[(&str, &str)]) -> Vec<Nomination> {
        let raw = texts.iter().map(|(id, text)| RawSubmission {
            id: Some((*id).into()),
            sections: vec![Section { heading: None, text: (*text).into() }],
            ..RawSubmission::default()
        });
        clean(raw.collect(), 0).nominations
    }

    fn same(one: &str, other: &str) -> bool {
        let told = |text: &str| Nomination { text: text.into(), ..Nomination::default() };
        same_case(&told(one), &told(other))
    }

    #[test]
    fn a_resubmission_with_small_changes_is_linked_to_the_longer_one() {
        let changed = CASE.replace("七个部门", "8个部门").replace("周边三个县", "周边多个县") + "特此推荐。";
        let groups = dedupe(&batch(&[("1", CASE), ("2", OTHER), ("3", &changed)]));
        assert_eq!(groups.len(), 1);
        assert_eq!(groups[0].representative, 2);
        assert_eq!(groups[0].others[0].0, 0);
        assert!(groups[0].others[0].1 > MIN_RESEMBLANCE);
    }

    #[test]
    fn an_exact_copy_under_another_id_is_linked_to_the_smaller_id() {
        let groups = dedupe(&batch(&[("9", CASE), ("2", CASE)]));
        assert_eq!((groups[0].representative, groups[0].others.as_slice()), (1, &[(0, 1.0)][..]));
    }

    #[test]
    fn different_cases_are_not_linked() {
        assert!(dedupe(&batch(&[("1", CASE), ("2", OTHER)])).is_empty());
        assert!(!same(CASE, OTHER) && !same("甲", "乙"));
    }

    #[test]
    fn a_pair_is_judged_as_within_a_batch() {
        assert!(same(CASE, &CASE.replace("综合窗口", "无差别综合窗口")));
        assert!(same("一码通", "一码通"));
    }

    #[test]
    fn a_template_filled_in_by_two_counties_is_two_cases() {
        let filled = |county: &str, figures: [&str; 3]| Nomination {
            unit: format!("{county}政务服务局"),
            text: CASE.replace("五十分钟", figures[0]).replace("十二分钟", figures[1]).replace("七个", figures[2]),
            ..Nomination::default()
        };
        let [one, other] = [("清溪县", ["52分钟", "13分钟", "17个"]), ("梅渚县", ["64分钟", "21分钟", "29个"])]
            .map(|(county, figures)| filled(county, figures));
        assert!(!same_case(&one, &other) && dedupe(&[one.clone(), other]).is_empty());
        assert!(same_case(&one, &Nomination { unit: "清溪县人民政府".into(), ..one.clone() }));
    }

    proptest! {
        #[test]
        fn groups_do_not_depend_on_the_order_of_the_batch(order in Just(vec![0, 1, 2, 3, 4]).prop_shuffle()) {
            let longer = format!("{CASE}特此推荐。");
            let reworded = CASE.replace("综合窗口", "无差别综合窗口");
            let texts = [("1", CASE), ("2", OTHER), ("3", longer.as_str()), ("4", reworded.as_str()), ("5", OTHER)];
            let nominations = batch(&order.iter().map(|&i: &usize| texts[i]).collect::<Vec<_>>());
            let mut found: Vec<Vec<&str>> = dedupe(&nominations).iter().map(|group| {
                let mut ids = vec![nominations[group.representative].id.as_str()];
                let mut others: Vec<_> = group.others.iter().map(|o| nominations[o.0].id.as_str()).collect();
                others.sort_unstable();
                ids.extend(others);
                ids
            }).collect();
            found.sort();
            prop_assert_eq!(found, vec![vec!["2", "5"], vec!["3", "1", "4"]]);
        }
    }
}
