//! Provinces and what lies directly under them.

use std::sync::LazyLock;

static TABLE: &str = include_str!("regions.txt");

/// The suffixes by which their names end, the longest first.
const SUFFIXES: [&str; 7] = ["特别行政区", "自治区", "地区", "省", "市", "州", "盟"];

/// A place of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Region {
    /// Without its suffix.
    pub stem: &'static str,
    pub suffix: &'static str,
    /// Stem of the province it lies in; none for a province.
    pub province: Option<&'static str>,
}

static REGIONS: LazyLock<Vec<Region>> = LazyLock::new(|| {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    lines
        .flat_map(|line| {
            let mut names = line.split_ascii_whitespace();
            let province = names.next().map(|name| region(name, None));
            let under = names.map(move |name| region(name, province.map(|province| province.stem)));
            province.into_iter().chain(under)
        })
        .collect()
});

fn region(name: &'static str, province: Option<&'static str>) -> Region {
    let suffix = SUFFIXES.into_iter().find(|suffix| name.ends_with(suffix)).unwrap_or_default();
    Region { stem: &name[..name.len() - suffix.len()], suffix, province }
}

/// A place at the beginning of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Leading {
    pub region: Region,
    /// Whether the suffix is written.
    pub is_full: bool,
    /// Bytes of the name that it takes.
    pub len: usize,
}

/// The longest name of the table with which `text` begins. A stem alone counts where no suffix follows it: 朝阳区 is
/// not in 朝阳市.
pub(super) fn leading(text: &str) -> Option<Leading> {
    leading_of(text, |_| true)
}

/// As [`leading`], among what lies in `province`.
pub(super) fn leading_in(text: &str, province: &str) -> Option<Leading> {
    leading_of(text, |region| region.province == Some(province))
}

fn leading_of(text: &str, is_meant: impl Fn(&Region) -> bool) -> Option<Leading> {
    let found = REGIONS.iter().filter(|region| is_meant(region)).filter_map(|&region| {
        let rest = text.strip_prefix(region.stem)?;
        let is_full = rest.starts_with(region.suffix);
        let len = region.stem.len() + if is_full { region.suffix.len() } else { 0 };
        let is_other = rest.starts_with(['省', '市', '州', '盟', '县', '区', '旗', '镇', '乡', '路']);
        (is_full || !is_other).then_some(Leading { region, is_full, len })
    });
    // The first of equals: the province 吉林 before the city.
    found.fold(None, |best: Option<Leading>, next| match best {
        Some(best) if best.len >= next.len => Some(best),
        _ => Some(next),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        assert_eq!(REGIONS.iter().filter(|region| region.province.is_none()).count(), 34);
        assert_eq!(REGIONS.iter().filter(|region| region.province.is_some()).count(), 333);
        assert!(REGIONS.iter().all(|region| !region.suffix.is_empty() && region.stem.chars().count() > 1));
    }

    #[test]
    fn a_stem_is_no_place_before_another_suffix() {
        let name = |text| leading(text).map(|found| (found.region.stem, found.region.suffix, found.is_full));
        assert_eq!(name("吉林市船营区"), Some(("吉林", "市", true)));
        assert_eq!(name("吉林"), Some(("吉林", "省", false)));
        assert_eq!(name("朝阳区"), None);
        assert_eq!(name("广西自治区南宁市"), Some(("广西", "自治区", true)));
    }
}
