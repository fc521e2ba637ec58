//! Figures of a text, and which of them another has, however they are written and rounded.

/// Smaller numbers stand in every text.
const MIN_FIGURE: f64 = 10.0;

/// Years are shared by every case of a programme.
const YEARS: std::ops::RangeInclusive<f64> = 1990.0..=2030.0;

/// Relative difference within which two figures are one.
const TOLERANCE: f64 = 0.02;

/// Further ones of a text are not compared.
const MAX_FIGURES: usize = 300;

/// The distinct figures of a text in rising order: 8.62万, 一百六十, 6成.
#[derive(Debug, PartialEq)]
pub(super) struct Figures(Vec<f64>);

impl Figures {
    pub fn of(text: &str) -> Self {
        let chars: Vec<char> = text.chars().collect();
        let mut found: Vec<f64> = numbers(&chars).filter(|value| tells(*value)).take(MAX_FIGURES).collect();
        found.sort_by(f64::total_cmp);
        found.dedup();
        Self(found)
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// What the figures of the shorter list say that the other has too, and what those say that it has not.
    pub fn compare(&self, other: &Self) -> Compared {
        let turn = (other.len(), &other.0) < (self.len(), &self.0);
        let (short, long) = if turn { (other, self) } else { (self, other) };
        let mut compared = Compared { common: 0.0, missing: 0.0 };
        for &figure in &short.0 {
            let agreeing = long.0.iter().filter(|candidate| agree(figure, **candidate));
            match agreeing.map(|candidate| surprise(figure).min(surprise(*candidate))).reduce(f64::max) {
                Some(surprise) => compared.common += surprise,
                None => compared.missing += surprise(figure),
            }
        }
        compared
    }
}

/// Both in nats, 0 and more.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Compared {
    pub common: f64,
    pub missing: f64,
}

/// Whether a number says something of one project.
fn tells(value: f64) -> bool {
    value.is_finite() && value >= MIN_FIGURE && !YEARS.contains(&value)
}

/// Every number that `chars` write; what is none is 0.
fn numbers(chars: &[char]) -> impl Iterator<Item = f64> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = chars.get(at..).filter(|rest| !rest.is_empty())?;
        let (value, read) = if rest[0].is_ascii_digit() { arabic(rest) } else { han(rest) };
        let (factor, suffix) = match rest.get(read) {
            Some('万') if read > 0 => (1e4, 1),
            Some('亿') if read > 0 => (1e8, 1),
            _ => (1.0, 0),
        };
        at += (read + suffix).max(1);
        Some(value * factor)
    })
}

/// The number at the beginning of `chars`, and how many characters it has.
fn arabic(chars: &[char]) -> (f64, usize) {
    let digit = |at: usize| chars.get(at).is_some_and(char::is_ascii_digit);
    let belongs = |&at: &usize| digit(at) || matches!(chars[at], ',' | '.') && digit(at + 1);
    let read = (0..chars.len()).take_while(belongs).count();
    let digits: String = chars[..read].iter().filter(|c| **c != ',').collect();
    // Version numbers and dates with two points are no figure.
    (digits.parse().unwrap_or(0.0), read)
}

/// The same in Han numerals; 0 of 0 characters where there is none. Tenths (三成六) become hundredths.
fn han(chars: &[char]) -> (f64, usize) {
    let read = chars.iter().take_while(|c| digit(**c).is_some() || unit(**c).is_some()).count();
    if let (1, Some(tenths), Some('成')) = (read, digit(chars[0]), chars.get(1)) {
        let hundredths = chars.get(2).and_then(|c| digit(*c));
        return (10.0 * tenths + hundredths.unwrap_or(0.0), 2 + usize::from(hundredths.is_some()));
    }
    let (mut total, mut last) = (0.0, 0.0);
    for &c in &chars[..read] {
        match (digit(c), unit(c)) {
            (Some(value), _) => last = if last > 0.0 { last * 10.0 + value } else { value },
            (_, Some(unit)) => (total, last) = (total + f64::max(last, 1.0) * unit, 0.0),
            (None, None) => {}
        }
    }
    // A lone 十, 百 or 千 is part of a word.
    if read == 1 && unit(chars[0]).is_some() { (0.0, 1) } else { (total + last, read) }
}

fn digit(c: char) -> Option<f64> {
    let at = "零一二三四五六七八九".chars().position(|numeral| numeral == c);
    at.map(|at| at as f64).or(match c {
        '〇' => Some(0.0),
        '两' => Some(2.0),
        _ => None,
    })
}

fn unit(c: char) -> Option<f64> {
    match c {
        '十' => Some(10.0),
        '百' => Some(100.0),
        '千' => Some(1000.0),
        _ => None,
    }
}

/// Whether one is the other, rounded or cut to fewer digits.
fn agree(a: f64, b: f64) -> bool {
    let (rough, fine) = if significant(a) <= significant(b) { (a, b) } else { (b, a) };
    let step = 10f64.powi(rough.log10().floor() as i32 + 1 - significant(rough) as i32);
    let is_rough = |value: f64| (value * step - rough).abs() < 1e-6 * rough;
    is_rough((fine / step).round()) || is_rough((fine / step).floor()) || (a - b).abs() <= TOLERANCE * a.max(b)
}

/// How little another text was to be expected to have this figure: the fewer the figures of its size, and the more
/// digits it has, the more it says.
fn surprise(figure: f64) -> f64 {
    let of_its_size = match figure.log10() as usize {
        0 | 1 => 3.0,
        2 => 2.0,
        3 => 1.2,
        _ => 0.8,
    };
    let width = match significant(figure) {
        0 | 1 => 0.17,
        2 => 0.03,
        _ => 0.004,
    };
    -f64::min(of_its_size * width, 1.0).ln()
}

/// Digits without the zeros at the end, of six.
fn significant(value: f64) -> usize {
    let six = (value * 10f64.powi(5 - value.log10().floor() as i32)).round() as u64;
    let zeros = (1..6).take_while(|&zeros| six.is_multiple_of(10u64.pow(zeros))).count();
    6 - zeros
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<f64> {
        Figures::of(text).0
    }

    #[test]
    fn figures_are_read_in_both_scripts() {
        assert_eq!(
            read("受理8.5万件，一百六十二个小区，四成四，1,460个，2023年第3次"),
            [44.0, 162.0, 1460.0, 85_000.0]
        );
        assert_eq!(read("v1.2.3 无数字，万家灯火，成效"), Vec::<f64>::new());
        assert_eq!(read("二十四小时，一百零六，三千"), [24.0, 106.0, 3000.0]);
    }

    #[test]
    fn numbers_without_end_are_none() {
        for digit in ["9", "九", "十"] {
            assert!(read(&digit.repeat(5_000)).iter().all(|value| value.is_finite()), "{digit}");
        }
    }

    #[test]
    fn a_rounded_figure_is_the_same_and_another_is_not() {
        assert!(agree(86_200.0, 86_000.0) && agree(4_370_000.0, 4_000_000.0) && agree(3871.0, 3900.0));
        assert!(!agree(86_200.0, 79_400.0) && !agree(138.0, 152.0));
        let [told, again, twin] =
            [[138.0, 3871.0], [140.0, 3900.0], [152.0, 2946.0]].map(|values| Figures(values.into()));
        assert_eq!((told.compare(&again).missing, told.compare(&twin).common), (0.0, 0.0));
        assert_eq!(told.compare(&again), again.compare(&told));
        assert!(told.compare(&again).common < told.compare(&told).common, "rounded figures say less");
        assert_eq!(Figures(Vec::new()).compare(&told), Compared { common: 0.0, missing: 0.0 });
    }
}
