//! Where a unit is: province, city, and what lies under them.

use super::organ;
use super::regions::{self, Leading};

/// Suffixes of places under a city, the longest first.
const SUFFIXES: [&str; 9] = ["街道", "苏木", "新区", "市", "区", "县", "旗", "镇", "乡"];

/// Zones by their long names and the short ones.
const ZONES: [(&str, &str); 5] = [
    ("高新技术产业开发区", "高新区"),
    ("高新技术开发区", "高新区"),
    ("经济技术开发区", "经开区"),
    ("经济开发区", "经开区"),
    ("自由贸易试验区", "自贸区"),
];

/// A name without a suffix is a place up to this length, if no organ ends so.
const MAX_BARE_CHARS: usize = 4;

/// Province, city and what lies under them, as far as they are said or follow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Place {
    province: Option<String>,
    city: Option<String>,
    /// From the larger to the smaller.
    lower: Vec<Step>,
    /// The unit itself.
    last: Option<Step>,
}

/// One name with its suffix, where it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Step {
    stem: String,
    suffix: Option<&'static str>,
}

impl Step {
    fn matches(&self, other: &Self) -> bool {
        let agree = |a: Option<&str>, b: Option<&str>| a.is_none() || b.is_none() || a == b;
        self.stem == other.stem && agree(self.suffix, other.suffix)
    }
}

impl Place {
    pub fn is_empty(&self) -> bool {
        self.last.is_none()
    }

    /// Whether both end in the same unit and nothing above it contradicts.
    pub fn matches(&self, other: &Self) -> bool {
        let agree = |a: &Option<String>, b: &Option<String>| a.is_none() || b.is_none() || a == b;
        let above = |place: &Self| place.lower.len().checked_sub(2).map(|at| place.lower[at].clone());
        let lower_agree = match (above(self), above(other)) {
            (Some(a), Some(b)) => a.matches(&b),
            _ => true,
        };
        let last_agree = match (&self.last, &other.last) {
            (Some(a), Some(b)) => a.matches(b),
            (None, None) => true,
            _ => false,
        };
        last_agree && lower_agree && agree(&self.province, &other.province) && agree(&self.city, &other.city)
    }

    /// Fills in what `region` says and this leaves out.
    pub fn within(self, region: &Self) -> Self {
        if self.is_empty() {
            return region.clone();
        }
        // A name that only repeats its region may stand for any level of it.
        let is_region = region.last.iter().any(|last| self.last.as_ref().is_some_and(|own| own.stem == last.stem));
        let contradicts = self.province.is_some() && region.province.is_some() && self.province != region.province;
        if is_region || contradicts {
            return self;
        }
        let city = region.city.clone().filter(|_| !self.lower.is_empty());
        Self { province: self.province.or_else(|| region.province.clone()), city: self.city.or(city), ..self }
    }

    /// Takes a place of the table from the front of `text`.
    fn take(&mut self, found: Leading, text: &str) {
        let Leading { region, is_full, len } = found;
        let is_certain = is_full || len < text.len();
        match region.province {
            Some(province) if is_certain => {
                (self.province, self.city) = (Some(province.to_owned()), Some(region.stem.to_owned()));
            }
            None if is_certain => self.province = Some(region.stem.to_owned()),
            _ => {}
        }
        self.last = Some(Step { stem: region.stem.to_owned(), suffix: is_full.then_some(region.suffix) });
    }

    fn add(&mut self, stem: &str, suffix: Option<&'static str>) {
        let step = Step { stem: stem.to_owned(), suffix };
        self.lower.push(step.clone());
        self.last = Some(step);
    }
}

/// The place with which `text` begins, and the canonical form of the organ after it.
pub(super) fn split(text: &str) -> (Place, String) {
    let mut text = text.to_owned();
    for (long, short) in ZONES {
        text = text.replace(long, short);
    }
    let mut place = Place::default();
    let mut rest = text.as_str();
    if let Some(found) = regions::leading(rest) {
        place.take(found, rest);
        rest = &rest[found.len..];
        let below = place.province.clone().filter(|_| place.city.is_none());
        if let Some(found) = below.and_then(|province| regions::leading_in(rest, &province)) {
            place.take(found, rest);
            rest = &rest[found.len..];
        }
    }
    let (own, organ) = rest.split_at(organ::start(rest).unwrap_or(rest.len()));
    let left = steps(own, &mut place);
    if organ.is_empty() && !is_bare_place(left) {
        return nationwide(place, left);
    }
    // In front of an organ 市 or 省 alone says of which level it is, not where.
    let is_level = matches!(left, "省" | "市" | "区" | "县" | "州" | "镇" | "街道");
    if !left.is_empty() && !is_level {
        place.add(left, None);
    }
    nationwide(place, organ)
}

/// Whether all of `text` is a place with its suffix.
pub(super) fn is_place(text: &str) -> bool {
    let mut place = Place::default();
    steps(text, &mut place).is_empty() && !place.is_empty()
}

/// Organs of the state as a whole.
fn nationwide(mut place: Place, organ: &str) -> (Place, String) {
    let (own, is_of_state) = match organ.strip_prefix("国家") {
        Some(own) => (own, true),
        None => (organ, place.is_empty() && (organ.ends_with('部') || organ.ends_with("总局"))),
    };
    if is_of_state && place.is_empty() {
        place.add("国家", None);
    }
    let of_street = place.last.as_ref().is_some_and(|last| last.suffix == Some("街道"));
    (place, organ::canonical(own, of_street))
}

/// Takes steps with their suffixes from the front of `text`; gives what is left.
fn steps<'t>(text: &'t str, place: &mut Place) -> &'t str {
    let mut rest = text;
    while let Some((stem, suffix)) = first_step(rest) {
        place.add(stem, Some(suffix));
        rest = &rest[stem.len() + suffix.len()..];
    }
    rest
}

fn first_step(text: &str) -> Option<(&str, &'static str)> {
    let starts = |text: &str| SUFFIXES.into_iter().find(|suffix| text.starts_with(suffix));
    let ends = text.char_indices().skip(1).filter_map(|(at, _)| Some((at, starts(&text[at..])?)));
    // 沙市区 ends at 区: a suffix before another one belongs to the name.
    ends.into_iter().find(|&(at, suffix)| starts(&text[at + suffix.len()..]).is_none()).map(|(at, s)| (&text[..at], s))
}

fn is_bare_place(text: &str) -> bool {
    text.chars().count() <= MAX_BARE_CHARS && !organ::ends_as_organ(text)
}
