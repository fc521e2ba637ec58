//! Names of units: 杭州市数据资源局 and 浙江省杭州市数据资源管理局 are one, 北京市朝阳区 and 长春市朝阳区 are two.
//!
//! A name is taken apart into a place and an organ. Two names are the same where the organs are, the places end in the
//! same unit, and nothing above it contradicts. What one name leaves out (the province, 市, 人民政府) counts for
//! neither; what both say must agree.

mod fold;
mod organ;
mod place;
mod regions;

use fold::Folded;
use place::Place;

/// A unit's name, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitName {
    /// As written, without width, case, spaces and punctuation.
    key: String,
    place: Place,
    /// In its canonical form; empty for the government of the place.
    organ: String,
}

impl UnitName {
    /// Takes `name` apart.
    #[must_use]
    pub fn parse(name: &str) -> Self {
        let key = fold::key(name);
        match fold::fold(name) {
            Folded::Words(organ) => Self { key, place: Place::default(), organ },
            Folded::Han(text) => {
                let (place, organ) = place::split(&text);
                Self { key, place, organ }
            }
        }
    }

    /// The same unit, with the places above it that its name leaves out and its region tells.
    #[must_use]
    pub fn within(self, region: &str) -> Self {
        let region = Self::parse(region).place;
        Self { place: self.place.within(&region), ..self }
    }

    /// Whether both are written alike but for width, case, spaces and punctuation.
    #[must_use]
    pub fn is_written_as(&self, other: &Self) -> bool {
        self.key == other.key
    }

    /// Whether both say the same, and as much.
    #[must_use]
    pub fn says_as_much_as(&self, other: &Self) -> bool {
        self.organ == other.organ && self.place == other.place
    }

    /// Whether both may name the same unit.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        let is_blank = self.organ.is_empty() && self.place.is_empty();
        !is_blank && self.organ == other.organ && self.place.matches(&other.place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(a: &str, b: &str) -> bool {
        let matches = UnitName::parse(a).matches(&UnitName::parse(b));
        assert_eq!(matches, UnitName::parse(b).matches(&UnitName::parse(a)), "{a} {b}");
        matches
    }

    #[test]
    fn what_one_name_leaves_out_does_not_part_them() {
        assert!(same("杭州市数据资源局", "浙江省杭州市数据资源管理局"));
        assert!(same("余杭区", "杭州市余杭区人民政府"));
        assert!(same("恩施土家族苗族自治州", "恩施州"));
        assert!(same("Office of Records & Rolls", "The Office of Records and Rolls"));
    }

    #[test]
    fn what_both_say_must_agree() {
        assert!(!same("北京市朝阳区", "长春市朝阳区"));
        assert!(!same("吉林省", "吉林市"));
        assert!(!same("杭州市市场监督管理局", "杭州市监察委员会"));
        assert!(!same("杭州市", "杭州市余杭区"));
        assert!(!same("", ""));
    }

    #[test]
    fn a_region_tells_what_a_name_leaves_out() {
        let of = |unit: &str, region: &str| UnitName::parse(unit).within(region);
        assert!(!of("朝阳区教育局", "北京市").matches(&of("朝阳区教育局", "吉林省长春市")));
        assert!(of("市场监督管理局", "浙江省杭州市").matches(&UnitName::parse("杭州市市场监管局")));
        assert!(!of("市场监督管理局", "杭州市").matches(&of("市场监督管理局", "宁波市")));
    }
}
